//! Convolutions of stride 1 and 2 by Winograd's minimal filtering: Lavin and Gray, "Fast Algorithms
//! for Convolutional Neural Networks" (2016), sections 4.1 and 4.3, with the interpolation points 0,
//! 1, -1, 2, -2, 1/2, -1/2 and infinity. At stride 1 it is F(6x6, 3x3): 64 products stand for the 324
//! of the plain sum.
//!
//! A larger filter is a sum of 3x3 ones, each on the map shifted by a multiple of 3 pixels. One of
//! stride 2 is a sum of 2x2 ones, each on every other pixel of every other row, for which the same
//! eight points give F(7x7, 2x2). To the product of matrices the shifted maps are further input
//! channels.

use super::buffer::Buffer;
use super::conv::Target;
use super::map::{Margins, Ring, Source};
use super::panel::{Panels, Rows, multiply};
use super::simd::{LANES, Vector};

/// Pixels along a tile of the input, those of one shift.
const INPUT: usize = 8;
const POSITIONS: usize = INPUT * INPUT;

/// Tiles worked on together: enough rows for the product of matrices, few enough that all 64
/// positions stay in the second-level cache.
const BLOCK: usize = 24;

/// Floats between the positions beyond what they hold: without them all 64 would map to the same
/// few sets of the first-level cache.
const GAP: usize = 16;

/// The interpolation points but infinity, each with the factor of its row in the filter transform.
const POINTS: [(f64, f64); INPUT - 1] = [
    (0.0, 1.0),
    (1.0, -2.0 / 9.0),
    (-1.0, -2.0 / 9.0),
    (2.0, 1.0 / 90.0),
    (-2.0, 1.0 / 90.0),
    (0.5, 32.0 / 45.0),
    (-0.5, 32.0 / 45.0),
];

/// Along one axis, how a filter is a sum of small ones, and how tiles lie.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Axis {
    size: usize,
    stride: usize,
}

impl Axis {
    /// Weights of a small filter. They lie `stride` apart in the whole one.
    fn taps(self) -> usize {
        if self.stride == 1 { 3 } else { 2 }
    }

    /// Pixels of a tile of the output.
    fn output(self) -> usize {
        INPUT + 1 - self.taps()
    }

    /// How many small filters there are.
    fn shifts(self) -> usize {
        if self.stride == 1 { self.size.div_ceil(self.taps()) } else { 2 }
    }

    /// How many inputs are transformed for each tile. The first of them and those that follow it
    /// are its shifts: with three shifts, the last one is also the first of the next tile.
    fn inputs_per_tile(self) -> usize {
        self.shifts().min(2)
    }

    /// How many inputs are transformed for so many tiles.
    fn inputs(self, tiles: usize) -> usize {
        (tiles - 1) * self.inputs_per_tile() + self.shifts()
    }

    /// Where an input begins, from where the first tile's first does.
    fn start(self, input: usize) -> usize {
        let (tile, shift) = (input / self.inputs_per_tile(), input % self.inputs_per_tile());
        tile * self.output() * self.stride + self.offset(shift)
    }

    /// Where a small filter begins in the whole one.
    fn offset(self, shift: usize) -> usize {
        if self.stride == 1 { shift * self.taps() } else { shift }
    }

    /// How many pixels `count` inputs reach over.
    fn reach(self, inputs: usize) -> usize {
        self.start(inputs - 1) + (INPUT - 1) * self.stride + 1
    }

    /// How many of the first shifts count at a position: the point at infinity takes a small
    /// filter's last weight, which later ones may not have.
    fn shifts_at(self, position: usize) -> usize {
        let last = (self.taps() - 1) * self.stride;
        let counts = |shift: &usize| position < INPUT - 1 || self.offset(*shift) + last < self.size;
        (0..self.shifts()).take_while(counts).count()
    }

    /// A position's row of the filter transform `G`, of as many numbers as there are taps.
    fn filter_transform(self, position: usize) -> [f64; 3] {
        let taps = self.taps();
        std::array::from_fn(|tap| match POINTS.get(position) {
            _ if tap >= taps => 0.0,
            Some((point, factor)) => factor * point.powi(tap as i32),
            None => f64::from(u8::from(tap == taps - 1)),
        })
    }
}

/// A square convolution of stride 1, or of stride 2 and size 3 or 4.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Winograd {
    axis: Axis,
    input_lanes: usize,
    output_lanes: usize,
    /// One product of matrices for each position of the transformed tile.
    positions: Vec<Panels>,
    bias: Option<Vec<f32>>,
}

impl Winograd {
    /// Whether there is a way for filters of this size and stride.
    pub(crate) fn suits(size: usize, stride: usize) -> bool {
        size >= 3 && (stride == 1 || stride == 2 && size <= 4)
    }

