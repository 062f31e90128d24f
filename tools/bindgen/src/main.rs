//! Writes the JavaScript glue for a compiled module: `bindgen INPUT.wasm OUTPUT_FOLDER`.
//!
//! A tool of our own instead of `cargo install wasm-bindgen-cli`: it builds in a fraction of the
//! time, and its version is held by the same `Cargo.lock` as the library it has to match.

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<()> {
    let mut arguments = std::env::args_os().skip(1);
    let input = arguments.next().context("the first argument is the .wasm file")?;
    let output = arguments.next().context("the second argument is the folder to write to")?;
    Bindgen::new().input_path(input).web(true)?.typescript(true).generate(output)?;
    Ok(())
}
