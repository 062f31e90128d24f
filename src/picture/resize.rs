use super::{MOST_PIXELS, Picture};
use crate::Error;

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
        Picture::from_rgba(width, height, resized(self, width, height)?)
    }
}

#[cfg(not(all(target_arch = "wasm32", not(target_feature = "simd128"))))]
fn resized(picture: &Picture, width: u32, height: u32) -> Result<Vec<u8>, Error> {
    use fast_image_resize::images::{Image, ImageRef};
    use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};

    let failed = |error: &dyn std::error::Error| Error::Engine(format!("resizing: {error}"));
    let from = ImageRef::new(picture.width, picture.height, &picture.rgba, PixelType::U8x4)
        .map_err(|error| failed(&error))?;
    let mut to = Image::new(width, height, PixelType::U8x4);
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(FilterType::Bilinear))
        // As if alpha were a colour: a painting keeps what lies under a photo's clear parts.
        .use_alpha(false);
    Resizer::new().resize(&from, &mut to, &options).map_err(|error| failed(&error))?;
    Ok(to.into_vec())
}

/// Where there is no SIMD: `fast_image_resize` has it in every build for WebAssembly, and one function
/// with SIMD is enough for the linker to use it everywhere.
#[cfg(all(target_arch = "wasm32", not(target_feature = "simd128")))]
fn resized(picture: &Picture, width: u32, height: u32) -> Result<Vec<u8>, Error> {
    use image::imageops::{FilterType, resize};
    use image::{ImageBuffer, Rgba};

    let pixels =
        ImageBuffer::<Rgba<u8>, _>::from_raw(picture.width, picture.height, &picture.rgba[..])
            .ok_or_else(|| Error::NotAPicture("pixels are missing".into()))?;
    Ok(resize(&pixels, width, height, FilterType::Triangle).into_raw())
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
