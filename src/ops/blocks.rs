//! ONNX `SpaceToDepth` and `DepthToSpace` on planes.

use tract_onnx::model::ParsingContext;
use tract_onnx::pb::NodeProto;
use tract_onnx::tract_hir::internal::*;

use super::map_input::{slice, slice_mut};
use crate::kernels::layout::{Block, BlockOrder};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Direction {
    /// `[1, C, H, W]` to `[1, C * side * side, H / side, W / side]`.
    ToDepth,
    /// The way back.
    ToSpace,
}

/// Moves the pixels of a block into channels or out of them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Blocks {
    pub(crate) block: Block,
    pub(crate) direction: Direction,
}

type Built = TractResult<(Box<dyn InferenceOp>, Vec<String>)>;

pub(super) fn build_space_to_depth(_: &ParsingContext, node: &NodeProto) -> Built {
    build(node, Direction::ToDepth, BlockOrder::PixelMajor)
}

pub(super) fn build_depth_to_space(_: &ParsingContext, node: &NodeProto) -> Built {
    let order = match node.get_attr_opt("mode")? {
        None | Some("DCR") => BlockOrder::PixelMajor,
        Some("CRD") => BlockOrder::ChannelMajor,
        Some(mode) => bail!("DepthToSpace has no mode {mode}"),
    };
    build(node, Direction::ToSpace, order)
}

fn build(node: &NodeProto, direction: Direction, order: BlockOrder) -> Built {
    let side = node.get_attr("blocksize")?;
    ensure!((1..=64).contains(&side), "blocks of {side} pixels are not supported");
    Ok((expand(Blocks { block: Block { side, order }, direction }), vec![]))
}

impl Blocks {
    fn output_shape(&self, shape: &[TDim]) -> TVec<TDim> {
        let side = self.block.side;
        let (n, c, h, w) = (shape[0].clone(), shape[1].clone(), shape[2].clone(), shape[3].clone());
        match self.direction {
            Direction::ToDepth => tvec!(n, c * side * side, h / side, w / side),
            Direction::ToSpace => tvec!(n, c / (side * side), h * side, w * side),
        }
    }
}

impl Expansion for Blocks {
    fn name(&self) -> StaticName {
        "Blocks".into()
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
        solver.equals(&inputs[0].datum_type, f32::datum_type())?;
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
        if self.direction == Direction::ToSpace {
            let depth = model.outlet_fact(inputs[0])?.shape[1].to_usize()?;
            let side = self.block.side;
            ensure!(
                depth.is_multiple_of(side * side),
                "{depth} channels are no blocks of {side} pixels"
            );
        }
        model.wire_node(prefix, self.clone(), inputs)
    }
}

impl Op for Blocks {
    fn name(&self) -> StaticName {
        "Blocks".into()
    }

    op_as_typed_op!();
}

impl EvalOp for Blocks {
    op_out_of_plan!();

    fn eval(&self, _: &EvalContext, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
        let input = args_1!(inputs);
        let shape: TVec<TDim> = input.shape().iter().map(|length| length.to_dim()).collect();
        let shape = self.output_shape(&shape);
        let shape =
            shape.iter().map(|length| Ok(length.to_usize()?)).collect::<TractResult<TVec<_>>>()?;
        let side = self.block.side;
        // The side of the blocks has more pixels and fewer channels than that of the depth.
        let (space, depth) = match self.direction {
            Direction::ToDepth => (input.shape(), &shape[..]),
            Direction::ToSpace => (&shape[..], input.shape()),
        };
        ensure!(
            [depth[0], depth[2] * side, depth[3] * side] == [space[0], space[2], space[3]],
            "{space:?} are no blocks of {side} pixels"
        );
        let [pictures, channels, height, width] = space else { bail!("not four dimensions") };
        let mut output = Tensor::zero::<f32>(&shape)?;
        let (from, to) = (slice(&input)?, slice_mut(&mut output)?);
        for index in 0..from.len() {
            let (column, rest) = (index % width, index / width);
            let (row, rest) = (rest % height, rest / height);
            let (channel, picture) = (rest % channels, rest / channels);
            debug_assert!(picture < *pictures);
            let within = self.block.index(channel, *channels, row % side, column % side);
            let at = (picture * depth[1] + within) * depth[2] + row / side;
            let at = at * depth[3] + column / side;
            match self.direction {
                Direction::ToDepth => to[at] = from[index],
                Direction::ToSpace => to[index] = from[at],
            }
        }
        Ok(tvec!(output.into_tvalue()))
    }
}

impl TypedOp for Blocks {
    fn output_facts(&self, inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
        Ok(tvec!(f32::fact(self.output_shape(&inputs[0].shape))))
    }

    as_op!();
}
