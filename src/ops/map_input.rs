use tract_onnx::tract_hir::internal::*;

use crate::kernels::map::{Border, Source};

/// How an operator reads one map: its values, an affine if it is normed, and what comes after.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct MapInput {
    /// An input `[2, lanes]` with scales and offsets follows the one with the values.
    pub(crate) normed: bool,
    pub(crate) relu: bool,
    /// Each pixel stands for a square of this side.
    pub(crate) enlarge: usize,
    pub(crate) border: Border,
}

impl MapInput {
    /// How many of an operator's inputs it takes.
    pub(crate) fn arity(&self) -> usize {
        1 + usize::from(self.normed)
    }

    /// `inputs[0]` are the values, `inputs[1]` the affine if it is normed.
    pub(super) fn source<'a>(&self, inputs: &'a [TValue]) -> TractResult<Source<'a>> {
        let [height, width, lanes] = *inputs[0].shape() else {
            bail!("a map has three dimensions, not {:?}", inputs[0].shape());
        };
        let affine = if self.normed { Some(slice(&inputs[1])?) } else { None };
        let (relu, enlarge, border) = (self.relu, self.enlarge, self.border);
        Ok(Source {
            values: slice(&inputs[0])?,
            height,
            width,
            lanes,
            affine,
            relu,
            enlarge,
            border,
        })
    }

    /// Height and width after enlarging.
    pub(super) fn size(&self, values: &TypedFact) -> [TDim; 2] {
        [values.shape[0].clone() * self.enlarge, values.shape[1].clone() * self.enlarge]
    }
}

pub(super) fn slice(value: &TValue) -> TractResult<&[f32]> {
    value.to_plain_array_view::<f32>()?.to_slice().context("the tensor is not contiguous")
}

pub(super) fn slice_mut(tensor: &mut Tensor) -> TractResult<&mut [f32]> {
    tensor.to_plain_array_view_mut::<f32>()?.into_slice().context("the tensor is not contiguous")
}
