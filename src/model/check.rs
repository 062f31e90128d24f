//! What a file has to be before tract sees it. tract trusts the files that it reads: numbers that
//! do not fit together end the program, and large ones ask for more memory than there is. So
//! whatever style networks have no use for is refused here, by its name.

use std::collections::{HashMap, HashSet};

use tract_onnx::pb::attribute_proto::AttributeType;
use tract_onnx::pb::tensor_proto::{DataLocation, DataType};
use tract_onnx::pb::{
    AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto, ValueInfoProto,
    tensor_shape_proto, type_proto,
};

use crate::Error;

/// The ONNX operator sets that style networks come in.
const OPERATOR_SETS: std::ops::RangeInclusive<i64> = 7..=21;

/// The most nodes, and the most inputs and weights together.
pub(super) const MOST_NODES: usize = 4096;

/// The most inputs of a node.
const MOST_INPUTS: usize = 8;

/// The most values of all weights together: those of Johnson's network are 1.7 million.
const MOST_VALUES: u64 = 1 << 26;

/// The most dimensions of a tensor.
const MOST_DIMENSIONS: usize = 6;

/// The most that attributes and small vectors of whole numbers (pads, axes, shapes) say.
const LARGEST_NUMBER: i64 = 1 << 20;

/// The most that kernels, strides, dilations and pads of attributes say.
const LARGEST_ATTRIBUTE: i64 = 256;

/// How large a picture may become on its way through the network, against the one that is given.
const MOST_ENLARGED: f64 = 256.0;

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// Arithmetic on values, or a product of matrices: of constants, it makes no more values than
    /// the product of their numbers.
    Arithmetic,
    /// As many values as its first input, at the most.
    OfTheFirst,
    /// Only for what is computed from the picture or the style.
    OnMaps,
    /// Only for a few constants: exporters write out in it how wide a border is.
    OnNumbers,
    /// The same, or maps that lie on one another.
    Joining,
    /// The same, or a part of an input that is a vector.
    Taking,
}

use Kind::{Arithmetic, Joining, OfTheFirst, OnMaps, OnNumbers, Taking};

/// The most numbers that make up other numbers, such as the widths of a border.
const MOST_NUMBERS: u64 = 64;

/// What style networks are made of: the operator, how many inputs it has, what it makes of
/// constants.
const OPERATORS: &[(&str, usize, usize, Kind)] = &[
    ("Abs", 1, 1, OfTheFirst),
    ("Add", 2, 2, Arithmetic),
    ("Cast", 1, 1, OfTheFirst),
    ("Clip", 1, 3, OfTheFirst),
    ("Concat", 1, 8, Joining),
    ("Constant", 0, 0, OfTheFirst),
    ("ConstantOfShape", 1, 1, OnNumbers),
    ("Conv", 2, 3, OnMaps),
    ("ConvTranspose", 2, 3, OnMaps),
    ("DepthToSpace", 1, 1, OnMaps),
    ("DequantizeLinear", 2, 3, OfTheFirst),
    ("Div", 2, 2, Arithmetic),
    ("Dropout", 1, 1, OfTheFirst),
    ("Elu", 1, 1, OfTheFirst),
    ("Exp", 1, 1, OfTheFirst),
    ("Gather", 2, 2, OnNumbers),
    ("Gemm", 2, 3, Arithmetic),
    ("GlobalAveragePool", 1, 1, OnMaps),
    ("HardSigmoid", 1, 1, OfTheFirst),
    ("Identity", 1, 1, OfTheFirst),
    ("InstanceNormalization", 3, 3, OnMaps),
    ("LeakyRelu", 1, 1, OfTheFirst),
    ("MatMul", 2, 2, Arithmetic),
    ("Max", 2, 2, Arithmetic),
    ("Min", 2, 2, Arithmetic),
    ("Mul", 2, 2, Arithmetic),
    ("Neg", 1, 1, OfTheFirst),
    ("PRelu", 2, 2, Arithmetic),
    ("Pad", 1, 3, OnMaps),
    ("Pow", 2, 2, Arithmetic),
    ("Reciprocal", 1, 1, OfTheFirst),
    ("ReduceMean", 1, 2, OfTheFirst),
    ("Relu", 1, 1, OfTheFirst),
    ("Reshape", 2, 2, OfTheFirst),
    ("Resize", 2, 4, OnMaps),
    ("Sigmoid", 1, 1, OfTheFirst),
    ("Slice", 1, 5, Taking),
    ("SpaceToDepth", 1, 1, OnMaps),
    ("Sqrt", 1, 1, OfTheFirst),
    ("Squeeze", 1, 2, OfTheFirst),
    ("Sub", 2, 2, Arithmetic),
    ("Tanh", 1, 1, OfTheFirst),
    ("Transpose", 1, 1, OfTheFirst),
    ("Unsqueeze", 1, 2, OfTheFirst),
    ("Upsample", 1, 2, OnMaps),
];

