//! Mean and variance of the channels of a map, gathered in parts and merged: Chan, Golub and
//! LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances" (1979).

use super::simd::{LANES, Vector};

/// Pixels summed in single precision before the sum is added to one in double precision.
const RUN: usize = 256;

/// Count, mean and sum of squared differences from the mean (M2), for each channel of some pixels.
#[derive(Debug, Clone, PartialEq)]
pub struct Moments {
    pub count: f64,
    pub mean: Vec<f64>,
    pub m2: Vec<f64>,
}

impl Moments {
    /// Those of no pixels.
    pub fn empty(lanes: usize) -> Moments {
        Moments { count: 0.0, mean: vec![0.0; lanes], m2: vec![0.0; lanes] }
    }

    /// Adds the pixels of `other`, which has as many channels (formula 2.1 of the paper).
    pub fn merge(&mut self, other: &Moments) {
        let count = self.count + other.count;
        if count == 0.0 {
            return;
        }
        let share = other.count / count;
        for (lane, (mean, m2)) in self.mean.iter_mut().zip(&mut self.m2).enumerate() {
            let difference = other.mean[lane] - *mean;
            *mean += difference * share;
            *m2 += other.m2[lane] + difference * difference * self.count * share;
        }
        self.count = count;
    }

    /// The instance norm (Ulyanov et al. 2016, equation 4) with a gain and a shift for each
    /// channel, as `[2, lanes]` scales and offsets. Lanes past the end of `gain` get 0.
    pub(crate) fn affine(&self, gain: &[f32], shift: &[f32], epsilon: f32) -> Vec<f32> {
        let lanes = self.mean.len();
        let mut affine = vec![0.0; 2 * lanes];
        let (scales, offsets) = affine.split_at_mut(lanes);
        for (lane, (gain, shift)) in gain.iter().zip(shift).enumerate() {
            let variance = self.m2[lane] / self.count.max(1.0);
            let scale = f64::from(*gain) / (variance + f64::from(epsilon)).sqrt();
            scales[lane] = scale as f32;
            offsets[lane] = (f64::from(*shift) - self.mean[lane] * scale) as f32;
        }
        affine
    }
}

/// Gathers the moments of pixels as they are made.
pub(crate) struct Gathering {
    count: usize,
    /// The first pixel: sums of differences from it do not cancel as sums of the values would.
    pivot: Vec<f32>,
    sum: Vec<f64>,
    squares: Vec<f64>,
}

impl Gathering {
    pub(crate) fn new(lanes: usize) -> Gathering {
        Gathering { count: 0, pivot: vec![], sum: vec![0.0; lanes], squares: vec![0.0; lanes] }
    }

    /// Adds `pixels`, `[n, lanes]`.
    pub(crate) fn add(&mut self, pixels: &[f32]) {
        let lanes = self.sum.len();
        if self.count == 0 {
            let Some(first) = pixels.get(..lanes) else { return };
            self.pivot = first.to_vec();
        }
        self.count += pixels.len() / lanes;
        for run in pixels.chunks(RUN * lanes) {
            for lane in (0..lanes).step_by(LANES) {
                let pivot = Vector::load(&self.pivot[lane..]);
                let (mut sum, mut squares) = (Vector::zero(), Vector::zero());
                for pixel in run.chunks_exact(lanes) {
                    let difference = Vector::load(&pixel[lane..]) - pivot;
                    sum = sum + difference;
                    squares = squares.plus_product(difference, difference);
                }
                let (sum, squares) = (sum.to_array(), squares.to_array());
                for index in 0..LANES {
                    self.sum[lane + index] += f64::from(sum[index]);
                    self.squares[lane + index] += f64::from(squares[index]);
                }
            }
        }
    }

    pub(crate) fn finish(self) -> Moments {
        let mut moments = Moments::empty(self.sum.len());
        if self.count == 0 {
            return moments;
        }
        moments.count = self.count as f64;
        for lane in 0..self.sum.len() {
            let mean = self.sum[lane] / moments.count;
            moments.mean[lane] = f64::from(self.pivot[lane]) + mean;
            moments.m2[lane] = (self.squares[lane] - self.sum[lane] * mean).max(0.0);
        }
        moments
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::testing::{close, noise};

    fn plain(pixels: &[f32], lanes: usize, lane: usize) -> (f64, f64) {
        let values: Vec<f64> = pixels.chunks(lanes).map(|pixel| f64::from(pixel[lane])).collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        (mean, values.iter().map(|value| (value - mean).powi(2)).sum())
    }

    /// A thousand times further from zero than from each other.
    fn far_from_zero(pixels: usize, lanes: usize) -> Vec<f32> {
        noise(pixels * lanes, 1)
            .iter()
            .enumerate()
            .map(|(i, v)| v + (i % lanes) as f32 * 300.0)
            .collect()
    }

    #[test]
    fn moments_in_parts_equal_those_of_the_whole() {
        let lanes = 8;
        let pixels = far_from_zero(1000, lanes);
        let mut merged = Moments::empty(lanes);
        for part in [&pixels[..8], &pixels[8..8 * 300], &[], &pixels[8 * 300..]] {
            let mut gathering = Gathering::new(lanes);
            part.chunks(8 * 70).for_each(|run| gathering.add(run));
            merged.merge(&gathering.finish());
        }
        assert_eq!(merged.count, 1000.0);
        for lane in 0..lanes {
            let (mean, m2) = plain(&pixels, lanes, lane);
            close(merged.mean[lane] as f32, mean, 1e-6);
            close(merged.m2[lane] as f32, m2, 1e-4);
        }
    }

    #[test]
    fn the_affine_is_the_norm() {
        let lanes = 4;
        let pixels = far_from_zero(500, lanes);
        let mut gathering = Gathering::new(lanes);
        gathering.add(&pixels);
        let affine = gathering.finish().affine(&[2.0, 0.5, -1.0], &[0.1, 0.2, 0.3], 1e-5);
        for (lane, (gain, shift)) in [(2.0, 0.1), (0.5, 0.2), (-1.0, 0.3)].into_iter().enumerate() {
            let (mean, m2) = plain(&pixels, lanes, lane);
            let value = f64::from(pixels[lane]);
            let want = (value - mean) / (m2 / 500.0 + 1e-5).sqrt() * gain + shift;
            close(pixels[lane] * affine[lane] + affine[lanes + lane], want, 1e-3);
        }
        assert_eq!((affine[3], affine[7]), (0.0, 0.0));
    }
}
