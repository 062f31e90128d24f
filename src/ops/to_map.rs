use tract_onnx::tract_hir::internal::*;

use super::map_input::{slice, slice_mut};
use super::strip::output;
use crate::kernels::layout::{Block, planes_to_map};
use crate::kernels::map::lanes;

/// Planes `[1, C, H, W]` as a feature map of their blocks: `[H / side, W / side, lanes]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ToMap {
    pub(crate) block: Block,
}

impl Op for ToMap {
    fn name(&self) -> StaticName {
        "ToMap".into()
    }

    op_as_typed_op!();
}

impl EvalOp for ToMap {
    op_out_of_plan!();

    fn eval(&self, context: &EvalContext, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
        let input = args_1!(inputs);
        let [1, channels, height, width] = *input.shape() else {
            bail!("{:?} are not the planes of one picture", input.shape());
        };
        let side = self.block.side;
        ensure!(height.is_multiple_of(side) && width.is_multiple_of(side));
        let shape = [height / side, width / side, lanes(channels * side * side)];
        let mut map = output(context, &shape, shape[0], &(0..shape[0]))?;
        planes_to_map(slice(&input)?, (channels, height, width), self.block, slice_mut(&mut map)?);
        Ok(tvec!(map.into_tvalue()))
    }
}

impl TypedOp for ToMap {
    fn output_facts(&self, inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
        let (shape, side) = (&inputs[0].shape, self.block.side);
        let lanes = lanes(shape[1].to_usize()? * side * side);
        let shape = [shape[2].clone() / side, shape[3].clone() / side, lanes.to_dim()];
        Ok(tvec!(f32::fact(shape)))
    }

    as_op!();
}
