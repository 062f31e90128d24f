use tract_onnx::tract_hir::internal::*;

use super::map_input::slice;

/// A weighted sum of the rows of a table (the mix of styles of Dumoulin et al. 2017, section 2.2):
/// weights `[1, rows]` and the table `[rows, n]` give `[1, n]`.
///
/// tract's own product of matrices is only fast once tract has rewritten it, which it has not here: a
/// painting's 27 would take 10 ms of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MixRows;

impl Op for MixRows {
    fn name(&self) -> StaticName {
        "MixRows".into()
    }

    op_as_typed_op!();
}

impl EvalOp for MixRows {
    op_out_of_plan!();

    fn eval(&self, _: &EvalContext, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
        let (weights, table) = (slice(&inputs[0])?, slice(&inputs[1])?);
        let [rows, columns] = *inputs[1].shape() else { bail!("a table has rows and columns") };
        ensure!(weights.len() == rows && columns > 0);
        let mut mix = vec![0.0; columns];
        for (weight, row) in weights.iter().zip(table.chunks_exact(columns)) {
            for (sum, value) in mix.iter_mut().zip(row) {
                *sum += weight * value;
            }
        }
        Ok(tvec!(Tensor::from_shape(&[1, columns], &mix)?.into_tvalue()))
    }
}

impl TypedOp for MixRows {
    fn output_facts(&self, inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
        Ok(tvec!(f32::fact([1.to_dim(), inputs[1].shape[1].clone()])))
    }

    as_op!();
}
