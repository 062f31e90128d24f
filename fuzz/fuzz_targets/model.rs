#![no_main]

#[path = "../../tests/hostile/mod.rs"]
mod hostile;
#[path = "../../tests/networks/mod.rs"]
mod networks;

mod panics;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    panics::let_them_be_caught();
    hostile::model(bytes);
});
