//! Painting a strip of a picture: some of its rows, with as many more around them as they reach
//! into.

use std::ops::Range;

use tract_onnx::prelude::{Tensor, TractError};

use super::{Brush, Part, Size, check_size};
use crate::Error;
use crate::kernels::colour;
use crate::kernels::moments::Moments;
use crate::kernels::unwritten::unwritten;
use crate::model::Run;
use crate::ops::{Above, Manner, Strip};

/// What a strip has of the feature map of a stage that others need.
#[derive(Debug, Clone, PartialEq)]
pub struct Stage {
    /// The photo's row at which the strip begins.
    pub top: usize,
    /// Of the strip's own rows.
    pub moments: Moments,
    /// The rows at its edges: those for the strip above, then as many for the one below.
    pub edges: [Vec<f32>; 2],
}

/// The painting of some rows of a picture, in stages.
///
/// An instance norm needs the mean and variance of a whole feature map, of which a strip has only
/// a part; and a convolution reaches into the rows of the strips beside it. So the painting stops
/// wherever moments have been gathered. Strips that [exchange](StripPainting::exchange) them and the rows at
/// their edges paint exactly what one painting of the whole picture would.
pub struct StripPainting {
    run: Run,
    shape: [usize; 4],
    /// The first of its rows in the photo.
    top: usize,
    /// Of the rows that were read, those that are painted.
    own: Range<usize>,
    width: usize,
    /// What the network calls white.
    white: f32,
    /// How much of the photo to fade in at the end, 0..1.
    photo: f32,
    keep_colours: bool,
}

