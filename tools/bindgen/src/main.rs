//! Writes the JavaScript glue for a compiled module: `bindgen INPUT.wasm OUTPUT_FOLDER`.
//!
//! A tool of our own instead of `cargo install wasm-bindgen-cli`: it builds in a fraction of the
//! time, and its version is held by the same `Cargo.lock` as the library it has to match.

use std::ffi::OsStr;
use std::path::Path;

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<()> {
    let mut arguments = std::env::args_os().skip(1);
    let input = arguments.next().context("the first argument is the .wasm file")?;
    let output = arguments.next().context("the second argument is the folder to write to")?;
    let name = Path::new(&input).file_stem().and_then(OsStr::to_str).context("no file name")?;
    let mut module = std::fs::read(&input)?;
    disown_reference_types(&mut module);
    Bindgen::new().input_bytes(name, module).web(true)?.typescript(true).generate(output)?;
    Ok(())
}

/// Has the glue keep JavaScript's objects in a list of its own, as the crates are compiled to. The
/// standard library, compiled otherwise, says for all of the module that it uses references.
fn disown_reference_types(module: &mut [u8]) {
    // As the section `target_features` says that a module uses it: a sign, a length, the name.
    const USED: &[u8] = b"+\x0freference-types";
    if let Some(at) = module.windows(USED.len()).position(|window| window == USED) {
        module[at] = b'-';
    }
}
