//! Products of matrices with so few columns that they would not fill a vector: the lanes hold steps
//! of the depth instead, and are summed up at the end.

use super::panel::Rows;
use super::simd::{LANES, Vector};

/// The most columns: with three rows their sums take nine vectors.
pub(super) const MOST_COLUMNS: usize = 3;

/// A matrix of few columns, `[depth / 4, MOST_COLUMNS, 4]`; columns that are not there are zero.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Thin {
    values: Vec<f32>,
    depth: usize,
}

impl Thin {
    /// `weight(row, column)`; the depth is a multiple of four.
    pub(super) fn pack(depth: usize, columns: usize, weight: impl Fn(usize, usize) -> f32) -> Thin {
        assert!(depth.is_multiple_of(LANES) && columns <= MOST_COLUMNS);
        let mut values = Vec::with_capacity(depth * MOST_COLUMNS);
        for first in (0..depth).step_by(LANES) {
            for column in 0..MOST_COLUMNS {
                let rows = first..first + LANES;
                values.extend(
                    rows.map(|row| if column < columns { weight(row, column) } else { 0.0 }),
                );
            }
        }
        Thin { values, depth }
    }
}

/// `out[row * LANES + column] = bias[column] + sum over depth of rows[row][depth] *
/// thin[depth][column]` for `count` rows. The last lane is zero.
///
/// # Panics
/// When the slices are too short for that, or a piece is no multiple of four deep.
pub(super) fn multiply(
    rows: Rows,
    count: usize,
    thin: &Thin,
    bias: Option<&[f32]>,
    out: &mut [f32],
) {
    const ROWS: usize = 3;
    if count == 0 {
        return;
    }
    assert!(rows.piece_depth.is_multiple_of(LANES));
    assert_eq!(rows.pieces.len() * rows.piece_depth, thin.depth);
    assert_eq!(thin.values.len(), thin.depth * MOST_COLUMNS);
    for piece in rows.pieces {
        assert!(piece.len() >= (count - 1) * rows.stride + rows.piece_depth);
    }
    let bias = bias.map_or([0.0; LANES], |bias| std::array::from_fn(|lane| bias[lane]));
    for row in (0..count).step_by(ROWS) {
        let mut sums = [[Vector::zero(); MOST_COLUMNS]; ROWS];
        let mut weights = thin.values.as_ptr();
        for piece in rows.pieces {
            // In the last block rows that are not there stand for the last one.
            let from: [_; ROWS] = std::array::from_fn(|index| {
                // SAFETY: rows up to `count - 1` lie inside the piece.
                unsafe { piece.as_ptr().add((row + index).min(count - 1) * rows.stride) }
            });
            for step in (0..rows.piece_depth).step_by(LANES) {
                // SAFETY: there are `MOST_COLUMNS` vectors for every four steps of depth, and each
                // row of a piece is `piece_depth` floats.
                unsafe {
                    let columns: [_; MOST_COLUMNS] = std::array::from_fn(|column| {
                        Vector::load_from(weights.add(column * LANES))
                    });
                    weights = weights.add(MOST_COLUMNS * LANES);
                    for (sums, from) in sums.iter_mut().zip(from) {
                        let values = Vector::load_from(from.add(step));
                        for (sum, column) in sums.iter_mut().zip(columns) {
                            *sum = sum.plus_product(values, column);
                        }
                    }
                }
            }
        }
        for (index, sums) in sums.into_iter().enumerate().take(count - row) {
            let mut values = [0.0; LANES];
            for (column, sum) in sums.into_iter().enumerate() {
                values[column] = sum.to_array().iter().sum::<f32>() + bias[column];
            }
            out[(row + index) * LANES..][..LANES].copy_from_slice(&values);
        }
    }
}
