//! Between the bytes of a picture and the numbers of a network.

use std::ops::Range;

use super::reflect::reflect;

/// Writes `rgba` (`[height, width, 4]` bytes) as planes `[3, rows, padded_width]` in 0..`white`,
/// alpha left out. What lies to the right of the picture or below it is filled by mirroring.
pub(crate) fn rgba_to_planes(
    rgba: &[u8],
    (width, height): (usize, usize),
    rows: Range<usize>,
    padded_width: usize,
    white: f32,
    planes: &mut [f32],
) {
    debug_assert_eq!(rgba.len(), width * height * 4);
    debug_assert_eq!(planes.len(), 3 * rows.len() * padded_width);
    let plane = rows.len() * padded_width;
    for (channel, plane) in planes.chunks_exact_mut(plane).enumerate() {
        for (row, y) in plane.chunks_exact_mut(padded_width).zip(rows.clone()) {
            let source = reflect(y as isize, height) * width * 4;
            let source = rgba[source..source + width * 4].chunks_exact(4);
            for (value, pixel) in row.iter_mut().zip(source) {
                *value = f32::from(pixel[channel]) * (white / 255.0);
            }
            for x in width..padded_width {
                row[x] = row[reflect(x as isize, width)];
            }
        }
    }
}

/// Writes the rows `rows` of planes `[3, height, padded_width]` in 0..`white`, as far as `width`
/// reaches, into the colours of `rgba` (`[any, width, 4]` bytes) from its start, as many as fit.
/// Values are rounded to the nearest; what lies outside the range is clamped, and NaN becomes 0. Alpha stays as it
/// is.
pub(crate) fn planes_to_rgba(
    planes: &[f32],
    (padded_width, height): (usize, usize),
    rows: Range<usize>,
    width: usize,
    white: f32,
    rgba: &mut [u8],
) {
    debug_assert_eq!(planes.len(), 3 * padded_width * height);
    let plane = |channel: usize| {
        let plane = &planes[channel * height * padded_width..][..height * padded_width];
        plane[rows.start * padded_width..rows.end * padded_width].chunks_exact(padded_width)
    };
    let colours = plane(0).zip(plane(1)).zip(plane(2));
    for (((red, green), blue), pixels) in colours.zip(rgba.chunks_exact_mut(width * 4)) {
        let colours = red.iter().zip(green).zip(blue);
        for (((red, green), blue), pixel) in colours.zip(pixels.chunks_exact_mut(4)) {
            for (to, from) in pixel.iter_mut().zip([red, green, blue]) {
                *to = byte(from * (255.0 / white));
            }
        }
    }
}

/// The nearest byte; 0 for NaN.
#[inline(always)]
fn byte(value: f32) -> u8 {
    // Not `clamp`, and not to `u8` at once: compilers make vectors of this.
    let value = value + 0.5;
    let value = if value > 0.0 { value } else { 0.0 };
    (if value < 255.0 { value } else { 255.0 }) as i32 as u8
}

/// Moves the colours of `rgba` towards those of `other`, both `[n, 4]` bytes: a `fraction` of 0
/// leaves them, 1 takes the other's. Alpha stays as it is.
pub(crate) fn cross_fade(rgba: &mut [u8], other: &[u8], fraction: f32) {
    for (pixel, other) in rgba.chunks_exact_mut(4).zip(other.chunks_exact(4)) {
        for (value, other) in pixel.iter_mut().zip(other).take(3) {
            let (from, to) = (f32::from(*value), f32::from(*other));
            *value = byte(from + (to - from) * fraction);
        }
    }
}

/// The share of each colour in what the eye sees as light (ITU-R BT.601).
const LUMA: [f32; 3] = [0.299, 0.587, 0.114];

/// Gives `rgba` the colours of `photo`, both `[n, 4]` bytes, and leaves it its light and dark:
/// Gatys et al., "Preserving Color in Neural Artistic Style Transfer" (2016), section 4. Where
/// colour and light are not to be had together in 0..255, colour gives way. Alpha stays as it is.
pub(crate) fn take_colours(rgba: &mut [u8], photo: &[u8]) {
    let luma = |pixel: &[u8]| -> f32 {
        pixel.iter().zip(LUMA).map(|(value, share)| f32::from(*value) * share).sum()
    };
    for (pixel, photo) in rgba.chunks_exact_mut(4).zip(photo.chunks_exact(4)) {
        let (light, of_photo) = (luma(pixel), luma(photo));
        let chroma = [0, 1, 2].map(|c| f32::from(photo[c]) - of_photo);
        let fits = chroma.into_iter().fold(1.0, |fits: f32, chroma| {
            let room = if chroma > 0.0 { 255.0 - light } else { light };
            if chroma.abs() > room { fits.min(room / chroma.abs()) } else { fits }
        });
        for (value, chroma) in pixel.iter_mut().zip(chroma) {
            *value = byte(light + chroma * fits);
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
        rgba_to_planes(&rgba, (width, height), 0..high, wide, 1.0, &mut planes);
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
        let (width, height, wide, high, white) = (64, 4, 68, 4, 255.0);
        let rgba: Vec<u8> =
            (0..width * height).flat_map(|i| [i as u8, 255 - i as u8, 7, 9]).collect();
        let mut planes = vec![0.0; 3 * wide * high];
        rgba_to_planes(&rgba, (width, height), 0..high, wide, white, &mut planes);
        let mut back: Vec<u8> = rgba.chunks(4).flat_map(|pixel| [0, 0, 0, pixel[3]]).collect();
        planes_to_rgba(&planes, (wide, high), 0..height, width, white, &mut back);
        assert_eq!(back, rgba);
    }

    #[test]
    fn values_outside_the_range_are_clamped() {
        let planes = [-0.5, 1.5, f32::NAN, f32::INFINITY, 0.5, f32::NEG_INFINITY];
        let mut rgba = [9; 8];
        planes_to_rgba(&planes, (2, 1), 0..1, 2, 1.0, &mut rgba);
        assert_eq!(rgba, [0, 0, 128, 9, 255, 255, 0, 9]);
    }

    #[test]
    fn taking_colours_keeps_light_and_dark() {
        let (painting, photo) = (noise(256), noise(512)[256..].to_vec());
        let mut taken = painting.clone();
        take_colours(&mut taken, &photo);
        let luma =
            |p: &[u8]| 0.299 * f64::from(p[0]) + 0.587 * f64::from(p[1]) + 0.114 * f64::from(p[2]);
        let pixels = taken.chunks(4).zip(painting.chunks(4)).zip(photo.chunks(4));
        for ((taken, painting), photo) in pixels {
            assert!((luma(taken) - luma(painting)).abs() <= 0.51, "{taken:?} for {painting:?}");
            assert_eq!(taken[3], painting[3]);
            // Of a pixel's colours, the one that is strongest in the photo is so in the painting.
            let strongest = (0..3).max_by_key(|&c| photo[c]).unwrap();
            assert!((0..3).all(|c| taken[c] <= taken[strongest].saturating_add(1)));
        }
    }

    #[test]
    fn a_picture_takes_its_own_colours() {
        let photo = noise(1024);
        let mut taken = photo.clone();
        take_colours(&mut taken, &photo);
        assert_eq!(taken, photo);
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
