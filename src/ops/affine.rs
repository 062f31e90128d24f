use tract_onnx::tract_hir::internal::*;

use super::map_convolution::read_moments;
use super::map_input::slice;

/// What an instance norm does to each channel, as `[2, lanes]` scales and offsets. Inputs: the
/// moments of the map, then (where they are not all 1 and 0) gains and shifts of `C` values each.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Affine {
    pub(crate) epsilon: f32,
    pub(crate) channels: usize,
    pub(crate) gain: bool,
    pub(crate) shift: bool,
}

impl Eq for Affine {}

impl Op for Affine {
    fn name(&self) -> StaticName {
        "Affine".into()
    }

    op_as_typed_op!();
}

impl EvalOp for Affine {
    op_out_of_plan!();

    fn eval(&self, _: &EvalContext, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
        let moments = read_moments(&inputs[0])?;
        let (ones, zeros) = (vec![1.0; self.channels], vec![0.0; self.channels]);
        let gain = if self.gain { slice(&inputs[1])? } else { &ones };
        let shift = if self.shift { slice(&inputs[1 + usize::from(self.gain)])? } else { &zeros };
        ensure!(gain.len() == self.channels && shift.len() == self.channels);
        let affine = moments.affine(gain, shift, self.epsilon);
        Ok(tvec!(Tensor::from_shape(&[2, affine.len() / 2], &affine)?.into_tvalue()))
    }
}

impl TypedOp for Affine {
    fn output_facts(&self, inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
        Ok(tvec!(f32::fact([2.to_dim(), inputs[0].shape[1].clone()])))
    }

    as_op!();
}
