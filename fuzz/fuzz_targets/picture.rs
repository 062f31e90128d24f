#![no_main]

#[path = "../../tests/hostile/mod.rs"]
mod hostile;
#[path = "../../tests/networks/mod.rs"]
mod networks;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| hostile::picture(bytes));
