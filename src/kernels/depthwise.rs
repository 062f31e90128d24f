//! Convolutions of each channel by itself.

use super::conv::Target;
use super::map::{Margins, Ring, Source};
use super::simd::{LANES, Vector};

/// A square depthwise convolution of any size and stride.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Depthwise {
    size: usize,
    stride: usize,
    /// `[size, size, lanes]`.
    weights: Vec<f32>,
    bias: Vec<f32>,
}

impl Depthwise {
    /// `weight(channel, row, column)` gives 0 for the lanes that fill up.
    pub(crate) fn new(
        (size, stride): (usize, usize),
        lanes: usize,
        weight: impl Fn(usize, usize, usize) -> f32,
        bias: Option<Vec<f32>>,
    ) -> Depthwise {
        let weights = (0..size * size * lanes)
            .map(|index| (index / lanes, index % lanes))
            .map(|(window, lane)| weight(lane, window / size, window % size))
            .collect();
        Depthwise { size, stride, weights, bias: bias.unwrap_or_else(|| vec![0.0; lanes]) }
    }

    pub(crate) fn run(&self, source: Source, margins: Margins, target: &mut Target) {
        let lanes = source.lanes;
        assert_eq!((target.lanes, self.bias.len()), (lanes, lanes));
        let mut ring = Ring::new(source, self.size, margins, 0);
        for y in target.rows.clone() {
            let window = ring.rows((y * self.stride) as isize - margins.top as isize);
            let start = y * target.width * lanes;
            let row = &mut target.values[start..start + target.width * lanes];
            for (x, pixel) in row.chunks_exact_mut(lanes).enumerate() {
                let first = x * self.stride * lanes;
                for (lane, out) in (0..lanes).step_by(LANES).zip(pixel.chunks_exact_mut(LANES)) {
                    let mut sum = Vector::load(&self.bias[lane..]);
                    let mut weights = self.weights[lane..].chunks(lanes);
                    for row in &window {
                        let values = row[first + lane..].chunks(lanes);
                        for (value, weight) in values.zip(weights.by_ref().take(self.size)) {
                            sum = sum.plus_product(Vector::load(value), Vector::load(weight));
                        }
                    }
                    sum.store(out);
                }
            }
            target.written(y, 0..target.width);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::map::Border;
    use crate::kernels::moments::Gathering;
    use crate::kernels::reflect::reflect;
    use crate::kernels::testing::{close, noise};

    #[test]
    fn depthwise_equals_the_definition() {
        let margins = Margins { top: 1, left: 1, bottom: 1, right: 1 };
        for (lanes, stride, height, width) in [(4, 1, 5, 7), (12, 2, 6, 8), (8, 1, 1, 1)] {
            let values = noise(height * width * lanes, 1);
            let (weights, bias) = (noise(lanes * 9, 2), noise(lanes, 3));
            let weight = |lane: usize, y: usize, x: usize| weights[(lane * 3 + y) * 3 + x];
            let kernel = Depthwise::new((3, stride), lanes, weight, Some(bias.clone()));
            let source = Source {
                values: &values,
                height,
                width,
                lanes,
                affine: None,
                relu: false,
                enlarge: 1,
                border: Border::Reflect,
            };
            let (rows, columns) = ((height - 1) / stride + 1, (width - 1) / stride + 1);
            let mut out = vec![f32::NAN; rows * columns * lanes];
            let mut gathering = Gathering::new(lanes);
            let mut target = Target {
                values: &mut out,
                width: columns,
                lanes,
                rows: 0..rows,
                moments: Some((&mut gathering, 0..rows)),
            };
            kernel.run(source, margins, &mut target);
            for (index, got) in out.iter().enumerate() {
                let (y, x, lane) =
                    (index / lanes / columns, index / lanes % columns, index % lanes);
                let mut want = f64::from(bias[lane]);
                for window in 0..9 {
                    let y = reflect((y * stride + window / 3) as isize - 1, height);
                    let x = reflect((x * stride + window % 3) as isize - 1, width);
                    want += f64::from(values[(y * width + x) * lanes + lane])
                        * f64::from(weight(lane, window / 3, window % 3));
                }
                close(*got, want, 1e-5);
            }
            assert_eq!(gathering.finish().count, (rows * columns) as f64);
        }
    }
}
