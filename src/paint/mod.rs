//! The job itself: a photo and a recipe in, a painting out.

mod coarse_to_fine;
mod recipe;
mod strip;

pub use recipe::Recipe;
pub use strip::StripPainting;

pub use crate::kernels::moments::Moments;
use crate::model::StyleModel;
use crate::{Error, Picture};

/// The least width and height that the networks can look at.
pub const LEAST_SIDE: u32 = 8;

/// The most pixels of a picture.
pub const MOST_PIXELS: u64 = 1 << 26;

/// The long side, in pixels, of a picture in which the networks paint strokes of size 1.
pub const SIDE_OF_A_STROKE: f64 = 1024.0;

/// Pictures with no longer side than this are painted at once when strokes are of size 1.
pub const LONGEST_AT_ONCE: f64 = SIDE_OF_A_STROKE * TOLERANCE;

/// A picture is painted at once if it is longer than its strokes ask for by no more than this.
const TOLERANCE: f64 = 1.1;

/// Paints `photo` as `recipe` says. The painting has the photo's size and its alpha. `progress`
/// hears again and again what share of the work is done, rising from above 0 to 1.
///
/// Strokes keep their size relative to the picture: one photo at 1, 4 and 12 megapixels gives one
/// painting, ever sharper. With our own network the memory is about 100 bytes a pixel up to 1.2
/// megapixels, and 120 MB and 10 bytes a pixel beyond.
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
    check_size(photo)?;
    recipe.mix(model)?;
    let copies = copies((photo.width(), photo.height()), recipe.stroke);
    let painting = match copies.split_first() {
        None => at_once(model, photo, recipe, &mut vec![], progress)?,
        Some(copies) => coarse_to_fine::paint(model, photo, copies, recipe, progress)?,
    };
    progress(1.0);
    Ok(painting)
}

/// Paints all of `photo` with the strokes that come out at its size. `moments` gets those of its
/// feature maps.
fn at_once(
    model: &StyleModel,
    photo: &Picture,
    recipe: &Recipe,
    moments: &mut Vec<Moments>,
    progress: &mut dyn FnMut(f32),
) -> Result<Picture, Error> {
    let mut whole = StripPainting::new(model, photo, 0..photo.height() as usize, recipe)?;
    while let Some(gathered) = whole.advance(progress)? {
        moments.push(gathered);
    }
    let mut painting = photo.rgba().to_vec();
    whole.finish(&mut painting)?;
    Picture::from_rgba(photo.width(), photo.height(), painting)
}

/// The sizes of the copies of a picture that are painted before it, the smallest first: the one in
/// which its strokes come out as large as asked for, and the one for strokes of size 1, so that a
/// picture of that size and larger ones have their small strokes in common, too. None, if strokes
/// come out about right in the picture itself.
fn copies((width, height): (u32, u32), stroke: f32) -> Vec<(u32, u32)> {
    let long = f64::from(width.max(height));
    let mut sides = vec![SIDE_OF_A_STROKE / f64::from(stroke), SIDE_OF_A_STROKE];
    sides.retain(|side| side * TOLERANCE < long);
    // What is hardly larger than the one before would be painted for nothing.
    sides.dedup_by(|larger, side| *larger <= *side * TOLERANCE);
    let side = |length: u32, long_side: f64| {
        ((f64::from(length) * long_side / long).round() as u32).max(LEAST_SIDE)
    };
    sides.into_iter().map(|long| (side(width, long), side(height, long))).collect()
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
struct Size {
    width: usize,
    height: usize,
    padded_width: usize,
    padded_height: usize,
}

impl Size {
    fn of(picture: &Picture, model: &StyleModel) -> Size {
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        let (padded_width, padded_height) =
            (width.next_multiple_of(model.stride()), height.next_multiple_of(model.stride()));
        Size { width, height, padded_width, padded_height }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_are_of_the_strokes_size_and_of_the_size_for_small_strokes() {
        for (size, stroke, expected) in [
            ((1024, 768), 1.0, vec![]),
            ((1126, 20), 1.0, vec![]),
            ((768, 1200), 1.0, vec![(655, 1024)]),
            ((4000, 3000), 1.0, vec![(1024, 768)]),
            ((4000, 3000), 1.05, vec![(975, 731)]),
            ((4000, 3000), 2.0, vec![(512, 384), (1024, 768)]),
            ((1100, 550), 2.0, vec![(512, 256)]),
            ((300, 200), 4.0, vec![(256, 171)]),
            ((200, 300), 4.0, vec![(171, 256)]),
            ((250, 300), 2.0, vec![]),
            ((9, 4000), 4.0, vec![(8, 256), (8, 1024)]),
        ] {
            assert_eq!(copies(size, stroke), expected, "{size:?}, {stroke}");
        }
    }
}
