//! The boundary to JavaScript: conversions, nothing else.

use js_sys::{Error as JsError, Float32Array, Function, Reflect, Uint8ClampedArray};
use wasm_bindgen::prelude::*;
use wasm_bindgen::throw_val;
use web_sys::ImageData;

use crate::kernels::known_answer;
use crate::paint::{self, LONGEST_AT_ONCE, Moments, Part, Stage, StripPainting};
use crate::{Error, Picture, Recipe, StyleModel};

/// What is asked for in another order than it can be had.
const NO_STRIP: &str = "there is no strip";

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

/// A style model that paints: one strip of one photo at a time.
#[wasm_bindgen]
pub struct Engine {
    model: StyleModel,
    strip: Option<Strip>,
}

/// What is being painted, and then how larger pictures of the photo are.
struct Strip {
    recipe: Recipe,
    /// Those of all strips joined, at each of the stages.
    moments: Vec<Moments>,
    /// What the strips have told of the last stage, this one as well.
    heard: Vec<Stage>,
    /// Nothing, once it has ended.
    painting: Option<StripPainting>,
    /// The photo, until it is painted over.
    rgba: Vec<u8>,
    width: u32,
}

#[wasm_bindgen]
impl Engine {
    /// Reads an ONNX style model. Throws an `Error` with a `code`.
    #[wasm_bindgen(constructor)]
    pub fn new(model: &[u8]) -> Result<Engine, JsValue> {
        let model = StyleModel::read(model).map_err(to_js)?;
        Ok(Engine { model, strip: None })
    }

    /// How many weights `begin` takes, one for each style.
    #[wasm_bindgen(getter)]
    pub fn rows(&self) -> usize {
        self.model.styles()
    }

    /// The rows at which a strip may begin or end are multiples of this; 0 if the model cannot
    /// paint in strips.
    #[wasm_bindgen(getter, js_name = stripStep)]
    pub fn strip_step(&self) -> usize {
        self.model.strip_reach().map_or(0, |_| self.model.stride())
    }

    /// How many rows of the photo above and below its own a strip reads, as far as there are so many.
    #[wasm_bindgen(getter, js_name = stripReach)]
    pub fn strip_reach(&self) -> usize {
        self.model.strip_reach().unwrap_or(0)
    }

    /// Of pictures whose long side times the stroke is at most this, `copy` gives nothing.
    #[wasm_bindgen(getter, js_name = longestAtOnce)]
    pub fn longest_at_once(&self) -> f64 {
        LONGEST_AT_ONCE
    }

    /// The smaller copy of `photo` that is painted before it, for strokes of size 1 (the network's own) to
    /// 4. `undefined` if there is none, else it may have one itself. The smallest, or the photo if it has no copies,
    /// is painted by `begin` and `advance`; each larger one, and in the end the photo, by `finer`, and `sharpen`
    /// puts it to what was painted before.
    pub fn copy(&self, photo: &ImageData, stroke: f32) -> Result<Option<ImageData>, JsValue> {
        let long = f64::from(photo.width().max(photo.height()));
        if long * f64::from(stroke) <= LONGEST_AT_ONCE {
            return Ok(None);
        }
        let copy = paint::copy(&picture(photo)?, stroke).map_err(to_js)?;
        copy.map(|copy| image_data(copy.rgba(), copy.width())).transpose()
    }

    /// Begins to paint the rows `top..bottom` of a photo of `height` rows, in step with the other strips
    /// of it, with the strokes that the network paints at this size. `part` is the photo from the row
    /// `from` on, as far as the strip reads. In a mix of styles (`weights`, 0 or more each), with a strength of
    /// 0 (the photo) to 1 (all paint); with `keepColours` the photo's own colours stay. Throws an `Error` with
    /// a `code`.
    #[allow(clippy::too_many_arguments)]
    pub fn begin(
        &mut self,
        part: &ImageData,
        from: usize,
        height: usize,
        top: usize,
        bottom: usize,
        weights: &[f32],
        strength: f32,
        #[wasm_bindgen(js_name = keepColours)] keep_colours: bool,
    ) -> Result<(), JsValue> {
        self.strip = None;
        let recipe = Recipe { weights: weights.to_vec(), strength, stroke: 1.0, keep_colours };
        let (width, picture) = (part.width(), picture(part)?);
        let part = Part::new(picture, from, height).map_err(to_js)?;
        let rgba = part.rows(&(top..bottom)).map_err(to_js)?.to_vec();
        let painting = StripPainting::new(&self.model, part, top..bottom, &recipe);
        let painting = Some(painting.map_err(to_js)?);
        self.strip = Some(Strip { recipe, moments: vec![], heard: vec![], painting, rgba, width });
        Ok(())
    }

