//! The boundary to JavaScript: conversions, nothing else.

use js_sys::{Error as JsError, Float32Array, Float64Array, Function, Reflect, Uint8ClampedArray};
use wasm_bindgen::prelude::*;
use wasm_bindgen::throw_val;
use web_sys::ImageData;

use crate::kernels::known_answer;
use crate::paint::{LONGEST_AT_ONCE, Moments, StripPainting};
use crate::{Error, Picture, Recipe, StyleModel, paint};

#[wasm_bindgen(start)]
fn start() {
    console_error_panic_hook::set_once();
}

/// Whether the engine computes rightly on this device, in about a millisecond: vector instructions
/// are broken in some browsers that claim to have them.
#[wasm_bindgen(js_name = selfTest)]
pub fn self_test() -> bool {
    known_answer::self_test()
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

    /// The rows at which a strip may begin or end are multiples of this; 0 if the model cannot
    /// paint in strips.
    #[wasm_bindgen(getter, js_name = stripStep)]
    pub fn strip_step(&self) -> usize {
        if self.model.reach().is_some() { self.model.stride() } else { 0 }
    }

    /// Pictures whose long side times the stroke is longer than this are painted by `paint` only:
    /// coarse to fine, in little memory.
    #[wasm_bindgen(getter, js_name = longestInStrips)]
    pub fn longest_in_strips(&self) -> f64 {
        LONGEST_AT_ONCE
    }

    /// Paints `photo` in a mix of styles (`weights`, 0 or more each), with a strength of 0 (the
    /// photo) to 1 (all paint). `progress` is called with the share of the work that is done, 0 to 1;
    /// what it throws ends the painting. Strokes are of size 1 (the network's own) to 4; with
    /// `keepColours` the photo's own colours stay. Throws an `Error` with a `code`.
    pub fn paint(
        &self,
        photo: &ImageData,
        weights: &[f32],
        strength: f32,
        progress: &Function,
        stroke: f32,
        #[wasm_bindgen(js_name = keepColours)] keep_colours: bool,
    ) -> Result<ImageData, JsValue> {
        let recipe = Recipe { weights: weights.to_vec(), strength, stroke, keep_colours };
        let painting = paint(&self.model, &picture(photo)?, &recipe, &mut teller(progress));
        let painting = painting.map_err(to_js)?;
        image_data(painting.rgba(), painting.width(), painting.height())
    }

    /// Begins to paint the rows `top..bottom` of `photo`, to be painted in step with the other
    /// strips of it, with the strokes that the network paints at this size: what `paint` does for
    /// pictures whose long side times the stroke is `longestInStrips` pixels at most.
    pub fn strip(
        &self,
        photo: &ImageData,
        top: usize,
        bottom: usize,
        weights: &[f32],
        strength: f32,
        #[wasm_bindgen(js_name = keepColours)] keep_colours: bool,
    ) -> Result<Strip, JsValue> {
        let photo = picture(photo)?;
        let recipe = Recipe { weights: weights.to_vec(), strength, stroke: 1.0, keep_colours };
        let painting = StripPainting::new(&self.model, &photo, top..bottom, &recipe);
        let painting = painting.map_err(to_js)?;
        let width = photo.width();
        let pitch = width as usize * 4;
        let rgba = photo.rgba()[top * pitch..bottom * pitch].to_vec();
        Ok(Strip { painting, rgba, width, height: (bottom - top) as u32 })
    }
}

/// The painting of a strip.
#[wasm_bindgen]
pub struct Strip {
    painting: StripPainting,
    /// The photo, until it is painted over.
    rgba: Vec<u8>,
    width: u32,
    height: u32,
}

#[wasm_bindgen]
impl Strip {
    /// Goes on with the moments that all strips gave last: their number, then those of each strip
    /// from the topmost on (empty on the first call); and with the rows that the strips above and below
    /// have at the edges to this one (empty where there is none). Gives this strip's next moments:
    /// count, means, M2s. Gives `undefined` at the end.
    pub fn advance(
        &mut self,
        moments: &[f64],
        above: &[f32],
        below: &[f32],
        progress: &Function,
    ) -> Result<Option<Float64Array>, JsValue> {
        if let Some(merged) = merge(moments) {
            self.painting.replace(&merged).map_err(to_js)?;
            self.painting.set_edges(above, below).map_err(to_js)?;
        }
        let moments = self.painting.advance(&mut teller(progress)).map_err(to_js)?;
        Ok(moments.map(|moments| {
            let flat = [&[moments.count][..], &moments.mean, &moments.m2].concat();
            Float64Array::from(&flat[..])
        }))
    }

    /// The rows at the strip's edges that go with the last moments: those for the strip above, then as
    /// many for the one below.
    pub fn edges(&self) -> Result<Float32Array, JsValue> {
        let edges = self.painting.edges().map_err(to_js)?;
        Ok(Float32Array::from(&edges.concat()[..]))
    }

    /// The painted rows, once `advance` has come to the end.
    pub fn finish(self) -> Result<ImageData, JsValue> {
        let Strip { painting, mut rgba, width, height } = self;
        painting.finish(&mut rgba).map_err(to_js)?;
        image_data(&rgba, width, height)
    }
}

/// Merges the moments of several strips: how many, then those of each.
fn merge(joined: &[f64]) -> Option<Moments> {
    let (parts, flat) = joined.split_first()?;
    let length = flat.len() / (*parts as usize).max(1);
    let mut merged = Moments::empty(length.saturating_sub(1) / 2);
    for part in flat.chunks_exact(length.max(1)) {
        let (mean, m2) = part[1..].split_at(merged.mean.len());
        merged.merge(&Moments { count: part[0], mean: mean.to_vec(), m2: m2.to_vec() });
    }
    Some(merged)
}

fn picture(photo: &ImageData) -> Result<Picture, JsValue> {
    Picture::from_rgba(photo.width(), photo.height(), photo.data().0).map_err(to_js)
}

/// A copy outside the module's memory, which grows and is used for other things later.
fn image_data(rgba: &[u8], width: u32, height: u32) -> Result<ImageData, JsValue> {
    let pixels = Uint8ClampedArray::from(rgba);
    ImageData::new_with_js_u8_clamped_array_and_sh(&pixels, width, height)
}

fn teller(progress: &Function) -> impl FnMut(f32) {
    move |fraction| {
        if let Err(thrown) = progress.call1(&JsValue::NULL, &fraction.into()) {
            throw_val(thrown);
        }
    }
}

fn to_js(error: Error) -> JsValue {
    let thrown = JsError::new(&error.to_string());
    // Setting a property of a fresh object cannot fail.
    let _ = Reflect::set(&thrown, &"code".into(), &error.code().into());
    thrown.into()
}
