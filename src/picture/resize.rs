use image::{ImageBuffer, Rgba, imageops};

use super::Picture;
use crate::Error;

/// The most pixels of a resized picture: as many as can be painted.
const MOST_PIXELS: u64 = 1 << 26;

impl Picture {
    /// The picture at another size, smoothed where it shrinks (a triangle filter as wide as a
    /// pixel of the result).
    ///
    /// # Errors
    /// [`Error::TooSmall`] when a side is 0, [`Error::TooLarge`] for more pixels than can be painted.
    pub fn resize(&self, width: u32, height: u32) -> Result<Picture, Error> {
        if width.min(height).min(self.width).min(self.height) == 0 {
            return Err(Error::TooSmall { width, height, least: 1 });
        }
        if u64::from(width) * u64::from(height) > MOST_PIXELS {
            return Err(Error::TooLarge { width, height });
        }
        let pixels = ImageBuffer::<Rgba<u8>, _>::from_raw(self.width, self.height, &self.rgba[..]);
        let pixels = pixels.ok_or_else(|| Error::NotAPicture("pixels are missing".into()))?;
        let resized = imageops::resize(&pixels, width, height, imageops::FilterType::Triangle);
        Picture::from_rgba(width, height, resized.into_raw())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shrinking_takes_the_mean() {
        let checks: Vec<u8> =
            (0..64 * 64).flat_map(|i| [if (i + i / 64) % 2 == 0 { 0 } else { 200 }; 4]).collect();
        let small = Picture::from_rgba(64, 64, checks).unwrap().resize(16, 8).unwrap();
        assert_eq!((small.width(), small.height()), (16, 8));
        assert!(small.rgba().iter().all(|value| value.abs_diff(100) <= 3));
    }

    #[test]
    fn no_side_may_be_zero() {
        let picture = Picture::from_rgba(1, 1, vec![0; 4]).unwrap();
        assert_eq!(picture.resize(0, 5).unwrap_err().code(), "too-small");
        assert_eq!(picture.resize(3, 2).unwrap().rgba(), [0; 24]);
    }
}