impl StripPainting {
    /// Begins to paint the rows `rows` of the photo that `part` is of. They begin at a multiple of
    /// [`StyleModel::stride`] and end at one or at the end of the photo. The part has to hold them and
    /// [`StyleModel::strip_reach`] more on each side, as far as the photo goes.
    ///
    /// # Errors
    /// Those of [`paint`](super::paint), [`Error::NoMemory`] before anything is painted;
    /// [`Error::BadRecipe`] when there are no such rows; [`Error::UnsupportedModel`] when this model has
    /// to see the whole picture and `rows` is only a part.
    pub fn new<'a>(
        brush: Brush,
        part: impl Into<Part<'a>>,
        rows: Range<usize>,
    ) -> Result<StripPainting, Error> {
        StripPainting::begin(brush, &part.into(), None, rows, Manner::Abreast)
    }

    /// Begins to paint a strip where the one above has ended, if there is one; for a revision on a
    /// `draft` of any size. No moments are gathered: each has to be [replaced](StripPainting::replace).
    pub(super) fn below(
        above: Option<Above>,
        brush: Brush,
        part: &Part,
        draft: Option<&Part>,
        rows: Range<usize>,
    ) -> Result<StripPainting, Error> {
        let mut strip = StripPainting::begin(brush, part, draft, rows, Manner::InTurn)?;
        if let Some(above) = above {
            strip.run.follow(above);
        }
        Ok(strip)
    }

    fn begin(
        brush: Brush,
        part: &Part,
        draft: Option<&Part>,
        rows: Range<usize>,
        manner: Manner,
    ) -> Result<StripPainting, Error> {
        let Brush { model, photo, keep_colours, .. } = brush;
        check_size(part.whole_size())?;
        if model.revises() != draft.is_some() {
            return Err(Error::BadRecipe(
                "a draft is for a revision, and a revision needs one".into(),
            ));
        }
        let size = Size::of(part, model);
        let stride = model.stride();
        let aligned = |row: usize| row.is_multiple_of(stride) || row == size.height;
        if rows.is_empty() || rows.end > size.height || !aligned(rows.start) || !aligned(rows.end) {
            return Err(Error::BadRecipe(format!("there is no strip of the rows {rows:?}")));
        }
        let whole = rows == (0..size.height);
        let reach = model.reach().map(|reach| match manner {
            Manner::Abreast => reach.abreast,
            Manner::InTurn => reach.in_turn,
        });
        let halo = if whole { Some(0) } else { reach };
        let halo = halo.ok_or_else(|| Error::UnsupportedModel("it has to see all rows".into()))?;
        let end = rows.end.next_multiple_of(stride);
        let read = rows.start.saturating_sub(halo)..(end + halo).min(size.padded_height);
        let own = rows.start - read.start..end - read.start;
        let shape = [1, 3, read.len(), size.padded_width];
        let white = model.white();
        let image = planes(part, &read, shape, white)?;
        let draft = match draft {
            Some(draft) => {
                let seen = read.start..read.end.min(size.height);
                let enlarged = draft.enlarged(part.whole_size(), &seen)?;
                Some(planes(&enlarged, &read, shape, white)?)
            }
            None => None,
        };
        // Also where it is the only one of those in turn: their moments are known.
        let strip = (!whole || manner == Manner::InTurn).then(|| Strip {
            height: read.len(),
            own: own.clone(),
            manner,
        });
        let run = Run::new(model, image, draft, brush.style, strip).map_err(engine)?;
        if !is_free(run.memory()) {
            let (width, height) = part.whole_size();
            return Err(Error::NoMemory { width: width as u32, height: height as u32 });
        }
        let (top, width) = (rows.start, size.width);
        Ok(StripPainting { run, shape, top, own, width, white, photo, keep_colours })
    }

    /// For the strip below to go on where this one has ended, once [`StripPainting::advance`] has come
    /// to the end.
    pub(super) fn take_below(&mut self) -> Above {
        self.run.take_below()
    }

    /// Paints on to the next stage, and gives what has to be exchanged there; nothing at the end. `progress`
    /// hears what share of the strip's work is done. Before the next call the strips have to
    /// [exchange](StripPainting::exchange) it; one that paints the whole picture need not.
    ///
    /// # Errors
    /// [`Error::Engine`] when the network fails, or the strip has fewer rows than its neighbours need.
    pub fn advance(&mut self, progress: &mut dyn FnMut(f32)) -> Result<Option<Stage>, Error> {
        let Some(moments) = self.advance_alone(progress)? else { return Ok(None) };
        let edges = self.run.edges().map_err(engine)?;
        Ok(Some(Stage { top: self.top, moments, edges }))
    }

    /// Goes on with what all strips, itself as well, have given at this stage, from the topmost on. Gives
    /// their moments joined.
    ///
    /// # Errors
    /// [`Error::Engine`] when that is of another stage.
    pub fn exchange(&mut self, stages: &[Stage]) -> Result<Moments, Error> {
        let lanes = stages.first().map_or(0, |stage| stage.moments.mean.len());
        let mut joined = Moments::empty(lanes);
        for Stage { moments, .. } in stages {
            if moments.mean.len() != lanes || moments.m2.len() != lanes {
                return Err(Error::Engine("moments of several maps".into()));
            }
            joined.merge(moments);
        }
        let above = stages.iter().rev().find(|stage| stage.top < self.top);
        let below = stages.iter().find(|stage| stage.top > self.top);
        let edge = |stage: Option<&Stage>, edge: usize| {
            stage.map_or(vec![], |stage| stage.edges[edge].clone())
        };
        self.replace(&joined)?;
        self.run.set_edges(&edge(above, 1), &edge(below, 0)).map_err(engine)?;
        Ok(joined)
    }

    /// [Advances](StripPainting::advance) without anything to exchange.
    pub(super) fn advance_alone(
        &mut self,
        progress: &mut dyn FnMut(f32),
    ) -> Result<Option<Moments>, Error> {
        while let Some(done) = self.run.step().map_err(engine)? {
            progress(done);
            if let Some(moments) = self.run.moments().map_err(engine)? {
                return Ok(Some(moments));
            }
        }
        Ok(None)
    }

    /// Goes on with these instead of the moments that were gathered last.
    pub(super) fn replace(&mut self, moments: &Moments) -> Result<(), Error> {
        self.run.set_moments(moments).map_err(engine)
    }

    /// Turns `rgba`, the strip's rows of the photo (`[rows, width, 4]` bytes), into the painting,
    /// once [`StripPainting::advance`] has come to the end. Alpha stays.
    ///
    /// # Errors
    /// [`Error::Engine`] when it has not, or when the network gives no picture.
    pub fn finish(self, rgba: &mut [u8]) -> Result<(), Error> {
        let painting = self.run.painting().map_err(engine)?;
        if painting.shape() != self.shape {
            return Err(Error::Engine(format!("a painting of shape {:?}", painting.shape())));
        }
        let planes = painting.to_plain_array_view::<f32>().map_err(engine)?;
        let planes = planes.as_slice().ok_or_else(|| Error::Engine("scattered planes".into()))?;
        let [_, _, height, padded_width] = self.shape;
        let photo = (self.photo > 0.0 || self.keep_colours).then(|| rgba.to_vec());
        let planes_size = (padded_width, height);
        colour::planes_to_rgba(planes, planes_size, self.own, self.width, self.white, rgba);
        if let Some(photo) = photo {
            colour::cross_fade(rgba, &photo, self.photo);
            if self.keep_colours {
                colour::take_colours(rgba, &photo);
            }
        }
        Ok(())
    }
}

