//! ONNX `Conv` on planes.

use tract_onnx::model::ParsingContext;
use tract_onnx::pb::NodeProto;
use tract_onnx::tract_core::ops::cnn::{Conv, KernelFormat, PaddingSpec, PoolSpec};
use tract_onnx::tract_core::ops::nn::DataFormat;
use tract_onnx::tract_hir::internal::*;

/// A two-dimensional convolution as ONNX has it: inputs `[N, C, H, W]`, weights `[O, C / groups,
/// h, w]`, and perhaps a bias `[O]`. tract's own operator does the work; this one adds dimensions
/// that stay simple, so that a map that was halved and doubled is known to have its first size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Convolution {
    pub(crate) size: [usize; 2],
    pub(crate) strides: [usize; 2],
    pub(crate) dilations: [usize; 2],
    /// Zeros around the input: top, left, bottom, right.
    pub(crate) pads: [usize; 4],
    pub(crate) groups: usize,
    /// Whether the pads follow from the input instead, which then stays as large as it is, but for
    /// the strides.
    same: Option<Same>,
}

/// Where one more zero goes if they are no even number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Same {
    Before,
    After,
}

pub(super) fn build(
    _: &ParsingContext,
    node: &NodeProto,
) -> TractResult<(Box<dyn InferenceOp>, Vec<String>)> {
    let pair = |name: &str| -> TractResult<[usize; 2]> {
        let Some(values) = node.get_attr_opt_tvec::<usize>(name)? else { return Ok([1, 1]) };
        Ok([values[0], *values.get(1).context("only two-dimensional convolutions are supported")?])
    };
    let same = match node.get_attr_opt("auto_pad")? {
        None | Some("NOTSET" | "VALID") => None,
        Some("SAME_UPPER") => Some(Same::After),
        Some("SAME_LOWER") => Some(Same::Before),
        Some(other) => bail!("Conv has no auto_pad {other}"),
    };
    let pads: TVec<usize> = node.get_attr_opt_tvec("pads")?.unwrap_or_else(|| tvec![0; 4]);
    let pads = pads[..].try_into().context("only two-dimensional convolutions are supported")?;
    let shape: Option<TVec<usize>> = node.get_attr_opt_tvec("kernel_shape")?;
    ensure!(
        shape.is_none_or(|shape| shape.len() == 2),
        "only two-dimensional convolutions are supported"
    );
    let op = Convolution {
        // The weights tell: see `settled`.
        size: [0, 0],
        strides: pair("strides")?,
        dilations: pair("dilations")?,
        pads,
        groups: node.get_attr_opt("group")?.unwrap_or(1),
        same,
    };
    ensure!(op.strides.iter().chain(&op.dilations).all(|value| *value > 0) && op.groups > 0);
    Ok((expand(op), vec![]))
}

impl Convolution {
    /// With the size that its weights tell and the pads that its input does.
    fn settled(&self, input: &[TDim], weights: &[TDim]) -> TractResult<Convolution> {
        ensure!(weights.len() == 4, "only two-dimensional convolutions are supported");
        let [channels, depth] = [weights[0].to_usize()?, weights[1].to_usize()?];
        let size = [weights[2].to_usize()?, weights[3].to_usize()?];
        ensure!(
            [channels, depth, size[0], size[1]].iter().all(|length| *length > 0),
            "a convolution has no weights"
        );
        ensure!(
            channels % self.groups == 0 && input[1] == (depth * self.groups).to_dim(),
            "a convolution's weights are for another number of channels"
        );
        let mut op = Convolution { size, same: None, ..self.clone() };
        if let Some(same) = self.same {
            for axis in 0..2 {
                let (length, stride) = (&input[2 + axis], self.strides[axis]);
                ensure!(
                    length.clone() / stride * stride == *length,
                    "Conv with auto_pad is supported where its strides divide the picture only"
                );
                let zeros = op.reach(axis).saturating_sub(stride);
                let (less, more) = (zeros / 2, zeros.div_ceil(2));
                let (before, after) = if same == Same::After { (less, more) } else { (more, less) };
                (op.pads[axis], op.pads[axis + 2]) = (before, after);
            }
        }
        Ok(op)
    }

    /// Over how many pixels a window reaches.
    fn reach(&self, axis: usize) -> usize {
        (self.size[axis] - 1) * self.dilations[axis] + 1
    }

    fn output_shape(&self, input: &[TDim], weights: &[TDim]) -> TractResult<TVec<TDim>> {
        let op = self.settled(input, weights)?;
        let [top, left, bottom, right] = op.pads;
        let mut shape = tvec!(input[0].clone(), weights[0].clone());
        for (axis, pads) in [(0, top + bottom), (1, left + right)] {
            let length = positions(&input[2 + axis], pads, op.reach(axis), op.strides[axis]);
            let fits = length.as_i64().is_none_or(|length| length > 0);
            ensure!(fits, "the window of a convolution does not fit the map");
            shape.push(length);
        }
        Ok(shape)
    }

