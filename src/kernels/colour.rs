//! Between the bytes of a picture and the numbers of a network.

use super::reflect::reflect;

/// Writes `rgba` (`[height, width, 4]` bytes) as planes `[3, padded_height, padded_width]` in
/// 0..1, alpha left out. What the planes have more on the right and at the bottom is filled by
/// mirroring.
pub(crate) fn rgba_to_planes(
    rgba: &[u8],
    (width, height): (usize, usize),
    (padded_width, padded_height): (usize, usize),
    planes: &mut [f32],
) {
    debug_assert_eq!(rgba.len(), width * height * 4);
    debug_assert_eq!(planes.len(), 3 * padded_width * padded_height);
    let plane = padded_width * padded_height;
    let (red, rest) = planes.split_at_mut(plane);
    let (green, blue) = rest.split_at_mut(plane);
    for y in 0..padded_height {
        let source = reflect(y as isize, height) * width * 4;
        let source = &rgba[source..source + width * 4];
        let row = y * padded_width..(y + 1) * padded_width;
        let rows = [&mut red[row.clone()], &mut green[row.clone()], &mut blue[row]];
        for (channel, row) in rows.into_iter().enumerate() {
            for (value, pixel) in row.iter_mut().zip(source.chunks_exact(4)) {
                *value = f32::from(pixel[channel]) * (1.0 / 255.0);
            }
            for x in width..padded_width {
                row[x] = row[reflect(x as isize, width)];
            }
        }
    }
}

/// Writes the upper left `width` x `height` of planes `[3, padded_height, padded_width]` in 0..1
/// into the colours of `rgba` (`[height, width, 4]` bytes), rounded to the nearest; what lies
/// outside 0..1 is clamped, and NaN becomes 0. Alpha stays as it is.
pub(crate) fn planes_to_rgba(
    planes: &[f32],
    (padded_width, padded_height): (usize, usize),
    (width, height): (usize, usize),
    rgba: &mut [u8],
) {
    debug_assert_eq!(rgba.len(), width * height * 4);
    debug_assert_eq!(planes.len(), 3 * padded_width * padded_height);
    for (channel, plane) in planes.chunks_exact(padded_width * padded_height).enumerate() {
        let rows = plane.chunks_exact(padded_width).zip(rgba.chunks_exact_mut(width * 4));
        for (row, pixels) in rows {
            for (value, pixel) in row.iter().zip(pixels.chunks_exact_mut(4)) {
                pixel[channel] = (value * 255.0 + 0.5) as u8;
            }
        }
    }
}

/// Moves the colours of `rgba` towards those of `other`, both `[n, 4]` bytes: a `fraction` of 0
/// leaves them, 1 takes the other's. Alpha stays as it is.
pub(crate) fn cross_fade(rgba: &mut [u8], other: &[u8], fraction: f32) {
    for (pixel, other) in rgba.chunks_exact_mut(4).zip(other.chunks_exact(4)) {
        for (value, other) in pixel.iter_mut().zip(other).take(3) {
            let (from, to) = (f32::from(*value), f32::from(*other));
            *value = (from + (to - from) * fraction + 0.5) as u8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(length: usize) -> Vec<u8> {
        (0..length).map(|i| (i.wrapping_mul(2654435761) >> 7) as u8).collect()
    }

    #[test]
    fn planes_hold_the_colours_and_their_mirror_images() {
        let (width, height, wide, high) = (5, 3, 8, 4);
        let rgba = noise(width * height * 4);
        let mut planes = vec![f32::NAN; 3 * wide * high];
        rgba_to_planes(&rgba, (width, height), (wide, high), &mut planes);
        for channel in 0..3 {
            for y in 0..high {
                for x in 0..wide {
                    let (from_y, from_x) =
                        (if y < 3 { y } else { 1 }, if x < 5 { x } else { 8 - x });
                    let byte = rgba[(from_y * width + from_x) * 4 + channel];
                    let value = planes[(channel * high + y) * wide + x];
                    assert!((value - f32::from(byte) / 255.0).abs() < 1e-6);
                }
            }
        }
    }

    #[test]
    fn every_byte_survives_the_way_there_and_back() {
        let (width, height, wide, high) = (64, 4, 68, 4);
        let rgba: Vec<u8> =
            (0..width * height).flat_map(|i| [i as u8, 255 - i as u8, 7, 9]).collect();
        let mut planes = vec![0.0; 3 * wide * high];
        rgba_to_planes(&rgba, (width, height), (wide, high), &mut planes);
        let mut back: Vec<u8> = rgba.chunks(4).flat_map(|pixel| [0, 0, 0, pixel[3]]).collect();
        planes_to_rgba(&planes, (wide, high), (width, height), &mut back);
        assert_eq!(back, rgba);
    }

    #[test]
    fn values_outside_the_range_are_clamped() {
        let planes = [-0.5, 1.5, f32::NAN, f32::INFINITY, 0.5, f32::NEG_INFINITY];
        let mut rgba = [9; 8];
        planes_to_rgba(&planes, (2, 1), (2, 1), &mut rgba);
        assert_eq!(rgba, [0, 0, 128, 9, 255, 255, 0, 9]);
    }

    #[test]
    fn a_cross_fade_ends_where_it_should() {
        let (from, to) = (noise(64), noise(128)[64..].to_vec());
        for (fraction, expected) in [(0.0, &from), (1.0, &to)] {
            let mut rgba = from.clone();
            cross_fade(&mut rgba, &to, fraction);
            for (got, want) in rgba.chunks(4).zip(expected.chunks(4)) {
                assert_eq!(got[..3], want[..3]);
            }
        }
        let mut half = [100, 0, 10, 1];
        cross_fade(&mut half, &[200, 255, 10, 2], 0.5);
        assert_eq!(half, [150, 128, 10, 1]);
    }
}
