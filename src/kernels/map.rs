//! Feature maps, and how a convolution reads them.
//!
//! A map is `[height, width, lanes]` floats: the channels of a pixel lie side by side, filled up
//! with zeros to a multiple of [`LANES`].

use super::buffer::Buffer;
use super::reflect::reflect;
use super::simd::{LANES, Vector};

/// How many floats a pixel of a map with this many channels takes.
pub(crate) fn lanes(channels: usize) -> usize {
    channels.next_multiple_of(LANES)
}

/// How far a map is padded on each side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Margins {
    pub(crate) top: usize,
    pub(crate) left: usize,
    pub(crate) bottom: usize,
    pub(crate) right: usize,
}

/// What lies outside a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Border {
    /// The map mirrored at its edge, without repeating the edge.
    Reflect,
    Zero,
}

/// A feature map with what is still to be done to it, which is done while it is read: a scale and
/// an offset for each channel (an instance norm), a ReLU, nearest-neighbour enlargement.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source<'a> {
    /// `[height, width, lanes]`.
    pub(crate) values: &'a [f32],
    pub(crate) height: usize,
    pub(crate) width: usize,
    /// A multiple of [`LANES`].
    pub(crate) lanes: usize,
    /// `[2, lanes]`: scales, then offsets.
    pub(crate) affine: Option<&'a [f32]>,
    pub(crate) relu: bool,
    /// Each value stands for a square of this side.
    pub(crate) enlarge: usize,
    pub(crate) border: Border,
}

impl Source<'_> {
    /// Height after enlarging.
    pub(crate) fn rows(&self) -> usize {
        self.height * self.enlarge
    }

    /// Width after enlarging.
    pub(crate) fn columns(&self) -> usize {
        self.width * self.enlarge
    }

    /// Writes row `y`, which may lie outside, from column `-left` on for as long as `row` is
    /// (`[any, lanes]`). What lies further right than `right` columns outside repeats the last of
    /// these.
    pub(crate) fn read_row(&self, y: isize, left: usize, right: usize, row: &mut [f32]) {
        let lanes = self.lanes;
        let columns = self.columns();
        if self.border == Border::Zero && !(0..self.rows() as isize).contains(&y) {
            row.fill(0.0);
            return;
        }
        let source = reflect(y, self.rows()) / self.enlarge * self.width * lanes;
        let source = &self.values[source..source + self.width * lanes];
        let (before, rest) = row.split_at_mut(left * lanes);
        let (inside, after) = rest.split_at_mut(columns * lanes);
        if self.enlarge == 1 {
            self.finish(source, inside);
        } else {
            for (pixel, square) in
                source.chunks_exact(lanes).zip(inside.chunks_exact_mut(lanes * self.enlarge))
            {
                let (first, others) = square.split_at_mut(lanes);
                self.finish(pixel, first);
                others.chunks_exact_mut(lanes).for_each(|other| other.copy_from_slice(first));
            }
        }
        let margin = |x: isize, pixel: &mut [f32]| {
            let x = x.min((columns + right) as isize - 1);
            if self.border == Border::Zero && !(0..columns as isize).contains(&x) {
                pixel.fill(0.0);
            } else {
                let from = reflect(x, columns) * lanes;
                pixel.copy_from_slice(&inside[from..from + lanes]);
            }
        };
        for (index, pixel) in before.chunks_exact_mut(lanes).enumerate() {
            margin(index as isize - left as isize, pixel);
        }
        for (index, pixel) in after.chunks_exact_mut(lanes).enumerate() {
            margin((columns + index) as isize, pixel);
        }
    }

    /// Norm and ReLU over whole pixels.
    #[inline(always)]
    fn finish(&self, from: &[f32], to: &mut [f32]) {
        let Some(affine) = self.affine else {
            if self.relu {
                for (from, to) in from.chunks_exact(LANES).zip(to.chunks_exact_mut(LANES)) {
                    Vector::load(from).max(Vector::zero()).store(to);
                }
            } else {
                to.copy_from_slice(from);
            }
            return;
        };
        let (scales, offsets) = affine.split_at(self.lanes);
        let least = Vector::splat(if self.relu { 0.0 } else { f32::NEG_INFINITY });
        for (from, to) in from.chunks_exact(self.lanes).zip(to.chunks_exact_mut(self.lanes)) {
            // All four in chunks of the length that is loaded: nothing is left to be checked.
            let affine = scales.chunks_exact(LANES).zip(offsets.chunks_exact(LANES));
            let values = from.chunks_exact(LANES).zip(to.chunks_exact_mut(LANES));
            for ((from, to), (scale, offset)) in values.zip(affine) {
                let value =
                    Vector::load(offset).plus_product(Vector::load(from), Vector::load(scale));
                value.max(least).store(to);
            }
        }
    }
}

