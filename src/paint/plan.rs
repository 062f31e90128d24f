//! The plan of a painting: which passes are made, for a size and strokes.
//!
//! With a revision network, a draft is painted small, at the size that the strokes ask for, and revised
//! for each doubling of the size (Lin et al. 2021). A revision needs no statistics of the whole picture.
//!
//! Without one, a picture larger than its strokes ask for is painted from coarse to fine (after Gatys et
//! al. 2017, section 5): a small copy whole, then larger ones with the statistics of the small one's
//! feature maps; what each has beyond the size of the one before sharpens that one.

use super::{LEAST_SIDE, SIDE_OF_A_STROKE};

/// A picture is painted in one pass if it is longer than its strokes ask for by no more than this; and
/// a pass grows by no less.
const TOLERANCE: f64 = 1.1;

/// The long side, in pixels, of the smallest revision; each later one is twice as large.
const LEAST_REVISION: f64 = SIDE_OF_A_STROKE / 2.0;

/// One pass of a painting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pass {
    /// What is painted, and of what.
    pub kind: Kind,
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
}

/// What a pass paints, and of what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The photo at this size, whole, by the draft network. Statistics are gathered.
    Draft,
    /// The photo at this size and the enlarged painting of the pass before, by the revision network.
    /// There are no statistics.
    Revision,
    /// The photo at this size by the draft network, with the statistics of the [`Kind::Draft`]. Its
    /// detail sharpens the enlarged painting of the pass before.
    Detail,
}

impl Pass {
    /// How much work this is, beside other passes.
    pub fn work(&self) -> f32 {
        let share = if self.kind == Kind::Revision { 0.5 } else { 1.0 };
        self.width as f32 * self.height as f32 * share
    }
}

/// The passes for a picture of this size, the first one first, with strokes of this size (see
/// [`Recipe::stroke`](super::Recipe::stroke)). The last has the picture's own size.
pub fn plan((width, height): (u32, u32), stroke: f32, revises: bool) -> Vec<Pass> {
    let long = f64::from(width.max(height));
    let draft = SIDE_OF_A_STROKE / f64::from(stroke);
    let kind = if revises { Kind::Revision } else { Kind::Detail };
    let sides: Vec<f64> = if revises {
        // All strokes have the sizes above the draft in common, and so have a preview and the picture.
        let doublings = std::iter::successors(Some(LEAST_REVISION), |side| Some(2.0 * side));
        let larger = doublings.skip_while(|side| *side < draft * TOLERANCE);
        let sides = std::iter::once(draft).chain(larger);
        sides.take_while(|side| side * TOLERANCE < long).collect()
    } else {
        // The size for strokes of size 1, so that a picture of that size and larger ones have their
        // small strokes in common. What is hardly larger than the smallest is painted for nothing.
        let larger = (SIDE_OF_A_STROKE > draft * TOLERANCE).then_some(SIDE_OF_A_STROKE);
        let sides = std::iter::once(draft).chain(larger);
        sides.filter(|side| side * TOLERANCE < long).collect()
    };
    let side = |length: u32, side: f64| {
        ((f64::from(length) * side / long).round() as u32).max(LEAST_SIDE.min(length))
    };
    let sizes = sides.iter().map(|&long| (side(width, long), side(height, long)));
    let sizes = sizes.chain([(width, height)]).enumerate();
    sizes
        .map(|(index, (width, height))| Pass {
            kind: if index == 0 { Kind::Draft } else { kind },
            width,
            height,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(size: (u32, u32), stroke: f32, revises: bool) -> Vec<(u32, u32)> {
        let passes = plan(size, stroke, revises);
        let later = if revises { Kind::Revision } else { Kind::Detail };
        assert_eq!(passes[0].kind, Kind::Draft);
        assert!(passes[1..].iter().all(|pass| pass.kind == later));
        passes.iter().map(|pass| (pass.width, pass.height)).collect()
    }

    #[test]
    fn drafts_have_the_size_of_their_strokes_and_revisions_double_it() {
        for (size, stroke, expected) in [
            ((1024, 768), 2.0, vec![(512, 384), (1024, 768)]),
            ((1024, 768), 1.0, vec![(1024, 768)]),
            ((560, 20), 2.0, vec![(560, 20)]),
            ((3024, 4032), 2.0, vec![(384, 512), (768, 1024), (1536, 2048), (3024, 4032)]),
            (
                (4000, 3000),
                4.0,
                vec![(256, 192), (512, 384), (1024, 768), (2048, 1536), (4000, 3000)],
            ),
            // A draft between two sizes is revised at the next one.
            ((2048, 1024), 4.0 / 3.0, vec![(768, 384), (1024, 512), (2048, 1024)]),
            ((1024, 1024), 3.0, vec![(341, 341), (512, 512), (1024, 1024)]),
            // What is hardly larger than a pass is that pass.
            ((2200, 1100), 2.0, vec![(512, 256), (1024, 512), (2200, 1100)]),
            ((9, 4000), 4.0, vec![(8, 256), (8, 512), (8, 1024), (8, 2048), (9, 4000)]),
        ] {
            assert_eq!(sizes(size, stroke, true), expected, "{size:?}, {stroke}");
        }
    }

    #[test]
    fn a_preview_and_the_picture_have_their_first_passes_in_common() {
        for stroke in [1.0, 4.0 / 3.0, 2.0, 2.7, 4.0] {
            let of = |size| sizes(size, stroke, true);
            let (preview, picture) = (of((1024, 768)), of((4032, 3024)));
            assert_eq!(preview, picture[..preview.len()]);
        }
    }

    #[test]
    fn copies_are_of_the_strokes_size_and_of_the_size_for_small_strokes() {
        for (size, stroke, expected) in [
            ((1024, 768), 1.0, vec![(1024, 768)]),
            ((1126, 20), 1.0, vec![(1126, 20)]),
            ((768, 1200), 1.0, vec![(655, 1024), (768, 1200)]),
            ((4000, 3000), 1.05, vec![(975, 731), (4000, 3000)]),
            ((4000, 3000), 2.0, vec![(512, 384), (1024, 768), (4000, 3000)]),
            ((1100, 550), 2.0, vec![(512, 256), (1100, 550)]),
            ((300, 200), 4.0, vec![(256, 171), (300, 200)]),
            ((250, 300), 2.0, vec![(250, 300)]),
            ((9, 4000), 4.0, vec![(8, 256), (8, 1024), (9, 4000)]),
        ] {
            assert_eq!(sizes(size, stroke, false), expected, "{size:?}, {stroke}");
        }
    }
}
