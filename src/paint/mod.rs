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

/// The size, in pixels, at which the networks paint strokes of size 1.
pub const PIXELS_OF_A_STROKE: f64 = (1 << 20) as f64;

/// Pictures of no more pixels than this are painted at once when strokes are of size 1.
pub const LARGEST_AT_ONCE: f64 = PIXELS_OF_A_STROKE * TOLERANCE;

/// A picture is painted at once if it is larger than its strokes ask for by no more than this.
const TOLERANCE: f64 = 1.2;

/// Paints `photo` as `recipe` says. The painting has the photo's size and its alpha. `progress`
/// hears again and again what share of the work is done, rising from above 0 to 1.
///
/// Strokes keep their size relative to the picture: one photo at 1, 4 and 12 megapixels gives one
/// painting, ever sharper. With our own network the memory is about 100 bytes a pixel up to 1.2
/// megapixels, and 150 MB and 10 bytes a pixel beyond.
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
    let (width, height) = (photo.width(), photo.height());
    let painting = match coarse_size((width, height), recipe.stroke) {
        Some(coarse) => coarse_to_fine::paint(model, photo, coarse, recipe, progress)?,
        None => {
            let mut painting = photo.rgba().to_vec();
            let mut whole = StripPainting::new(model, photo, 0..height as usize, recipe)?;
            while whole.advance(progress)?.is_some() {}
            whole.finish(&mut painting)?;
            Picture::from_rgba(width, height, painting)?
        }
    };
    progress(1.0);
    Ok(painting)
}

/// The size of the copy of a picture at which its strokes come out as large as asked for. Nothing,
/// if that is about its own size.
fn coarse_size((width, height): (u32, u32), stroke: f32) -> Option<(u32, u32)> {
    let (width, height, stroke) = (f64::from(width), f64::from(height), f64::from(stroke));
    let scale = (PIXELS_OF_A_STROKE / (width * height)).sqrt() / stroke;
    let side = |length: f64| ((length * scale).round() as u32).max(LEAST_SIDE);
    (scale * scale * TOLERANCE < 1.0).then(|| (side(width), side(height)))
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
