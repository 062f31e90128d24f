//! The job itself: a photo and a recipe in, a painting out.

mod recipe;

use tract_onnx::prelude::{Tensor, TractError};

pub use recipe::Recipe;

use crate::kernels::colour;
use crate::model::{Run, StyleModel};
use crate::{Error, Picture};

/// The least width and height that the networks can look at.
pub const LEAST_SIDE: u32 = 8;

/// The most pixels painted in one piece.
pub const MOST_PIXELS: u64 = 1 << 26;

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
    let (width, height) = (photo.width(), photo.height());
    if width.min(height) < LEAST_SIDE {
        return Err(Error::TooSmall { width, height, least: LEAST_SIDE });
    }
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(Error::TooLarge { width, height });
    }
    let mix = recipe.mix(model)?;

    let size = (width as usize, height as usize);
    let padded_size =
        (size.0.next_multiple_of(model.stride()), size.1.next_multiple_of(model.stride()));
    let planes = run(model, photo, size, padded_size, &mix.rows, progress)?;

    let mut painting = photo.rgba().to_vec();
    colour::planes_to_rgba(&planes, padded_size, size, &mut painting);
    if mix.photo > 0.0 {
        colour::cross_fade(&mut painting, photo.rgba(), mix.photo);
    }
    progress(1.0);
    Picture::from_rgba(width, height, painting)
}

/// The network's answer: planes `[3, padded_height, padded_width]` in 0..1.
fn run(
    model: &StyleModel,
    photo: &Picture,
    size: (usize, usize),
    padded_size: (usize, usize),
    rows: &[f32],
    progress: &mut dyn FnMut(f32),
) -> Result<Vec<f32>, Error> {
    let engine = |error: TractError| Error::Engine(format!("{error:#}"));
    let shape = [1, 3, padded_size.1, padded_size.0];
    let mut planes = vec![0.0; shape.iter().product()];
    colour::rgba_to_planes(photo.rgba(), size, padded_size, &mut planes);
    let image = Tensor::from_shape(&shape, &planes).map_err(engine)?;
    drop(planes);

    let mut run = Run::new(model, image, rows).map_err(engine)?;
    while let Some(done) = run.step().map_err(engine)? {
        progress(done);
    }
    let painting = run.painting().map_err(engine)?;
    if painting.shape() != shape {
        return Err(Error::Engine(format!("a painting of shape {:?}", painting.shape())));
    }
    let values = painting.to_plain_array_view::<f32>().map_err(engine)?;
    Ok(values.iter().copied().collect())
}
