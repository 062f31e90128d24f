//! Picture files, by the `image` crate. A browser has its own decoders, so the wasm build leaves
//! this out.

use std::io::Cursor;
use std::panic::catch_unwind;

use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, RgbaImage};

use super::Picture;
use crate::Error;

/// The most pixels of a picture that is read from a file.
const MOST_PIXELS: u64 = 50_000_000;

/// The most bytes that reading one may take.
const MOST_MEMORY: u64 = 480 << 20;

impl Picture {
    /// Reads a JPEG or PNG file and turns the picture upright as its EXIF orientation says.
    ///
    /// # Errors
    /// [`Error::NotAPicture`] for anything else, and for a file that is cut short;
    /// [`Error::TooLarge`] for more than 50 megapixels, or more than 480 MB while it is read (16
    /// bits a channel take twice as much as 8).
    pub fn decode(bytes: &[u8]) -> Result<Picture, Error> {
        // The decoders are known to panic at some broken files (image-png 694, zune-image 361).
        // They share nothing with us but the bytes, so nothing is left half-done.
        catch_unwind(|| Picture::decode_unguarded(bytes))
            .unwrap_or_else(|_| Err(Error::NotAPicture("its decoder gave up".into())))
    }

    fn decode_unguarded(bytes: &[u8]) -> Result<Picture, Error> {
        let not_a_picture = |error: &dyn std::error::Error| Error::NotAPicture(error.to_string());
        let mut reader = ImageReader::new(Cursor::new(bytes))
            .with_guessed_format()
            .map_err(|error| not_a_picture(&error))?;
        let mut limits = Limits::default();
        limits.max_alloc = Some(MOST_MEMORY);
        reader.limits(limits);
        let mut decoder = reader.into_decoder().map_err(|error| not_a_picture(&error))?;
        let (width, height) = decoder.dimensions();
        let pixels = u64::from(width) * u64::from(height);
        // Both copies while it is turned, or while its pixels become bytes of red, green, blue, alpha.
        let memory = decoder.total_bytes().saturating_add(decoder.total_bytes().max(pixels * 4));
        if pixels > MOST_PIXELS || memory > MOST_MEMORY {
            return Err(Error::TooLarge { width, height });
        }
        let orientation = decoder.orientation().map_err(|error| not_a_picture(&error))?;
        let mut image =
            DynamicImage::from_decoder(decoder).map_err(|error| not_a_picture(&error))?;
        image.apply_orientation(orientation);
        let image = image.into_rgba8();
        Picture::from_rgba(image.width(), image.height(), image.into_raw())
    }

    /// The picture as a PNG file.
    ///
    /// # Errors
    /// [`Error::Engine`] when the encoder fails, which only an empty picture makes it do.
    pub fn encode_png(&self) -> Result<Vec<u8>, Error> {
        let failed = |text: String| Error::Engine(format!("the PNG encoder failed: {text}"));
        let image = RgbaImage::from_raw(self.width, self.height, self.rgba.clone())
            .ok_or_else(|| failed("the pixels do not fit the size".into()))?;
        let mut file = Cursor::new(Vec::new());
        image.write_to(&mut file, ImageFormat::Png).map_err(|error| failed(error.to_string()))?;
        Ok(file.into_inner())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two_colours() -> Picture {
        Picture::from_rgba(2, 1, vec![255, 0, 0, 255, 0, 0, 255, 128]).unwrap()
    }

    #[test]
    fn a_png_comes_back_as_it_was() {
        let picture = two_colours();
        assert_eq!(Picture::decode(&picture.encode_png().unwrap()).unwrap(), picture);
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        let whole = two_colours().encode_png().unwrap();
        for bytes in [&b""[..], b"hello", &whole[..whole.len() / 2]] {
            assert_eq!(Picture::decode(bytes).unwrap_err().code(), "not-a-picture");
        }
    }
}
