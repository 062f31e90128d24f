//! The boundary to JavaScript: conversions, nothing else.

use js_sys::{Error as JsError, Function, Reflect, Uint8ClampedArray};
use wasm_bindgen::prelude::*;
use wasm_bindgen::throw_val;
use web_sys::ImageData;

use crate::{Error, Picture, Recipe, StyleModel, paint};

unsafe extern "C" {
    /// Made by the linker: runs the constructors by which tract's operators register themselves.
    /// Were it called from nowhere, the linker would run them anew at every call into the module.
    fn __wasm_call_ctors();
}

#[wasm_bindgen(start)]
fn start() {
    // SAFETY: it has to be called once, before anything else: this is the module's start.
    unsafe { __wasm_call_ctors() };
    console_error_panic_hook::set_once();
}

/// A style model that paints.
#[wasm_bindgen]
pub struct Engine {
    model: StyleModel,
}

#[wasm_bindgen]
impl Engine {
    /// Reads an ONNX style model. Throws an `Error` with a `code`.
    #[wasm_bindgen(constructor)]
    pub fn new(model: &[u8]) -> Result<Engine, JsValue> {
        let model = StyleModel::read(model).map_err(to_js)?;
        Ok(Engine { model })
    }

    /// How many weights `paint` takes, one for each style.
    #[wasm_bindgen(getter)]
    pub fn rows(&self) -> usize {
        self.model.styles()
    }

    /// Paints `photo` in a mix of styles (`weights`, 0 or more each), with a strength of 0 (the
    /// photo) to 1 (all paint). `progress` is called with the share of the work that is done, 0 to
    /// 1; what it throws ends the painting. Throws an `Error` with a `code`.
    pub fn paint(
        &self,
        photo: &ImageData,
        weights: &[f32],
        strength: f32,
        progress: &Function,
    ) -> Result<ImageData, JsValue> {
        let photo = Picture::from_rgba(photo.width(), photo.height(), photo.data().0);
        let recipe = Recipe { weights: weights.to_vec(), strength };
        let mut tell = |fraction: f32| {
            if let Err(thrown) = progress.call1(&JsValue::NULL, &fraction.into()) {
                throw_val(thrown);
            }
        };
        let painting = paint(&self.model, &photo.map_err(to_js)?, &recipe, &mut tell);
        let painting = painting.map_err(to_js)?;
        let (width, height) = (painting.width(), painting.height());
        // A copy outside the module's memory, which is given up when this returns.
        let pixels = Uint8ClampedArray::from(painting.rgba());
        ImageData::new_with_js_u8_clamped_array_and_sh(&pixels, width, height)
    }
}

fn to_js(error: Error) -> JsValue {
    let thrown = JsError::new(&error.to_string());
    // Setting a property of a fresh object cannot fail.
    let _ = Reflect::set(&thrown, &"code".into(), &error.code().into());
    thrown.into()
}
