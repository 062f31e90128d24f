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

use crate::style::Styles;

/// A fast style-transfer network that is ready to run.
///
/// The file is ONNX with an input `[1, 3, H, W]` (the photo, RGB) or `[1, H, W, 3]`, perhaps another
/// `[S]` (the numbers of a style), perhaps a third called `draft` (`[1, 3, H, W]`, the enlarged draft
/// that a revision paints on), and one output, the painting, in either shape and ranged like the photo.
/// A network without style numbers paints one style. The metadata may say
///
/// - `brushwork.stride`: H and W have to be multiples of this (default 4);
/// - `brushwork.style`: `vector`, if a style is a vector from elsewhere; else each of the `S` numbers
///   weighs a style of the network's own (Dumoulin et al. 2017, section 2.2);
/// - `brushwork.photo_row`: which of those was trained to give the photo back;
/// - `brushwork.white`: the number for white, 1 or 255 (found out if it is not said).
#[derive(Debug, Clone)]
pub struct StyleModel {
    plan: Arc<TypedSimplePlan>,
    image_input: usize,
    draft_input: Option<usize>,
    style_input: Option<usize>,
    /// How many numbers make up a style.
    style: usize,
    /// How many of them weigh a style of the network's own; 1 where it has but one.
    rows: usize,
    photo_row: Option<usize>,
    stride: usize,
    white: f32,
    reach: Option<Reach>,
}

impl StyleModel {
    /// How many styles the network has of its own, the photo not counted.
    pub fn styles(&self) -> usize {
        self.rows - usize::from(self.photo_row.is_some())
    }

    /// How many numbers make up a style.
    pub fn style_length(&self) -> usize {
        self.style
    }

    /// Whether this is a revision: a network that paints on an enlarged draft.
    pub fn revises(&self) -> bool {
        self.draft_input.is_some()
    }

    /// The styles that the network has of its own.
    pub fn own_styles(&self) -> Styles {
        let unit = |row: usize| {
            let mut vector = vec![0.0; self.style];
            vector.iter_mut().skip(row).take(1).for_each(|number| *number = 1.0);
            vector
        };
        let rows = (0..self.rows).filter(|row| Some(*row) != self.photo_row);
        Styles::new(self.style, self.photo_row.map(unit), rows.map(unit).collect())
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
