//! Pixels, and files of pixels. Nothing here knows of networks or browsers.

#[cfg(feature = "files")]
mod file;
mod resize;

use crate::Error;

/// The most pixels of a picture that is painted or resized.
pub const MOST_PIXELS: u64 = 1 << 26;

/// A picture in memory: rows from the top, pixels from the left, four bytes a pixel (red, green,
/// blue, alpha; sRGB, alpha not multiplied in).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    width: u32,
    height: u32,
    rgba: Vec<u8>,
}

impl Picture {
    /// Takes `rgba`, which must hold `width * height * 4` bytes.
    ///
    /// # Errors
    /// [`Error::NotAPicture`] when the number of bytes does not fit the size.
    pub fn from_rgba(width: u32, height: u32, rgba: Vec<u8>) -> Result<Picture, Error> {
        let expected = u128::from(width) * u128::from(height) * 4;
        if rgba.len() as u128 != expected {
            return Err(Error::NotAPicture(format!(
                "{width}x{height} pixels take {expected} bytes, but there are {}",
                rgba.len()
            )));
        }
        Ok(Picture { width, height, rgba })
    }

    pub fn width(&self) -> u32 {
        self.width
    }

    pub fn height(&self) -> u32 {
        self.height
    }

    /// The pixels: `[height, width, 4]` bytes.
    pub fn rgba(&self) -> &[u8] {
        &self.rgba
    }

    pub fn into_rgba(self) -> Vec<u8> {
        self.rgba
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_bytes_has_to_fit_the_size() {
        assert!(Picture::from_rgba(2, 3, vec![0; 24]).is_ok());
        let error = Picture::from_rgba(2, 3, vec![0; 23]).unwrap_err();
        assert_eq!(error.code(), "not-a-picture");
        // A product that would overflow 32 bits.
        assert!(Picture::from_rgba(u32::MAX, u32::MAX, vec![0; 4]).is_err());
    }
}
