//! ONNX `SpaceToDepth` for pictures of any size: tract's own wants numbers for height and width.

use tract_onnx::model::ParsingContext;
use tract_onnx::pb::NodeProto;
use tract_onnx::tract_hir::internal::*;

/// Moves blocks of `block` x `block` pixels into channels: `[N, C, H, W]` to
/// `[N, block * block * C, H / block, W / block]`, where channel `(row * block + column) * C + c`
/// of the output is channel `c` of that row and column of the block.
#[derive(Debug, Clone)]
struct SpaceToDepth {
    block: usize,
}

pub(super) fn build(
    _: &ParsingContext,
    node: &NodeProto,
) -> TractResult<(Box<dyn InferenceOp>, Vec<String>)> {
    let block = node.get_attr("blocksize")?;
    ensure!(block > 0, "a block size of 0");
    Ok((expand(SpaceToDepth { block }), vec![]))
}

impl SpaceToDepth {
    fn output_shape(&self, shape: &[TDim]) -> TVec<TDim> {
        let [n, c, h, w] = shape else { unreachable!("the rules ask for four dimensions") };
        tvec!(
            n.clone(),
            c.clone() * self.block * self.block,
            h.clone() / self.block,
            w.clone() / self.block
        )
    }
}

impl Expansion for SpaceToDepth {
    fn name(&self) -> StaticName {
        "SpaceToDepth".into()
    }

    fn rules<'r, 'p: 'r, 's: 'r>(
        &'s self,
        solver: &mut Solver<'r>,
        inputs: &'p [TensorProxy],
        outputs: &'p [TensorProxy],
    ) -> InferenceResult {
        check_input_arity(inputs, 1)?;
        check_output_arity(outputs, 1)?;
        solver.equals(&inputs[0].rank, 4)?;
        solver.equals(&outputs[0].rank, 4)?;
        solver.equals(&outputs[0].datum_type, &inputs[0].datum_type)?;
        solver.given(&inputs[0].shape, move |solver, shape| {
            solver.equals(&outputs[0].shape, ShapeFactoid::from(self.output_shape(&shape)))
        })
    }

    fn wire(
        &self,
        prefix: &str,
        model: &mut TypedModel,
        inputs: &[OutletId],
    ) -> TractResult<TVec<OutletId>> {
        let shape = model.outlet_fact(inputs[0])?.shape.to_tvec();
        let output = self.output_shape(&shape);
        let block = self.block.to_dim();
        let steps = [
            AxisOp::Reshape(
                2,
                tvec!(shape[2].clone(), shape[3].clone()),
                tvec!(output[2].clone(), block.clone(), output[3].clone(), block.clone()),
            ),
            AxisOp::Move(3, 1),
            AxisOp::Move(5, 2),
            AxisOp::Reshape(
                1,
                tvec!(block.clone(), block, shape[1].clone()),
                tvec!(output[1].clone()),
            ),
        ];
        let mut wire: TVec<OutletId> = inputs.into();
        for (index, step) in steps.into_iter().enumerate() {
            wire = model.wire_node(format!("{prefix}.{index}"), step, &wire)?;
        }
        Ok(wire)
    }
}
