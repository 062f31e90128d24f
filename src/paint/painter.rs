use super::{
    Brush, Kind, Moments, Part, Pass, Recipe, StripPainting, check_size, paint_rows, plan, sharpen,
    take_colours,
};
use crate::model::StyleModel;
use crate::style::{Style, Styles};
use crate::{Error, Picture};

/// Networks and the styles they paint in.
#[derive(Debug, Clone)]
pub struct Painter {
    draft: StyleModel,
    revision: Option<StyleModel>,
    styles: Styles,
}

impl Painter {
    /// Reads a draft and a revision network (ONNX files; see [`StyleModel`]) and the
    /// [table](Styles::read) of their styles.
    ///
    /// # Errors
    /// Those of [`StyleModel::read`]; [`Error::BadStyle`] when the table is not one for the networks.
    pub fn read(draft: &[u8], revision: &[u8], styles: &[u8]) -> Result<Painter, Error> {
        let (draft, revision) = (StyleModel::read(draft)?, StyleModel::read(revision)?);
        let styles = Styles::read(styles, draft.style_length() + revision.style_length())?;
        Painter::new(draft, Some(revision), styles)
    }

    /// A painter of these networks. Styles are vectors with the draft's numbers, then the revision's.
    ///
    /// # Errors
    /// [`Error::UnsupportedModel`] when the draft network revises, or the revision network does not.
    pub fn new(
        draft: StyleModel,
        revision: Option<StyleModel>,
        styles: Styles,
    ) -> Result<Painter, Error> {
        if draft.revises() || revision.as_ref().is_some_and(|model| !model.revises()) {
            return Err(Error::UnsupportedModel(
                "a draft network sees the photo alone, a revision network a draft, too".into(),
            ));
        }
        Ok(Painter { draft, revision, styles })
    }

    /// The styles it paints in.
    pub fn styles(&self) -> &Styles {
        &self.styles
    }

    /// The same, to add some.
    pub fn styles_mut(&mut self) -> &mut Styles {
        &mut self.styles
    }

    /// The passes of a painting of this size, with strokes of this size.
    pub fn plan(&self, size: (u32, u32), stroke: f32) -> Vec<Pass> {
        plan(size, stroke, self.revision.is_some())
    }

    /// What a pass of this kind is painted with.
    ///
    /// # Errors
    /// [`Error::BadRecipe`] when the style is one for other networks, or there is no network for such
    /// a pass.
    pub fn brush<'a>(&'a self, kind: Kind, style: &'a Style) -> Result<Brush<'a>, Error> {
        let model = self.network(kind);
        let model = model.ok_or_else(|| Error::BadRecipe("no network revises".into()))?;
        let from = if model.revises() { self.draft.style_length() } else { 0 };
        Brush::of(model, style, from)
    }

    /// The network that paints passes of this kind.
    pub(crate) fn network(&self, kind: Kind) -> Option<&StyleModel> {
        match kind {
            Kind::Draft | Kind::Detail => Some(&self.draft),
            Kind::Revision => self.revision.as_ref(),
        }
    }

    /// How many numbers make up a style.
    pub fn style_length(&self) -> usize {
        self.draft.style_length() + self.revision.as_ref().map_or(0, StyleModel::style_length)
    }

    /// Paints `photo` as `recipe` says. The painting has the photo's size and its alpha. `progress`
    /// hears again and again what share of the work is done, rising from above 0 to 1.
    ///
    /// Strokes keep their size relative to the picture: one photo at 1, 4 and 12 megapixels gives one
    /// painting, ever sharper.
    ///
    /// # Errors
    /// [`Error::TooSmall`], [`Error::TooLarge`], [`Error::BadRecipe`] when the recipe is not one for
    /// these styles, [`Error::NoMemory`], and [`Error::Engine`] when a network fails.
    pub fn paint(
        &self,
        photo: &Picture,
        recipe: &Recipe,
        progress: &mut dyn FnMut(f32),
    ) -> Result<Picture, Error> {
        check_size((photo.width() as usize, photo.height() as usize))?;
        let style = recipe.mix(&self.styles)?;
        let passes = self.plan((photo.width(), photo.height()), recipe.stroke);
        let nothing = || Error::Engine("there is nothing to paint".into());
        let last = passes.last().ok_or_else(nothing)?;
        let mut copies: Vec<Picture> = vec![];
        for pass in passes.iter().rev().skip(1) {
            copies.push(copies.last().unwrap_or(photo).resize(pass.width, pass.height)?);
        }
        let total: f32 = passes.iter().map(Pass::work).sum();
        let (mut moments, mut done, mut painting) = (vec![], 0.0, None);
        for (pass, seen) in passes.iter().zip(copies.iter().rev().chain([photo])) {
            // A detail is put to the draft in the style's colours.
            let in_colour = pass == last && pass.kind != Kind::Detail;
            let brush = self.brush(pass.kind, &style)?;
            let brush = brush.keeping_colours(recipe.keep_colours && in_colour);
            let mut tell = |fraction: f32| progress((done + fraction * pass.work()) / total);
            let rows = 0..pass.height as usize;
            let before: Option<Picture> = painting.take();
            painting = Some(match (pass.kind, before) {
                (Kind::Revision, Some(draft)) => {
                    let draft = Part::from(&draft);
                    let rgba = paint_rows(brush, seen, Some(&draft), rows, &[], 1, &mut tell)?;
                    Picture::from_rgba(pass.width, pass.height, rgba)?
                }
                (Kind::Detail, Some(coarse)) => {
                    let rgba = paint_rows(brush, seen, None, rows, &moments, 1, &mut tell)?;
                    sharpen(&coarse, Picture::from_rgba(pass.width, pass.height, rgba)?)?
                }
                _ => at_once(brush, seen, &mut moments, &mut tell)?,
            });
            done += pass.work();
        }
        let painting = painting.ok_or_else(nothing)?;
        progress(1.0);
        let late = recipe.keep_colours && last.kind == Kind::Detail;
        if late { take_colours(painting, photo) } else { Ok(painting) }
    }
}

