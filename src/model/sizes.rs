//! Sizes that a network works out from the size of its picture. TensorFlow's exports of a free
//! size are full of such arithmetic, where others say "twice as large": the shape of a map, a few
//! of its numbers, those doubled, and a `Resize` to that. What comes of it is worked out here, and
//! written into the network as others say it. So tract, which would keep formulas of any length,
//! sees none; what is not understood stays as it is, and is refused for its `Shape`.

use std::collections::{HashMap, HashSet};

use tract_onnx::pb::attribute_proto::AttributeType;
use tract_onnx::pb::tensor_proto::DataType;
use tract_onnx::pb::{AttributeProto, GraphProto, NodeProto, TensorProto};

use super::check::{MOST_NODES, attribute, numbers};

/// The most numbers that go through an operator together.
const MOST_NUMBERS: usize = 64;

/// A number, or `times` as many as a side of a map (its name and the axis) has, and `plus`.
#[derive(Clone, Copy, PartialEq)]
struct Size<'a> {
    side: Option<(&'a str, usize)>,
    times: i64,
    plus: i64,
}

impl<'a> Size<'a> {
    /// A side of a map.
    fn of(map: &'a str, axis: usize) -> Size<'a> {
        Size { side: Some((map, axis)), times: 1, plus: 0 }
    }

    fn number(number: i64) -> Size<'a> {
        Size { side: None, times: 0, plus: number }
    }

    fn plain(self) -> Option<i64> {
        self.side.is_none().then_some(self.plus)
    }

    fn scaled(self, by: i64) -> Option<Size<'a>> {
        let (times, plus) = (self.times.checked_mul(by)?, self.plus.checked_mul(by)?);
        Some(Size { side: self.side.filter(|_| times != 0), times, plus })
    }

    fn sum(self, other: Size<'a>) -> Option<Size<'a>> {
        let side = self.side.or(other.side);
        if other.side.is_some() && other.side != side {
            return None;
        }
        let times = self.times.checked_add(other.times)?;
        let plus = self.plus.checked_add(other.plus)?;
        Some(Size { side: side.filter(|_| times != 0), times, plus })
    }

    fn difference(self, other: Size<'a>) -> Option<Size<'a>> {
        self.sum(other.scaled(-1)?)
    }

    /// What the operators for numbers make of two.
    fn combined(self, operator: &str, other: Size<'a>) -> Option<Size<'a>> {
        match operator {
            "Add" => self.sum(other),
            "Sub" => self.difference(other),
            "Mul" => match other.plain() {
                Some(by) => self.scaled(by),
                None => other.scaled(self.plain()?),
            },
            "Div" => {
                let by = other.plain().filter(|by| *by > 0)?;
                // How a rest is rounded is plain only of plain numbers.
                let whole = self.times % by == 0 && self.plus % by == 0;
                let part = Size { times: self.times / by, plus: self.plus / by, ..self };
                Some(part).filter(|part| whole || part.side.is_none())
            }
            "Max" | "Min" => {
                let self_is_less = self.difference(other)?.plain()? < 0;
                Some(if self_is_less == (operator == "Min") { self } else { other })
            }
            _ => None,
        }
    }
}

/// What is known of the values by their names.
#[derive(Default)]
struct Known<'a> {
    numbers: HashMap<&'a str, Vec<Size<'a>>>,
    /// The sides of maps, where they are those of others.
    sides: HashMap<&'a str, [Size<'a>; 4]>,
}

impl<'a> Known<'a> {
    fn sides(&self, map: &'a str) -> [Size<'a>; 4] {
        let sides = self.sides.get(map).copied();
        sides.unwrap_or([0, 1, 2, 3].map(|axis| Size::of(map, axis)))
    }

    /// The numbers that a node reads.
    fn read(&self, node: &'a NodeProto, input: usize) -> Option<&[Size<'a>]> {
        Some(self.numbers.get(node.input.get(input)?.as_str())?)
    }

    /// Numbers that depend on no map.
    fn plain(&self, node: &'a NodeProto, input: usize) -> Option<Vec<i64>> {
        self.read(node, input)?.iter().map(|number| number.plain()).collect()
    }

