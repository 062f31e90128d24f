//! Enlarging a picture by Catmull and Rom's cubic (Keys 1981, "Cubic convolution interpolation for
//! digital image processing", equation 15), some rows at a time.

use std::ops::Range;

/// How far the cubic reaches to each side of a point, in pixels.
const REACH: usize = 2;

/// A picture's width and height.
pub(crate) type Size = (usize, usize);

/// The rows of a picture of `height` rows that `rows` of the same one at `to` rows are made of.
pub(crate) fn read_rows(height: usize, to: usize, rows: &Range<usize>) -> Range<usize> {
    if rows.is_empty() {
        return 0..0;
    }
    let first = taps(rows.start, to, height).0[0];
    let last = taps(rows.end - 1, to, height).0[2 * REACH - 1];
    first..last + 1
}

/// The rows `rows` of a picture enlarged from `size` to `to`, `[rows, width, 4]` bytes, opaque.
/// `rgba` holds its rows from `top` on, as many as [`read_rows`] says.
pub(crate) fn enlarge(
    rgba: &[u8],
    top: usize,
    size: Size,
    to: Size,
    rows: Range<usize>,
) -> Vec<u8> {
    let pitch = size.0 * 4;
    let columns: Vec<_> = (0..to.0).map(|x| taps(x, to.0, size.0)).collect();
    // The last rows that were enlarged in width, by their numbers.
    let mut wide: [(usize, Vec<f32>); 2 * REACH] =
        std::array::from_fn(|_| (usize::MAX, vec![0.0; to.0 * 3]));
    let mut enlarged = vec![255; rows.len() * to.0 * 4];
    for (y, pixels) in rows.zip(enlarged.chunks_exact_mut(to.0 * 4)) {
        let (sources, weights) = taps(y, to.1, size.1);
        for source in sources {
            let (number, row) = &mut wide[source % (2 * REACH)];
            if *number != source {
                *number = source;
                widen(&rgba[(source - top) * pitch..][..pitch], &columns, row);
            }
        }
        let lines = sources.map(|source| &wide[source % (2 * REACH)].1[..]);
        let [a, b, c, d] = lines;
        let lines = a.chunks_exact(3).zip(b.chunks_exact(3));
        let lines = lines.zip(c.chunks_exact(3).zip(d.chunks_exact(3)));
        for (pixel, ((a, b), (c, d))) in pixels.chunks_exact_mut(4).zip(lines) {
            for channel in 0..3 {
                let value = a[channel] * weights[0]
                    + b[channel] * weights[1]
                    + c[channel] * weights[2]
                    + d[channel] * weights[3];
                pixel[channel] = (value + 0.5) as u8;
            }
        }
    }
    enlarged
}

/// One row `[width, 4]` as wide as there are `columns`, `[columns, 3]`.
fn widen(row: &[u8], columns: &[Taps], wide: &mut [f32]) {
    for (pixel, (sources, weights)) in wide.chunks_exact_mut(3).zip(columns) {
        for (channel, value) in pixel.iter_mut().enumerate() {
            let parts = sources.iter().zip(weights);
            *value = parts.map(|(x, weight)| f32::from(row[x * 4 + channel]) * weight).sum();
        }
    }
}

/// Four pixels and their weights. Beyond the edge, pixels are those at the edge.
type Taps = ([usize; 2 * REACH], [f32; 2 * REACH]);

/// What pixel `index` of `large` is made of, among `small` ones.
fn taps(index: usize, large: usize, small: usize) -> Taps {
    let centre = (index as f32 + 0.5) * small as f32 / large as f32 - 0.5;
    let first = centre.floor();
    let t = centre - first;
    let place = |tap: isize| (first as isize + tap).clamp(0, small as isize - 1) as usize;
    let weights = [
        ((-0.5 * t + 1.0) * t - 0.5) * t,
        (1.5 * t - 2.5) * t * t + 1.0,
        ((-1.5 * t + 2.0) * t + 0.5) * t,
        (0.5 * t - 0.5) * t * t,
    ];
    ([-1, 0, 1, 2].map(place), weights)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(length: usize) -> Vec<u8> {
        (0..length as u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect()
    }

    /// Every pixel by itself, in both directions at once.
    fn slowly(rgba: &[u8], size: Size, to: Size) -> Vec<u8> {
        let mut enlarged = vec![];
        for y in 0..to.1 {
            for x in 0..to.0 {
                let (rows, row_weights) = taps(y, to.1, size.1);
                let (columns, column_weights) = taps(x, to.0, size.0);
                for channel in 0..3 {
                    let mut sum = 0.0;
                    for (row, row_weight) in rows.iter().zip(row_weights) {
                        for (column, column_weight) in columns.iter().zip(column_weights) {
                            let value = f32::from(rgba[(row * size.0 + column) * 4 + channel]);
                            sum += value * row_weight * column_weight;
                        }
                    }
                    enlarged.push((sum + 0.5) as u8);
                }
                enlarged.push(255);
            }
        }
        enlarged
    }

    #[test]
    fn rows_are_those_of_the_whole_picture() {
        for (size, to) in
            [((9, 7), (18, 14)), ((5, 8), (11, 17)), ((1, 1), (3, 2)), ((8, 6), (8, 6))]
        {
            let rgba = noise(size.0 * size.1 * 4);
            let expected = slowly(&rgba, size, to);
            for rows in [0..to.1, 0..1, to.1 / 2..to.1, to.1 - 1..to.1] {
                let read = read_rows(size.1, to.1, &rows);
                let part = &rgba[read.start * size.0 * 4..read.end * size.0 * 4];
                let got = enlarge(part, read.start, size, to, rows.clone());
                let expected = &expected[rows.start * to.0 * 4..rows.end * to.0 * 4];
                let largest = got.iter().zip(expected).map(|(a, b)| a.abs_diff(*b)).max();
                assert!(largest <= Some(1), "{largest:?} of 255 in {rows:?} of {size:?} to {to:?}");
            }
        }
    }

    #[test]
    fn a_plain_picture_stays_plain_and_a_ramp_a_ramp() {
        let plain = [[90, 20, 200, 255]; 12].concat();
        let enlarged = enlarge(&plain, 0, (4, 3), (9, 7), 0..7);
        assert!(enlarged.chunks(4).all(|pixel| pixel == [90, 20, 200, 255]));
        let ramp: Vec<u8> = (0..8).flat_map(|x| [x * 20; 4]).collect();
        let enlarged = enlarge(&ramp, 0, (8, 1), (16, 1), 0..1);
        let middle: Vec<_> = enlarged[16..48].chunks(4).map(|pixel| pixel[0]).collect();
        assert_eq!(middle, [35, 45, 55, 65, 75, 85, 95, 105]);
    }
}