/// A model with styles of its own, which drafts and does not revise.
impl From<StyleModel> for Painter {
    fn from(draft: StyleModel) -> Painter {
        let styles = draft.own_styles();
        Painter { draft, revision: None, styles }
    }
}

/// Paints all of `photo` at once. `moments` gets those of its feature maps.
fn at_once(
    brush: Brush,
    photo: &Picture,
    moments: &mut Vec<Moments>,
    progress: &mut dyn FnMut(f32),
) -> Result<Picture, Error> {
    let mut whole = StripPainting::new(brush, photo, 0..photo.height() as usize)?;
    while let Some(gathered) = whole.advance_alone(progress)? {
        moments.push(gathered);
    }
    let mut painting = photo.rgba().to_vec();
    whole.finish(&mut painting)?;
    Picture::from_rgba(photo.width(), photo.height(), painting)
}

#[cfg(test)]
impl Painter {
    /// The networks and styles that ship.
    pub(crate) fn shipped() -> Painter {
        let draft = include_bytes!("../../models/draft.onnx");
        let revision = include_bytes!("../../models/revise.onnx");
        Painter::read(draft, revision, include_bytes!("../../models/styles.bin")).unwrap()
    }

    /// The weights of one style alone.
    pub(crate) fn weights(&self, style: usize) -> Vec<f32> {
        (0..self.styles.len()).map(|index| f32::from(u8::from(index == style))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A band of a real photo, the eyes of an astronaut, enlarged and in its own proportions.
    fn photo(width: u32) -> Picture {
        let whole = include_bytes!("../../tests/golden/astronaut.png");
        let whole = Picture::decode(whole).unwrap();
        let (side, rows) = (whole.width(), whole.width() / 8);
        let pitch = side as usize * 4;
        let band = whole.rgba()[80 * pitch..][..rows as usize * pitch].to_vec();
        Picture::from_rgba(side, rows, band).unwrap().resize(width, width / 8).unwrap()
    }

    /// The mean square of the difference between neighbours.
    fn gradient_energy(picture: &Picture) -> f64 {
        let pairs = picture.rgba().windows(5).map(|w| f64::from(w[4]) - f64::from(w[0]));
        pairs.map(|difference| difference * difference).sum::<f64>() / picture.rgba().len() as f64
    }

    /// The mean structural similarity of squares of 8 x 8 pixels (Wang et al. 2004, equation 13), of
    /// the greens.
    fn similarity(a: &Picture, b: &Picture) -> f64 {
        let (width, height) = (a.width() as usize, a.height() as usize);
        let mut similarities = vec![];
        for (top, left) in
            (0..height - 7).step_by(4).flat_map(|y| (0..width - 7).step_by(4).map(move |x| (y, x)))
        {
            let square = |picture: &Picture| -> Vec<f64> {
                let places = (0..64).map(|i| ((top + i / 8) * width + left + i % 8) * 4 + 1);
                places.map(|place| f64::from(picture.rgba()[place])).collect()
            };
            let (a, b) = (square(a), square(b));
            let mean = |values: &[f64]| values.iter().sum::<f64>() / 64.0;
            let (mean_a, mean_b) = (mean(&a), mean(&b));
            let covariance = |a: &[f64], b: &[f64]| {
                a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>() / 64.0 - mean(a) * mean(b)
            };
            let (c1, c2) = (2.55_f64.powi(2), 7.65_f64.powi(2));
            similarities.push(
                (2.0 * mean_a * mean_b + c1) * (2.0 * covariance(&a, &b) + c2)
                    / (mean_a.powi(2) + mean_b.powi(2) + c1)
                    / (covariance(&a, &a) + covariance(&b, &b) + c2),
            );
        }
        similarities.iter().sum::<f64>() / similarities.len() as f64
    }

    #[test]
    fn what_is_saved_is_what_was_seen_and_sharper() {
        let painter = Painter::shipped();
        for (style, stroke) in [(0, 4.0 / 3.0), (0, 2.0), (3, 4.0)] {
            let recipe = Recipe { stroke, ..Recipe::single(style, painter.styles().len()) };
            let paint = |width| painter.paint(&photo(width), &recipe, &mut |_| {}).unwrap();
            let seen = paint(1024);
            for width in [2048, 3072] {
                let saved = paint(width);
                let similarity = similarity(&saved.resize(1024, 128).unwrap(), &seen);
                assert!(similarity > 0.85, "stroke {stroke}: {similarity} alike at {width}");
                let enlarged = seen.resize(width, width / 8).unwrap();
                let sharper = gradient_energy(&saved) / gradient_energy(&enlarged);
                assert!(sharper > 1.5, "stroke {stroke}: {sharper} times as sharp at {width}");
            }
        }
    }

    #[test]
    fn networks_in_each_others_place_are_refused() {
        let Painter { draft, revision, styles } = Painter::shipped();
        let revision = revision.unwrap();
        for (draft, revision) in [(revision.clone(), None), (draft.clone(), Some(draft))] {
            let refused = Painter::new(draft, revision, styles.clone()).unwrap_err();
            assert_eq!(refused.code(), "unsupported-model");
        }
    }
}