/// What is known of a value that does not depend on the picture.
#[derive(Clone, Copy)]
struct Constant {
    /// How many numbers it is, at the most.
    size: u64,
    /// Whole numbers as large as ends of slices may be, and nothing else.
    extreme: bool,
    /// Whole numbers that are stored, and cannot all be widths of a border.
    no_border: bool,
    /// The product of its numbers, if they are a few whole ones that are stored.
    product: Option<u64>,
}

/// Values by their names; nothing of those that depend on the picture or the style.
type Values<'a> = HashMap<&'a str, Option<Constant>>;

/// Lengths of the inputs that are vectors.
type Vectors<'a> = HashMap<&'a str, u64>;

/// Checks what a file says before it is made into a network.
pub(super) fn check(proto: &ModelProto, graph: &GraphProto) -> Result<(), Error> {
    let set = proto.opset_import.iter().find(|set| is_standard(&set.domain));
    let set = set.map_or(1, |set| set.version);
    if !OPERATOR_SETS.contains(&set) {
        return Err(unsupported(format!("it is of operator set {set}")));
    }
    if graph.node.len() > MOST_NODES {
        return Err(unsupported(format!("it has {} nodes", graph.node.len())));
    }
    let stored = graph.input.len() + graph.initializer.len();
    if stored > MOST_NODES {
        return Err(unsupported(format!("it has {stored} inputs and weights")));
    }
    if !graph.sparse_initializer.is_empty() || !proto.functions.is_empty() {
        return Err(unsupported("it has sparse weights or functions of its own".into()));
    }

    let mut values = Values::new();
    let mut total = 0;
    for tensor in &graph.initializer {
        let constant = check_tensor(tensor)?;
        total += constant.size;
        name(&mut values, &tensor.name, Some(constant))?;
    }
    let mut inputs = HashSet::new();
    let vectors: Vectors = graph.input.iter().filter_map(length_of_vector).collect();
    for input in &graph.input {
        if !inputs.insert(&input.name) {
            return Err(bad(format!("two inputs are called {:?}", input.name)));
        }
        if !values.contains_key(input.name.as_str()) {
            name(&mut values, &input.name, None)?;
        }
    }
    let mut names = HashSet::new();
    let factors = factors(graph);
    let mut shapes: HashMap<&str, &[i64]> =
        graph.initializer.iter().map(|tensor| (&*tensor.name, &*tensor.dims)).collect();
    let mut enlarged = 1.0;
    for node in &graph.node {
        if !node.name.is_empty() && !names.insert(&node.name) {
            return Err(bad(format!("two nodes are called {:?}", node.name)));
        }
        let constant = check_node(node, &values, &vectors)?;
        total = constant.map_or(total, |constant| constant.size.saturating_add(total));
        if total > MOST_VALUES {
            return Err(unsupported("its weights are too large".into()));
        }
        if node.op_type == "ConvTranspose" && !keeps_within_its_window(node, &shapes) {
            return Err(unsupported("its ConvTranspose takes more away than it adds".into()));
        }
        shapes.extend(stored_shape(node, &shapes));
        enlarged *= enlarging(node, &factors);
        if enlarged > MOST_ENLARGED {
            return Err(unsupported("it makes the picture too large".into()));
        }
        let [output] = &node.output[..] else {
            return Err(unsupported(format!("its {} has several outputs", node.op_type)));
        };
        name(&mut values, output, constant)?;
    }
    for output in &graph.output {
        match values.get(output.name.as_str()) {
            Some(None) => {}
            _ => return Err(bad(format!("its output {:?} is not computed", output.name))),
        }
    }
    Ok(())
}

