use tract_onnx::tract_hir::internal::*;

use super::map_input::{MapInput, slice_mut};
use super::pointwise::operands;
use super::strip::{Halo, Strip, output};
use crate::kernels::layout::{Block, map_to_planes};
use crate::kernels::pointwise::Step;

/// A feature map, finished, as planes `[1, C, H * side, W * side]` of blocks taken apart, with
/// arithmetic done to their values. Its operands follow the inputs of the map.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ToPlanes {
    pub(crate) input: MapInput,
    /// Of the planes.
    pub(crate) channels: usize,
    pub(crate) block: Block,
    pub(crate) steps: Vec<Step>,
}

impl Eq for ToPlanes {}

impl Op for ToPlanes {
    fn name(&self) -> StaticName {
        "ToPlanes".into()
    }

    op_as_typed_op!();
}

impl EvalOp for ToPlanes {
    op_out_of_plan!();

    fn eval(&self, context: &EvalContext, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
        let (map, others) = inputs.split_at(self.input.arity());
        let source = self.input.source(map)?;
        let (rows, side) = (source.rows(), self.block.side);
        let (height, width) = (rows * side, source.columns() * side);
        let operands = operands(others, (self.channels, height, width))?;
        let (_, reached) = Strip::rows(context, rows, Halo::default());
        let mut planes = output(context, &[1, self.channels, height, width], rows, &reached)?;
        let values = slice_mut(&mut planes)?;
        map_to_planes(source, reached, self.channels, self.block, values, |channel, y, row| {
            operands.apply(&self.steps, channel, y, row);
        });
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
