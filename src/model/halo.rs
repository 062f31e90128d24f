//! How far the rows of a painting reach into the photo.

use tract_onnx::tract_core::ops::binary::TypedBinOp;
use tract_onnx::tract_core::ops::element_wise::ElementWiseOp;
use tract_onnx::tract_hir::internal::*;

use crate::ops::{AddMaps, Affine, MapConvolution, Pointwise, ToMap, ToPlanes};

/// A network whose painting reaches farther than so many rows paints no strips.
const FARTHEST: usize = 1 << 12;

/// Tells every operator of `model` how many rows beyond those asked for it has to make, and how many
/// of the last ones the next strip reads. Gives the rows of the picture that lie beyond in the end.
/// Nothing, if there is an operator that has to see the picture as a whole. `height` is the symbol that stands for `stride` rows.
pub(super) fn spread(
    model: &mut TypedModel,
    height: &Symbol,
    stride: usize,
) -> TractResult<Option<usize>> {
    let mut halos: HashMap<usize, usize> = HashMap::new();
    let mut of_the_picture = 0;
    let order = model.eval_order()?;
    for id in order.into_iter().rev() {
        let halo = halos.get(&id).copied().unwrap_or(0);
        let node = model.node(id);
        let inputs = node.inputs.clone();
        let whole = node.outputs.iter().all(|output| output.fact.shape.is_concrete());
        let op = &node.op;
        let mut reach = |input: usize, rows: usize| {
            let reached = halos.entry(inputs[input].node).or_insert(0);
            *reached = rows.max(*reached);
        };
        if let Some(op) = op.downcast_ref::<MapConvolution>() {
            let above = op.margins.top;
            let below = op.size.saturating_sub(op.margins.top + op.stride);
            let rows = halo.saturating_mul(op.stride).saturating_add(above.max(below));
            reach(0, rows.div_ceil(op.input.enlarge));
        } else if let Some(op) = op.downcast_ref::<AddMaps>() {
            reach(0, halo.div_ceil(op.first.enlarge));
            reach(op.first.arity(), halo.div_ceil(op.second.enlarge));
        } else if op.is::<ToPlanes>() && halo == 0 {
            // What follows is done pixel by pixel.
            reach(0, 0);
        } else if let Some(op) = op.downcast_ref::<ToMap>() {
            let rows = halo.saturating_mul(op.block.side);
            of_the_picture = of_the_picture.max(rows);
            reach(0, rows);
        } else if op.is::<TypedBinOp>() || op.is::<ElementWiseOp>() || op.is::<Pointwise>() {
            for input in 0..inputs.len() {
                reach(input, halo);
            }
        } else if !(whole || op.is::<Affine>() || inputs.is_empty()) {
            return Ok(None);
        }
        let node = model.node_mut(id);
        if let Some(op) = node.op_as_mut::<MapConvolution>() {
            op.halo = halo;
        } else if let Some(op) = node.op_as_mut::<AddMaps>() {
            op.halo = halo;
        }
        let is_map =
            node.op_is::<MapConvolution>() || node.op_is::<AddMaps>() || node.op_is::<ToMap>();
        if is_map && !divides(&node.outputs[0].fact.shape[0], height, stride)? {
            return Ok(None);
        }
    }
    tell_what_is_read_below(model);
    Ok((of_the_picture <= FARTHEST).then(|| of_the_picture.next_multiple_of(stride)))
}

/// Where strips are painted one after the other, each operator goes on at the row where it has ended.
/// From there its windows reach back into the rows of the strip before.
fn tell_what_is_read_below(model: &mut TypedModel) {
    let halo_of = |node: &TypedNode| {
        let convolution = node.op_as::<MapConvolution>().map(|op| op.halo);
        convolution.or(node.op_as::<AddMaps>().map(|op| op.halo))
    };
    let mut below: HashMap<usize, usize> = HashMap::new();
    for node in &model.nodes {
        let mut reads = |input: usize, first: isize, enlarge: usize| {
            let input = model.node(node.inputs[input].node);
            if let Some(halo) = halo_of(input) {
                let rows = halo as isize - first.div_euclid(enlarge as isize);
                let below = below.entry(input.id).or_insert(0);
                *below = (*below).max(rows.max(0) as usize);
            }
        };
        if let Some(op) = node.op_as::<MapConvolution>() {
            let first = (op.halo * op.stride) as isize - op.margins.top as isize;
            // Kernels may begin where the rows of the small map do.
            reads(0, first - (op.input.enlarge as isize - 1), op.input.enlarge);
        } else if let Some(op) = node.op_as::<AddMaps>() {
            reads(0, op.halo as isize, op.first.enlarge);
            reads(op.first.arity(), op.halo as isize, op.second.enlarge);
        } else if let Some(op) = node.op_as::<ToPlanes>() {
            reads(0, 0, op.input.enlarge);
        }
    }
    for (id, rows) in below {
        let node = model.node_mut(id);
        if let Some(op) = node.op_as_mut::<MapConvolution>() {
            op.below = rows;
        } else if let Some(op) = node.op_as_mut::<AddMaps>() {
            op.below = rows;
        }
    }
}

/// Whether `rows` of a map are those of a picture of `stride * height` rows divided by a number.
fn divides(rows: &TDim, height: &Symbol, stride: usize) -> TractResult<bool> {
    let at =
        |height_is: i64| rows.eval(&SymbolValues::default().with(height, height_is)).to_usize();
    let (one, two, ten) = (at(1)?, at(2)?, at(10)?);
    let times = |count: usize| one.checked_mul(count);
    Ok(one > 0 && times(2) == Some(two) && times(10) == Some(ten) && stride.is_multiple_of(one))
}