    /// What was painted of a smaller copy, at the size of `fine` and sharp with it; in the colours of `photo`,
    /// where there is one. `progress` is called first when `fine` has been copied.
    pub fn sharpen(
        &self,
        coarse: &ImageData,
        fine: &ImageData,
        photo: Option<ImageData>,
        progress: &Function,
    ) -> Result<ImageData, JsValue> {
        let fine = picture(fine)?;
        teller(progress)(0.0);
        let mut painting = paint::sharpen(&picture(coarse)?, fine).map_err(to_js)?;
        if let Some(photo) = photo {
            painting = paint::take_colours(painting, &picture(&photo)?).map_err(to_js)?;
        }
        image_data(painting.rgba(), painting.width())
    }

    /// Hears what another strip tells of the last stage. Before the next `advance` it has to hear all of them.
    pub fn hear(&mut self, told: &[f32]) -> Result<(), JsValue> {
        let strip = self.strip.as_mut().ok_or(NO_STRIP)?;
        strip.heard.push(stage_of(told).ok_or("it told too little")?);
        Ok(())
    }

    /// Goes on to the next stage. Gives what the other strips have to hear of it, and `undefined` at the end.
    pub fn advance(&mut self, progress: &Function) -> Result<Option<Float32Array>, JsValue> {
        let strip = self.strip.as_mut().ok_or(NO_STRIP)?;
        let painting = strip.painting.as_mut().ok_or(NO_STRIP)?;
        let mut heard = std::mem::take(&mut strip.heard);
        if !heard.is_empty() {
            heard.sort_by_key(|stage| stage.top);
            strip.moments.push(painting.exchange(&heard).map_err(to_js)?);
        }
        let stage = painting.advance(&mut teller(progress)).map_err(to_js)?;
        let Some(stage) = stage else { return Ok(None) };
        let numbers = Float32Array::from(&told(&stage)[..]);
        strip.heard.push(stage);
        Ok(Some(numbers))
    }

    /// The painted rows, once `advance` has come to the end.
    pub fn finish(&mut self) -> Result<ImageData, JsValue> {
        let strip = self.strip.as_mut().ok_or(NO_STRIP)?;
        let mut rgba = std::mem::take(&mut strip.rgba);
        let painting = strip.painting.take().ok_or(NO_STRIP)?;
        painting.finish(&mut rgba).map_err(to_js)?;
        image_data(&rgba, strip.width)
    }

    /// Paints rows of a larger picture as the strip was, which has come to its end. What the first arguments mean
    /// is said at `begin`. `painters` do so at the same time. `progress` is called with the
    /// share of the work that is done, 0 to 1, first when `part` has been copied; what it throws ends the painting.
    #[allow(clippy::too_many_arguments)]
    pub fn finer(
        &self,
        part: &ImageData,
        from: usize,
        height: usize,
        top: usize,
        bottom: usize,
        painters: usize,
        progress: &Function,
    ) -> Result<ImageData, JsValue> {
        let Strip { recipe, moments, .. } = self.strip.as_ref().ok_or(NO_STRIP)?;
        let (width, picture) = (part.width(), picture(part)?);
        let (part, rows) = (Part::new(picture, from, height).map_err(to_js)?, top..bottom);
        let tell = &mut teller(progress);
        let rows = paint::paint_rows(&self.model, part, rows, recipe, moments, painters, tell);
        image_data(&rows.map_err(to_js)?, width)
    }
}

/// A stage as numbers: top, how many lanes, count, means, M2s, edges. All but the edges are in two parts, which
/// make up 48 bits.
fn told(Stage { top, moments: Moments { count, mean, m2 }, edges }: &Stage) -> Vec<f32> {
    let numbers = [*top as f64, mean.len() as f64, *count];
    let numbers = numbers.iter().chain(mean).chain(m2).copied();
    let halves =
        numbers.flat_map(|number| [number as f32, (number - f64::from(number as f32)) as f32]);
    halves.chain(edges.iter().flatten().copied()).collect()
}

/// The stage that [`told`] gave.
fn stage_of(told: &[f32]) -> Option<Stage> {
    let number = |halves: &[f32]| f64::from(halves[0]) + f64::from(halves[1]);
    let [top, lanes, count] = [0, 2, 4].map(|at| told.get(at..at + 2).map(number));
    let lanes = lanes? as usize;
    let (mean, rest) = told.get(6..)?.split_at_checked(2 * lanes)?;
    let (m2, edges) = rest.split_at_checked(2 * lanes)?;
    let [mean, m2] = [mean, m2].map(|halves| halves.chunks_exact(2).map(number).collect());
    let (upper, lower) = edges.split_at(edges.len() / 2);
    let moments = Moments { count: count?, mean, m2 };
    Some(Stage { top: top? as usize, moments, edges: [upper.to_vec(), lower.to_vec()] })
}

fn picture(photo: &ImageData) -> Result<Picture, JsValue> {
    Picture::from_rgba(photo.width(), photo.height(), photo.data().0).map_err(to_js)
}

/// A copy outside the module's memory, which grows and is used for other things later.
fn image_data(rgba: &[u8], width: u32) -> Result<ImageData, JsValue> {
    ImageData::new_with_js_u8_clamped_array(&Uint8ClampedArray::from(rgba), width)
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
