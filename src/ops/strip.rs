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

/// Put beside the [`Strip`] where the moments of the maps are known from elsewhere: none are gathered.
pub(crate) struct MomentsKnown;

impl MomentsKnown {
    pub(super) fn is_in(context: &EvalContext) -> bool {
        context.shared.is_some_and(|shared| shared.get::<MomentsKnown>().is_some())
    }
}

impl Strip {
    /// Of a map of `height` rows: the rows that the strip is for, and with them the `halo` rows on
    /// each side that later operators reach into.
    pub(super) fn rows(
        context: &EvalContext,
        height: usize,
        halo: usize,
    ) -> (Range<usize>, Range<usize>) {
        let Some(strip) = context.shared.and_then(|shared| shared.get::<Strip>()) else {
            return (0..height, 0..height);
        };
        let own = strip.own.start * height / strip.height..strip.own.end * height / strip.height;
        let reached = own.start.saturating_sub(halo)..(own.end + halo).min(height);
        (own, reached)
    }
}

/// A tensor to be written in `rows` of its rows: its first axis is rows, or the third of four, whose
/// rows may be several for each of `height`. The others are zero, for tract's own operators may look
/// at them.
pub(super) fn output(shape: &[usize], height: usize, rows: &Range<usize>) -> TractResult<Tensor> {
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
    }
    Ok(tensor)
}
