//! The fuzzer's own hook ends the program at every panic, those that are caught among them. Those that
//! are not end it without a hook; what they say, `cargo test --test fuzzed` prints.

use std::sync::Once;

static NO_HOOK: Once = Once::new();

/// Lets the crate catch panics. To be called before it is given anything.
pub fn let_them_be_caught() {
    NO_HOOK.call_once(|| std::panic::set_hook(Box::new(|_| ())));
}