    /// tract's operator, which wants the number of channels.
    fn plain(&self, weights: &[usize]) -> Conv {
        let [top, left, bottom, right] = self.pads;
        let pool_spec = PoolSpec::new(
            DataFormat::NCHW,
            weights[2..].into(),
            PaddingSpec::Explicit(tvec!(top, left), tvec!(bottom, right)),
            Some(TVec::from_slice(&self.dilations)),
            Some(TVec::from_slice(&self.strides)),
            weights[1] * self.groups,
            weights[0],
        );
        Conv { pool_spec, kernel_fmt: KernelFormat::OIHW, group: self.groups, q_params: None }
    }
}

/// How many times a window that reaches over `reach` fits when it moves by `stride`:
/// `(length + pads - reach) / stride + 1`, in a form that stays simple where `length + pads` is a
/// multiple of the stride less a number.
pub(super) fn positions(length: &TDim, pads: usize, reach: usize, stride: usize) -> TDim {
    let spare = pads as i64 - reach as i64 + stride as i64;
    let (whole, rest) = (spare.div_euclid(stride as i64), spare.rem_euclid(stride as i64));
    let stepped = length.clone() / stride;
    // floor((q * stride + rest) / stride) is q, for rest < stride.
    if stepped.clone() * stride == *length {
        stepped + whole
    } else {
        (length.clone() + rest) / stride + whole
    }
}

impl Expansion for Convolution {
    fn name(&self) -> StaticName {
        "Convolution".into()
    }

    fn rules<'r, 'p: 'r, 's: 'r>(
        &'s self,
        solver: &mut Solver<'r>,
        inputs: &'p [TensorProxy],
        outputs: &'p [TensorProxy],
    ) -> InferenceResult {
        ensure!((2..=3).contains(&inputs.len()), "a convolution has two or three inputs");
        check_output_arity(outputs, 1)?;
        solver.equals(&inputs[0].rank, 4)?;
        solver.equals(&inputs[1].rank, 4)?;
        for input in &inputs[1..] {
            solver.equals(&outputs[0].datum_type, &input.datum_type)?;
        }
        if let Some(bias) = inputs.get(2) {
            solver.equals(&bias.rank, 1)?;
            solver.equals(&bias.shape[0], &inputs[1].shape[0])?;
        }
        solver.equals(&outputs[0].datum_type, &inputs[0].datum_type)?;
        solver.given_2(&inputs[0].shape, &inputs[1].shape, move |solver, input, weights| {
            solver
                .equals(&outputs[0].shape, ShapeFactoid::from(self.output_shape(&input, &weights)?))
        })
    }

    fn wire(
        &self,
        prefix: &str,
        model: &mut TypedModel,
        inputs: &[OutletId],
    ) -> TractResult<TVec<OutletId>> {
        let [input, weights] = [inputs[0], inputs[1]].map(|outlet| model.outlet_fact(outlet));
        let op = self.settled(&input?.shape, &weights?.shape)?;
        model.wire_node(prefix, op, inputs)
    }
}

impl Op for Convolution {
    fn name(&self) -> StaticName {
        "Convolution".into()
    }

    op_as_typed_op!();
}

impl EvalOp for Convolution {
    op_out_of_plan!();

    fn eval(&self, context: &EvalContext, mut inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
        if inputs.len() == 2 {
            inputs.push(Tensor::zero::<f32>(&[inputs[1].shape()[0]])?.into_tvalue());
        }
        self.plain(inputs[1].shape()).eval(context, inputs)
    }
}

impl TypedOp for Convolution {
    fn output_facts(&self, inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
        let shape = self.output_shape(&inputs[0].shape, &inputs[1].shape)?;
        Ok(tvec!(inputs[0].datum_type.fact(shape)))
    }

    fn cost(&self, inputs: &[&TypedFact]) -> TractResult<TVec<(Cost, TDim)>> {
        let output = self.output_shape(&inputs[0].shape, &inputs[1].shape)?;
        let per_value: TDim = inputs[1].shape[1..].iter().product();
        let values: TDim = output.iter().product();
        Ok(tvec!((Cost::FMA(f32::datum_type()), values * per_value)))
    }

    as_op!();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dimensions_stay_simple() {
        let scope = SymbolScope::default();
        let height = scope.new_with_prefix("H").to_dim();
        assert_eq!(positions(&(height.clone() * 2 + 2), 0, 3, 2), height);
        assert_eq!(positions(&(height.clone() + 2), 0, 3, 1), height);
        assert_eq!(positions(&(height.clone() * 4), 1, 3, 2), height * 2);
        for (length, pads, reach, stride) in
            [(7, 2, 3, 2), (8, 0, 9, 1), (9, 8, 9, 1), (10, 1, 4, 3)]
        {
            if length + pads >= reach {
                let want = (length + pads - reach) / stride + 1;
                assert_eq!(positions(&length.to_dim(), pads, reach, stride), want.to_dim());
            }
        }
    }
}
