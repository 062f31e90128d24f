//! `src/kernels` by itself: see `Cargo.toml`.

// The rest of the crate uses it all.
#![allow(dead_code)]

#[path = "../../src/kernels/mod.rs"]
mod kernels;
