//! Convolutions of stride 1 by Winograd's minimal filtering F(6x6, 3x3): Lavin and Gray, "Fast
//! Algorithms for Convolutional Neural Networks" (2016), sections 4.1 and 4.3, with the interpolation
//! points 0, 1, -1, 2, -2, 1/2, -1/2 and infinity. 64 products stand for the 324 of the plain sum.
//!
//! A larger filter is a sum of 3x3 ones, each on the map shifted by a multiple of 3 pixels. To the
//! product of matrices the shifted maps are further input channels.

use super::conv::Target;
use super::map::{Margins, Ring, Source};
use super::panel::{Panels, Rows, multiply};
use super::simd::{LANES, Vector};

/// Pixels along a filter, a tile of the output, and one of the input.
const FILTER: usize = 3;
const OUTPUT: usize = 6;
const INPUT: usize = 8;
const POSITIONS: usize = INPUT * INPUT;

/// Tiles transformed together: enough rows for the product of matrices, few enough that all 64
/// positions stay in the second-level cache.
const BLOCK: usize = 24;

/// Floats between the positions beyond what they hold: without them all 64 would map to the same
/// few sets of the first-level cache.
const GAP: usize = 16;

/// The filter transform `G`.
const FILTER_TRANSFORM: [[f64; FILTER]; INPUT] = [
    [1.0, 0.0, 0.0],
    [-2.0 / 9.0, -2.0 / 9.0, -2.0 / 9.0],
    [-2.0 / 9.0, 2.0 / 9.0, -2.0 / 9.0],
    [1.0 / 90.0, 1.0 / 45.0, 2.0 / 45.0],
    [1.0 / 90.0, -1.0 / 45.0, 2.0 / 45.0],
    [32.0 / 45.0, 16.0 / 45.0, 8.0 / 45.0],
    [32.0 / 45.0, -16.0 / 45.0, 8.0 / 45.0],
    [0.0, 0.0, 1.0],
];

/// A square convolution of stride 1.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Winograd {
    input_lanes: usize,
    /// How many 3x3 filters lie side by side along the filter.
    shifts: usize,
    /// One product of matrices for each position of the transformed tile.
    positions: Vec<Panels>,
    bias: Option<Vec<f32>>,
}

impl Winograd {
    /// `weight(output, input, row, column)` gives 0 for the lanes that fill up, and for rows and
    /// columns beyond `size`.
    pub(crate) fn new(
        size: usize,
        (input_lanes, output_lanes): (usize, usize),
        weight: impl Fn(usize, usize, usize, usize) -> f32,
        bias: Option<Vec<f32>>,
    ) -> Winograd {
        let shifts = size.div_ceil(FILTER);
        let depth = shifts * shifts * input_lanes;
        // `[positions, depth, outputs]`
        let mut transformed = vec![0.0; POSITIONS * depth * output_lanes];
        for step in 0..depth {
            let (shift, input) = (step / input_lanes, step % input_lanes);
            let (top, left) = (shift / shifts * FILTER, shift % shifts * FILTER);
            for output in 0..output_lanes {
                let filter = std::array::from_fn(|row| {
                    std::array::from_fn(|column| {
                        f64::from(weight(output, input, top + row, left + column))
                    })
                });
                for (position, value) in transform_filter(filter).into_iter().enumerate() {
                    transformed[(position * depth + step) * output_lanes + output] = value;
                }
            }
        }
        let positions = transformed
            .chunks_exact(depth * output_lanes)
            .map(|of_one| {
                Panels::pack(depth, output_lanes, |step, output| {
                    of_one[step * output_lanes + output]
                })
            })
            .collect();
        Winograd { input_lanes, shifts, positions, bias }
    }

