//! Which operators the networks run on: a fall-back to slow ones must not go unseen.

use std::collections::BTreeMap;

use brushwork::StyleModel;

fn count(model: &[u8]) -> BTreeMap<String, usize> {
    let mut count = BTreeMap::new();
    for name in StyleModel::read(model).unwrap().operators() {
        *count.entry(name).or_default() += 1;
    }
    count
}

/// Whether all of a network but these operators runs on our kernels.
fn assert_fast(count: &BTreeMap<String, usize>, small: &[&str]) {
    let maps = ["ToMap", "AddMaps", "Affine", "ToPlanes"];
    for name in count.keys() {
        let known = maps.contains(&&**name) || small.contains(&&**name);
        assert!(known || name.starts_with("MapConvolution."), "{name} is slow: {count:#?}");
    }
    assert_eq!((count["ToMap"], count["ToPlanes"]), (1, 1));
    assert!(count["MapConvolution.winograd"] >= 8, "{count:#?}");
    assert!(!count.contains_key("MapConvolution.direct"), "{count:#?}");
}

#[test]
fn the_draft_network_runs_on_our_own_kernels() {
    let count = count(include_bytes!("../models/draft.onnx"));
    // Done to the few numbers of a style.
    assert_fast(&count, &["AddAxis", "StridedSlice", "Source"]);
    assert_eq!(count["AddMaps"], 5);
}

#[test]
fn the_revision_network_runs_on_our_own_kernels() {
    let count = count(include_bytes!("../models/revise.onnx"));
    // As above; and the two pictures are laid on one another.
    assert_fast(&count, &["AddAxis", "Concat", "StridedSlice", "Source", "Sub"]);
    assert_eq!(count["AddMaps"], 4);
}