/// Rows of a picture as the planes that a network sees.
fn planes(
    part: &Part,
    rows: &Range<usize>,
    shape: [usize; 4],
    white: f32,
) -> Result<Tensor, Error> {
    let at_hand = part.find(rows)?;
    let mut image = unwritten(&shape).map_err(engine)?;
    let mut planes = image.to_plain_array_view_mut::<f32>().map_err(engine)?;
    let planes = planes.as_slice_mut().ok_or_else(|| Error::Engine("scattered planes".into()))?;
    colour::rgba_to_planes(part.rgba(), part.size(), at_hand, shape[3], white, planes);
    Ok(image)
}

/// Whether so many bytes are to be had: an allocation that fails on the way would end the program.
fn is_free(bytes: usize) -> bool {
    let mut block = Vec::<u8>::new();
    let reserved = block.try_reserve_exact(bytes).is_ok();
    // Or the compiler would see that nobody looks at the block, and not ask for it.
    std::hint::black_box(&block);
    reserved
}

fn engine(error: TractError) -> Error {
    Error::Engine(format!("{error:#}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Picture;
    use crate::paint::{Kind, Painter};

    fn photo(width: u32, height: u32) -> Picture {
        let pixels = (0..height).flat_map(|y| {
            (0..width).flat_map(move |x| {
                let noise = (x * 7919 + y * 104_729) % 61;
                [
                    (x * 190 / width + noise) as u8,
                    (y * 190 / height + noise) as u8,
                    (x ^ y) as u8,
                    255,
                ]
            })
        });
        Picture::from_rgba(width, height, pixels.collect()).unwrap()
    }

    fn largest_difference(a: &[u8], b: &[u8]) -> u8 {
        a.iter().zip(b).map(|(a, b)| a.abs_diff(*b)).max().unwrap()
    }

    #[test]
    fn memory_that_is_not_there_is_noticed() {
        assert!(is_free(1 << 20));
        assert!(!is_free(isize::MAX as usize));
        assert!(!is_free(usize::MAX));
    }

    #[test]
    fn strips_that_exchange_their_moments_equal_the_whole() {
        let painter = Painter::shipped();
        let style = painter.styles().mix(&painter.weights(1), 0.9).unwrap();
        let brush = painter.brush(Kind::Draft, &style).unwrap();
        // An odd width and a last strip that ends with the picture, off the stride.
        let photo = photo(97, 303);
        let height = photo.height() as usize;
        let pitch = photo.width() as usize * 4;
        let mut whole = photo.rgba().to_vec();
        let mut painting = StripPainting::new(brush, &photo, 0..height).unwrap();
        while painting.advance(&mut |_| {}).unwrap().is_some() {}
        painting.finish(&mut whole).unwrap();

        let parts = [0..100, 100..204, 204..height];
        let mut strips: Vec<_> = parts
            .iter()
            .map(|part| StripPainting::new(brush, &photo, part.clone()).unwrap())
            .collect();
        loop {
            // Each has to go on, the last time as well.
            let stages: Vec<_> =
                strips.iter_mut().map(|strip| strip.advance(&mut |_| {}).unwrap()).collect();
            let stages: Option<Vec<_>> = stages.into_iter().collect();
            let Some(stages) = stages else { break };
            for strip in &mut strips {
                strip.exchange(&stages).unwrap();
            }
        }
        let mut painting = photo.rgba().to_vec();
        for (strip, part) in strips.into_iter().zip(parts) {
            strip.finish(&mut painting[part.start * pitch..part.end * pitch]).unwrap();
        }
        assert!(largest_difference(&whole, photo.rgba()) > 50);
        let difference = largest_difference(&whole, &painting);
        assert!(difference <= 1, "strips differ by {difference} of 255");
    }
}
