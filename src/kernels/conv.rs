//! Convolutions: what they all share, and the kernel for any size and stride.

use std::ops::Range;

use super::map::{Margins, Ring, Source};
use super::moments::Gathering;
use super::panel::{Panels, Rows, multiply};

/// Where a convolution writes.
pub(crate) struct Target<'a> {
    /// `[height, width, lanes]`.
    pub(crate) values: &'a mut [f32],
    pub(crate) width: usize,
    pub(crate) lanes: usize,
    /// The rows to write. The others are left as they are.
    pub(crate) rows: Range<usize>,
    /// Gathers the moments of the rows in the range.
    pub(crate) moments: Option<(&'a mut Gathering, Range<usize>)>,
}

impl Target<'_> {
    /// Columns `columns` of row `y` have been written.
    pub(super) fn written(&mut self, y: usize, columns: Range<usize>) {
        if let Some((gathering, rows)) = &mut self.moments
            && rows.contains(&y)
        {
            let start = y * self.width * self.lanes;
            let columns = start + columns.start * self.lanes..start + columns.end * self.lanes;
            gathering.add(&self.values[columns]);
        }
    }
}

/// A square convolution of any size and stride as a product of matrices: a window's rows are read
/// where they lie.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Direct {
    size: usize,
    stride: usize,
    weights: Panels,
    bias: Option<Vec<f32>>,
}

impl Direct {
    /// `weight(output, input, row, column)` gives 0 for the lanes that fill up.
    pub(crate) fn new(
        (size, stride): (usize, usize),
        (input_lanes, output_lanes): (usize, usize),
        weight: impl Fn(usize, usize, usize, usize) -> f32,
        bias: Option<Vec<f32>>,
    ) -> Direct {
        let depth = size * size * input_lanes;
        let weights = Panels::pack(depth, output_lanes, |depth, output| {
            let (window, input) = (depth / input_lanes, depth % input_lanes);
            weight(output, input, window / size, window % size)
        });
        Direct { size, stride, weights, bias }
    }

    pub(crate) fn run(&self, source: Source, margins: Margins, target: &mut Target) {
        let lanes = source.lanes;
        let mut ring = Ring::new(source, self.size, margins, 0);
        for y in target.rows.clone() {
            let window = ring.rows((y * self.stride) as isize - margins.top as isize);
            let rows = Rows {
                pieces: &window,
                stride: self.stride * lanes,
                piece_depth: self.size * lanes,
            };
            let out = &mut target.values[y * target.width * target.lanes..];
            let (count, bias) = (target.width, self.bias.as_deref());
            multiply(rows, count, &self.weights, bias, out, target.lanes);
            target.written(y, 0..target.width);
        }
    }
}

#[cfg(test)]
pub(super) mod testing {
    use super::*;
    use crate::kernels::map::{Border, lanes};
    use crate::kernels::reflect::reflect;
    use crate::kernels::testing::noise;

    /// One convolution, made up, with its result by the definition.
    pub(in crate::kernels) struct Case {
        pub(in crate::kernels) channels: (usize, usize),
        pub(in crate::kernels) size: usize,
        pub(in crate::kernels) stride: usize,
        pub(in crate::kernels) height: usize,
        pub(in crate::kernels) width: usize,
        pub(in crate::kernels) enlarge: usize,
        pub(in crate::kernels) border: Border,
        pub(in crate::kernels) margins: Margins,
        values: Vec<f32>,
        affine: Vec<f32>,
        weights: Vec<f32>,
        bias: Vec<f32>,
    }

    impl Case {
        #[allow(clippy::too_many_arguments)]
        pub(in crate::kernels) fn new(
            channels: (usize, usize),
            (size, stride): (usize, usize),
            (height, width): (usize, usize),
            enlarge: usize,
            border: Border,
            margins: Margins,
        ) -> Case {
            let (inputs, outputs) = channels;
            let mut values = noise(height * width * lanes(inputs), 1);
            for pixel in values.chunks_exact_mut(lanes(inputs)) {
                pixel[inputs..].fill(0.0);
            }
            let mut bias = noise(lanes(outputs), 3);
            bias[outputs..].fill(0.0);
            let affine = noise(2 * lanes(inputs), 4);
            let weights = noise(outputs * inputs * size * size, 2);
            Case {
                channels,
                size,
                stride,
                height,
                width,
                enlarge,
                border,
                margins,
                values,
                affine,
                weights,
                bias,
            }
        }

        pub(in crate::kernels) fn source(&self) -> Source<'_> {
            Source {
                values: &self.values,
                height: self.height,
                width: self.width,
                lanes: lanes(self.channels.0),
                affine: Some(&self.affine),
                relu: true,
                enlarge: self.enlarge,
                border: self.border,
            }
        }

        pub(in crate::kernels) fn bias(&self) -> Option<Vec<f32>> {
            Some(self.bias.clone())
        }

        pub(in crate::kernels) fn weight(&self, o: usize, i: usize, y: usize, x: usize) -> f32 {
            let (inputs, outputs) = self.channels;
            if o >= outputs || i >= inputs {
                return 0.0;
            }
            self.weights[((o * inputs + i) * self.size + y) * self.size + x]
        }

