#![no_main]

#[path = "../../tests/hostile/mod.rs"]
mod hostile;
#[path = "../../tests/networks/mod.rs"]
mod networks;
mod panics;

use std::io::Cursor;

use image::ImageReader;
use libfuzzer_sys::Corpus;

/// What a few bytes may claim to be takes long to read, and no other way than smaller pictures take.
const SMALL: u64 = 1 << 18;

/// How many of those that claim more are read all the same: one in so many.
const SELDOM: u32 = 256;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| -> Corpus {
    panics::let_them_be_caught();
    let claimed = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .ok()
        .and_then(|reader| reader.into_dimensions().ok())
        .map_or(0, |(width, height)| u64::from(width) * u64::from(height));
    let sum =
        bytes.iter().fold(0u32, |sum, byte| sum.wrapping_mul(31).wrapping_add((*byte).into()));
    if claimed > SMALL && !sum.is_multiple_of(SELDOM) {
        return Corpus::Reject;
    }
    hostile::picture(bytes);
    Corpus::Keep
});
