//! The job itself: a photo and a recipe in, a painting out.
//!
//! A [`plan`] says which passes are made. A [`Painter`] carries it out by itself; where several paint
//! together, each paints [strips](StripPainting) of the draft and [rows](paint_rows) of the later passes.

mod brush;
mod in_turn;
mod painter;
mod part;
mod plan;
mod recipe;
mod sharpen;
mod strip;

pub use brush::Brush;
pub use in_turn::paint_rows;
pub use painter::Painter;
pub use part::Part;
pub use plan::{Kind, Pass, plan};
pub use recipe::{Recipe, STROKES};
pub use sharpen::sharpen;
pub use strip::{Stage, StripPainting};

use crate::kernels::colour;
pub use crate::kernels::moments::Moments;
use crate::model::StyleModel;
pub use crate::picture::MOST_PIXELS;
use crate::{Error, Picture};

/// The least width and height that the networks can look at.
pub const LEAST_SIDE: u32 = 8;

/// The long side, in pixels, of a picture in which the draft network paints strokes of size 1.
pub const SIDE_OF_A_STROKE: f64 = 1024.0;

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