        /// Height and width of the output.
        pub(in crate::kernels) fn shape(&self) -> (usize, usize) {
            let along = |length: usize, margin: usize| {
                (length * self.enlarge + margin - self.size) / self.stride + 1
            };
            let Margins { top, left, bottom, right } = self.margins;
            (along(self.height, top + bottom), along(self.width, left + right))
        }

        /// Whether it is left out where everything takes a thousand times as long.
        pub(in crate::kernels) fn is_too_much(&self) -> bool {
            let ((height, width), (inputs, outputs)) = (self.shape(), self.channels);
            cfg!(miri) && height * width * self.size * self.size * inputs * outputs > 3_000
        }

        pub(in crate::kernels) fn expected(&self, y: usize, x: usize, output: usize) -> f64 {
            let source = self.source();
            let (rows, columns) = (source.rows(), source.columns());
            let mut sum = self.bias[output] as f64;
            for (dy, dx) in (0..self.size * self.size).map(|i| (i / self.size, i % self.size)) {
                let y = (y * self.stride + dy) as isize - self.margins.top as isize;
                let x = (x * self.stride + dx) as isize - self.margins.left as isize;
                let outside = y < 0 || x < 0 || y >= rows as isize || x >= columns as isize;
                if outside && self.border == Border::Zero {
                    continue;
                }
                let pixel = reflect(y, rows) / self.enlarge * self.width
                    + reflect(x, columns) / self.enlarge;
                for input in 0..self.channels.0 {
                    let value = f64::from(self.values[pixel * source.lanes + input]);
                    let value = value * f64::from(self.affine[input])
                        + f64::from(self.affine[source.lanes + input]);
                    sum += value.max(0.0) * f64::from(self.weight(output, input, dy, dx));
                }
            }
            sum
        }

        /// Runs a kernel whole and in two parts, and holds every value and the moments against
        /// the definition.
        #[track_caller]
        pub(in crate::kernels) fn check(
            &self,
            tolerance: f64,
            run: impl Fn(Source, Margins, &mut Target),
        ) {
            let (height, width) = self.shape();
            let out_lanes = lanes(self.channels.1);
            for middle in [0, height / 2] {
                let mut values = vec![f32::NAN; height * width * out_lanes];
                let mut moments = crate::kernels::moments::Moments::empty(out_lanes);
                for rows in [0..middle, middle..height] {
                    let mut gathering = Gathering::new(out_lanes);
                    let moments_of = Some((&mut gathering, rows.clone()));
                    run(
                        self.source(),
                        self.margins,
                        &mut Target {
                            values: &mut values,
                            width,
                            lanes: out_lanes,
                            rows,
                            moments: moments_of,
                        },
                    );
                    moments.merge(&gathering.finish());
                }
                assert_eq!(moments.count, (height * width) as f64);
                let scale = ((self.channels.0 * self.size * self.size) as f64).sqrt();
                for lane in 0..out_lanes {
                    let mut sum = 0.0;
                    for y in 0..height {
                        for x in 0..width {
                            let want = if lane < self.channels.1 {
                                self.expected(y, x, lane)
                            } else {
                                0.0
                            };
                            let got = f64::from(values[(y * width + x) * out_lanes + lane]);
                            assert!(
                                (got - want).abs() <= tolerance * scale,
                                "{got} instead of {want} at {y}, {x}, {lane}"
                            );
                            sum += want;
                        }
                    }
                    let mean = sum / (height * width) as f64;
                    assert!((moments.mean[lane] - mean).abs() <= tolerance * scale);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::testing::Case;
    use super::*;
    use crate::kernels::map::{Border, lanes};

    #[test]
    fn direct_equals_the_definition() {
        let even = |margin| Margins { top: margin, left: margin, bottom: margin, right: margin };
        let uneven = Margins { top: 0, left: 0, bottom: 1, right: 1 };
        for (channels, window, shape, enlarge, margins) in [
            ((3, 32), (9, 1), (5, 7), 1, even(4)),
            ((32, 3), (9, 1), (6, 5), 1, even(4)),
            ((4, 12), (3, 1), (1, 2), 1, even(1)),
            ((4, 3), (3, 1), (2, 1), 1, even(1)),
            ((24, 64), (3, 2), (8, 10), 1, even(1)),
            ((5, 6), (3, 2), (7, 9), 1, even(1)),
            ((4, 4), (3, 2), (6, 8), 1, uneven),
            ((64, 64), (1, 1), (4, 3), 1, even(0)),
            ((7, 9), (3, 1), (2, 3), 2, even(1)),
            ((1, 1), (2, 2), (2, 2), 1, even(0)),
            ((2, 2), (3, 1), (1, 1), 1, even(1)),
        ] {
            for border in [Border::Reflect, Border::Zero] {
                let case = Case::new(channels, window, shape, enlarge, border, margins);
                if case.is_too_much() {
                    continue;
                }
                let widths = (lanes(channels.0), lanes(channels.1));
                let kernel =
                    Direct::new(window, widths, |o, i, y, x| case.weight(o, i, y, x), case.bias());
                case.check(1e-5, |source, margins, target| kernel.run(source, margins, target));
            }
        }
    }
}
