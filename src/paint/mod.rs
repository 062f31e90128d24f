//! The job itself: a photo and a recipe in, a painting out.

mod coarse_to_fine;
mod part;
mod recipe;
mod strip;

pub use coarse_to_fine::{paint_rows, sharpen};
pub use part::Part;
pub use recipe::Recipe;
pub use strip::{Stage, StripPainting};

use crate::kernels::colour;
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
/// megapixels, and 90 MB and 7 bytes a pixel beyond.
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
    check_size((photo.width() as usize, photo.height() as usize))?;
    recipe.mix(model)?;
    let painting = coarse_to_fine::paint(model, photo, recipe, progress)?;
    progress(1.0);
    Ok(painting)
}

/// The smaller copy of a photo that is painted before it where strokes are to be broader than they come out
/// at its size; it may have one itself. Where several paint together, they paint the smallest in
/// [strips](StripPainting) and keep the moments; then each larger one, and in the end the photo, with
/// [`paint_rows`], and [`sharpen`] with it what they have so far. That is what [`paint`] does by itself.
///
/// # Errors
/// [`Error::NoMemory`].
pub fn copy(photo: &Picture, stroke: f32) -> Result<Option<Picture>, Error> {
    let size = size_of_copy((photo.width(), photo.height()), stroke);
    size.map(|(width, height)| photo.resize(width, height)).transpose()
}

/// Gives a painting the colours of the photo, which is as large, and leaves it its light and dark.
///
/// # Errors
/// [`Error::BadRecipe`] when the photo is of another size.
pub fn take_colours(painting: Picture, photo: &Picture) -> Result<Picture, Error> {
    let (width, height) = (painting.width(), painting.height());
    if (photo.width(), photo.height()) != (width, height) {
        return Err(Error::BadRecipe("the colours are those of another photo".into()));
    }
    let mut rgba = painting.into_rgba();
    colour::take_colours(&mut rgba, photo.rgba());
    Picture::from_rgba(width, height, rgba)
}

/// The size of the copy of a picture that is painted before it: for strokes of size 1, so that a picture of
/// that size and larger ones have their small strokes in common, or else the one in which strokes come out
/// as large as asked for. None, if they come out about right in the picture itself.
fn size_of_copy((width, height): (u32, u32), stroke: f32) -> Option<(u32, u32)> {
    let long = f64::from(width.max(height));
    let smallest = SIDE_OF_A_STROKE / f64::from(stroke);
    // What is hardly larger than the smallest would be painted for nothing.
    let larger = (SIDE_OF_A_STROKE > smallest * TOLERANCE).then_some(SIDE_OF_A_STROKE);
    let sides = [larger, Some(smallest)].into_iter().flatten();
    let long_side = sides.into_iter().find(|side| side * TOLERANCE < long)?;
    let side =
        |length: u32| ((f64::from(length) * long_side / long).round() as u32).max(LEAST_SIDE);
    Some((side(width), side(height)))
}

fn check_size((width, height): (usize, usize)) -> Result<(), Error> {
    // More than there can be is too large, too.
    let [width, height] = [width, height].map(|side| u32::try_from(side).unwrap_or(u32::MAX));
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
    fn of(part: &Part, model: &StyleModel) -> Size {
        let (width, height) = part.whole_size();
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
            let copies = std::iter::successors(Some(size), |&size| size_of_copy(size, stroke));
            let mut copies: Vec<_> = copies.skip(1).collect();
            copies.reverse();
            assert_eq!(copies, expected, "{size:?}, {stroke}");
        }
    }
}
