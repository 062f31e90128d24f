//! The job itself: a photo and a recipe in, a painting out.
//!
//! A picture of moderate size is painted whole. For a larger one the moments of all feature maps
//! are taken from a smaller copy of it, and it is painted in strips with these: memory stays flat,
//! and there are no seams, since every strip sees as many rows around it as it reaches into (as in
//! URST, Chen et al. 2022, with strips for tiles).

mod recipe;
mod strip;

use std::ops::Range;

pub use recipe::Recipe;
pub use strip::StripPainting;

pub use crate::kernels::moments::Moments;
use crate::model::StyleModel;
use crate::{Error, Picture};

/// The least width and height that the networks can look at.
pub const LEAST_SIDE: u32 = 8;

/// The most pixels of a picture.
pub const MOST_PIXELS: u64 = 1 << 26;

/// The most pixels painted whole, and the size of the copy that gives the moments of larger
/// pictures.
const MOST_WHOLE: usize = 3 << 19;

/// The least rows of a strip, so that it is not mostly halo.
const LEAST_STRIP: usize = 64;

/// Paints `photo` as `recipe` says. The painting has the photo's size and its alpha. `progress`
/// hears again and again what share of the work is done, rising from above 0 to 1.
///
/// # Errors
/// [`Error::TooSmall`], [`Error::TooLarge`], [`Error::BadRecipe`] when the recipe is not one for
/// this model, [`Error::NoMemory`], and [`Error::Engine`] when the network fails.
pub fn paint(
    model: &StyleModel,
    photo: &Picture,
    recipe: &Recipe,
    progress: &mut dyn FnMut(f32),
) -> Result<Picture, Error> {
    let size = Size::of(photo, model);
    let mut painting = photo.rgba().to_vec();
    if size.padded_width * size.padded_height <= MOST_WHOLE || model.halo().is_none() {
        let mut whole = StripPainting::new(model, photo, 0..size.height, recipe)?;
        while whole.advance(progress)?.is_some() {}
        whole.finish(&mut painting)?;
    } else {
        in_strips(model, photo, recipe, &mut painting, progress)?;
    }
    progress(1.0);
    Picture::from_rgba(photo.width(), photo.height(), painting)
}

fn check_size(photo: &Picture) -> Result<(), Error> {
    let (width, height) = (photo.width(), photo.height());
    if width.min(height) < LEAST_SIDE {
        return Err(Error::TooSmall { width, height, least: LEAST_SIDE });
    }
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(Error::TooLarge { width, height });
    }
    Ok(())
}

/// The size of a picture, and with what is added on the right and at the bottom to reach multiples
/// of a model's stride.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) padded_width: usize,
    pub(crate) padded_height: usize,
}

impl Size {
    pub(crate) fn of(picture: &Picture, model: &StyleModel) -> Size {
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        let (padded_width, padded_height) =
            (width.next_multiple_of(model.stride()), height.next_multiple_of(model.stride()));
        Size { width, height, padded_width, padded_height }
    }
}

fn in_strips(
    model: &StyleModel,
    photo: &Picture,
    recipe: &Recipe,
    painting: &mut [u8],
    progress: &mut dyn FnMut(f32),
) -> Result<(), Error> {
    let size = Size::of(photo, model);
    let copy = smaller_copy(photo)?;
    let strips = strips(model, size);
    // The copy is a share of the work like any strip.
    let pixels = |rows: &Range<usize>| (rows.len() * size.width) as f32;
    let copy_pixels = (copy.width() * copy.height()) as f32;
    let total = copy_pixels + strips.iter().map(pixels).sum::<f32>();
    let mut done = 0.0;

    let mut moments = vec![];
    let mut tell = |fraction| progress(fraction * copy_pixels / total);
    let mut whole = StripPainting::new(model, &copy, 0..copy.height() as usize, recipe)?;
    while let Some(gathered) = whole.advance(&mut tell)? {
        moments.push(gathered);
    }
    drop(whole);
    done += copy_pixels;

    for strip in strips {
        let share = pixels(&strip);
        let mut tell = |fraction| progress((done + fraction * share) / total);
        let out = &mut painting[strip.start * size.width * 4..strip.end * size.width * 4];
        with_moments(model, photo, strip, recipe, &moments, out, &mut tell)?;
        done += share;
    }
    Ok(())
}

/// Paints the rows `strip` of `photo` with moments that were gathered elsewhere.
fn with_moments(
    model: &StyleModel,
    photo: &Picture,
    strip: Range<usize>,
    recipe: &Recipe,
    moments: &[Moments],
    out: &mut [u8],
    progress: &mut dyn FnMut(f32),
) -> Result<(), Error> {
    let mut painting = StripPainting::new(model, photo, strip, recipe)?;
    let mut frozen = moments.iter();
    while painting.advance(progress)?.is_some() {
        let moments = frozen.next().ok_or_else(|| Error::Engine("moments are missing".into()))?;
        painting.replace(moments)?;
    }
    painting.finish(out)
}

/// `photo`, shrunk to [`MOST_WHOLE`] pixels.
fn smaller_copy(photo: &Picture) -> Result<Picture, Error> {
    let (width, height) = (f64::from(photo.width()), f64::from(photo.height()));
    let scale = (MOST_WHOLE as f64 / (width * height)).sqrt();
    let side = |length: f64| ((length * scale) as u32).max(LEAST_SIDE);
    photo.resize(side(width), side(height))
}

/// The rows of the strips: as few as fit into [`MOST_WHOLE`] pixels with their halos.
fn strips(model: &StyleModel, size: Size) -> Vec<Range<usize>> {
    let halo = model.halo().unwrap_or(0);
    let most = (MOST_WHOLE / size.padded_width).saturating_sub(2 * halo).max(LEAST_STRIP);
    let count = size.height.div_ceil(most);
    let rows = size.height.div_ceil(count).next_multiple_of(model.stride());
    (0..size.height).step_by(rows).map(|top| top..(top + rows).min(size.height)).collect()
}
