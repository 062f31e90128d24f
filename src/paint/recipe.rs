use crate::Error;
use crate::model::StyleModel;

/// How a photo is to be painted.
#[derive(Debug, Clone, PartialEq)]
pub struct Recipe {
    /// A weight of 0 or more for each of the model's styles; what counts is their proportion.
    /// More than one above 0 is a blend.
    pub weights: Vec<f32>,
    /// How far from the photo to the painting, 0 (the photo) to 1 (all paint).
    pub strength: f32,
    /// How large the strokes are, relative to the picture, 1 to 4. Strokes of size 1 are those that
    /// the network paints in a picture whose long side is [1024 pixels](super::SIDE_OF_A_STROKE).
    pub stroke: f32,
    /// Whether only light and dark are painted, in the photo's own colours.
    pub keep_colours: bool,
}

/// A recipe in the terms of one model.
pub(crate) struct Mix {
    /// Weights over all rows of the model, summing to 1.
    pub(crate) rows: Vec<f32>,
    /// How much of the photo to fade in afterwards, 0..1: only for models without a photo row.
    pub(crate) photo: f32,
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

    /// Strength is a mix of rows where the model has learnt to give the photo back, so that half
    /// the strength is half a painting; else a cross-fade of pixels has to do.
    pub(crate) fn mix(&self, model: &StyleModel) -> Result<Mix, Error> {
        let bad = |reason: String| Err(Error::BadRecipe(reason));
        let (weights, strength) = (&self.weights, self.strength);
        if weights.len() != model.styles() {
            return bad(format!("{} weights for {} styles", weights.len(), model.styles()));
        }
        if weights.iter().any(|weight| !weight.is_finite() || *weight < 0.0) {
            return bad("a weight has to be a number of 0 or more".into());
        }
        let total: f32 = weights.iter().sum();
        if !total.is_finite() || total < f32::MIN_POSITIVE {
            return bad("no style has a weight".into());
        }
        if !(0.0..=1.0).contains(&strength) {
            return bad(format!("a strength of {strength} is outside 0 to 1"));
        }
        if !(1.0..=4.0).contains(&self.stroke) {
            return bad(format!("strokes of size {} are outside 1 to 4", self.stroke));
        }
        let mut rows: Vec<f32> = weights.iter().map(|weight| weight / total).collect();
        let Some(photo_row) = model.photo_row() else {
            return Ok(Mix { rows, photo: 1.0 - strength });
        };
        rows.iter_mut().for_each(|weight| *weight *= strength);
        rows.insert(photo_row, 1.0 - strength);
        Ok(Mix { rows, photo: 0.0 })
    }
}
