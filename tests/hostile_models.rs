//! Files that no program exports: made to take more time or memory than there is.

mod networks;

use brushwork::StyleModel;
use networks::{Enlarging, Form, johnson};
use prost::Message;
use tract_onnx::pb::attribute_proto::AttributeType;
use tract_onnx::pb::tensor_proto::DataType;
use tract_onnx::pb::{
    AttributeProto, GraphProto, ModelProto, NodeProto, StringStringEntryProto, TensorProto,
};

/// The code and the text of the error with which a network is refused, once `change` has been at it.
fn refused(change: impl Fn(&mut GraphProto)) -> (&'static str, String) {
    let form = Form { opset: 13, mirrored: true, enlarging: Enlarging::Resize };
    let mut model = ModelProto::decode(&johnson([1, 1, 1], 1, form)[..]).unwrap();
    change(model.graph.as_mut().unwrap());
    let error = StyleModel::read(&model.encode_to_vec()).unwrap_err();
    (error.code(), error.to_string())
}

fn bytes(name: &str, dims: &[i64]) -> TensorProto {
    let size: i64 = dims.iter().product();
    TensorProto {
        name: name.into(),
        dims: dims.into(),
        data_type: DataType::Int8 as i32,
        raw_data: vec![1; size as usize],
        ..TensorProto::default()
    }
}

fn whole_numbers(name: &str, values: &[i64]) -> TensorProto {
    TensorProto {
        name: name.into(),
        dims: vec![values.len() as i64],
        data_type: DataType::Int64 as i32,
        int64_data: values.into(),
        ..TensorProto::default()
    }
}

#[test]
fn a_product_of_more_values_than_can_be_counted() {
    let (code, text) = refused(|graph| {
        graph.initializer.extend([
            bytes("tall", &[1 << 22, 1]),
            bytes("wide", &[1, 1 << 22]),
            bytes("added", &[1, 1 << 20]),
        ]);
        let product = NodeProto {
            op_type: "Gemm".into(),
            input: ["tall", "wide", "added"].map(String::from).into(),
            output: vec!["product".into()],
            ..NodeProto::default()
        };
        graph.node.insert(0, product);
    });
    assert!(code == "unsupported-model" && text.contains("too large"), "{code}: {text}");
}

#[test]
fn a_constant_that_says_two_things() {
    let (code, text) = refused(|graph| {
        let attribute = |name: &str, value: i64| AttributeProto {
            name: name.into(),
            r#type: AttributeType::Tensor as i32,
            t: Some(whole_numbers("", &[0, 0, value, value, 0, 0, value, value])),
            ..AttributeProto::default()
        };
        let pads = NodeProto {
            op_type: "Constant".into(),
            output: vec!["wide".into()],
            attribute: vec![attribute("value", 1 << 40), attribute("harmless", 4)],
            ..NodeProto::default()
        };
        graph.node.iter_mut().find(|node| node.op_type == "Pad").unwrap().input[1] = "wide".into();
        graph.node.insert(0, pads);
    });
    assert!(code == "unsupported-model" && text.contains("constant"), "{code}: {text}");
}

#[test]
fn more_weights_than_any_network_has() {
    let (code, text) = refused(|graph| {
        let weights = (0..5000).map(|index| whole_numbers(&format!("number.{index}"), &[1]));
        graph.initializer.extend(weights);
    });
    assert!(code == "unsupported-model" && text.contains("weights"), "{code}: {text}");
}

/// Were all of them looked at for each node that reads them, this would take minutes.
#[test]
fn many_scales_for_many_nodes() {
    let (code, text) = refused(|graph| {
        let scales = TensorProto {
            name: "scales".into(),
            dims: vec![1 << 22],
            data_type: DataType::Float as i32,
            raw_data: vec![0; 1 << 24],
            ..TensorProto::default()
        };
        graph.initializer.push(scales);
        let resize = graph.node.iter().position(|node| node.op_type == "Resize").unwrap();
        graph.node[resize].input[2] = "scales".into();
        for index in 0..4000 {
            let mut node = graph.node[resize].clone();
            node.name.clear();
            node.output[0] = format!("larger.{index}");
            graph.node.insert(resize + 1, node);
        }
    });
    assert!(code == "unsupported-model" && text.contains("too large"), "{code}: {text}");
}

/// The first convolution of a network, and the weights and the bias that are stored for it.
fn first_convolution(graph: &mut GraphProto) -> [usize; 3] {
    let node = graph.node.iter().position(|node| node.op_type == "Conv").unwrap();
    let stored = |input: usize| {
        let name = &graph.node[node].input[input];
        graph.initializer.iter().position(|tensor| tensor.name == *name).unwrap()
    };
    [node, stored(1), stored(2)]
}

fn with_shape(tensor: &mut TensorProto, dims: &[i64]) {
    let size: i64 = dims.iter().product();
    tensor.dims = dims.into();
    tensor.float_data = vec![0.5; size as usize];
    tensor.raw_data.clear();
}

#[test]
fn weights_for_other_channels_than_the_map_has() {
    for channels in [1, 2, 5] {
        let (code, text) = refused(|graph| {
            let [_, weights, _] = first_convolution(graph);
            with_shape(&mut graph.initializer[weights], &[1, channels, 9, 9]);
        });
        assert!(code == "unsupported-model" && text.contains("channels"), "{code}: {text}");
    }
}

