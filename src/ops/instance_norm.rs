//! ONNX `InstanceNormalization` on planes.

use tract_onnx::model::ParsingContext;
use tract_onnx::pb::NodeProto;
use tract_onnx::tract_hir::internal::*;

use super::map_input::{slice, slice_mut};

/// Each plane less its mean, divided by its standard deviation, times a gain and plus a shift
/// (Ulyanov et al. 2016, equation 4). Inputs `[N, C, H, W]`, gains `[C]`, shifts `[C]`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct InstanceNorm {
    pub(crate) epsilon: f32,
}

impl Eq for InstanceNorm {}

pub(super) fn build(
    _: &ParsingContext,
    node: &NodeProto,
) -> TractResult<(Box<dyn InferenceOp>, Vec<String>)> {
    Ok((expand(InstanceNorm { epsilon: node.get_attr_opt("epsilon")?.unwrap_or(1e-5) }), vec![]))
}

impl Expansion for InstanceNorm {
    fn name(&self) -> StaticName {
        "InstanceNorm".into()
    }

    fn rules<'r, 'p: 'r, 's: 'r>(
        &'s self,
        solver: &mut Solver<'r>,
        inputs: &'p [TensorProxy],
        outputs: &'p [TensorProxy],
    ) -> InferenceResult {
        check_input_arity(inputs, 3)?;
        check_output_arity(outputs, 1)?;
        solver.equals(&inputs[0].rank, 4)?;
        solver.equals(&inputs[0].datum_type, f32::datum_type())?;
        solver.equals(&inputs[0].shape, &outputs[0].shape)?;
        solver.equals(&inputs[0].datum_type, &outputs[0].datum_type)?;
        for vector in &inputs[1..] {
            solver.equals(&vector.datum_type, f32::datum_type())?;
            solver.equals(&vector.rank, 1)?;
            solver.equals(&vector.shape[0], &inputs[0].shape[1])?;
        }
        Ok(())
    }

    fn wire(
        &self,
        prefix: &str,
        model: &mut TypedModel,
        inputs: &[OutletId],
    ) -> TractResult<TVec<OutletId>> {
        model.wire_node(prefix, self.clone(), inputs)
    }
}

impl Op for InstanceNorm {
    fn name(&self) -> StaticName {
        "InstanceNorm".into()
    }

    op_as_typed_op!();
}

impl EvalOp for InstanceNorm {
    op_out_of_plan!();

    fn eval(&self, _: &EvalContext, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
        let (input, gains, shifts) = args_3!(inputs);
        let (gains, shifts) = (slice(&gains)?, slice(&shifts)?);
        let mut output = input.into_tensor();
        let plane = output.shape()[2] * output.shape()[3];
        for (index, plane) in slice_mut(&mut output)?.chunks_exact_mut(plane.max(1)).enumerate() {
            let channel = index % gains.len();
            let mean = plane.iter().map(|v| f64::from(*v)).sum::<f64>() / plane.len() as f64;
            let squares = plane.iter().map(|value| (f64::from(*value) - mean).powi(2));
            let variance = squares.sum::<f64>() / plane.len() as f64;
            let scale = f64::from(gains[channel]) / (variance + f64::from(self.epsilon)).sqrt();
            for value in plane {
                *value = ((f64::from(*value) - mean) * scale) as f32 + shifts[channel];
            }
        }
        Ok(tvec!(output.into_tvalue()))
    }
}

impl TypedOp for InstanceNorm {
    fn output_facts(&self, inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
        Ok(tvec!(inputs[0].without_value()))
    }

    as_op!();
}