    pub(crate) fn run(&self, source: Source, margins: Margins, target: &mut Target) {
        let &Winograd { input_lanes, shifts, .. } = self;
        let (depth, output_lanes) = (self.positions[0].depth(), self.positions[0].lanes());
        assert_eq!((source.lanes, target.lanes), (input_lanes, output_lanes));
        let tiles = target.width.div_ceil(OUTPUT);
        let window = INPUT + (shifts - 1) * FILTER;
        let columns = (tiles - 1) * OUTPUT + window;
        // In a map that was doubled the second and third of a tile's rows are one, and so are the
        // fourth and fifth, and the sixth and seventh, as long as tiles begin at even rows: then
        // position 2, that of the point -1, is always zero.
        let doubled = source.enlarge == 2 && (margins.top, margins.left, shifts) == (1, 1, 1);
        let vanishes =
            |position: usize| doubled && (position / INPUT == 2 || position % INPUT == 2);
        let first_row = target.rows.start - if doubled { target.rows.start % 2 } else { 0 };

        let mut ring = Ring::new(source, window, margins, columns);
        let input_pitch = BLOCK * depth + GAP;
        let output_pitch = BLOCK * output_lanes + GAP;
        let mut inputs = vec![0.0; POSITIONS * input_pitch];
        let mut products = vec![0.0; POSITIONS * output_pitch];
        for top in (first_row..target.rows.end).step_by(OUTPUT) {
            let rows = ring.rows(top as isize - margins.top as isize);
            for first in (0..tiles).step_by(BLOCK) {
                let count = BLOCK.min(tiles - first);
                for tile in 0..count {
                    for shift in 0..shifts * shifts {
                        let (below, right) = (shift / shifts * FILTER, shift % shifts * FILTER);
                        let start = ((first + tile) * OUTPUT + right) * input_lanes;
                        let pixels = std::array::from_fn(|row| &rows[below + row][start..]);
                        let inputs = &mut inputs[tile * depth + shift * input_lanes..];
                        transform_input(pixels, input_lanes, inputs, input_pitch);
                    }
                }
                for (position, panels) in self.positions.iter().enumerate() {
                    if vanishes(position) {
                        continue;
                    }
                    let rows = Rows {
                        pieces: &[&inputs[position * input_pitch..]],
                        stride: depth,
                        piece_depth: depth,
                    };
                    let products = &mut products[position * output_pitch..];
                    multiply(rows, count, panels, None, products, output_lanes);
                }
                for tile in 0..count {
                    let products = &products[tile * output_lanes..];
                    let at = (top, (first + tile) * OUTPUT);
                    self.transform_output(products, output_pitch, at, target);
                }
                let columns = first * OUTPUT..((first + count) * OUTPUT).min(target.width);
                for y in top..(top + OUTPUT).min(target.rows.end) {
                    target.written(y, columns.clone());
                }
            }
        }
    }

    /// Writes the tile at `top`, `left` of the target as far as it lies inside.
    fn transform_output(
        &self,
        products: &[f32],
        pitch: usize,
        (top, left): (usize, usize),
        target: &mut Target,
    ) {
        let lanes = target.lanes;
        let height = OUTPUT.min(target.rows.end - top);
        let width = OUTPUT.min(target.width - left);
        let start = (top * target.width + left) * lanes;
        let row_pitch = target.width * lanes;
        let out = &mut target.values[start..];
        assert!(products.len() >= (POSITIONS - 1) * pitch + lanes);
        assert!(out.len() >= (height - 1) * row_pitch + width * lanes);
        for lane in (0..lanes).step_by(LANES) {
            let bias =
                self.bias.as_ref().map_or(Vector::zero(), |bias| Vector::load(&bias[lane..]));
            let mut half = [[Vector::zero(); OUTPUT]; INPUT];
            for (column, half) in half.iter_mut().enumerate() {
                *half = output_transform(std::array::from_fn(|row| {
                    // SAFETY: the last position's vector at this lane lies inside, see above.
                    unsafe {
                        Vector::load_from(
                            products.as_ptr().add((row * INPUT + column) * pitch + lane),
                        )
                    }
                }));
            }
            for y in 0..height {
                let row = output_transform(std::array::from_fn(|column| half[column][y]));
                for (x, value) in row.into_iter().enumerate().take(width) {
                    // SAFETY: the tile's last vector at this lane lies inside, see above.
                    unsafe {
                        let to = out.as_mut_ptr().add(y * row_pitch + x * lanes + lane);
                        (value + bias).store_to(to);
                    }
                }
            }
        }
    }
}

/// `G g G^T` of one filter: its value at each position.
fn transform_filter(filter: [[f64; FILTER]; FILTER]) -> [f32; POSITIONS] {
    let product = |a: [f64; 3], b: [f64; 3]| a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
    let half = FILTER_TRANSFORM.map(|row| {
        std::array::from_fn(|x| product(row, [filter[0][x], filter[1][x], filter[2][x]]))
    });
    std::array::from_fn(|position| {
        product(half[position / INPUT], FILTER_TRANSFORM[position % INPUT]) as f32
    })
}

/// Transforms one tile, `pixels` being its eight rows (`[8, lanes]` each): position `p` goes to
/// `out[p * pitch..]`.
fn transform_input(pixels: [&[f32]; INPUT], lanes: usize, out: &mut [f32], pitch: usize) {
    assert!(pixels.iter().all(|row| row.len() >= INPUT * lanes));
    assert!(out.len() >= (POSITIONS - 1) * pitch + lanes);
    for lane in (0..lanes).step_by(LANES) {
        let mut half = [[Vector::zero(); INPUT]; INPUT];
        for (column, half) in half.iter_mut().enumerate() {
            *half = input_transform(std::array::from_fn(|row| {
                // SAFETY: each row holds eight pixels of all lanes, see above.
                unsafe { Vector::load_from(pixels[row].as_ptr().add(column * lanes + lane)) }
            }));
        }
        for row in 0..INPUT {
            let values = input_transform(std::array::from_fn(|column| half[column][row]));
            for (column, value) in values.into_iter().enumerate() {
                // SAFETY: the last position's vector at this lane lies inside, see above.
                unsafe {
                    value.store_to(out.as_mut_ptr().add((row * INPUT + column) * pitch + lane));
                }
            }
        }
    }
}

