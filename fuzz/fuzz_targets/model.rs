#![no_main]

#[path = "../../tests/hostile/mod.rs"]
mod hostile;
#[path = "../../tests/networks/mod.rs"]
mod networks;

use std::sync::Once;

/// The fuzzer's own hook ends the program at every panic, those that are caught among them. Those
/// that are not end it without a hook.
static OTHER_HOOK: Once = Once::new();

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    OTHER_HOOK.call_once(|| std::panic::set_hook(Box::new(|_| ())));
    hostile::model(bytes);
});