fn name<'a>(
    values: &mut Values<'a>,
    name: &'a str,
    constant: Option<Constant>,
) -> Result<(), Error> {
    if name.is_empty() || values.insert(name, constant).is_some() {
        return Err(bad(format!("two values are called {name:?}")));
    }
    Ok(())
}

fn is_standard(domain: &str) -> bool {
    domain.is_empty() || domain == "ai.onnx"
}

/// What a node makes, if it only has constants to make it of.
fn check_node(
    node: &NodeProto,
    values: &Values,
    vectors: &Vectors,
) -> Result<Option<Constant>, Error> {
    let operator = &node.op_type;
    let known = OPERATORS.iter().find(|known| known.0 == operator && is_standard(&node.domain));
    let Some(&(_, least, most, kind)) = known else {
        return Err(unsupported(format!("it has the operator {operator}")));
    };
    let given = node.input.len();
    if !(least..=most.min(MOST_INPUTS)).contains(&given) {
        return Err(bad(format!("its {operator} has {given} inputs")));
    }
    let mut inputs = vec![];
    for (index, input) in node.input.iter().enumerate() {
        if input.is_empty() {
            // Left out, as only those at the end may be, and those that Resize and Clip may lack.
            if index < least && !(operator == "Resize" && index == 1) {
                return Err(bad(format!("its {operator} lacks an input")));
            }
            continue;
        }
        let value = values.get(input.as_str());
        let value = *value.ok_or_else(|| bad(format!("{input:?} comes from nowhere")))?;
        let end_of_slice = operator == "Slice" && index > 0;
        if value.is_some_and(|value| value.extreme && !end_of_slice) {
            return Err(unsupported(format!("{input:?} holds numbers that are too large")));
        }
        if operator == "Pad" && index == 1 && value.is_some_and(|value| value.no_border) {
            return Err(unsupported("its Pad makes no border".into()));
        }
        inputs.push(value);
    }
    let mut constant = None;
    let mut names = HashSet::new();
    for attribute in &node.attribute {
        if !names.insert(&attribute.name) {
            return Err(bad(format!("its {operator} says {} twice", attribute.name)));
        }
        constant = check_attribute(operator, attribute)?.or(constant);
    }
    if operator == "Transpose" && !orders_axes(node) {
        return Err(bad("its Transpose leaves an axis out".into()));
    }
    if operator == "Constant" {
        // Beside another attribute it is not plain which of them counts.
        let constant = constant.filter(|_| names.len() == 1 && node.attribute[0].name == "value");
        return constant.map(Some).ok_or_else(|| unsupported("a constant is no tensor".into()));
    }
    match kind {
        Joining if lies_on_one_another(node, &inputs) => return Ok(None),
        Taking if takes_of_a_vector(node, &inputs, vectors) => return Ok(None),
        _ => {}
    }
    // What varies may vary the first input of these only: the others shape the network.
    let any = kind == Arithmetic || operator == "Clip" || operator == "InstanceNormalization";
    if !any && inputs.iter().skip(1).any(|input| input.is_none()) {
        return Err(unsupported(format!("its {operator} depends on the picture")));
    }
    let constants = inputs.into_iter().collect::<Option<Vec<Constant>>>();
    let size = match (kind, constants) {
        (OnMaps | Arithmetic | OfTheFirst, None) => return Ok(None),
        (OnMaps, Some(_)) => {
            return Err(unsupported(format!("its {operator} works on constants")));
        }
        (OnNumbers | Joining | Taking, None) => {
            return Err(unsupported(format!("its {operator} depends on the picture")));
        }
        (Arithmetic, Some(inputs)) => {
            inputs.iter().fold(1u64, |product, input| product.saturating_mul(input.size))
        }
        (OfTheFirst, Some(inputs)) => inputs[0].size,
        (OnNumbers | Joining | Taking, Some(inputs)) => {
            let sizes = inputs.iter().map(|input| input.size);
            let size = match &**operator {
                "ConstantOfShape" => inputs[0].product.unwrap_or(u64::MAX),
                "Concat" => sizes.sum(),
                "Gather" => sizes.product(),
                _ => inputs[0].size,
            };
            if size.max(inputs[0].size) > MOST_NUMBERS {
                return Err(unsupported(format!("its {operator} works on many numbers")));
            }
            size
        }
    };
    Ok(Some(Constant { size, extreme: false, no_border: false, product: None }))
}

