//! Style models: ONNX files, read and checked with tract.

mod check;
mod dequantize;
mod fuse;
mod halo;
mod read;
mod run;
mod shapes;
mod sizes;

use std::sync::Arc;

use tract_onnx::prelude::TypedSimplePlan;

pub(crate) use halo::Reach;
pub(crate) use run::Run;

/// A fast style-transfer network that is ready to run.
///
/// The file is ONNX with an input `[1, 3, H, W]` (the photo, RGB) or `[1, H, W, 3]`, perhaps another
/// `[rows]` (weights over the rows of conditional instance norms; Dumoulin et al. 2017, section
/// 2.2), and one output, the painting, in either shape and ranged like the photo. A network without the second input
/// paints one style. The metadata may say
///
/// - `brushwork.stride`: H and W have to be multiples of this (default 4);
/// - `brushwork.photo_row`: the row that was trained to give the photo back;
/// - `brushwork.white`: the number for white, 1 or 255 (found out if it is not said).
#[derive(Debug, Clone)]
pub struct StyleModel {
    plan: Arc<TypedSimplePlan>,
    image_input: usize,
    style_input: Option<usize>,
    rows: usize,
    photo_row: Option<usize>,
    stride: usize,
    white: f32,
    reach: Option<Reach>,
}

impl StyleModel {
    /// How many styles the model paints, the photo row not counted.
    pub fn styles(&self) -> usize {
        self.rows - usize::from(self.photo_row.is_some())
    }

    pub(crate) fn photo_row(&self) -> Option<usize> {
        self.photo_row
    }

    /// The network takes pictures whose sides are multiples of this; others are filled up.
    pub fn stride(&self) -> usize {
        self.stride
    }

    /// What the network calls white: 1 or 255.
    pub(crate) fn white(&self) -> f32 {
        self.white
    }

    /// How far beyond its own rows a strip of the photo reaches. Nothing where the network has to see
    /// the whole photo at once.
    pub(crate) fn reach(&self) -> Option<Reach> {
        self.reach
    }

    /// How many rows above and below its own a strip of the photo reads at most. Nothing where the network
    /// has to see the whole photo at once.
    pub fn strip_reach(&self) -> Option<usize> {
        self.reach.map(|reach| reach.abreast.max(reach.in_turn))
    }

    /// The operators that the network runs on, in their order: what to look at when a model is
    /// slower than it should be. Ours on feature maps are called `ToMap`, `MapConvolution` with its
    /// kernel, `Affine`, `AddMaps`, `ToPlanes`; all others are slow ones on planes.
    pub fn operators(&self) -> Vec<String> {
        let model = self.plan.model();
        let order = self.plan.order_without_consts().iter();
        order.map(|&node| model.node(node).op.name().into_owned()).collect()
    }
}