#[test]
fn groups_that_do_not_divide_the_channels() {
    let (code, text) = refused(|graph| {
        let [node, weights, bias] = first_convolution(graph);
        with_shape(&mut graph.initializer[weights], &[4, 1, 9, 9]);
        with_shape(&mut graph.initializer[bias], &[4]);
        graph.node[node].attribute.push(AttributeProto {
            name: "group".into(),
            r#type: AttributeType::Int as i32,
            i: 3,
            ..AttributeProto::default()
        });
    });
    assert!(code == "unsupported-model" && text.contains("channels"), "{code}: {text}");
}

#[test]
fn a_bias_of_another_length() {
    for length in [2, 60] {
        let (code, text) = refused(|graph| {
            let [_, _, bias] = first_convolution(graph);
            with_shape(&mut graph.initializer[bias], &[length]);
        });
        assert_eq!(code, "unsupported-model", "{text}");
    }
}

#[test]
fn windows_and_convolutions_of_nothing() {
    for shape in [[0, 3, 9, 9], [1, 3, 0, 9], [1, 3, 9, 0]] {
        let (code, text) = refused(|graph| {
            let [_, weights, _] = first_convolution(graph);
            with_shape(&mut graph.initializer[weights], &shape);
        });
        assert_eq!(code, "bad-model", "{text}");
    }
}

#[test]
fn attributes_of_windows_that_say_less_than_they_may() {
    for (name, values) in [("strides", [0, 1]), ("dilations", [1, -1]), ("kernel_shape", [0, 9])] {
        let (code, text) = refused(|graph| {
            let [node, ..] = first_convolution(graph);
            let attributes = &mut graph.node[node].attribute;
            attributes.retain(|attribute| attribute.name != name);
            attributes.push(AttributeProto {
                name: name.into(),
                r#type: AttributeType::Ints as i32,
                ints: values.into(),
                ..AttributeProto::default()
            });
        });
        assert!(code == "unsupported-model" && text.contains(name), "{code}: {text}");
    }
}

/// Networks that ask for an axis that a map does not have, divide by nothing, and the like: tract
/// panics at most of them.
#[test]
fn networks_that_contradict_themselves() {
    let found = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/found/model");
    for file in std::fs::read_dir(found).unwrap() {
        let path = file.unwrap().path();
        let error = StyleModel::read(&std::fs::read(&path).unwrap()).unwrap_err();
        assert!(["bad-model", "unsupported-model"].contains(&error.code()), "{path:?}: {error}");
    }
}

#[test]
fn a_white_that_no_network_has() {
    for white in ["128", "254"] {
        let mut model = ModelProto::decode(&networks::conditional(4, 3)[..]).unwrap();
        model
            .metadata_props
            .push(StringStringEntryProto { key: "brushwork.white".into(), value: white.into() });
        let error = StyleModel::read(&model.encode_to_vec()).unwrap_err();
        assert!(error.to_string().contains("white"), "{error}");
    }
}

/// tract's formulas of their shapes would take seconds to simplify.
#[test]
fn networks_that_confuse_their_axes() {
    let bytes = include_bytes!("../fuzz/found/model/reshapes-another-map");
    let error = StyleModel::read(bytes).unwrap_err();
    assert_eq!(error.code(), "unsupported-model", "{error}");
    assert!(error.to_string().contains("its maps do not"), "{error}");
}

/// One of our own networks, once `change` has been at it.
fn changed(bytes: &[u8], change: impl Fn(&mut GraphProto)) -> Result<StyleModel, String> {
    let mut model = ModelProto::decode(bytes).unwrap();
    change(model.graph.as_mut().unwrap());
    StyleModel::read(&model.encode_to_vec()).map_err(|error| error.to_string())
}

#[test]
fn a_part_of_the_style_that_is_not_there() {
    let draft = include_bytes!("../models/draft.onnx");
    let last = StyleModel::read(draft).unwrap().style_length() as i64;
    let cut = |start: i64, end: i64| {
        changed(draft, |graph| {
            graph.initializer.push(whole_numbers("from.here", &[start]));
            graph.initializer.push(whole_numbers("to.here", &[end]));
            // The gate of the photo, the last three numbers.
            let slice = graph.node.iter_mut().rfind(|node| node.op_type == "Slice").unwrap();
            slice.input[1..].clone_from_slice(&["from.here".into(), "to.here".into()]);
        })
    };
    assert!(cut(last - 3, last).is_ok());
    for (start, end) in [(last - 2, last + 1), (3, 0), (-3, -1), (-3, last), (0, 1 << 40)] {
        let text = cut(start, end).unwrap_err();
        assert!(text.contains("Slice") || text.contains("here"), "{start}..{end}: {text}");
    }
    // Fewer numbers than the node that reads them wants.
    assert!(cut(last - 2, last).is_err());
}

#[test]
fn a_slice_of_the_picture() {
    let draft = include_bytes!("../models/draft.onnx");
    let text = changed(draft, |graph| {
        let slice = graph.node.iter_mut().rfind(|node| node.op_type == "Slice").unwrap();
        slice.input[0] = "image".into();
    });
    assert!(text.unwrap_err().contains("Slice"));
}

#[test]
fn maps_joined_by_anything_but_their_channels() {
    let revision = include_bytes!("../models/revise.onnx");
    for axis in [0, 2, 3, -1, 9] {
        let text = changed(revision, |graph| {
            let concat = graph.node.iter_mut().find(|node| node.op_type == "Concat").unwrap();
            concat.attribute[0].i = axis;
        });
        assert!(text.unwrap_err().contains("Concat"), "axis {axis}");
    }
    // One map too few for the convolution.
    assert!(
        changed(revision, |graph| {
            let concat = graph.node.iter_mut().find(|node| node.op_type == "Concat").unwrap();
            concat.input.pop();
        })
        .is_err()
    );
}
