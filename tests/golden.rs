//! The engine against onnxruntime on the same model: `tests/golden/make.py` made the paintings.

use std::path::Path;

use brushwork::paint::{Kind, Part, paint_rows};
use brushwork::{Painter, Picture, Recipe};

fn golden(file: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(file);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// One revision of a draft, by itself.
fn revised(painter: &Painter, photo: &Picture, draft: &Picture, recipe: &Recipe) -> Picture {
    let style = recipe.mix(painter.styles()).unwrap();
    let brush = painter.brush(Kind::Revision, &style).unwrap();
    let (draft, rows) = (Part::from(draft), 0..photo.height() as usize);
    let rgba = paint_rows(brush, photo, Some(&draft), rows, &[], 1, &mut |_| {}).unwrap();
    Picture::from_rgba(photo.width(), photo.height(), rgba).unwrap()
}

#[test]
fn paintings_equal_those_of_onnxruntime() {
    let draft = include_bytes!("../models/draft.onnx");
    let revision = include_bytes!("../models/revise.onnx");
    let painter = Painter::read(draft, revision, include_bytes!("../models/styles.bin")).unwrap();
    let list: serde_json::Value = serde_json::from_slice(&golden("golden.json")).unwrap();
    let cases = list["cases"].as_array().unwrap();
    let of_a_draft = cases.iter().filter(|case| case["draft"].is_string()).count();
    assert!(of_a_draft >= 2 && cases.len() >= of_a_draft + 2);
    for case in cases {
        let name = case["output"].as_str().unwrap();
        let photo = Picture::decode(&golden(case["input"].as_str().unwrap())).unwrap();
        let expected = Picture::decode(&golden(name)).unwrap();
        let weights = case["weights"].as_array().unwrap();
        let weights = weights.iter().map(|weight| weight.as_f64().unwrap() as f32).collect();
        let strength = case["strength"].as_f64().unwrap() as f32;
        // A stroke of 1: a photo as small as these is drafted in its own size.
        let recipe = Recipe { weights, strength, stroke: 1.0, keep_colours: false };
        let painting = match case["draft"].as_str() {
            None => painter.paint(&photo, &recipe, &mut |_| {}).unwrap(),
            Some(draft) => {
                let draft = Picture::decode(&golden(draft)).unwrap();
                revised(&painter, &photo, &draft, &recipe)
            }
        };
        assert_eq!((painting.width(), painting.height()), (expected.width(), expected.height()));
        let largest = painting
            .rgba()
            .iter()
            .zip(expected.rgba())
            .map(|(ours, theirs)| ours.abs_diff(*theirs))
            .max();
        println!("{name}: the largest difference is {} of 255", largest.unwrap());
        assert!(largest <= Some(2), "{name}: {largest:?}");
    }
}
