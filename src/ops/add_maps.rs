use tract_onnx::tract_hir::internal::*;

use super::map_input::{MapInput, slice_mut};
use super::strip::{Halo, Strip, output};
use crate::kernels::layout::add_maps;

/// The sum of two feature maps, each finished first: the end of a residual block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AddMaps {
    pub(crate) first: MapInput,
    pub(crate) second: MapInput,
    /// Rows that later operators reach into.
    pub(crate) halo: Halo,
}

impl Op for AddMaps {
    fn name(&self) -> StaticName {
        "AddMaps".into()
    }

    op_as_typed_op!();
}

impl EvalOp for AddMaps {
    op_out_of_plan!();

    fn eval(&self, context: &EvalContext, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
        let (first, second) = inputs.split_at(self.first.arity());
        let (first, second) = (self.first.source(first)?, self.second.source(second)?);
        let height = first.rows();
        let (_, reached) = Strip::rows(context, height, self.halo);
        let mut sum = output(context, &[height, first.columns(), first.lanes], height, &reached)?;
        add_maps(first, second, reached, slice_mut(&mut sum)?);
        Ok(tvec!(sum.into_tvalue()))
    }
}

impl TypedOp for AddMaps {
    fn output_facts(&self, inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
        let [height, width] = self.first.size(inputs[0]);
        Ok(tvec!(f32::fact([height, width, inputs[0].shape[2].clone()])))
    }

    as_op!();
}
