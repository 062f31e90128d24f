use tract_onnx::tract_hir::internal::*;

use super::map_input::{slice, slice_mut};
use crate::kernels::pointwise::{Operands, Step};

/// A run of arithmetic on the values of planes `[1, C, H, W]`, in one pass. The operands follow as
/// inputs.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Pointwise {
    pub(crate) steps: Vec<Step>,
}

impl Eq for Pointwise {}

/// The tensors of operands for planes of this size.
pub(super) fn operands(
    values: &[TValue],
    (channels, height, width): (usize, usize, usize),
) -> TractResult<Operands<'_>> {
    let values = values.iter().map(slice).collect::<TractResult<Vec<_>>>()?;
    let fits = |length| length == channels || length == channels * height * width;
    ensure!(values.iter().all(|values| fits(values.len())), "an operand of another size");
    Ok(Operands { values, height, width })
}

impl Op for Pointwise {
    fn name(&self) -> StaticName {
        "Pointwise".into()
    }

    op_as_typed_op!();
}

impl EvalOp for Pointwise {
    op_out_of_plan!();

    fn eval(&self, _: &EvalContext, mut inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
        let mut planes = inputs.remove(0).into_tensor();
        let [1, channels, height, width] = *planes.shape() else {
            bail!("{:?} are not the planes of one picture", planes.shape());
        };
        let operands = operands(&inputs, (channels, height, width))?;
        for (index, row) in slice_mut(&mut planes)?.chunks_exact_mut(width.max(1)).enumerate() {
            operands.apply(&self.steps, index / height, index % height, row);
        }
        Ok(tvec!(planes.into_tvalue()))
    }
}

impl TypedOp for Pointwise {
    fn output_facts(&self, inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
        Ok(tvec!(inputs[0].without_value()))
    }

    as_op!();
}