/// `sum + value * factor`.
#[inline(always)]
fn plus(sum: Vector, value: Vector, factor: f32) -> Vector {
    sum.plus_product(value, Vector::splat(factor))
}

/// The data transform, `B^T` times eight values.
#[inline(always)]
fn input_transform(d: [Vector; INPUT]) -> [Vector; INPUT] {
    // The even and the odd part at the points 1, 2 and 1/2; at the negative ones they are subtracted.
    let (even, odd) = (plus(d[2] + d[6], d[4], -4.25), plus(d[1] + d[5], d[3], -4.25));
    let two_even = plus(plus(d[6], d[2], 0.25), d[4], -1.25);
    let two_odd = plus(plus(d[1] * Vector::splat(0.5), d[3], -2.5), d[5], 2.0);
    let half_even = plus(d[6], plus(d[2], d[4], -1.25), 4.0);
    let half_odd = plus(plus(d[1] * Vector::splat(2.0), d[3], -2.5), d[5], 0.5);
    [
        plus(d[0] - d[6], d[4] - d[2], 5.25),
        even + odd,
        even - odd,
        two_even + two_odd,
        two_even - two_odd,
        half_even + half_odd,
        half_even - half_odd,
        plus(d[7] - d[1], d[3] - d[5], 5.25),
    ]
}

/// The inverse transform, `A^T` times eight products.
#[inline(always)]
fn output_transform(m: [Vector; INPUT]) -> [Vector; OUTPUT] {
    let (one, one_odd) = (m[1] + m[2], m[1] - m[2]);
    let (two, two_odd) = (m[3] + m[4], m[3] - m[4]);
    let (half, half_odd) = (m[5] + m[6], m[5] - m[6]);
    [
        m[0] + one + two + half,
        plus(plus(one_odd, two_odd, 2.0), half_odd, 0.5),
        plus(plus(one, two, 4.0), half, 0.25),
        plus(plus(one_odd, two_odd, 8.0), half_odd, 0.125),
        plus(plus(one, two, 16.0), half, 0.0625),
        plus(plus(one_odd, two_odd, 32.0), half_odd, 0.03125) + m[7],
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::conv::testing::Case;
    use crate::kernels::map::{Border, lanes};

    #[test]
    fn winograd_equals_the_definition() {
        let margins = Margins { top: 1, left: 1, bottom: 1, right: 1 };
        for (channels, shape, enlarge) in [
            ((12, 24), (8, 12), 1),
            ((64, 64), (9, 70), 1),
            ((24, 12), (5, 3), 1),
            ((64, 24), (3, 5), 2),
            ((8, 4), (5, 9), 2),
            ((4, 8), (4, 4), 2),
            ((4, 4), (1, 1), 2),
            ((5, 7), (1, 1), 1),
            ((3, 3), (2, 66), 1),
            ((8, 20), (6, 1), 2),
            ((4, 20), (1, 1), 2),
            ((4, 12), (2, 2), 1),
            ((1, 1), (1, 66), 1),
        ] {
            for border in [Border::Reflect, Border::Zero] {
                let case = Case::new(channels, (3, 1), shape, enlarge, border, margins);
                if case.is_too_much() {
                    continue;
                }
                let widths = (lanes(channels.0), lanes(channels.1));
                let kernel =
                    Winograd::new(3, widths, |o, i, y, x| case.weight(o, i, y, x), case.bias());
                case.check(3e-5, |source, margins, target| kernel.run(source, margins, target));
            }
        }
    }

    #[test]
    fn larger_filters_equal_the_definition() {
        for (size, channels, shape, enlarge) in [
            (9, (3, 32), (9, 70), 1),
            (9, (3, 16), (5, 5), 1),
            (5, (8, 20), (7, 6), 1),
            (5, (4, 4), (1, 2), 1),
            (7, (4, 16), (4, 9), 2),
            (6, (3, 16), (8, 8), 1),
        ] {
            let (before, after) = ((size - 1) / 2, size / 2);
            let margins = Margins { top: before, left: before, bottom: after, right: after };
            for border in [Border::Reflect, Border::Zero] {
                let case = Case::new(channels, (size, 1), shape, enlarge, border, margins);
                if case.is_too_much() {
                    continue;
                }
                let widths = (lanes(channels.0), lanes(channels.1));
                let weight = |o, i, y, x| {
                    if y < size && x < size { case.weight(o, i, y, x) } else { 0.0 }
                };
                let kernel = Winograd::new(size, widths, weight, case.bias());
                case.check(3e-5, |source, margins, target| kernel.run(source, margins, target));
            }
        }
    }

    #[test]
    fn without_padding_the_output_is_smaller() {
        let case = Case::new((4, 4), (3, 1), (7, 9), 1, Border::Zero, Margins::default());
        let kernel = Winograd::new(3, (4, 4), |o, i, y, x| case.weight(o, i, y, x), case.bias());
        case.check(3e-5, |source, margins, target| kernel.run(source, margins, target));
    }
}