    /// `weight(output, input, row, column)` gives 0 for the lanes that fill up, and for rows and
    /// columns beyond `size`.
    ///
    /// # Panics
    /// When it does not [suit](Winograd::suits) the size and the stride.
    pub(crate) fn new(
        (size, stride): (usize, usize),
        (input_lanes, output_lanes): (usize, usize),
        weight: impl Fn(usize, usize, usize, usize) -> f32,
        bias: Option<Vec<f32>>,
    ) -> Winograd {
        assert!(Winograd::suits(size, stride));
        let axis = Axis { size, stride };
        let shifts = axis.shifts();
        // `[positions, shifts, shifts, input_lanes, output_lanes]`
        let depth = shifts * shifts * input_lanes;
        let mut transformed = vec![0.0; POSITIONS * depth * output_lanes];
        let transform = std::array::from_fn(|position| axis.filter_transform(position));
        for step in 0..depth {
            let (shift, input) = (step / input_lanes, step % input_lanes);
            let (top, left) = (axis.offset(shift / shifts), axis.offset(shift % shifts));
            for output in 0..output_lanes {
                let filter = std::array::from_fn(|row| {
                    std::array::from_fn(|column| {
                        let (row, column) = (top + row * stride, left + column * stride);
                        f64::from(weight(output, input, row, column))
                    })
                });
                for (position, value) in
                    transform_filter(&transform, filter).into_iter().enumerate()
                {
                    transformed[(position * depth + step) * output_lanes + output] = value;
                }
            }
        }
        let positions = transformed.chunks_exact(depth * output_lanes).enumerate();
        let positions = positions
            .map(|(position, of_one)| {
                let rows = axis.shifts_at(position / INPUT);
                let piece = axis.shifts_at(position % INPUT) * input_lanes;
                Panels::pack(rows * piece, output_lanes, |step, output| {
                    let step = step / piece * shifts * input_lanes + step % piece;
                    of_one[step * output_lanes + output]
                })
            })
            .collect();
        Winograd { axis, input_lanes, output_lanes, positions, bias }
    }

    pub(crate) fn run(&self, source: Source, margins: Margins, target: &mut Target) {
        let &Winograd { axis, input_lanes, output_lanes, .. } = self;
        assert_eq!((source.lanes, target.lanes), (input_lanes, output_lanes));
        let (output, shifts) = (axis.output(), axis.shifts());
        let tiles = target.width.div_ceil(output);
        // In a map that was doubled the second and third of a tile's rows are one, and so are the
        // fourth and fifth, and the sixth and seventh, as long as tiles begin at even rows: then
        // position 2, that of the point -1, is always zero.
        let doubled = source.enlarge == 2
            && axis == Axis { size: 3, stride: 1 }
            && margins.top == 1
            && margins.left == 1;
        let vanishes =
            |position: usize| doubled && (position / INPUT == 2 || position % INPUT == 2);
        let first_row = target.rows.start - if doubled { target.rows.start % 2 } else { 0 };

        let columns = axis.reach(axis.inputs(tiles));
        let mut ring = Ring::new(source, axis.reach(shifts), margins, columns);
        // `[positions, shifts, inputs, input_lanes]`, and `[positions, tiles, output_lanes]`.
        let row_pitch = axis.inputs(BLOCK) * input_lanes;
        let input_pitch = shifts * row_pitch + GAP;
        let output_pitch = BLOCK * output_lanes + GAP;
        let starts: Vec<_> =
            (0..axis.inputs(BLOCK)).map(|input| axis.start(input) * input_lanes).collect();
        let mut inputs = Buffer::zeros(POSITIONS * input_pitch);
        let mut products = Buffer::zeros(POSITIONS * output_pitch);
        for top in (first_row..target.rows.end).step_by(output) {
            let rows = ring.rows((top * axis.stride) as isize - margins.top as isize);
            for first in (0..tiles).step_by(BLOCK) {
                let count = BLOCK.min(tiles - first);
                let left = axis.start(first * axis.inputs_per_tile());
                for shift in 0..shifts {
                    let window: [_; INPUT] = std::array::from_fn(|row| {
                        &rows[axis.offset(shift) + row * axis.stride][left * input_lanes..]
                    });
                    let inputs = &mut inputs[shift * row_pitch..];
                    for (input, &start) in starts[..axis.inputs(count)].iter().enumerate() {
                        let pixels = window.map(|row| &row[start..]);
                        let inputs = &mut inputs[input * input_lanes..];
                        transform_input(pixels, axis.stride, input_lanes, inputs, input_pitch);
                    }
                }
                // Of all positions at once: to ask for memory at each would take too long.
                let of_position = |position| &inputs[position * input_pitch..][..input_pitch - GAP];
                let pieces: Vec<_> =
                    (0..POSITIONS).flat_map(|at| of_position(at).chunks_exact(row_pitch)).collect();
                let pieces = pieces.chunks_exact(shifts);
                for ((position, panels), pieces) in self.positions.iter().enumerate().zip(pieces) {
                    if vanishes(position) {
                        continue;
                    }
                    let rows = Rows {
                        pieces: &pieces[..axis.shifts_at(position / INPUT)],
                        stride: axis.inputs_per_tile() * input_lanes,
                        piece_depth: axis.shifts_at(position % INPUT) * input_lanes,
                    };
                    let products = &mut products[position * output_pitch..];
                    multiply(rows, count, panels, None, products, output_lanes);
                }
                for tile in 0..count {
                    let products = &products[tile * output_lanes..];
                    let at = (top, (first + tile) * output);
                    if axis.stride == 1 {
                        self.transform_output::<6>(products, output_pitch, at, target);
                    } else {
                        self.transform_output::<7>(products, output_pitch, at, target);
                    }
                }
                let columns = first * output..((first + count) * output).min(target.width);
                for y in top..(top + output).min(target.rows.end) {
                    target.written(y, columns.clone());
                }
            }
        }
    }

