#![no_main]

#[path = "../../tests/hostile/mod.rs"]
mod hostile;
#[path = "../../tests/networks/mod.rs"]
mod networks;

use std::io::Cursor;
use std::sync::Once;

use image::ImageReader;
use libfuzzer_sys::Corpus;

/// What a few bytes may claim to be takes long to read, and no other way than smaller pictures take.
const SMALL: u64 = 1 << 18;

/// How many of those that claim more are read all the same: one in so many.
const SELDOM: u32 = 256;

/// The fuzzer's own hook ends the program at every panic, those that are caught among them. Those
/// that are not end it without a hook.
static OTHER_HOOK: Once = Once::new();

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| -> Corpus {
    OTHER_HOOK.call_once(|| std::panic::set_hook(Box::new(|panic| eprintln!("{panic}"))));
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
