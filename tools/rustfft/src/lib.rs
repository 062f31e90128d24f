//! Stands in for the crate `rustfft`: a Fourier transform by its definition.
//!
//! tract has operators that transform sound. Style networks have no use for them, and the reader
//! of models refuses them, yet a linker keeps what they name: `rustfft` was a tenth of the module
//! that a browser downloads. Moreover tract asks it for vector instructions on WebAssembly, with
//! which no browser without SIMD can load the module. `[patch.crates-io]` in the root's `Cargo.toml`
//! puts this crate in place of the real one, of which it has what tract uses.

use std::fmt::Debug;
use std::marker::PhantomData;

pub use num_complex;
pub use num_traits;

use num_complex::Complex;
use num_traits::{FromPrimitive, Signed};

/// The numbers that can be transformed.
pub trait FftNum: Copy + FromPrimitive + Signed + Send + Sync + Debug + 'static {}

impl<T: Copy + FromPrimitive + Signed + Send + Sync + Debug + 'static> FftNum for T {}

/// The sign of the exponent: minus for a forward transform, plus for its inverse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FftDirection {
    Forward,
    Inverse,
}

/// Makes transforms.
pub struct FftPlanner<T>(PhantomData<T>);

impl<T: FftNum> FftPlanner<T> {
    #[allow(clippy::new_without_default)]
    pub fn new() -> FftPlanner<T> {
        FftPlanner(PhantomData)
    }

    pub fn plan_fft(&mut self, len: usize, direction: FftDirection) -> Fft<T> {
        Fft { len, direction, number: PhantomData }
    }

    pub fn plan_fft_forward(&mut self, len: usize) -> Fft<T> {
        self.plan_fft(len, FftDirection::Forward)
    }
}

/// A transform of `len` numbers.
pub struct Fft<T> {
    len: usize,
    direction: FftDirection,
    number: PhantomData<T>,
}

impl<T: FftNum> Fft<T> {
    /// Transforms each `len` of the numbers in place, not scaled: the sum over `n` of `x[n]` times
    /// `exp(-2 pi i k n / len)`, or `+` for the inverse.
    ///
    /// # Panics
    /// When the length of `buffer` is no multiple of `len`.
    pub fn process(&self, buffer: &mut [Complex<T>]) {
        if self.len == 0 {
            return;
        }
        assert!(buffer.len().is_multiple_of(self.len), "{} by {}", buffer.len(), self.len);
        let sign = if self.direction == FftDirection::Forward { -1.0 } else { 1.0 };
        let number = |value: f64| T::from_f64(value).expect("a number between -1 and 1");
        for signal in buffer.chunks_exact_mut(self.len) {
            let given = signal.to_vec();
            for (k, out) in signal.iter_mut().enumerate() {
                *out = Complex::new(T::zero(), T::zero());
                for (n, value) in given.iter().enumerate() {
                    let turn = sign * std::f64::consts::TAU * (k * n % self.len) as f64;
                    let (sin, cos) = (turn / self.len as f64).sin_cos();
                    *out = *out + *value * Complex::new(number(cos), number(sin));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wave_becomes_a_peak_and_comes_back() {
        let wave =
            |n: usize| Complex::new((std::f64::consts::TAU * 2.0 * n as f64 / 8.0).cos(), 0.0);
        let mut signal: Vec<_> = (0..8).map(wave).collect();
        FftPlanner::new().plan_fft_forward(8).process(&mut signal);
        for (k, value) in signal.iter().enumerate() {
            let peak = if k == 2 || k == 6 { 4.0 } else { 0.0 };
            assert!((value - Complex::new(peak, 0.0)).norm() < 1e-9, "{value} at {k}");
        }
        FftPlanner::new().plan_fft(8, FftDirection::Inverse).process(&mut signal);
        for (n, value) in signal.iter().enumerate() {
            assert!((value / 8.0 - wave(n)).norm() < 1e-9);
        }
    }
}
