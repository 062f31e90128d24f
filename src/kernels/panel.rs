//! Products of matrices whose second factor is packed in panels of a few columns: the arithmetic
//! inside every convolution here.

use std::ops::Range;

use super::buffer::Buffer;
use super::simd::{LANES, Vector};

/// Weights `[depth, lanes]`, repacked so that the columns that are worked on together lie
/// together: panels of up to three vectors, each `[depth, vectors * 4]`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Panels {
    values: Buffer,
    depth: usize,
    lanes: usize,
}

impl Panels {
    /// Packs `weight(depth, lane)`; `lanes` is a multiple of [`LANES`].
    pub(crate) fn pack(depth: usize, lanes: usize, weight: impl Fn(usize, usize) -> f32) -> Panels {
        assert_eq!(lanes % LANES, 0);
        let mut values = Vec::with_capacity(depth * lanes);
        for (first, vectors) in split(lanes / LANES) {
            for row in 0..depth {
                let columns = first * LANES..(first + vectors) * LANES;
                values.extend(columns.map(|lane| weight(row, lane)));
            }
        }
        Panels { values: Buffer::from(&values[..]), depth, lanes }
    }
}

/// The panels, as first vector and number of vectors: as many of three as leave only panels of two,
/// and one of one where there is but one vector. Three vectors go with three rows, two with four, one with
/// eight: V8 loads all of a step's values before it multiplies, and of those and the sums more than
/// 15 would not fit the registers of x86-64.
fn split(vectors: usize) -> impl Iterator<Item = (usize, usize)> {
    let twos = if vectors == 1 { 0 } else { (3 - vectors % 3) % 3 };
    let threes = (vectors - 2 * twos) / 3;
    let widths = [(threes, 3), (twos, 2), (usize::from(vectors == 1), 1)];
    let widths = widths.into_iter().flat_map(|(count, width)| std::iter::repeat_n(width, count));
    widths.scan(0, |end, width| {
        *end += width;
        Some((*end - width, width))
    })
}

/// A matrix that is read where it lies: row `r` is the sum of the products of `parts` pieces, the
/// piece `p` being `piece_depth` floats from `pieces[p][r * stride]` on. A convolution's pieces
/// are the rows of its window.
#[derive(Clone, Copy)]
pub(crate) struct Rows<'a> {
    pub(crate) pieces: &'a [&'a [f32]],
    pub(crate) stride: usize,
    pub(crate) piece_depth: usize,
}

/// `out[row * out_stride + lane] = bias[lane] + sum over depth of rows[row][depth] *
/// panels[depth][lane]` for `count` rows. Without a bias it starts from zero.
///
/// # Panics
/// When the slices are too short for that.
pub(crate) fn multiply(
    rows: Rows,
    count: usize,
    panels: &Panels,
    bias: Option<&[f32]>,
    out: &mut [f32],
    out_stride: usize,
) {
    if count == 0 {
        return;
    }
    assert_eq!(rows.pieces.len() * rows.piece_depth, panels.depth);
    assert!(out_stride >= panels.lanes && out.len() >= (count - 1) * out_stride + panels.lanes);
    assert!(bias.is_none_or(|bias| bias.len() >= panels.lanes));
    for piece in rows.pieces {
        assert!(piece.len() >= (count - 1) * rows.stride + rows.piece_depth);
    }
    // What is left over by one row less, where that leaves nothing: rows that are not there cost as
    // much as others.
    let by = |rows: usize| {
        let blocks = (0..=count / rows).map(|blocks| rows * blocks);
        blocks.rev().find(|done| (count - done).is_multiple_of(rows - 1)).unwrap_or(0)
    };
    let (by_three, by_four) = (by(3), by(4));
    for (first, vectors) in split(panels.lanes / LANES) {
        let panel = &panels.values[first * LANES * panels.depth..];
        let bias = bias.map(|bias| &bias[first * LANES..]);
        let out = &mut out[first * LANES..];
        // SAFETY: the lengths were checked above; a panel holds `depth * vectors` vectors.
        unsafe {
            match vectors {
                3 => {
                    blocks::<3, 3>(rows, 0..by_three, panel, bias, out, out_stride);
                    blocks::<2, 3>(rows, by_three..count, panel, bias, out, out_stride);
                }
                2 => {
                    blocks::<4, 2>(rows, 0..by_four, panel, bias, out, out_stride);
                    blocks::<3, 2>(rows, by_four..count, panel, bias, out, out_stride);
                }
                _ => blocks::<8, 1>(rows, 0..count, panel, bias, out, out_stride),
            }
        }
    }
}

