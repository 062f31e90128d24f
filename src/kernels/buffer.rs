//! Memory for vectors to be loaded from and stored to.

use std::ops::{Deref, DerefMut};

/// Floats of a line of the cache.
const LINE: usize = 16;

/// Floats that begin where a line of the cache does. An allocator for floats gives any multiple of
/// four or eight bytes, where one vector in four would lie across two lines: a seventh of the speed of a
/// product of matrices.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Buffer {
    lines: Vec<Line>,
    length: usize,
}

#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C, align(64))]
struct Line([f32; LINE]);

impl Buffer {
    pub(crate) fn zeros(length: usize) -> Buffer {
        Buffer { lines: vec![Line([0.0; LINE]); length.div_ceil(LINE)], length }
    }
}

impl From<&[f32]> for Buffer {
    fn from(values: &[f32]) -> Buffer {
        let mut buffer = Buffer::zeros(values.len());
        buffer.copy_from_slice(values);
        buffer
    }
}

impl Deref for Buffer {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        // SAFETY: lines are floats without gaps between them, and there are at least `length`.
        unsafe { std::slice::from_raw_parts(self.lines.as_ptr().cast(), self.length) }
    }
}

impl DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [f32] {
        // SAFETY: as in `deref`.
        unsafe { std::slice::from_raw_parts_mut(self.lines.as_mut_ptr().cast(), self.length) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_begin_at_a_line() {
        for length in [0, 1, 16, 17, 1000] {
            let mut buffer = Buffer::zeros(length);
            assert_eq!((buffer.len(), buffer.as_ptr() as usize % 64), (length, 0));
            buffer.fill(1.0);
            assert_eq!(&buffer.clone()[..], vec![1.0; length]);
            assert_eq!(Buffer::from(&buffer[..]), buffer);
        }
    }
}
