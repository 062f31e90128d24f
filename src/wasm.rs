//! The boundary to JavaScript: conversions, nothing else.

use js_sys::{Array, Error as JsError, Float32Array, Function, Object, Reflect, Uint8ClampedArray};
use wasm_bindgen::prelude::*;
use wasm_bindgen::throw_val;
use web_sys::ImageData;

use crate::kernels::known_answer;
use crate::paint::{self, Brush, Kind, Moments, Part, Pass, Stage, StripPainting};
use crate::style::Style;
use crate::{Error, Painter, Picture, StyleModel, Styles};

/// Error for calls out of order.
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

#[wasm_bindgen]
extern "C" {
    /// Some rows of a picture: `pixels` (`ImageData`), the first of them in the picture, `from`, and
    /// the `height` of the picture.
    pub type Piece;
    #[wasm_bindgen(method, getter, structural)]
    fn pixels(this: &Piece) -> ImageData;
    #[wasm_bindgen(method, getter, structural)]
    fn from(this: &Piece) -> usize;
    #[wasm_bindgen(method, getter, structural)]
    fn height(this: &Piece) -> usize;

    /// How to paint: the `vectors` of some styles (`Float32Array`, one after the other) with their
    /// `weights`, 0 or more; perhaps the vector of the `photo`; a `strength` of 0 to 1; and whether to
    /// `keepColours`.
    pub type Manner;
    #[wasm_bindgen(method, getter, structural)]
    fn vectors(this: &Manner) -> Float32Array;
    #[wasm_bindgen(method, getter, structural)]
    fn weights(this: &Manner) -> Float32Array;
    #[wasm_bindgen(method, getter, structural)]
    fn photo(this: &Manner) -> Option<Float32Array>;
    #[wasm_bindgen(method, getter, structural)]
    fn strength(this: &Manner) -> f32;
    #[wasm_bindgen(method, getter, structural, js_name = keepColours)]
    fn keep_colours(this: &Manner) -> bool;
}

/// Networks that paint: one strip of one pass at a time.
#[wasm_bindgen]
pub struct Engine {
    painter: Painter,
    strip: Option<Strip>,
}

/// The strip of a draft that is being painted, and what later passes need of it.
struct Strip {
    /// Those of all strips joined, at each of the stages.
    moments: Vec<Moments>,
    /// What the strips have told of the last stage, this one as well.
    told: Vec<Stage>,
    /// Nothing, once it has ended.
    painting: Option<StripPainting>,
    /// The photo, until it is painted over.
    rgba: Vec<u8>,
    width: u32,
}

#[wasm_bindgen]
impl Engine {
    /// Reads an ONNX network that drafts, one that revises, and the table of their styles; or, where the
    /// others are empty, one that drafts and has styles of its own. Throws an `Error` with a `code`.
    #[wasm_bindgen(constructor)]
    pub fn new(draft: &[u8], revision: &[u8], styles: &[u8]) -> Result<Engine, JsValue> {
        let painter = if revision.is_empty() && styles.is_empty() {
            StyleModel::read(draft).map(Painter::from)
        } else {
            Painter::read(draft, revision, styles)
        };
        Ok(Engine { painter: painter.map_err(to_js)?, strip: None })
    }

    /// How many numbers make up a style.
    #[wasm_bindgen(getter, js_name = styleLength)]
    pub fn style_length(&self) -> usize {
        self.painter.style_length()
    }

    /// The vectors of the styles, `Float32Array`s.
    #[wasm_bindgen(getter)]
    pub fn styles(&self) -> Array {
        self.painter
            .styles()
            .vectors()
            .map(|vector| JsValue::from(Float32Array::from(vector)))
            .collect()
    }

    /// The vector that gives the photo back, if there is one.
    #[wasm_bindgen(getter)]
    pub fn photo(&self) -> Option<Float32Array> {
        self.painter.styles().photo().map(Float32Array::from)
    }

    /// The passes of a painting of this size, the first one first: each with its `kind` ("draft",
    /// "revision" or "detail"), `width` and `height`; `step`: strips may begin or end at multiples of
    /// so many rows (0: nowhere); `reach`: so many rows above and below its own a strip reads; `work`:
    /// how much that is, beside others.
    pub fn plan(&self, width: u32, height: u32, stroke: f32) -> Array {
        self.painter.plan((width, height), stroke).iter().map(|pass| self.told_pass(pass)).collect()
    }

    /// A photo at a smaller size.
    pub fn shrink(&self, photo: &ImageData, width: u32, height: u32) -> Result<ImageData, JsValue> {
        let smaller = picture(photo)?.resize(width, height).map_err(to_js)?;
        image_data(smaller.rgba(), width)
    }

    /// Begins to paint the rows `top..bottom` of a draft, in step with the other strips of it. `photo` is
    /// what the strip reads. Throws an `Error` with a `code`.
    pub fn begin(
        &mut self,
        photo: &Piece,
        top: usize,
        bottom: usize,
        manner: &Manner,
    ) -> Result<(), JsValue> {
        self.strip = None;
        let (part, width) = part(photo)?;
        let style = self.style(manner)?;
        let brush = self.brush(Kind::Draft, &style, manner)?;
        let rgba = part.rows(&(top..bottom)).map_err(to_js)?.to_vec();
        let painting = Some(StripPainting::new(brush, part, top..bottom).map_err(to_js)?);
        self.strip = Some(Strip { moments: vec![], told: vec![], painting, rgba, width });
        Ok(())
    }

    /// Takes what another strip tells of the last stage. Before the next `advance` all others have to.
    pub fn exchange(&mut self, stage: &[f32]) -> Result<(), JsValue> {
        let strip = self.strip.as_mut().ok_or(NO_STRIP)?;
        strip.told.push(stage_of(stage).ok_or("a stage with too few numbers")?);
        Ok(())
    }

