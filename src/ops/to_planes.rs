use tract_onnx::tract_hir::internal::*;

use super::map_input::{MapInput, slice_mut};
use super::strip::{Strip, output};
use crate::kernels::layout::{Block, map_to_planes};

/// A feature map, finished, as planes `[1, C, H * side, W * side]` of blocks taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ToPlanes {
    pub(crate) input: MapInput,
    /// Of the planes.
    pub(crate) channels: usize,
    pub(crate) block: Block,
}

impl Op for ToPlanes {
    fn name(&self) -> StaticName {
        "ToPlanes".into()
    }

    op_as_typed_op!();
}

impl EvalOp for ToPlanes {
    op_out_of_plan!();

    fn eval(&self, context: &EvalContext, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
        let source = self.input.source(&inputs)?;
        let side = self.block.side;
        let height = source.rows();
        let (_, reached) = Strip::rows(context, height, 0);
        let shape = [1, self.channels, height * side, source.columns() * side];
        let mut planes = output(&shape, height, &reached)?;
        map_to_planes(source, reached, self.channels, self.block, slice_mut(&mut planes)?);
        Ok(tvec!(planes.into_tvalue()))
    }
}

impl TypedOp for ToPlanes {
    fn output_facts(&self, inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
        let [height, width] = self.input.size(inputs[0]);
        let side = self.block.side;
        Ok(tvec!(f32::fact([1.to_dim(), self.channels.to_dim(), height * side, width * side])))
    }

    as_op!();
}
