//! Brushwork turns a photo into a painting with a fast style-transfer network, natively and in
//! the browser.
//!
//! The modules stand in the order in which they build on each other:
//!
//! - [`picture`]: pixels, and files of pixels;
//! - `kernels`: arithmetic on slices;
//! - `ops`: operators for tract;
//! - [`model`]: an ONNX style model, read and checked;
//! - [`paint`]: the job itself, photo and recipe in, painting out;
//! - `wasm`: the same for JavaScript.
//!
//! ```no_run
//! use brushwork::{Picture, Recipe, StyleModel, paint};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let model = StyleModel::read(&std::fs::read("models/brushwork.onnx")?)?;
//! let photo = Picture::decode(&std::fs::read("photo.jpg")?)?;
//! let recipe = Recipe::single(0, model.styles());
//! let painting = paint(&model, &photo, &recipe, &mut |_fraction| {})?;
//! std::fs::write("painting.png", painting.encode_png()?)?;
//! # Ok(())
//! # }
//! ```

#![deny(unsafe_code)]

mod error;
#[allow(unsafe_code)] // Arithmetic on slices whose lengths were looked at once, for all of a loop.
mod kernels;
pub mod model;
mod ops;
pub mod paint;
pub mod picture;
#[cfg(target_arch = "wasm32")]
mod wasm;

pub use error::Error;
pub use model::StyleModel;
pub use paint::{Recipe, paint};
pub use picture::Picture;
