use std::ops::Range;

use tract_onnx::tract_hir::internal::*;

use super::map_input::slice_mut;
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
}

/// The rows of maps that the strip above this one has made last, by the node that makes the map: in
/// front of the rows that this strip makes. Put beside the [`Strip`] where there are such.
#[derive(Debug, Default)]
pub(crate) struct Above(pub(crate) HashMap<usize, Vec<f32>>);

/// Put beside the [`Strip`] where the moments of the maps are known from elsewhere: none are gathered.
pub(crate) struct MomentsKnown;

impl MomentsKnown {
    pub(super) fn is_in(context: &EvalContext) -> bool {
        context.shared.is_some_and(|shared| shared.get::<MomentsKnown>().is_some())
    }
}

impl Strip {
    /// Of a map of `height` rows: the rows that the strip is for, and those to make, with the `halo`
    /// rows on each side that later operators reach into. Those on the upper side are not made again
    /// where the strip above has made them.
    pub(super) fn rows(
        context: &EvalContext,
        height: usize,
        halo: usize,
    ) -> (Range<usize>, Range<usize>) {
        let Some(strip) = context.shared.and_then(|shared| shared.get::<Strip>()) else {
            return (0..height, 0..height);
        };
        let own = strip.own.start * height / strip.height..strip.own.end * height / strip.height;
        let start = match Above::is_in(context) {
            true => (own.start + halo).min(height),
            false => own.start.saturating_sub(halo),
        };
        let reached = start..strip.end(height, halo);
        (own, reached)
    }

    /// Where the rows of a map of `height` rows end that are made.
    pub(crate) fn end(&self, height: usize, halo: usize) -> usize {
        (self.own.end * height / self.height + halo).min(height)
    }
}

impl Above {
    fn is_in(context: &EvalContext) -> bool {
        context.shared.is_some_and(|shared| shared.get::<Above>().is_some())
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
