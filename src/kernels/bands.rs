//! Giving a large picture the low frequencies of a small one.

/// Changes `rgba` (`[height, width, 4]` bytes) by a difference that is known at a smaller size:
/// `detail * (value - 127.5) + 127.5 + difference`, with `difference` (`[small_height,
/// small_width, 3]`, in bytes) enlarged between its pixels' centres. Alpha stays.
pub(crate) fn add_enlarged(
    rgba: &mut [u8],
    width: usize,
    difference: &[f32],
    (small_width, small_height): (usize, usize),
    detail: f32,
) {
    debug_assert_eq!(difference.len(), small_width * small_height * 3);
    let height = rgba.len() / 4 / width;
    let columns: Vec<_> = (0..width).map(|x| between(x, width, small_width)).collect();
    let mut row = vec![0.0; small_width * 3];
    for (y, pixels) in rgba.chunks_exact_mut(width * 4).enumerate() {
        let (above, below, share) = between(y, height, small_height);
        let [above, below] =
            [above, below].map(|y| &difference[y * small_width * 3..(y + 1) * small_width * 3]);
        for (value, (above, below)) in row.iter_mut().zip(above.iter().zip(below)) {
            *value = above + (below - above) * share;
        }
        for (pixel, &(left, right, share)) in pixels.chunks_exact_mut(4).zip(&columns) {
            for channel in 0..3 {
                let (left, right) = (row[left * 3 + channel], row[right * 3 + channel]);
                let value = (f32::from(pixel[channel]) - 127.5) * detail + 127.5;
                pixel[channel] = (value + left + (right - left) * share + 0.5) as u8;
            }
        }
    }
}

/// The two of `small` pixels whose centres lie on either side of the centre of pixel `index` of
/// `large`, and how far it is from the first to the second.
fn between(index: usize, large: usize, small: usize) -> (usize, usize, f32) {
    let centre = (index as f32 + 0.5) * small as f32 / large as f32 - 0.5;
    let first = centre.floor().max(0.0);
    let last = small - 1;
    let share = (centre - first).clamp(0.0, 1.0);
    ((first as usize).min(last), (first as usize + 1).min(last), share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_difference_is_enlarged_evenly() {
        // A ramp stays a ramp, but for the half pixel at either end.
        let difference: Vec<f32> = (0..4).flat_map(|x| [x as f32 * 10.0; 3]).collect();
        let mut rgba = [[100, 50, 0, 7]; 16].concat();
        add_enlarged(&mut rgba, 8, &difference, (4, 1), 1.0);
        let reds: Vec<_> = rgba[..32].chunks(4).map(|pixel| pixel[0]).collect();
        assert_eq!(reds, [100, 103, 108, 113, 118, 123, 128, 130]);
        assert_eq!(rgba[..32], rgba[32..]);
        assert_eq!(rgba[3], 7);
    }

    #[test]
    fn detail_is_the_contrast_of_the_large_picture() {
        let mut rgba = [27, 228, 127, 1];
        add_enlarged(&mut rgba, 1, &[0.0, 0.0, 200.0], (1, 1), 0.5);
        assert_eq!(rgba, [77, 178, 255, 1]);
    }
}