    /// The numbers that a node makes, all its outputs together.
    fn made_by(&self, node: &'a NodeProto) -> Option<Vec<Size<'a>>> {
        (node.output.len() == 1 || node.op_type == "Split").then_some(())?;
        let axis = integer(node, "axis").unwrap_or(0);
        let first = || self.read(node, 0);
        match &*node.op_type {
            "Shape" if node.attribute.is_empty() => Some(self.sides(node.input.first()?).into()),
            "Constant" => stored(attribute(node, "value")?.t.as_ref()?),
            "Identity" => Some(first()?.into()),
            "Cast" => {
                let to = integer(node, "to")?;
                let whole =
                    [DataType::Int32, DataType::Int64].iter().any(|kind| to == *kind as i64);
                Some(first()?.into()).filter(|_| whole)
            }
            // One number, alone or in a row: here both are the same.
            "Squeeze" | "Unsqueeze" => {
                Some(first()?.into()).filter(|numbers: &Vec<_>| numbers.len() == 1)
            }
            "Neg" => first()?.iter().map(|number| number.scaled(-1)).collect(),
            "Concat" if axis == 0 => {
                let mut all = vec![];
                for input in 0..node.input.len() {
                    all.extend(self.read(node, input)?);
                    (all.len() <= MOST_NUMBERS).then_some(())?;
                }
                Some(all)
            }
            "Split" if axis == 0 => {
                let numbers = first()?;
                let said = node.input.len() > 1 || attribute(node, "split").is_some();
                let alike = numbers.len().is_multiple_of(node.output.len());
                (alike && !said).then(|| numbers.into())
            }
            "Gather" if axis == 0 => {
                let from = first()?;
                let picked = self.plain(node, 1)?;
                picked.iter().map(|index| from.get(place(*index, from.len())).copied()).collect()
            }
            "Slice" => {
                let from = first()?;
                let [start, end] = [self.plain(node, 1)?, self.plain(node, 2)?];
                let ([start], [end]) = (&start[..], &end[..]) else { return None };
                let usual = |input: usize, number: i64| {
                    node.input.get(input).is_none() || self.plain(node, input) == Some(vec![number])
                };
                let between = from.get(place(*start, from.len())..place(*end, from.len()))?;
                (usual(3, 0) && usual(4, 1)).then(|| between.into())
            }
            operator => {
                let (a, b) = (self.read(node, 0)?, self.read(node, 1)?);
                let count = a.len().max(b.len());
                let at = |numbers: &[Size<'a>], index: usize| {
                    numbers.get(if numbers.len() == 1 { 0 } else { index }).copied()
                };
                (0..count).map(|index| at(a, index)?.combined(operator, at(b, index)?)).collect()
            }
        }
    }

    /// The sides of the map that a node makes, where they are known from those of its input.
    fn sides_made_by(&self, node: &'a NodeProto) -> Option<[Size<'a>; 4]> {
        let from = self.sides(node.input.first()?);
        match &*node.op_type {
            "Transpose" => {
                let order: [i64; 4] = integers(node, "perm")?.try_into().ok()?;
                let mut sides = from;
                for (side, axis) in sides.iter_mut().zip(order) {
                    *side = *from.get(usize::try_from(axis).ok()?)?;
                }
                Some(sides)
            }
            "ConvTranspose" => {
                let said = |name: &str| attribute(node, name).is_some();
                let dilated = said("dilations") && integers(node, "dilations")? != [1, 1];
                if said("auto_pad") || said("output_shape") || dilated {
                    return None;
                }
                let pair = |name: &str, usual: i64| -> Option<[i64; 2]> {
                    integers(node, name).unwrap_or(vec![usual; 2]).try_into().ok()
                };
                let [strides, extra] = [pair("strides", 1)?, pair("output_padding", 0)?];
                let (size, pads) = (pair("kernel_shape", 0)?, pads(node)?);
                // How many channels it makes, its weights say, and nobody asks.
                let mut sides = [from[0], Size::of(node.output.first()?, 1), from[2], from[3]];
                for axis in 0..2 {
                    let around = pads[axis].checked_add(pads[axis + 2])?;
                    let less = strides[axis].checked_add(around)?;
                    let plus = size[axis].checked_add(extra[axis])?.checked_sub(less)?;
                    sides[2 + axis] =
                        from[2 + axis].scaled(strides[axis])?.sum(Size::number(plus))?;
                }
                Some(sides)
            }
            _ => None,
        }
    }

    /// How many times as large a `Resize` makes each side of its map.
    fn scales(&self, node: &'a NodeProto) -> Option<[i64; 4]> {
        let (sides, sizes) = (self.sides(node.input.first()?), self.read(node, 3)?);
        let mut scales = [1; 4];
        for (axis, scale) in scales.iter_mut().enumerate() {
            let (side, size) = (sides[axis], *sizes.get(axis)?);
            *scale = size.times.checked_div(side.times).filter(|scale| *scale > 0)?;
            (side.scaled(*scale)? == size).then_some(())?;
        }
        (node.op_type == "Resize" && sizes.len() == 4).then_some(scales)
    }

    /// How much a `Slice` takes away of its map: top, left, bottom and right.
    fn margins(&self, node: &'a NodeProto) -> Option<[i64; 4]> {
        let sides = self.sides(node.input.first()?);
        let (starts, ends, axes) =
            (self.plain(node, 1)?, self.read(node, 2)?, self.plain(node, 3)?);
        let mut margins = [0; 4];
        for ((start, end), axis) in starts.iter().zip(ends).zip(&axes) {
            let axis = usize::try_from(*axis).ok().filter(|axis| (2..4).contains(axis))?;
            margins[axis - 2] = *start;
            margins[axis] = sides[axis].difference(*end)?.plain()?;
        }
        let counts = starts.len() == axes.len() && ends.len() == axes.len() && axes.len() <= 2;
        let steps = node.input.len() == 4 || self.plain(node, 4)?.iter().all(|step| *step == 1);
        let takes_away = counts && steps && margins.iter().all(|margin| *margin >= 0);
        (node.op_type == "Slice" && takes_away).then_some(margins)
    }

    /// Whether a node is a `Pad` of nothing.
    fn pads_nothing(&self, node: &'a NodeProto) -> bool {
        let all_zero = |pads: Vec<i64>| pads.iter().all(|pad| *pad == 0);
        node.op_type == "Pad" && self.plain(node, 1).is_some_and(all_zero)
    }
}

/// How a node can be written without a size.
enum Change {
    /// By how much it makes each side larger.
    Scales([i64; 4]),
    /// With these pads of the `ConvTranspose` of this index, whose margins it takes away.
    Margins(usize, [i64; 4]),
    /// Not at all: it does nothing.
    Gone,
}

/// Works out the sizes in a graph, and takes away what has worked them out. Nothing has to be right
/// about the graph: it is checked afterwards.
pub(super) fn work_out(graph: &mut GraphProto) {
    if graph.node.len() > MOST_NODES {
        return;
    }
    let (changes, mut arithmetic) = look(graph);
    let mut renamed: HashMap<String, String> = HashMap::new();
    for (index, change) in changes {
        let node = &mut graph.node[index];
        let (map, made) = (node.input[0].clone(), node.output[0].clone());
        if let Change::Scales(scales) = change {
            let name = format!("{made}.scales");
            node.input = vec![map, String::new(), name.clone()];
            graph.initializer.push(TensorProto {
                name,
                dims: vec![scales.len() as i64],
                data_type: DataType::Float as i32,
                float_data: scales.map(|scale| scale as f32).into(),
                ..TensorProto::default()
            });
            continue;
        }
        renamed.insert(made, renamed.get(&map).cloned().unwrap_or(map));
        arithmetic.insert(index);
        if let Change::Margins(transposed, pads) = change {
            let attributes = &mut graph.node[transposed].attribute;
            attributes.retain(|attribute| attribute.name != "pads");
            attributes.push(AttributeProto {
                name: "pads".into(),
                r#type: AttributeType::Ints as i32,
                ints: pads.into(),
                ..AttributeProto::default()
            });
        }
    }
    for input in graph.node.iter_mut().flat_map(|node| &mut node.input) {
        if let Some(name) = renamed.get(input) {
            input.clone_from(name);
        }
    }

    let mut read: HashSet<String> = graph.output.iter().map(|output| output.name.clone()).collect();
    let nodes = std::mem::take(&mut graph.node).into_iter().enumerate();
    for (index, node) in nodes.rev() {
        if !arithmetic.contains(&index) || node.output.iter().any(|output| read.contains(output)) {
            read.extend(node.input.iter().cloned());
            graph.node.push(node);
        }
    }
    graph.node.reverse();
}

/// What can be changed, by the indices of the nodes, and the nodes that make nothing but numbers.
fn look(graph: &GraphProto) -> (Vec<(usize, Change)>, HashSet<usize>) {
    let mut readers: HashMap<&str, usize> = HashMap::new();
    // Those that only ask for its shape do not keep a map from being made another.
    let nodes = graph.node.iter().filter(|node| node.op_type != "Shape");
    let read = nodes.flat_map(|node| &node.input);
    for name in read.chain(graph.output.iter().map(|output| &output.name)) {
        *readers.entry(name).or_default() += 1;
    }
    let outputs: HashSet<&str> = graph.output.iter().map(|output| output.name.as_str()).collect();

    let mut known = Known::default();
    for tensor in &graph.initializer {
        known.numbers.extend(stored(tensor).map(|numbers| (tensor.name.as_str(), numbers)));
    }
    let mut transposed: HashMap<&str, usize> = HashMap::new();
    let (mut changes, mut arithmetic) = (vec![], HashSet::new());
    for (index, node) in graph.node.iter().enumerate() {
        if let Some(numbers) = known.made_by(node) {
            let each = (numbers.len() / node.output.len().max(1)).max(1);
            known.numbers.extend(
                node.output.iter().map(String::as_str).zip(numbers.chunks(each).map(<[_]>::to_vec)),
            );
            arithmetic.insert(index);
            continue;
        }
        let [output] = &node.output[..] else { continue };
        if let Some(sides) = known.sides_made_by(node) {
            known.sides.insert(output, sides);
            if node.op_type == "ConvTranspose" && readers.get(output.as_str()) == Some(&1) {
                transposed.insert(output, index);
            }
        } else if let Some(scales) = known.scales(node) {
            changes.push((index, Change::Scales(scales)));
        } else if outputs.contains(output.as_str()) {
            // Its name has to stay.
        } else if known.pads_nothing(node) {
            changes.push((index, Change::Gone));
        } else if let Some(margins) = known.margins(node)
            && let Some(of) = transposed.get(node.input[0].as_str())
            && let Some(pads) = pads(&graph.node[*of])
        {
            let pads = [0, 1, 2, 3].map(|at| pads[at].saturating_add(margins[at]));
            changes.push((index, Change::Margins(*of, pads)));
        }
    }
    (changes, arithmetic)
}

/// The whole numbers of a tensor of few, one after the other.
fn stored(tensor: &TensorProto) -> Option<Vec<Size<'static>>> {
    let width = match DataType::try_from(tensor.data_type) {
        Ok(DataType::Int32) => 4,
        Ok(DataType::Int64) => 8,
        _ => return None,
    };
    let all: Vec<_> = numbers(tensor, width).take(MOST_NUMBERS + 1).map(Size::number).collect();
    (tensor.dims.len() <= 1 && all.len() <= MOST_NUMBERS).then_some(all)
}

/// Where an index is that may be counted from the end.
fn place(index: i64, length: usize) -> usize {
    let counted = if index < 0 { index.saturating_add_unsigned(length as u64) } else { index };
    counted.clamp(0, length as i64) as usize
}

fn integer(node: &NodeProto, name: &str) -> Option<i64> {
    attribute(node, name).map(|attribute| attribute.i)
}

fn integers(node: &NodeProto, name: &str) -> Option<Vec<i64>> {
    attribute(node, name).map(|attribute| attribute.ints.clone())
}

fn pads(node: &NodeProto) -> Option<[i64; 4]> {
    integers(node, "pads").unwrap_or(vec![0; 4]).try_into().ok()
}
