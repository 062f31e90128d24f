//! Style models: ONNX files, read and checked with tract.

mod read;
mod run;

use std::sync::Arc;

use tract_onnx::prelude::TypedSimplePlan;

pub(crate) use run::Run;

/// A fast style-transfer network that is ready to run.
///
/// The file is ONNX with the inputs `image` `[1, 3, H, W]` (RGB, 0..1) and `style` `[rows]`
/// (weights over the rows of the conditional instance norms; Dumoulin et al. 2017, section 2.2)
/// and one output, the painting, shaped and ranged like `image`. Its metadata may say
///
/// - `brushwork.stride`: H and W have to be multiples of this (default 4);
/// - `brushwork.photo_row`: the row that was trained to give the photo back.
#[derive(Debug, Clone)]
pub struct StyleModel {
    plan: Arc<TypedSimplePlan>,
    image_input: usize,
    rows: usize,
    photo_row: Option<usize>,
    stride: usize,
}

impl StyleModel {
    /// How many styles the model paints, the photo row not counted.
    pub fn styles(&self) -> usize {
        self.rows - usize::from(self.photo_row.is_some())
    }

    pub(crate) fn photo_row(&self) -> Option<usize> {
        self.photo_row
    }

    /// Height and width given to the network have to be multiples of this.
    pub(crate) fn stride(&self) -> usize {
        self.stride
    }
}
