//! What has to hold for any picture and any recipe: sizes, strips, resizing. Tiny networks, so that
//! many sizes can be tried.

mod networks;

use std::sync::LazyLock;

use brushwork::paint::{Brush, LEAST_SIDE, StripPainting};
use brushwork::{Painter, Picture, Recipe, StyleModel};
use proptest::prelude::*;

static MODEL: LazyLock<StyleModel> =
    LazyLock::new(|| StyleModel::read(&networks::conditional(2, 3)).unwrap());
static PAINTER: LazyLock<Painter> = LazyLock::new(|| MODEL.clone().into());

fn photo(width: u32, height: u32, seed: u32) -> Picture {
    let value = |at: u32| (at ^ seed).wrapping_mul(2_654_435_761) >> 24;
    let rgba = (0..width * height * 4).map(|at| value(at) as u8).collect();
    Picture::from_rgba(width, height, rgba).unwrap()
}

/// Painted in its own size, or said to be too small, which it then is.
fn paints_or_says_why_not(width: u32, height: u32) {
    let recipe = Recipe::single(1, MODEL.styles());
    let mut last = 0.0;
    let mut rises = |fraction: f32| {
        assert!((last..=1.0).contains(&fraction), "{last}, then {fraction}");
        last = fraction;
    };
    match PAINTER.paint(&photo(width, height, 7), &recipe, &mut rises) {
        Ok(painting) => assert_eq!((painting.width(), painting.height()), (width, height)),
        Err(error) => {
            assert_eq!(error.code(), "too-small", "{width}x{height}: {error}");
            assert!(width.min(height) < LEAST_SIDE, "{width}x{height}: {error}");
        }
    }
}

#[test]
fn every_size_up_to_64_by_64_paints_or_says_why_not() {
    for height in 1..=64 {
        for width in 1..=64 {
            paints_or_says_why_not(width, height);
        }
    }
}

#[test]
fn extreme_shapes_paint_or_say_why_not() {
    for long in [500, 1999, 4000] {
        for short in [1, 2, 7, 8, 9, 13] {
            paints_or_says_why_not(long, short);
            paints_or_says_why_not(short, long);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..Default::default() })]

    /// A picture resized has the size asked for, and nothing in it that was not there.
    #[test]
    fn resizing_stays_within_the_picture(
        (width, height) in (1u32..80, 1u32..80),
        (to_width, to_height) in (1u32..200, 1u32..200),
        seed: u32,
    ) {
        let photo = photo(width, height, seed);
        let resized = photo.resize(to_width, to_height).unwrap();
        prop_assert_eq!((resized.width(), resized.height()), (to_width, to_height));
        for channel in 0..4 {
            let values = |picture: &Picture| -> Vec<u8> {
                picture.rgba().iter().skip(channel).step_by(4).copied().collect()
            };
            let (before, after) = (values(&photo), values(&resized));
            let (least, most) = (before.iter().min().unwrap(), before.iter().max().unwrap());
            let range = least.saturating_sub(1)..=most.saturating_add(1);
            prop_assert!(after.iter().all(|value| range.contains(value)));
        }
    }

    /// Strips that exchange their moments paint what is painted at once, wherever they meet.
    #[test]
    fn strips_equal_the_whole(
        (width, height) in (8u32..40, 24u32..90),
        cuts in prop::collection::btree_set(1usize..22, 1..3),
        strength in 0.0f32..=1.0,
        seed: u32,
    ) {
        let photo = photo(width, height, seed);
        let recipe = Recipe { strength, ..Recipe::single(0, MODEL.styles()) };
        let whole = PAINTER.paint(&photo, &recipe, &mut |_| {}).unwrap();
        let style = recipe.mix(PAINTER.styles()).unwrap();
        let brush = Brush::new(&MODEL, &style, &recipe).unwrap();
        let rows = height as usize;
        let cuts = cuts.into_iter().map(|cut| cut * MODEL.stride()).filter(|cut| *cut < rows);
        let edges: Vec<usize> = [0].into_iter().chain(cuts).chain([rows]).collect();
        let mut strips: Vec<_> = edges
            .windows(2)
            .map(|edge| StripPainting::new(brush, &photo, edge[0]..edge[1]).unwrap())
            .collect();
        loop {
            // Each has to go on, the last time as well.
            let stages: Vec<_> =
                strips.iter_mut().map(|strip| strip.advance(&mut |_| {}).unwrap()).collect();
            let stages: Option<Vec<_>> = stages.into_iter().collect();
            let Some(stages) = stages else { break };
            for strip in &mut strips {
                strip.exchange(&stages).unwrap();
            }
        }
        let mut painted = photo.rgba().to_vec();
        let pitch = width as usize * 4;
        for (strip, edge) in strips.into_iter().zip(edges.windows(2)) {
            strip.finish(&mut painted[edge[0] * pitch..edge[1] * pitch]).unwrap();
        }
        let largest = painted.iter().zip(whole.rgba()).map(|(a, b)| a.abs_diff(*b)).max();
        prop_assert!(largest <= Some(1), "{:?} with strips at {:?}", largest, edges);
    }

    /// Any weights, strength and stroke: painted, or refused as a recipe.
    #[test]
    fn any_recipe_is_painted_or_refused(
        weights in prop::collection::vec(prop::num::f32::ANY, 0..4),
        strength in prop::num::f32::ANY,
        stroke in prop_oneof![Just(1.0f32), prop::num::f32::ANY],
    ) {
        let recipe = Recipe { weights, strength, stroke, ..Recipe::single(0, MODEL.styles()) };
        match PAINTER.paint(&photo(8, 8, 1), &recipe, &mut |_| {}) {
            Ok(painting) => prop_assert_eq!(painting.rgba().len(), 256),
            Err(error) => prop_assert_eq!(error.code(), "bad-recipe"),
        }
    }
}