/// The last few rows of a [`Source`] that a convolution slides over, finished and with margins.
pub(crate) struct Ring<'a> {
    source: Source<'a>,
    margins: Margins,
    /// Floats in a row.
    pitch: usize,
    held: Vec<Option<isize>>,
    values: Buffer,
}

impl<'a> Ring<'a> {
    /// Holds `count` rows at a time, each `columns` wide if that is more than the source with its
    /// margins. Past the margins the last column and the last row repeat.
    pub(crate) fn new(
        source: Source<'a>,
        count: usize,
        margins: Margins,
        columns: usize,
    ) -> Ring<'a> {
        let pitch = columns.max(margins.left + source.columns() + margins.right) * source.lanes;
        let (held, values) = (vec![None; count], Buffer::zeros(count * pitch));
        Ring { source, margins, pitch, held, values }
    }

    /// As many rows as it holds, from row `first` on. Those that were there are not read again.
    pub(crate) fn rows(&mut self, first: isize) -> Vec<&[f32]> {
        let last = (self.source.rows() + self.margins.bottom) as isize - 1;
        let wanted = (first..first + self.held.len() as isize).map(|y| y.min(last));
        for y in wanted.clone() {
            let slot = self.slot(y);
            if self.held[slot] != Some(y) {
                let row = &mut self.values[slot * self.pitch..(slot + 1) * self.pitch];
                self.source.read_row(y, self.margins.left, self.margins.right, row);
                self.held[slot] = Some(y);
            }
        }
        wanted.map(|y| &self.values[self.slot(y) * self.pitch..][..self.pitch]).collect()
    }

    fn slot(&self, y: isize) -> usize {
        y.rem_euclid(self.held.len() as isize) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::testing::noise;

    /// One finished value, by the definition.
    fn plain(source: &Source, y: isize, x: isize, lane: usize) -> f32 {
        let (rows, columns) = (source.rows(), source.columns());
        let outside = !(0..rows as isize).contains(&y) || !(0..columns as isize).contains(&x);
        if outside && source.border == Border::Zero {
            return 0.0;
        }
        let y = reflect(y, rows) / source.enlarge;
        let x = reflect(x, columns) / source.enlarge;
        let value = source.values[(y * source.width + x) * source.lanes + lane];
        let value = match source.affine {
            Some(affine) => value * affine[lane] + affine[source.lanes + lane],
            None => value,
        };
        if source.relu { value.max(0.0) } else { value }
    }

    #[test]
    fn rows_are_finished_and_have_margins() {
        let affine = noise(16, 9);
        for (height, width, enlarge) in [(1, 1, 1), (3, 5, 1), (4, 2, 2), (5, 7, 3)] {
            let values = noise(height * width * 8, 3);
            for border in [Border::Reflect, Border::Zero] {
                for (affine, relu) in [
                    (None, false),
                    (None, true),
                    (Some(&affine[..]), false),
                    (Some(&affine[..]), true),
                ] {
                    let lanes = 8;
                    let source = Source {
                        values: &values,
                        height,
                        width,
                        lanes,
                        affine,
                        relu,
                        enlarge,
                        border,
                    };
                    let columns = source.columns() + 2 + 1 + 3;
                    let margins = Margins { top: 2, left: 2, bottom: 2, right: 1 };
                    let mut ring = Ring::new(source, 5, margins, columns);
                    for first in -2..source.rows() as isize - 2 {
                        for (index, row) in ring.rows(first).into_iter().enumerate() {
                            for x in 0..source.columns() + 2 + 1 {
                                for lane in 0..lanes {
                                    let want = plain(
                                        &source,
                                        first + index as isize,
                                        x as isize - 2,
                                        lane,
                                    );
                                    assert!((row[x * lanes + lane] - want).abs() < 1e-6);
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
