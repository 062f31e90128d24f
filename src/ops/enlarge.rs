//! ONNX `Upsample` and `Resize` on planes, where they repeat pixels a whole number of times.

use tract_onnx::model::ParsingContext;
use tract_onnx::pb::NodeProto;
use tract_onnx::tensor::load_tensor;
use tract_onnx::tract_hir::internal::*;

use super::map_input::{slice, slice_mut};

/// Each pixel of `[N, C, H, W]` becomes a square of `factor` x `factor` of them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Enlarge {
    pub(crate) factor: usize,
}

type Built = TractResult<(Box<dyn InferenceOp>, Vec<String>)>;

/// `Upsample` (operator sets 7 to 9).
pub(super) fn build_upsample(context: &ParsingContext, node: &NodeProto) -> Built {
    let scales = match node.get_attr_opt_vec::<f32>("scales")? {
        Some(scales) => Some(scales),
        None => constant(context, node.input.get(1))?,
    };
    ensure!(
        matches!(node.get_attr_opt("mode")?, None | Some("nearest")),
        "Upsample is supported in mode nearest only"
    );
    let factor = scales.as_deref().and_then(factor);
    let factor = factor.context("Upsample is supported for whole factors only")?;
    Ok((expand(Enlarge { factor }), vec![]))
}

/// `Resize` (operator set 10 and later). What is no repeating of pixels is left to tract.
pub(super) fn build_resize(context: &ParsingContext, node: &NodeProto) -> Built {
    let old = context.onnx_operator_set_version == 10;
    let scales = constant(context, node.input.get(if old { 1 } else { 2 }))?;
    let sized = node.input.get(3).is_some_and(|name| !name.is_empty());
    let coordinates = node.get_attr_opt("coordinate_transformation_mode")?;
    let rounding = node.get_attr_opt("nearest_mode")?;
    let factor = scales.as_deref().and_then(factor).filter(|factor| {
        let repeats = match (coordinates.unwrap_or("half_pixel"), rounding) {
            _ if old => true,
            ("asymmetric" | "tf_half_pixel_for_nn", Some("floor")) => true,
            ("asymmetric", None | Some("round_prefer_floor")) => *factor <= 2,
            ("half_pixel", None | Some("round_prefer_floor")) => true,
            _ => false,
        };
        repeats && !sized
    });
    match (node.get_attr_opt("mode")?, factor) {
        (None | Some("nearest"), Some(factor)) => Ok((expand(Enlarge { factor }), vec![])),
        // Only what it expects: it looks for inputs and axes where they ought to be.
        _ if context.onnx_operator_set_version >= 13
            && scales.is_some_and(|scales| scales.len() == 4 && scales[..2] == [1.0, 1.0])
            && node.input.len() == 3
            && node.attribute.iter().all(|attribute| attribute.name != "axes") =>
        {
            tract_onnx::onnx().op_register.0["Resize"](context, node)
        }
        _ => bail!("Resize is supported for scales of height and width only"),
    }
}

/// The values of an input that is stored in the file.
fn constant(context: &ParsingContext, name: Option<&String>) -> TractResult<Option<Vec<f32>>> {
    let (Some(name), Some(graph)) = (name, &context.model.graph) else { return Ok(None) };
    let stored = graph.initializer.iter().find(|tensor| tensor.name == *name);
    let tensor = match stored {
        Some(tensor) => tensor,
        None => {
            let node = graph.node.iter().find(|node| node.output.first() == Some(name));
            let node = node.filter(|node| node.op_type == "Constant");
            let Some(value) = node
                .and_then(|node| node.attribute.iter().find(|attribute| attribute.name == "value"))
            else {
                return Ok(None);
            };
            value.t.as_ref().context("a constant without a value")?
        }
    };
    let tensor = load_tensor(&*context.framework.provider, tensor, None)?;
    let tensor = tensor.cast_to::<f32>()?;
    Ok(Some(tensor.to_plain_array_view::<f32>()?.iter().copied().collect()))
}

/// The factor, when `[N, C, H, W]` are scaled by 1, 1 and twice the same whole number.
fn factor(scales: &[f32]) -> Option<usize> {
    match *scales {
        [1.0, 1.0, height, width] if height == width && height.fract() == 0.0 => {
            (1.0..=64.0).contains(&height).then_some(height as usize)
        }
        _ => None,
    }
}

impl Enlarge {
    fn output_shape(&self, shape: &[TDim]) -> TVec<TDim> {
        let mut shape: TVec<TDim> = shape.into();
        shape[2] = shape[2].clone() * self.factor;
        shape[3] = shape[3].clone() * self.factor;
        shape
    }
}

impl Expansion for Enlarge {
    fn name(&self) -> StaticName {
        "Enlarge".into()
    }

    fn rules<'r, 'p: 'r, 's: 'r>(
        &'s self,
        solver: &mut Solver<'r>,
        inputs: &'p [TensorProxy],
        outputs: &'p [TensorProxy],
    ) -> InferenceResult {
        check_output_arity(outputs, 1)?;
        solver.equals(&inputs[0].rank, 4)?;
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
        model.wire_node(prefix, self.clone(), &inputs[..1])
    }
}

impl Op for Enlarge {
    fn name(&self) -> StaticName {
        "Enlarge".into()
    }

    op_as_typed_op!();
}

impl EvalOp for Enlarge {
    op_out_of_plan!();

    fn eval(&self, _: &EvalContext, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
        let input = args_1!(inputs);
        let [n, channels, height, width] = *input.shape() else { bail!("not four dimensions") };
        let factor = self.factor;
        let shape = [n, channels, height * factor, width * factor];
        let mut output = Tensor::zero::<f32>(&shape)?;
        let rows = slice(&input)?.chunks_exact(width.max(1));
        let squares = slice_mut(&mut output)?.chunks_exact_mut((width * factor * factor).max(1));
        for (row, square) in rows.zip(squares) {
            for enlarged in square.chunks_exact_mut(width * factor) {
                for (x, value) in enlarged.iter_mut().enumerate() {
                    *value = row[x / factor];
                }
            }
        }
        Ok(tvec!(output.into_tvalue()))
    }
}

impl TypedOp for Enlarge {
    fn output_facts(&self, inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
        Ok(tvec!(f32::fact(self.output_shape(&inputs[0].shape))))
    }

    as_op!();
}
