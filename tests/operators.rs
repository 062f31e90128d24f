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

#[test]
fn our_own_network_runs_on_our_own_kernels() {
    let count = count(include_bytes!("../models/brushwork.onnx"));
    let maps = ["ToMap", "AddMaps", "Affine", "ToPlanes"];
    // Done to the few numbers of a style, or to the three planes of the picture at either end.
    let small = ["AddAxis", "MixRows", "Source", "Add", "Sub", "Mul", "Sigmoid", "HardSigmoid"];
    for name in count.keys() {
        let known = maps.contains(&&**name) || small.contains(&&**name);
        assert!(known || name.starts_with("MapConvolution."), "{name} is slow: {count:#?}");
    }
    assert!(count["AddMaps"] >= 5);
    assert_eq!((count["ToMap"], count["ToPlanes"]), (1, 1));
    assert!(count["MapConvolution.winograd"] >= 3, "{count:#?}");
    // Only convolutions of one pixel are direct ones, which go with depthwise ones.
    let count_of = |name: &str| count.get(name).copied().unwrap_or(0);
    assert_eq!(count_of("MapConvolution.direct"), count_of("MapConvolution.depthwise"));
}
