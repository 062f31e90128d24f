//! Brushwork turns a photo into a painting with a fast style-transfer network, natively and in
//! the browser.
//!
//! The modules stand in the order in which they build on each other:
//!
//! - [`picture`]: pixels, and files of pixels;
//! - `kernels`: arithmetic on slices;
//! - `ops`: operators for tract;
//! - [`style`]: styles as vectors;
//! - [`model`]: an ONNX style model, read and checked;
//! - [`paint`]: the job itself, photo and recipe in, painting out;
//! - `wasm`: the same for JavaScript.
//!
//! ```no_run
//! use brushwork::{Painter, Picture, Recipe};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let [draft, revision, styles] = ["draft.onnx", "revise.onnx", "styles.bin"]
//!     .map(|file| std::fs::read(format!("models/{file}")));
//! let painter = Painter::read(&draft?, &revision?, &styles?)?;
//! let photo = Picture::decode(&std::fs::read("photo.jpg")?)?;
//! let recipe = Recipe { stroke: 2.0, ..Recipe::single(0, painter.styles().len()) };
//! let painting = painter.paint(&photo, &recipe, &mut |_fraction| {})?;
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
pub mod style;
#[cfg(target_arch = "wasm32")]
mod wasm;

pub use error::Error;
pub use model::StyleModel;
pub use paint::{Painter, Recipe};
pub use picture::Picture;
pub use style::Styles;
