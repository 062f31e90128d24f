use std::ops::Range;

use tract_onnx::tract_hir::internal::*;

use super::map_input::slice_mut;
use super::{AddMaps, MapConvolution};
use crate::kernels::unwritten::unwritten;

/// Which rows of the picture a run is for, when it is not for all of them. The rest of its picture
/// is there because convolutions reach into it. Found by the operators in
/// [`EvalContext::shared`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Strip {
    /// Rows of the picture that the run was given.
    pub(crate) height: usize,
    /// Those it is for.
    pub(crate) own: Range<usize>,
    pub(crate) manner: Manner,
}

/// Where the rows of a map come from that lie beyond those that a strip is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Strips are painted at the same time. They give each other the rows at their edges whenever they
    /// exchange moments.
    Abreast,
    /// Strips are painted one after the other, from the top down, with moments that are known: none
    /// are gathered. Each goes on where the one [`Above`] has ended, further down than its own rows go.
    InTurn,
}

/// How many rows of its map an operator has to do with beyond those that a strip is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Halo {
    /// Rows that it makes on each side where strips are painted abreast,
    pub(crate) made: usize,
    /// and those that it gets from the strip there, and gives to it.
    pub(crate) exchanged: usize,
    /// Rows further down that it makes where strips are painted in turn, and above in the first of them,
    pub(crate) ahead: usize,
    /// and those of the last ones that the next strip reads.
    pub(crate) left: usize,
}

impl Halo {
    /// That of a node, if it makes a map of others.
    pub(crate) fn of(node: &TypedNode) -> Option<Halo> {
        let convolution = node.op_as::<MapConvolution>().map(|op| op.halo);
        convolution.or(node.op_as::<AddMaps>().map(|op| op.halo))
    }
}

/// The rows of maps that the strip above this one has made last, by the node that makes the map: in
/// front of the rows that this strip makes. Put beside the [`Strip`] where there are such.
#[derive(Debug, Default)]
pub(crate) struct Above(pub(crate) HashMap<usize, Vec<f32>>);

impl Strip {
    /// Of a map of `height` rows: the rows that the strip is for, and those to make. A run without a
    /// strip is for all.
    pub(super) fn rows(
        context: &EvalContext,
        height: usize,
        halo: Halo,
    ) -> (Range<usize>, Range<usize>) {
        let Some(strip) = context.shared.and_then(|shared| shared.get::<Strip>()) else {
            return (0..height, 0..height);
        };
        let (own, end) = (strip.own(height), strip.end(height, halo));
        let above = context.shared.and_then(|shared| shared.get::<Above>());
        let start = match strip.manner {
            Manner::Abreast => own.start.saturating_sub(halo.made),
            Manner::InTurn if above.is_some() => (own.start + halo.ahead).min(height),
            // The first of those in turn.
            Manner::InTurn => own.start.saturating_sub(halo.ahead),
        };
        (own, start..end)
    }

    /// Of a map of `height` rows, those that the strip is for.
    pub(crate) fn own(&self, height: usize) -> Range<usize> {
        self.own.start * height / self.height..self.own.end * height / self.height
    }

    /// Where the rows of a map of `height` rows end that are made.
    pub(crate) fn end(&self, height: usize, halo: Halo) -> usize {
        let beyond = match self.manner {
            Manner::Abreast => halo.made,
            Manner::InTurn => halo.ahead,
        };
        (self.own(height).end + beyond).min(height)
    }

    /// Whether moments are gathered in this run.
    pub(super) fn gathers(context: &EvalContext) -> bool {
        let strip = context.shared.and_then(|shared| shared.get::<Strip>());
        strip.is_none_or(|strip| strip.manner == Manner::Abreast)
    }
}

/// A tensor to be written in `rows` of its rows: its first axis is rows, or the third of four, whose
/// rows may be several for each of `height`. In front of them are those of the strip [`Above`]. The
/// others are zero, for tract's own operators may look at them.
pub(super) fn output(
    context: &EvalContext,
    shape: &[usize],
    height: usize,
    rows: &Range<usize>,
) -> TractResult<Tensor> {
    let mut tensor = unwritten(shape)?;
    if *rows != (0..height) {
        let planes = if shape.len() == 3 { 1 } else { shape[0] * shape[1] };
        let values = slice_mut(&mut tensor)?;
        let plane = (values.len() / planes).max(1);
        let pitch = plane / height.max(1);
        for plane in values.chunks_exact_mut(plane) {
            plane[..rows.start * pitch].fill(0.0);
            plane[rows.end * pitch..].fill(0.0);
        }
        let above = context.shared.and_then(|shared| shared.get::<Above>());
        if let Some(above) = above.and_then(|above| above.0.get(&context.node_id)) {
            let start = (rows.start * pitch).checked_sub(above.len());
            let start = start.context("the strip above has made too much")?;
            values[start..][..above.len()].copy_from_slice(above);
        }
    }
    Ok(tensor)
}
