//! What the tests of the kernels share.

/// Repeatable numbers between -1 and 1.
pub(crate) fn noise(length: usize, seed: u32) -> Vec<f32> {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(12_345);
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 23) as f32 - 1.0
    };
    (0..length).map(|_| next()).collect()
}

/// Asserts that `got` differs from `want` by at most `tolerance`, relative to what is above 1.
#[track_caller]
pub(crate) fn close(got: f32, want: f64, tolerance: f64) {
    let difference = (f64::from(got) - want).abs();
    assert!(difference <= tolerance * want.abs().max(1.0), "{got} instead of {want}");
}