    /// Goes on to the next stage. Gives what the other strips need of it, and `undefined` at the end.
    pub fn advance(&mut self, progress: &Function) -> Result<Option<Float32Array>, JsValue> {
        let strip = self.strip.as_mut().ok_or(NO_STRIP)?;
        let painting = strip.painting.as_mut().ok_or(NO_STRIP)?;
        let mut told = std::mem::take(&mut strip.told);
        if !told.is_empty() {
            told.sort_by_key(|stage| stage.top);
            strip.moments.push(painting.exchange(&told).map_err(to_js)?);
        }
        let stage = painting.advance(&mut teller(progress)).map_err(to_js)?;
        let Some(stage) = stage else { return Ok(None) };
        let numbers = Float32Array::from(&numbers_of(&stage)[..]);
        strip.told.push(stage);
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

    /// Paints the rows `top..bottom` of a later pass: a revision of `draft`, rows of what was painted
    /// before, or without one a detail, with the statistics of the draft that has come to its end here.
    /// `painters` do so at the same time. `progress` is called with the share of the work that is done,
    /// 0 to 1, first when the pixels have been copied; what it throws ends the painting.
    #[allow(clippy::too_many_arguments)]
    pub fn rows(
        &self,
        photo: &Piece,
        draft: Option<Piece>,
        top: usize,
        bottom: usize,
        manner: &Manner,
        painters: usize,
        progress: &Function,
    ) -> Result<ImageData, JsValue> {
        let kind = if draft.is_some() { Kind::Revision } else { Kind::Detail };
        let draft = draft.map(|draft| part(&draft)).transpose()?.map(|(part, _)| part);
        let moments = match (&draft, &self.strip) {
            (Some(_), _) => &[][..],
            (None, Some(strip)) => &strip.moments,
            (None, None) => return Err(NO_STRIP.into()),
        };
        let (part, width) = part(photo)?;
        let tell = &mut teller(progress);
        tell(0.0);
        let style = self.style(manner)?;
        let brush = self.brush(kind, &style, manner)?;
        let rows =
            paint::paint_rows(brush, part, draft.as_ref(), top..bottom, moments, painters, tell);
        image_data(&rows.map_err(to_js)?, width)
    }

    /// What was painted before, at the size of `fine` and sharp with it; in the colours of `photo`,
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

    fn style(&self, manner: &Manner) -> Result<Style, JsValue> {
        let (length, vectors) = (self.painter.style_length(), manner.vectors().to_vec());
        let weights = manner.weights().to_vec();
        let photo = manner.photo().map(|photo| photo.to_vec());
        let styles = Styles::of(length, photo, &vectors, weights.len());
        styles.and_then(|styles| styles.mix(&weights, manner.strength())).map_err(to_js)
    }

    fn brush<'a>(
        &'a self,
        kind: Kind,
        style: &'a Style,
        manner: &Manner,
    ) -> Result<Brush<'a>, JsValue> {
        let brush = self.painter.brush(kind, style).map_err(to_js)?;
        Ok(brush.keeping_colours(manner.keep_colours()))
    }

    fn told_pass(&self, pass: &Pass) -> JsValue {
        let kind = match pass.kind {
            Kind::Draft => "draft",
            Kind::Revision => "revision",
            Kind::Detail => "detail",
        };
        let model = self.painter.network(pass.kind);
        let reach = model.and_then(StyleModel::strip_reach);
        let step = reach.and(model).map_or(0, StyleModel::stride);
        let told = Object::new();
        for (name, value) in [
            ("kind", kind.into()),
            ("width", pass.width.into()),
            ("height", pass.height.into()),
            ("step", step.into()),
            ("reach", reach.unwrap_or(0).into()),
            ("work", pass.work().into()),
        ] {
            // Setting a property of a fresh object cannot fail.
            let _ = Reflect::set(&told, &name.into(), &value);
        }
        told.into()
    }
}

/// A stage as numbers: top, how many lanes, count, means, M2s, edges. All but the edges are in two parts, which
/// make up 48 bits.
fn numbers_of(Stage { top, moments: Moments { count, mean, m2 }, edges }: &Stage) -> Vec<f32> {
    let numbers = [*top as f64, mean.len() as f64, *count];
    let numbers = numbers.iter().chain(mean).chain(m2).copied();
    let halves =
        numbers.flat_map(|number| [number as f32, (number - f64::from(number as f32)) as f32]);
    halves.chain(edges.iter().flatten().copied()).collect()
}

/// The stage that [`numbers_of`] made numbers of.
fn stage_of(numbers: &[f32]) -> Option<Stage> {
    let number = |halves: &[f32]| f64::from(halves[0]) + f64::from(halves[1]);
    let [top, lanes, count] = [0, 2, 4].map(|at| numbers.get(at..at + 2).map(number));
    let lanes = lanes? as usize;
    let (mean, rest) = numbers.get(6..)?.split_at_checked(2 * lanes)?;
    let (m2, edges) = rest.split_at_checked(2 * lanes)?;
    let [mean, m2] = [mean, m2].map(|halves| halves.chunks_exact(2).map(number).collect());
    let (upper, lower) = edges.split_at(edges.len() / 2);
    let moments = Moments { count: count?, mean, m2 };
    Some(Stage { top: top? as usize, moments, edges: [upper.to_vec(), lower.to_vec()] })
}

/// Rows of a picture, and its width.
fn part(piece: &Piece) -> Result<(Part<'static>, u32), JsValue> {
    let picture = picture(&piece.pixels())?;
    let width = picture.width();
    Ok((Part::new(picture, piece.from(), piece.height()).map_err(to_js)?, width))
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
