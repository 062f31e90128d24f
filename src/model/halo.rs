//! How far the rows of a painting reach into the photo.

use tract_onnx::tract_core::ops::array::TypedConcat;
use tract_onnx::tract_core::ops::binary::TypedBinOp;
use tract_onnx::tract_core::ops::element_wise::ElementWiseOp;
use tract_onnx::tract_hir::internal::*;

use crate::ops::{AddMaps, Affine, Halo, Manner, MapConvolution, Pointwise, ToMap, ToPlanes};

/// A network whose painting reaches farther than so many rows paints no strips.
const FARTHEST: usize = 1 << 12;

/// Rows of the picture that a strip reads beyond its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reach {
    pub(crate) abreast: usize,
    pub(crate) in_turn: usize,
}

/// Tells every operator of `model` its [`Halo`], and gives how far they reach into the picture in the
/// end. Nothing, if there is an operator that has to see the picture as a whole. `height` is the
/// symbol that stands for `stride` rows.
pub(super) fn spread(
    model: &mut TypedModel,
    height: &Symbol,
    stride: usize,
) -> TractResult<Option<Reach>> {
    let abreast = reach(model, Manner::Abreast, height, stride)?;
    let in_turn = reach(model, Manner::InTurn, height, stride)?;
    let (Some(abreast), Some(in_turn)) = (abreast, in_turn) else { return Ok(None) };
    tell_what_is_left(model);
    Ok((in_turn <= FARTHEST && abreast <= FARTHEST).then_some(Reach { abreast, in_turn }))
}

/// What [`spread`] does, for strips that are painted in one manner.
fn reach(
    model: &mut TypedModel,
    manner: Manner,
    height: &Symbol,
    stride: usize,
) -> TractResult<Option<usize>> {
    let mut halos: HashMap<usize, usize> = HashMap::new();
    let mut of_the_picture = 0;
    let order = model.eval_order()?;
    for id in order.into_iter().rev() {
        // Rows beyond its own that are read of what this node makes; and those of them that it makes.
        let read = halos.get(&id).copied().unwrap_or(0);
        let mut made = read;
        let node = model.node(id);
        let inputs = node.inputs.clone();
        let whole = node.outputs.iter().all(|output| output.fact.shape.is_concrete());
        let op = &node.op;
        let mut reach = |input: usize, rows: usize| {
            let reached = halos.entry(inputs[input].node).or_insert(0);
            *reached = rows.max(*reached);
        };
        if let Some(op) = op.downcast_ref::<MapConvolution>() {
            if op.moments && manner == Manner::Abreast {
                made = 0;
            }
            let above = op.margins.top;
            let below = op.size.saturating_sub(op.margins.top + op.stride);
            let rows = made.saturating_mul(op.stride).saturating_add(above.max(below));
            reach(0, rows.div_ceil(op.input.enlarge));
        } else if let Some(op) = op.downcast_ref::<AddMaps>() {
            reach(0, made.div_ceil(op.first.enlarge));
            reach(op.first.arity(), made.div_ceil(op.second.enlarge));
        } else if op.is::<ToPlanes>() && made == 0 {
            // What follows is done pixel by pixel.
            reach(0, 0);
        } else if let Some(op) = op.downcast_ref::<ToMap>() {
            reach(0, made.saturating_mul(op.block.side));
        } else if op.is::<TypedBinOp>()
            || op.is::<ElementWiseOp>()
            || op.is::<Pointwise>()
            || op.downcast_ref::<TypedConcat>().is_some_and(|concat| concat.axis == 1)
        {
            for input in 0..inputs.len() {
                reach(input, made);
            }
        } else if !(whole || op.is::<Affine>() || inputs.is_empty()) {
            return Ok(None);
        }
        let node = model.node_mut(id);
        if let Some(halo) = halo_of(node) {
            match manner {
                Manner::Abreast => (halo.made, halo.exchanged) = (made, read - made),
                Manner::InTurn => halo.ahead = made,
            }
        }
        if node.op_is::<MapConvolution>() || node.op_is::<AddMaps>() || node.op_is::<ToMap>() {
            let Some(rows) = rows_of(&node.outputs[0].fact.shape[0], height, stride)? else {
                return Ok(None);
            };
            // The map of what the strip reads has to have these rows, too.
            of_the_picture = of_the_picture.max(read.saturating_mul(stride / rows));
        }
    }
    Ok(Some(of_the_picture.next_multiple_of(stride)))
}

fn halo_of(node: &mut TypedNode) -> Option<&mut Halo> {
    if node.op_is::<MapConvolution>() {
        return node.op_as_mut::<MapConvolution>().map(|op| &mut op.halo);
    }
    node.op_as_mut::<AddMaps>().map(|op| &mut op.halo)
}

/// Where strips are painted in turn, each operator goes on at the row where it has ended. From there
/// its windows reach back into the rows of the strip before.
fn tell_what_is_left(model: &mut TypedModel) {
    let mut left: HashMap<usize, usize> = HashMap::new();
    for node in &model.nodes {
        let mut reads = |input: usize, first: isize, enlarge: usize| {
            let input = model.node(node.inputs[input].node);
            if let Some(halo) = Halo::of(input) {
                let rows = halo.ahead as isize - first.div_euclid(enlarge as isize);
                let left = left.entry(input.id).or_insert(0);
                *left = (*left).max(rows.max(0) as usize);
            }
        };
        if let Some(op) = node.op_as::<MapConvolution>() {
            let first = (op.halo.ahead * op.stride) as isize - op.margins.top as isize;
            // Kernels may begin where the rows of the small map do.
            reads(0, first - (op.input.enlarge as isize - 1), op.input.enlarge);
        } else if let Some(op) = node.op_as::<AddMaps>() {
            reads(0, op.halo.ahead as isize, op.first.enlarge);
            reads(op.first.arity(), op.halo.ahead as isize, op.second.enlarge);
        } else if let Some(op) = node.op_as::<ToPlanes>() {
            reads(0, 0, op.input.enlarge);
        }
    }
    for (id, rows) in left {
        if let Some(halo) = halo_of(model.node_mut(id)) {
            halo.left = rows;
        }
    }
}

/// How many rows a map has for each `stride` rows of the picture, if that is a number.
fn rows_of(rows: &TDim, height: &Symbol, stride: usize) -> TractResult<Option<usize>> {
    let at =
        |height_is: i64| rows.eval(&SymbolValues::default().with(height, height_is)).to_usize();
    let (one, two, ten) = (at(1)?, at(2)?, at(10)?);
    let times = |count: usize| one.checked_mul(count);
    let divides =
        one > 0 && times(2) == Some(two) && times(10) == Some(ten) && stride.is_multiple_of(one);
    Ok(divides.then_some(one))
}
