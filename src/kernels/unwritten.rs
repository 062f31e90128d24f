use tract_onnx::prelude::{Tensor, TractResult};

/// A tensor for a kernel to write: its values are whatever was in memory. To clear them first would
/// take a twentieth of the time of a painting.
///
/// Who asks for it promises to write each value before anything reads it. So that the tests see a
/// promise that is broken, the values are NaN where debug assertions are on.
pub(crate) fn unwritten(shape: &[usize]) -> TractResult<Tensor> {
    // SAFETY: floats need no construction and no drop, and each is written before it is read, as
    // promised above: by a kernel, or by `ops::strip::output` outside the rows that a kernel writes.
    let mut tensor = unsafe { Tensor::uninitialized_aligned::<f32>(shape, 64)? };
    if cfg!(debug_assertions) {
        tensor.to_plain_array_view_mut::<f32>()?.fill(f32::NAN);
    }
    Ok(tensor)
}
