//! The engine against onnxruntime on the same model: `tests/golden/make.py` made the paintings.

use std::path::Path;

use brushwork::{Painter, Picture, Recipe};

fn golden(file: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(file);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn paintings_equal_those_of_onnxruntime() {
    let draft = include_bytes!("../models/draft.onnx");
    let revision = include_bytes!("../models/revise.onnx");
    let painter = Painter::read(draft, revision, include_bytes!("../models/styles.bin")).unwrap();
    let list: serde_json::Value = serde_json::from_slice(&golden("golden.json")).unwrap();
    let cases = list["cases"].as_array().unwrap();
    assert!(cases.len() >= 3);
    for case in cases {
        let name = case["output"].as_str().unwrap();
        let photo = Picture::decode(&golden(case["input"].as_str().unwrap())).unwrap();
        let expected = Picture::decode(&golden(name)).unwrap();
        let weights = case["weights"].as_array().unwrap();
        let weights = weights.iter().map(|weight| weight.as_f64().unwrap() as f32).collect();
        let strength = case["strength"].as_f64().unwrap() as f32;
        let stroke = case["stroke"].as_f64().unwrap() as f32;
        let recipe = Recipe { weights, strength, stroke, keep_colours: false };
        let painting = painter.paint(&photo, &recipe, &mut |_| {}).unwrap();
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
