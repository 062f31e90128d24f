//! Four floats at a time: WebAssembly's SIMD128 where it is, plain arrays elsewhere.

use std::ops::{Add, Mul, Sub};

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
use wasm as native;

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
use portable as native;

/// How many floats a vector holds.
pub(crate) const LANES: usize = 4;

/// Four floats.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Vector(native::Vector);

impl Vector {
    #[inline(always)]
    pub(crate) fn splat(value: f32) -> Vector {
        Vector(native::splat(value))
    }

    #[inline(always)]
    pub(crate) fn zero() -> Vector {
        Vector::splat(0.0)
    }

    /// The first four of `values`.
    #[inline(always)]
    pub(crate) fn load(values: &[f32]) -> Vector {
        assert!(values.len() >= LANES);
        // SAFETY: there are four floats.
        unsafe { Vector::load_from(values.as_ptr()) }
    }

    /// Writes the first four of `values`.
    #[inline(always)]
    pub(crate) fn store(self, values: &mut [f32]) {
        assert!(values.len() >= LANES);
        // SAFETY: there is room for four floats.
        unsafe { self.store_to(values.as_mut_ptr()) }
    }

    /// # Safety
    /// Four floats have to be readable at `from`; it need not be aligned to more than one.
    #[inline(always)]
    pub(crate) unsafe fn load_from(from: *const f32) -> Vector {
        // SAFETY: as asked for above.
        Vector(unsafe { native::load(from) })
    }

    /// # Safety
    /// Four floats have to be writable at `to`; it need not be aligned to more than one.
    #[inline(always)]
    pub(crate) unsafe fn store_to(self, to: *mut f32) {
        // SAFETY: as asked for above.
        unsafe { native::store(to, self.0) }
    }

    /// `self + a * b`. Rounded once where the machine has such an instruction, else twice.
    #[inline(always)]
    pub(crate) fn plus_product(self, a: Vector, b: Vector) -> Vector {
        Vector(native::plus_product(self.0, a.0, b.0))
    }

    /// The larger of each two.
    #[inline(always)]
    pub(crate) fn max(self, other: Vector) -> Vector {
        Vector(native::max(self.0, other.0))
    }

    #[inline(always)]
    pub(crate) fn to_array(self) -> [f32; LANES] {
        let mut values = [0.0; LANES];
        self.store(&mut values);
        values
    }
}

impl Add for Vector {
    type Output = Vector;
    #[inline(always)]
    fn add(self, other: Vector) -> Vector {
        Vector(native::add(self.0, other.0))
    }
}

impl Sub for Vector {
    type Output = Vector;
    #[inline(always)]
    fn sub(self, other: Vector) -> Vector {
        Vector(native::sub(self.0, other.0))
    }
}

impl Mul for Vector {
    type Output = Vector;
    #[inline(always)]
    fn mul(self, other: Vector) -> Vector {
        Vector(native::mul(self.0, other.0))
    }
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod wasm {
    use core::arch::wasm32::*;

    pub(super) type Vector = v128;

    #[inline(always)]
    pub(super) fn splat(value: f32) -> Vector {
        f32x4_splat(value)
    }

    #[inline(always)]
    pub(super) unsafe fn load(from: *const f32) -> Vector {
        // SAFETY: the caller vouches for four readable floats; v128.load takes any alignment.
        unsafe { v128_load(from.cast()) }
    }

    #[inline(always)]
    pub(super) unsafe fn store(to: *mut f32, vector: Vector) {
        // SAFETY: the caller vouches for four writable floats; v128.store takes any alignment.
        unsafe { v128_store(to.cast(), vector) }
    }

    #[inline(always)]
    pub(super) fn add(a: Vector, b: Vector) -> Vector {
        f32x4_add(a, b)
    }

    #[inline(always)]
    pub(super) fn sub(a: Vector, b: Vector) -> Vector {
        f32x4_sub(a, b)
    }

    #[inline(always)]
    pub(super) fn mul(a: Vector, b: Vector) -> Vector {
        f32x4_mul(a, b)
    }

    #[inline(always)]
    pub(super) fn plus_product(sum: Vector, a: Vector, b: Vector) -> Vector {
        #[cfg(target_feature = "relaxed-simd")]
        return f32x4_relaxed_madd(a, b, sum);
        #[cfg(not(target_feature = "relaxed-simd"))]
        f32x4_add(sum, f32x4_mul(a, b))
    }

    /// `pmax` is one instruction on x86, where `max` with its care for NaN is three or more.
    #[inline(always)]
    pub(super) fn max(a: Vector, b: Vector) -> Vector {
        f32x4_pmax(a, b)
    }
}

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod portable {
    use std::array::from_fn;

    /// Aligned as a vector register, so that the compiler can keep it in one.
    #[derive(Debug, Clone, Copy)]
    #[repr(align(16))]
    pub(super) struct Vector([f32; 4]);

    #[inline(always)]
    pub(super) fn splat(value: f32) -> Vector {
        Vector([value; 4])
    }

    #[inline(always)]
    pub(super) unsafe fn load(from: *const f32) -> Vector {
        // SAFETY: the caller vouches for four readable floats.
        Vector(unsafe { from.cast::<[f32; 4]>().read_unaligned() })
    }

    #[inline(always)]
    pub(super) unsafe fn store(to: *mut f32, vector: Vector) {
        // SAFETY: the caller vouches for four writable floats.
        unsafe { to.cast::<[f32; 4]>().write_unaligned(vector.0) }
    }

    #[inline(always)]
    pub(super) fn add(a: Vector, b: Vector) -> Vector {
        Vector(from_fn(|i| a.0[i] + b.0[i]))
    }

    #[inline(always)]
    pub(super) fn sub(a: Vector, b: Vector) -> Vector {
        Vector(from_fn(|i| a.0[i] - b.0[i]))
    }

    #[inline(always)]
    pub(super) fn mul(a: Vector, b: Vector) -> Vector {
        Vector(from_fn(|i| a.0[i] * b.0[i]))
    }

    #[inline(always)]
    pub(super) fn plus_product(sum: Vector, a: Vector, b: Vector) -> Vector {
        Vector(from_fn(|i| sum.0[i] + a.0[i] * b.0[i]))
    }

    #[inline(always)]
    pub(super) fn max(a: Vector, b: Vector) -> Vector {
        Vector(from_fn(|i| if a.0[i] < b.0[i] { b.0[i] } else { a.0[i] }))
    }
}
