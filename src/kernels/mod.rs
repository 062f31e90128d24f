//! Arithmetic on slices, and all that is `unsafe`. Nothing here knows of models, pictures or browsers.

pub(crate) mod bands;
mod buffer;
pub(crate) mod colour;
pub(crate) mod conv;
pub(crate) mod depthwise;
pub(crate) mod enlarge;
#[cfg(any(test, target_arch = "wasm32"))]
pub(crate) mod known_answer;
pub(crate) mod layout;
pub(crate) mod map;
pub(crate) mod moments;
mod panel;
pub(crate) mod pointwise;
pub(crate) mod reflect;
mod simd;
#[cfg(test)]
mod testing;
#[cfg(not(miri))] // Miri runs the kernels by themselves, without tract.
pub(crate) mod unwritten;
pub(crate) mod winograd;
