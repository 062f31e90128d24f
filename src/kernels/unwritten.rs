use tract_onnx::prelude::{Tensor, TractResult};

/// A tensor for a kernel to write: its values are whatever was in memory. To clear them first would
/// take a twentieth of the time of a painting.
pub(crate) fn unwritten(shape: &[usize]) -> TractResult<Tensor> {
    // SAFETY: any bits are a float. Each value is written before it is read, by the kernel or, outside
    // the rows that the kernel writes, by whoever asks: the kernels' tests begin with NaN.
    unsafe { Tensor::uninitialized::<f32>(shape) }
}
