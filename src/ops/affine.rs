use tract_onnx::tract_hir::internal::*;

use super::map_convolution::read_moments;
use super::map_input::slice;
use crate::kernels::map::lanes;

/// What an instance norm, or a gain and a shift alone, do to each channel, as `[2, lanes]` scales and
/// offsets. Inputs: the moments of the map where it is normed, then (where they are not all 1 and 0)
/// gains and shifts of `C` values each.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Affine {
    /// What the norm adds to a variance; `None` where the map is not normed.
    pub(crate) epsilon: Option<f32>,
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
        let (ones, zeros) = (vec![1.0; self.channels], vec![0.0; self.channels]);
        let mut inputs = inputs.iter();
        let moments = self.epsilon.and_then(|_| inputs.next());
        let gain = if self.gain { inputs.next() } else { None };
        let shift = if self.shift { inputs.next() } else { None };
        let gain = gain.map_or(Ok(&ones[..]), slice)?;
        let shift = shift.map_or(Ok(&zeros[..]), slice)?;
        ensure!(gain.len() == self.channels && shift.len() == self.channels);
        let affine = match (self.epsilon, moments) {
            (Some(epsilon), Some(moments)) => read_moments(moments)?.affine(gain, shift, epsilon),
            _ => {
                let mut affine = vec![0.0; 2 * lanes(self.channels)];
                let (gains, shifts) = affine.split_at_mut(lanes(self.channels));
                gains[..self.channels].copy_from_slice(gain);
                shifts[..self.channels].copy_from_slice(shift);
                affine
            }
        };
        Ok(tvec!(Tensor::from_shape(&[2, affine.len() / 2], &affine)?.into_tvalue()))
    }
}

impl TypedOp for Affine {
    fn output_facts(&self, _: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
        Ok(tvec!(f32::fact([2, lanes(self.channels)])))
    }

    as_op!();
}