    /// Writes the tile at `top`, `left` of the target as far as it lies inside.
    fn transform_output<const OUTPUT: usize>(
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
                let row: [_; OUTPUT] =
                    output_transform(std::array::from_fn(|column| half[column][y]));
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

/// `G g G^T` of one small filter: its value at each position.
fn transform_filter(transform: &[[f64; 3]; INPUT], filter: [[f64; 3]; 3]) -> [f32; POSITIONS] {
    let product = |a: [f64; 3], b: [f64; 3]| a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
    let half = transform.map(|row| {
        std::array::from_fn(|x| product(row, [filter[0][x], filter[1][x], filter[2][x]]))
    });
    std::array::from_fn(|position| {
        product(half[position / INPUT], transform[position % INPUT]) as f32
    })
}

/// Transforms one tile, `pixels` being its eight rows, in which its eight pixels (`[lanes]` each) lie
/// `stride` apart: position `p` goes to `out[p * pitch..]`.
fn transform_input(
    pixels: [&[f32]; INPUT],
    stride: usize,
    lanes: usize,
    out: &mut [f32],
    pitch: usize,
) {
    let step = stride * lanes;
    assert!(pixels.iter().all(|row| row.len() >= (INPUT - 1) * step + lanes));
    assert!(out.len() >= (POSITIONS - 1) * pitch + lanes);
    for lane in (0..lanes).step_by(LANES) {
        let mut half = [[Vector::zero(); INPUT]; INPUT];
        for (column, half) in half.iter_mut().enumerate() {
            *half = input_transform(std::array::from_fn(|row| {
                // SAFETY: each row holds eight pixels of all lanes, see above.
                unsafe { Vector::load_from(pixels[row].as_ptr().add(column * step + lane)) }
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

/// The inverse transform, `A^T` times eight products: output `y` takes the points to the power of `y`.
#[inline(always)]
fn output_transform<const OUTPUT: usize>(m: [Vector; INPUT]) -> [Vector; OUTPUT] {
    // The same for the points 1, 2 and 1/2 and their negatives, at even and at odd powers.
    let even = [m[1] + m[2], m[3] + m[4], m[5] + m[6]];
    let odd = [m[1] - m[2], m[3] - m[4], m[5] - m[6]];
    std::array::from_fn(|y| {
        let [one, two, half] = if y % 2 == 0 { even } else { odd };
        let power = (1 << y) as f32;
        let sum = plus(plus(one, two, power), half, 1.0 / power);
        match y {
            0 => sum + m[0],
            _ if y == OUTPUT - 1 => sum + m[7],
            _ => sum,
        }
    })
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
                let kernel = Winograd::new(
                    (3, 1),
                    widths,
                    |o, i, y, x| case.weight(o, i, y, x),
                    case.bias(),
                );
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
            (9, (32, 3), (13, 160), 1),
            (11, (3, 4), (7, 20), 1),
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
                let kernel = Winograd::new((size, 1), widths, weight, case.bias());
                case.check(3e-5, |source, margins, target| kernel.run(source, margins, target));
            }
        }
    }

    #[test]
    fn winograd_of_stride_2_equals_the_definition() {
        let even = Margins { top: 1, left: 1, bottom: 1, right: 1 };
        let uneven = Margins { top: 0, left: 0, bottom: 1, right: 1 };
        for (size, channels, shape, enlarge, margins) in [
            (3, (24, 64), (30, 34), 1, even),
            (3, (12, 24), (6, 360), 1, uneven),
            (3, (5, 7), (7, 9), 1, even),
            (4, (8, 4), (9, 12), 1, even),
            (4, (4, 20), (5, 6), 2, even),
            (3, (4, 4), (2, 1), 1, even),
            (3, (4, 4), (4, 6), 2, uneven),
        ] {
            for border in [Border::Reflect, Border::Zero] {
                let case = Case::new(channels, (size, 2), shape, enlarge, border, margins);
                if case.is_too_much() {
                    continue;
                }
                let widths = (lanes(channels.0), lanes(channels.1));
                let weight = |o, i, y, x| {
                    if y < size && x < size { case.weight(o, i, y, x) } else { 0.0 }
                };
                let kernel = Winograd::new((size, 2), widths, weight, case.bias());
                case.check(3e-5, |source, margins, target| kernel.run(source, margins, target));
            }
        }
    }

    #[test]
    fn without_padding_the_output_is_smaller() {
        let case = Case::new((4, 4), (3, 1), (7, 9), 1, Border::Zero, Margins::default());
        let kernel =
            Winograd::new((3, 1), (4, 4), |o, i, y, x| case.weight(o, i, y, x), case.bias());
        case.check(3e-5, |source, margins, target| kernel.run(source, margins, target));
    }
}