/// Whether a `Concat` joins maps by their channels.
fn lies_on_one_another(node: &NodeProto, inputs: &[Option<Constant>]) -> bool {
    inputs.iter().all(Option::is_none) && attribute(node, "axis").is_some_and(|axis| axis.i == 1)
}

/// Whether a `Slice` takes what is there of an input that is a vector.
fn takes_of_a_vector(node: &NodeProto, inputs: &[Option<Constant>], vectors: &Vectors) -> bool {
    let [None, Some(start), Some(end)] = inputs else { return false };
    let length = vectors.get(&*node.input[0]);
    let number = |constant: &Constant| constant.product.filter(|_| constant.size == 1);
    match (number(start), number(end), length) {
        (Some(start), Some(end), Some(length)) => start < end && end <= *length,
        _ => false,
    }
}

/// Name and length of an input that is a vector.
fn length_of_vector(input: &ValueInfoProto) -> Option<(&str, u64)> {
    let Some(type_proto::Value::TensorType(tensor)) = &input.r#type.as_ref()?.value else {
        return None;
    };
    let [dimension] = &tensor.shape.as_ref()?.dim[..] else { return None };
    let Some(tensor_shape_proto::dimension::Value::DimValue(length)) = dimension.value else {
        return None;
    };
    Some((&input.name, u64::try_from(length).ok()?))
}

/// What it holds, if it is a tensor.
fn check_attribute(operator: &str, attribute: &AttributeProto) -> Result<Option<Constant>, Error> {
    let said = || unsupported(format!("its {operator} says {} as it does", attribute.name));
    if of_the_axes(operator, &attribute.name).is_some_and(|count| attribute.ints.len() != count) {
        return Err(said());
    }
    let kind = AttributeType::try_from(attribute.r#type).map_err(|_| said())?;
    match kind {
        AttributeType::Float if attribute.f.is_finite() => Ok(None),
        AttributeType::Floats if attribute.floats.iter().all(|value| value.is_finite()) => Ok(None),
        AttributeType::Int | AttributeType::Ints => {
            let one = kind == AttributeType::Int;
            let numbers = if one { &[attribute.i][..] } else { &attribute.ints };
            let nothing_else = if one { attribute.ints.is_empty() } else { attribute.i == 0 };
            let range = least(operator, &attribute.name)..=LARGEST_ATTRIBUTE;
            let sound = numbers.iter().all(|number| range.contains(number)) && numbers.len() <= 16;
            if sound && nothing_else { Ok(None) } else { Err(said()) }
        }
        AttributeType::String => Ok(None),
        AttributeType::Tensor => match &attribute.t {
            Some(tensor) => check_tensor(tensor).map(Some),
            None => Err(said()),
        },
        _ => Err(said()),
    }
}

/// How many numbers an attribute has that says something of both axes of a window.
fn of_the_axes(operator: &str, attribute: &str) -> Option<usize> {
    let windowed = matches!(operator, "Conv" | "ConvTranspose");
    match attribute {
        "pads" => Some(4).filter(|_| windowed),
        "dilations" | "kernel_shape" | "output_padding" | "output_shape" | "strides" => {
            Some(2).filter(|_| windowed)
        }
        _ => None,
    }
}

/// The least that an attribute may say.
fn least(operator: &str, attribute: &str) -> i64 {
    match (operator, attribute) {
        (_, "strides" | "dilations" | "kernel_shape" | "group" | "blocksize") => 1,
        ("Conv" | "ConvTranspose", "pads" | "output_padding" | "output_shape") => 0,
        _ => -LARGEST_ATTRIBUTE,
    }
}

/// What a node makes, by its name, and its shape: where that is plain.
fn stored_shape<'a>(
    node: &'a NodeProto,
    shapes: &HashMap<&str, &'a [i64]>,
) -> Option<(&'a str, &'a [i64])> {
    let shape = match &*node.op_type {
        "Constant" => &*node.attribute.first()?.t.as_ref()?.dims,
        "Cast" | "DequantizeLinear" | "Identity" => shapes.get(&**node.input.first()?).copied()?,
        _ => return None,
    };
    Some((node.output.first()?, shape))
}

