//! Painting through the public surface: sizes, recipes, progress, and what is refused.

use std::sync::LazyLock;

use brushwork::{Error, Painter, Picture, Recipe};

static PAINTER: LazyLock<Painter> = LazyLock::new(|| {
    let draft = include_bytes!("../models/draft.onnx");
    let revision = include_bytes!("../models/revise.onnx");
    Painter::read(draft, revision, include_bytes!("../models/styles.bin")).unwrap()
});

/// A smooth picture with some noise, no two columns or rows alike.
fn photo(width: u32, height: u32) -> Picture {
    let pixels = (0..height).flat_map(|y| {
        (0..width).flat_map(move |x| {
            let noise = (x * 7919 + y * 104_729) % 31;
            let [red, green] = [x * 200 / width, y * 200 / height].map(|value| value + noise);
            [red as u8, green as u8, (x + y) as u8, 255]
        })
    });
    Picture::from_rgba(width, height, pixels.collect()).unwrap()
}

fn whole(style: usize) -> Recipe {
    Recipe::single(style, PAINTER.styles().len())
}

fn painted(photo: &Picture, recipe: &Recipe) -> Picture {
    PAINTER.paint(photo, recipe, &mut |_| {}).unwrap()
}

fn mean_difference(a: &Picture, b: &Picture) -> f64 {
    let sum: u64 = a.rgba().iter().zip(b.rgba()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    sum as f64 / a.rgba().len() as f64
}

#[test]
fn pictures_of_any_size_keep_it() {
    let sizes = [(8, 8), (9, 11), (8, 300), (301, 8), (64, 64), (133, 97), (255, 257), (640, 402)];
    for (width, height) in sizes {
        let photo = photo(width, height);
        let painting = painted(&photo, &whole(1));
        assert_eq!((painting.width(), painting.height()), (width, height));
        assert!(mean_difference(&photo, &painting) > 5.0, "{width}x{height} looks like the photo");
    }
}

#[test]
fn a_large_picture_is_painted() {
    let photo = photo(2000, 1000);
    let painting = painted(&photo, &whole(0));
    assert_eq!((painting.width(), painting.height()), (2000, 1000));
    assert!(mean_difference(&photo, &painting) > 5.0);
}

#[test]
fn styles_differ_and_the_same_style_does_not() {
    let photo = photo(64, 48);
    let paintings: Vec<_> =
        (0..PAINTER.styles().len()).map(|style| painted(&photo, &whole(style))).collect();
    for (index, painting) in paintings.iter().enumerate() {
        assert_eq!(*painting, painted(&photo, &whole(index)));
        for other in &paintings[..index] {
            assert!(mean_difference(painting, other) > 2.0);
        }
    }
}

#[test]
fn strength_goes_from_the_photo_to_the_painting() {
    let photo = photo(64, 64);
    let at = |strength| painted(&photo, &Recipe { strength, ..whole(0) });
    let from_photo = |strength| mean_difference(&photo, &at(strength));
    assert!(from_photo(0.0) < 8.0, "at 0 the photo differs by {}", from_photo(0.0));
    assert!(from_photo(0.0) < from_photo(0.5) && from_photo(0.5) < from_photo(1.0));
}

#[test]
fn the_photos_colours_can_stay() {
    let photo = photo(96, 64);
    let grey = |picture: &Picture| -> Vec<u8> {
        let grey =
            |p: &[u8]| 0.299 * f32::from(p[0]) + 0.587 * f32::from(p[1]) + 0.114 * f32::from(p[2]);
        picture.rgba().chunks(4).map(|pixel| grey(pixel).round() as u8).collect()
    };
    // Painted at once, and revised.
    for (stroke, side) in [(1.0, 96), (4.0, 384)] {
        let photo = photo.resize(side, side * 2 / 3).unwrap();
        let own = painted(&photo, &Recipe { stroke, ..whole(0) });
        let kept = painted(&photo, &Recipe { stroke, keep_colours: true, ..whole(0) });
        assert!(grey(&own).iter().zip(grey(&kept)).all(|(own, kept)| own.abs_diff(kept) <= 1));
        let colour = |picture: &Picture| {
            let warm = |p: &[u8]| f64::from(p[0]) - f64::from(p[2]);
            picture.rgba().chunks(4).map(warm).sum::<f64>() / f64::from(side * side * 2 / 3)
        };
        let away = |picture: &Picture| (colour(picture) - colour(&photo)).abs();
        assert!(away(&kept) < away(&own), "{} and {}", away(&kept), away(&own));
    }
}

#[test]
fn only_the_proportion_of_weights_counts() {
    let photo = photo(32, 32);
    let mut blend = whole(0);
    blend.weights[1] = 1.0;
    let mut doubled = blend.clone();
    doubled.weights.iter_mut().for_each(|weight| *weight *= 2.0);
    assert_eq!(painted(&photo, &blend), painted(&photo, &doubled));
    assert!(mean_difference(&painted(&photo, &blend), &painted(&photo, &whole(0))) > 1.0);
}

#[test]
fn transparency_is_kept() {
    let mut rgba = photo(16, 16).into_rgba();
    rgba.chunks_mut(4).enumerate().for_each(|(index, pixel)| pixel[3] = index as u8);
    let photo = Picture::from_rgba(16, 16, rgba).unwrap();
    let painting = painted(&photo, &whole(0));
    for (painted, original) in painting.rgba().chunks(4).zip(photo.rgba().chunks(4)) {
        assert_eq!(painted[3], original[3]);
    }
}

#[test]
fn progress_rises_to_one() {
    let mut heard = vec![];
    PAINTER.paint(&photo(64, 64), &whole(0), &mut |fraction| heard.push(fraction)).unwrap();
    assert!(heard.len() > 5);
    assert!(heard.windows(2).all(|pair| pair[0] <= pair[1]));
    assert!(heard[0] > 0.0 && heard[0] < 0.5);
    assert_eq!(heard.last(), Some(&1.0));
}

#[test]
fn what_cannot_be_painted_is_refused() {
    let refused = |photo: &Picture, recipe: &Recipe| -> Error {
        PAINTER.paint(photo, recipe, &mut |_| {}).unwrap_err()
    };
    assert_eq!(refused(&photo(7, 100), &whole(0)).code(), "too-small");
    assert_eq!(refused(&photo(100, 7), &whole(0)).code(), "too-small");
    let fits = photo(8, 8);
    let with = |weights: Vec<f32>, strength| {
        refused(&fits, &Recipe { weights, strength, ..whole(0) }).code()
    };
    let styles = PAINTER.styles().len();
    assert_eq!(with(vec![], 1.0), "bad-recipe");
    assert_eq!(with(vec![1.0; styles + 1], 1.0), "bad-recipe");
    assert_eq!(with(vec![0.0; styles], 1.0), "bad-recipe");
    for weight in [-1.0, f32::NAN, f32::INFINITY, f32::MAX] {
        assert_eq!(with(vec![weight; styles], 1.0), "bad-recipe", "{weight}");
    }
    for strength in [-0.1, 1.1, f32::NAN] {
        assert_eq!(with(vec![1.0; styles], strength), "bad-recipe", "{strength}");
    }
    for stroke in [0.5, 4.1, f32::NAN] {
        assert_eq!(refused(&fits, &Recipe { stroke, ..whole(0) }).code(), "bad-recipe", "{stroke}");
    }
}