/// One panel times the rows of the range, `ROWS` of them at a time.
///
/// # Safety
/// The last row of the range of every piece, of `out` (`VECTORS` vectors) and the panel (the depth
/// of all pieces times `VECTORS` vectors) have to lie inside their slices, and `bias` has to hold
/// `VECTORS` vectors.
#[inline(always)]
unsafe fn blocks<const ROWS: usize, const VECTORS: usize>(
    rows: Rows,
    range: Range<usize>,
    panel: &[f32],
    bias: Option<&[f32]>,
    out: &mut [f32],
    out_stride: usize,
) {
    let mut start = [Vector::zero(); VECTORS];
    if let Some(bias) = bias {
        for (vector, bias) in start.iter_mut().zip(bias.chunks_exact(LANES)) {
            *vector = Vector::load(bias);
        }
    }
    let mut row = range.start;
    while row < range.end {
        let mut sums = [start; ROWS];
        let mut weights = panel.as_ptr();
        for piece in rows.pieces {
            // In the last block rows that are not there stand for the last one.
            let mut from = [piece.as_ptr(); ROWS];
            for (index, from) in from.iter_mut().enumerate() {
                // SAFETY: rows up to the last lie inside the piece.
                *from = unsafe { from.add((row + index).min(range.end - 1) * rows.stride) };
            }
            // Not unrolled by hand: that makes long chains of sums which V8 spills.
            for _ in 0..rows.piece_depth {
                // SAFETY: the panel holds `VECTORS` vectors for every step of depth, and each row
                // of a piece `piece_depth` floats.
                unsafe {
                    let mut columns = [Vector::zero(); VECTORS];
                    for (index, column) in columns.iter_mut().enumerate() {
                        *column = Vector::load_from(weights.add(index * LANES));
                    }
                    weights = weights.add(VECTORS * LANES);
                    for (sums, from) in sums.iter_mut().zip(&mut from) {
                        let value = Vector::splat(**from);
                        for (sum, column) in sums.iter_mut().zip(columns) {
                            *sum = sum.plus_product(value, column);
                        }
                        *from = from.add(1);
                    }
                }
            }
        }
        for (index, sums) in sums.into_iter().enumerate().take(range.end - row) {
            for (vector, sum) in sums.into_iter().enumerate() {
                // SAFETY: the last row of `out` lies inside, and this one is not after it.
                unsafe {
                    let to = out.as_mut_ptr().add((row + index) * out_stride + vector * LANES);
                    sum.store_to(to);
                }
            }
        }
        row += ROWS;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::testing::{close, noise};

    #[test]
    fn products_equal_the_plain_sum() {
        for (count, pieces, piece_depth, lanes) in [
            (1, 1, 1, 4),
            (3, 1, 5, 8),
            (4, 3, 7, 12),
            (9, 2, 4, 20),
            (17, 1, 64, 64),
            (5, 3, 12, 24),
        ] {
            let stride = piece_depth + 3;
            let depth = pieces * piece_depth;
            let memory: Vec<_> = (0..pieces).map(|p| noise(count * stride, p as u32)).collect();
            let slices: Vec<_> = memory.iter().map(|piece| &piece[..]).collect();
            let weights = noise(depth * lanes, 77);
            let bias = noise(lanes, 5);
            let panels = Panels::pack(depth, lanes, |row, lane| weights[row * lanes + lane]);
            let rows = Rows { pieces: &slices, stride, piece_depth };
            let out_stride = lanes + 4;
            for bias in [None, Some(&bias[..])] {
                let mut out = vec![f32::NAN; count * out_stride];
                multiply(rows, count, &panels, bias, &mut out, out_stride);
                for row in 0..count {
                    for lane in 0..lanes {
                        let mut sum = bias.map_or(0.0, |bias| f64::from(bias[lane]));
                        for step in 0..depth {
                            let value =
                                memory[step / piece_depth][row * stride + step % piece_depth];
                            sum += f64::from(value) * f64::from(weights[step * lanes + lane]);
                        }
                        close(out[row * out_stride + lane], sum, 1e-5);
                    }
                    assert!(out[row * out_stride + lanes..][..4].iter().all(|gap| gap.is_nan()));
                }
            }
        }
    }
}