/// Whether a `ConvTranspose` takes away less on each side than its window reaches beyond the map,
/// and adds less than a stride. tract goes astray where one does not.
fn keeps_within_its_window(node: &NodeProto, shapes: &HashMap<&str, &[i64]>) -> bool {
    let Some(&&[_, _, height, width]) = shapes.get(&*node.input[1]) else { return false };
    let said = |name: &str, axis: usize, usual: i64| {
        attribute(node, name).and_then(|said| said.ints.get(axis)).copied().unwrap_or(usual)
    };
    [height, width].iter().enumerate().all(|(axis, length)| {
        let (stride, dilation) = (said("strides", axis, 1), said("dilations", axis, 1));
        let beyond = (length - 1).saturating_mul(dilation);
        said("pads", axis, 0) <= beyond
            && said("pads", axis + 2, 0) <= beyond
            && said("output_padding", axis, 0) < stride.max(dilation)
    })
}

/// Whether a `Transpose` names every axis once, if it names any.
fn orders_axes(node: &NodeProto) -> bool {
    attribute(node, "perm").is_none_or(|order| {
        let mut axes = order.ints.clone();
        axes.sort_unstable();
        axes.into_iter().eq(0..order.ints.len() as i64)
    })
}

/// The attribute of that name.
pub(super) fn attribute<'a>(node: &'a NodeProto, name: &str) -> Option<&'a AttributeProto> {
    node.attribute.iter().find(|attribute| attribute.name == name)
}

fn check_tensor(tensor: &TensorProto) -> Result<Constant, Error> {
    let name = &tensor.name;
    let dimensions = tensor.dims.iter().map(|&length| u64::try_from(length).ok());
    let size = dimensions
        .take(MOST_DIMENSIONS + 1)
        .try_fold(1u64, |product, length| product.checked_mul(length?));
    let Some(size) = size.filter(|_| tensor.dims.len() <= MOST_DIMENSIONS) else {
        return Err(bad(format!("the shape of {name:?} is {:?}", tensor.dims)));
    };
    let outside = tensor.data_location == Some(DataLocation::External as i32);
    if outside || !tensor.external_data.is_empty() || tensor.segment.is_some() {
        return Err(unsupported(format!("{name:?} is not in the file itself")));
    }
    let (width, listed, whole) = match DataType::try_from(tensor.data_type) {
        Ok(DataType::Float) => (4, tensor.float_data.len(), false),
        Ok(DataType::Double) => (8, tensor.double_data.len(), false),
        Ok(DataType::Float16) => (2, tensor.int32_data.len(), false),
        Ok(DataType::Int8 | DataType::Uint8) => (1, tensor.int32_data.len(), false),
        Ok(DataType::Int32) => (4, tensor.int32_data.len(), true),
        Ok(DataType::Int64) => (8, tensor.int64_data.len(), true),
        _ => return Err(unsupported(format!("{name:?} is of a type of no use here"))),
    };
    let held = if tensor.raw_data.is_empty() {
        listed as u64 * width
    } else {
        tensor.raw_data.len() as u64
    };
    // Regions that Resize has no use for are stored as nothing.
    let empty = size == 0 && tensor.dims != [0];
    if size.checked_mul(width) != Some(held) || empty {
        return Err(bad(format!("{name:?} has {held} bytes for {size} numbers")));
    }
    if !whole {
        return Ok(Constant { size, extreme: false, no_border: false, product: None });
    }
    let range = -LARGEST_NUMBER..=LARGEST_NUMBER;
    let extreme = numbers(tensor, width as usize).any(|number| !range.contains(&number));
    let widths = 0..=LARGEST_ATTRIBUTE;
    let no_border = numbers(tensor, width as usize).any(|number| !widths.contains(&number));
    let product = numbers(tensor, width as usize)
        .try_fold(1u64, |product, number| product.checked_mul(number.try_into().ok()?));
    Ok(Constant { size, extreme, no_border, product })
}

