use tract_onnx::tract_hir::internal::*;

use super::convolution::positions;
use super::map_input::{MapInput, slice_mut};
use super::strip::{Halo, Strip, output};
use crate::kernels::conv::{Direct, Target};
use crate::kernels::depthwise::Depthwise;
use crate::kernels::map::{Margins, lanes};
use crate::kernels::moments::{Gathering, Moments};
use crate::kernels::winograd::Winograd;

/// The arithmetic of a convolution, with its weights packed for it.
#[derive(Debug)]
pub(crate) enum Kernel {
    Winograd(Winograd),
    Direct(Direct),
    Depthwise(Depthwise),
}

/// A convolution of a feature map, with the norm, the ReLU, the enlarging and the padding of its
/// input done while it is read. Outputs: the map, and its moments where a norm wants them.
#[derive(Debug, Clone)]
pub(crate) struct MapConvolution {
    pub(crate) input: MapInput,
    pub(crate) margins: Margins,
    pub(crate) size: usize,
    pub(crate) stride: usize,
    /// Input channels that each output channel is made of.
    pub(crate) depth: usize,
    pub(crate) channels: usize,
    pub(crate) kernel: Arc<Kernel>,
    /// Whether the moments are gathered.
    pub(crate) moments: bool,
    /// Rows that later operators reach into.
    pub(crate) halo: Halo,
}

impl PartialEq for MapConvolution {
    fn eq(&self, other: &MapConvolution) -> bool {
        Arc::ptr_eq(&self.kernel, &other.kernel)
            && (&self.input, self.margins, self.moments, self.halo)
                == (&other.input, other.margins, other.moments, other.halo)
    }
}

impl Eq for MapConvolution {}

impl MapConvolution {
    fn output_shape(&self, values: &TypedFact) -> [TDim; 3] {
        let Margins { top, left, bottom, right } = self.margins;
        let [height, width] = self.input.size(values);
        [
            positions(&height, top + bottom, self.size, self.stride),
            positions(&width, left + right, self.size, self.stride),
            lanes(self.channels).to_dim(),
        ]
    }
}

impl Op for MapConvolution {
    fn name(&self) -> StaticName {
        match *self.kernel {
            Kernel::Winograd(_) => "MapConvolution.winograd".into(),
            Kernel::Direct(_) => "MapConvolution.direct".into(),
            Kernel::Depthwise(_) => "MapConvolution.depthwise".into(),
        }
    }

    op_as_typed_op!();
}

impl EvalOp for MapConvolution {
    // Never folded into a constant: its size is that of the picture.
    not_out_of_plan!();

    fn eval(&self, context: &EvalContext, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
        let source = self.input.source(&inputs)?;
        let Margins { top, left, bottom, right } = self.margins;
        let along = |length: usize, margins: usize| {
            let reach = (length + margins).checked_sub(self.size);
            reach.map(|reach| reach / self.stride + 1).context("the window does not fit the map")
        };
        let height = along(source.rows(), top + bottom)?;
        let width = along(source.columns(), left + right)?;
        let lanes = lanes(self.channels);
        let (own, reached) = Strip::rows(context, height, self.halo);
        let mut map = output(context, &[height, width, lanes], height, &reached)?;
        let mut gathering = Gathering::new(lanes);
        let gathers = self.moments && Strip::gathers(context);
        let mut target = Target {
            values: slice_mut(&mut map)?,
            width,
            lanes,
            rows: reached,
            moments: gathers.then_some((&mut gathering, own)),
        };
        match &*self.kernel {
            Kernel::Winograd(kernel) => kernel.run(source, self.margins, &mut target),
            Kernel::Direct(kernel) => kernel.run(source, self.margins, &mut target),
            Kernel::Depthwise(kernel) => kernel.run(source, self.margins, &mut target),
        }
        let mut outputs = tvec!(map.into_tvalue());
        if self.moments {
            outputs.push(write_moments(&gathering.finish())?);
        }
        Ok(outputs)
    }
}

impl TypedOp for MapConvolution {
    fn output_facts(&self, inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
        let mut facts = tvec!(f32::fact(self.output_shape(inputs[0])));
        if self.moments {
            facts.push(f64::fact([3, lanes(self.channels)]));
        }
        Ok(facts)
    }

    fn cost(&self, inputs: &[&TypedFact]) -> TractResult<TVec<(Cost, TDim)>> {
        let [height, width, _] = self.output_shape(inputs[0]);
        // Winograd's products are a fifth of the plain sum's; about half, with its transforms.
        let plain = self.channels * self.depth * self.size * self.size;
        let each = if matches!(*self.kernel, Kernel::Winograd(_)) { plain / 2 } else { plain };
        Ok(tvec!((Cost::FMA(f32::datum_type()), height * width * each)))
    }

    as_op!();
}

/// Moments as a tensor `[3, lanes]`: count, mean and M2.
pub(crate) fn write_moments(moments: &Moments) -> TractResult<TValue> {
    let lanes = moments.mean.len();
    let values = [&vec![moments.count; lanes][..], &moments.mean, &moments.m2].concat();
    Ok(Tensor::from_shape(&[3, lanes], &values)?.into_tvalue())
}

pub(crate) fn read_moments(value: &TValue) -> TractResult<Moments> {
    let [3, lanes] = *value.shape() else { bail!("moments have three rows") };
    let values = value.to_plain_array_view::<f64>()?;
    let values = values.to_slice().context("the moments are not contiguous")?;
    let (mean, m2) = (values[lanes..2 * lanes].to_vec(), values[2 * lanes..].to_vec());
    Ok(Moments { count: values[0], mean, m2 })
}
