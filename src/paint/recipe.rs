use std::ops::RangeInclusive;

use crate::Error;
use crate::style::{Style, Styles};

/// The sizes that strokes can have.
pub const STROKES: RangeInclusive<f32> = 1.0..=4.0;

/// How a photo is to be painted.
#[derive(Debug, Clone, PartialEq)]
pub struct Recipe {
    /// A weight of 0 or more for each of the styles; what counts is their proportion.
    /// More than one above 0 is a blend.
    pub weights: Vec<f32>,
    /// How far from the photo to the painting, 0 (the photo) to 1 (all paint).
    pub strength: f32,
    /// How large the strokes are, relative to the picture, 1 to 4. Strokes of size 1 are those that
    /// the draft network paints in a picture whose long side is
    /// [1024 pixels](super::SIDE_OF_A_STROKE), strokes of size 2 those of 512 pixels.
    pub stroke: f32,
    /// Whether only light and dark are painted, in the photo's own colours.
    pub keep_colours: bool,
}

impl Recipe {
    /// All of one style among `styles`, in full strength and its own colours, with strokes of size 1.
    ///
    /// # Panics
    /// When there is no such style: `style` has to be less than `styles`.
    pub fn single(style: usize, styles: usize) -> Recipe {
        let mut weights = vec![0.0; styles];
        weights[style] = 1.0;
        Recipe { weights, strength: 1.0, stroke: 1.0, keep_colours: false }
    }

    /// What to paint with, of these styles.
    ///
    /// # Errors
    /// [`Error::BadRecipe`] for weights, a strength or strokes that mean nothing.
    pub fn mix(&self, styles: &Styles) -> Result<Style, Error> {
        if !STROKES.contains(&self.stroke) {
            return Err(Error::BadRecipe(format!(
                "strokes of size {} are outside {} to {}",
                self.stroke,
                STROKES.start(),
                STROKES.end()
            )));
        }
        styles.mix(&self.weights, self.strength)
    }
}