/// The numbers of a tensor of whole ones, `width` bytes each.
pub(super) fn numbers(tensor: &TensorProto, width: usize) -> impl Iterator<Item = i64> {
    let small = tensor.int32_data.iter().map(|&number| i64::from(number));
    let raw = tensor.raw_data.chunks_exact(width).map(move |bytes| match *bytes {
        [a, b, c, d] => i64::from(i32::from_le_bytes([a, b, c, d])),
        [a, b, c, d, e, f, g, h] => i64::from_le_bytes([a, b, c, d, e, f, g, h]),
        _ => 0,
    });
    small.chain(tensor.int64_data.iter().copied()).chain(raw)
}

/// The largest number of each tensor that is stored, 1 or more, if it is a few floats; else infinity.
fn factors(graph: &GraphProto) -> HashMap<&str, f64> {
    let largest = |tensor: &TensorProto| {
        let (listed, raw) = (&tensor.float_data, &tensor.raw_data);
        let few = (listed.len() + raw.len() / 4) as u64 <= MOST_NUMBERS;
        if tensor.data_type != DataType::Float as i32 || !few {
            return f64::INFINITY;
        }
        let raw = raw.chunks_exact(4);
        let raw = raw.map(|bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]));
        listed.iter().copied().chain(raw).map(f64::from).fold(1.0, f64::max)
    };
    let stored = graph.initializer.iter().map(|tensor| (tensor.name.as_str(), tensor));
    let constants = graph.node.iter().filter(|node| node.op_type == "Constant");
    let constants = constants.filter_map(|node| {
        let held = node.attribute.iter().find_map(|attribute| attribute.t.as_ref());
        Some((node.output.first()?.as_str(), held?))
    });
    stored.chain(constants).map(|(name, tensor)| (name, largest(tensor))).collect()
}

/// How many times as wide a node makes the picture, at the most.
fn enlarging(node: &NodeProto, factors: &HashMap<&str, f64>) -> f64 {
    let said = node.attribute.iter().flat_map(|attribute| {
        let wanted = matches!(&*attribute.name, "strides" | "blocksize" | "scales");
        let whole = attribute.ints.iter().chain([&attribute.i]).map(|&number| number as f64);
        let all = whole.chain(attribute.floats.iter().map(|&scale| f64::from(scale)));
        all.filter(move |_| wanted)
    });
    match &*node.op_type {
        "ConvTranspose" | "DepthToSpace" => said.fold(1.0, f64::max),
        "Upsample" | "Resize" => {
            // Scales or sizes, by whatever input they come.
            let stored = node.input.iter().filter_map(|input| factors.get(input.as_str()).copied());
            stored.chain(said).fold(1.0, f64::max)
        }
        _ => 1.0,
    }
}

fn bad(reason: String) -> Error {
    Error::BadModel(reason)
}

fn unsupported(reason: String) -> Error {
    Error::UnsupportedModel(reason)
}
