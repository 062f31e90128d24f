//! Networks that other people trained: our kernels have to catch them, and to paint what plain
//! tract paints.

mod networks;

use brushwork::{Painter, Picture, Recipe, StyleModel};
use networks::{Enlarging, Form, johnson};
use prost::Message;
use tract_onnx::pb::ModelProto;
use tract_onnx::prelude::*;

const FORMS: [Form; 4] = [
    Form { opset: 9, mirrored: true, enlarging: Enlarging::Upsample },
    Form { opset: 11, mirrored: true, enlarging: Enlarging::Resize },
    Form { opset: 17, mirrored: false, enlarging: Enlarging::Resize },
    Form { opset: 13, mirrored: true, enlarging: Enlarging::Transposed },
];

fn photo(width: u32, height: u32) -> Picture {
    let pixels = (0..height).flat_map(|y| {
        (0..width).flat_map(move |x| {
            let noise = (x * 7919 + y * 104_729) % 61;
            [(x * 190 / width + noise) as u8, (y * 190 / height + noise) as u8, (x ^ y) as u8, 255]
        })
    });
    Picture::from_rgba(width, height, pixels.collect()).unwrap()
}

/// What tract paints by itself, rounded to bytes, of a network whose colours come first or last.
fn plain(model: &[u8], photo: &Picture, colours_last: bool) -> Vec<u8> {
    let (width, height) = (photo.width() as usize, photo.height() as usize);
    let onnx = tract_onnx::onnx();
    let mut model = onnx.model_for_read(&mut { model }).unwrap();
    let order = if colours_last { [0, 2, 3, 1] } else { [0, 1, 2, 3] };
    let image = tract_ndarray::Array4::from_shape_fn((1, 3, height, width), |(_, c, y, x)| {
        f32::from(photo.rgba()[(y * width + x) * 4 + c])
    });
    let image = Tensor::from(image).permute_axes(&order).unwrap();
    model.set_input_fact(0, f32::fact(image.shape()).into()).unwrap();
    let model = model.into_optimized().unwrap().into_runnable().unwrap();
    let painting = model.run(tvec!(image.into())).unwrap().remove(0);
    let painting = painting.to_plain_array_view::<f32>().unwrap();
    let pixels = (0..height * width).flat_map(|pixel| {
        let value = |c: usize| {
            let at = [0, c, pixel / width, pixel % width];
            painting[order.map(|axis| at[axis])]
        };
        [0, 1, 2].map(|c| (value(c) + 0.5) as u8).into_iter().chain([255])
    });
    pixels.collect()
}

#[test]
fn they_paint_what_plain_tract_paints() {
    let photo = photo(44, 60);
    for form in FORMS {
        let bytes = johnson([16, 12, 20], 2, form);
        let painter = Painter::from(StyleModel::read(&bytes).unwrap());
        let painting = painter.paint(&photo, &Recipe::single(0, 1), &mut |_| {}).unwrap();
        let opset = form.opset;
        // The same network as plain tract can read it: it has no `Upsample`, and before operator
        // set 13 no `Resize` without a region of interest.
        let enlarging = match form.enlarging {
            Enlarging::Transposed => Enlarging::Transposed,
            Enlarging::Upsample | Enlarging::Resize => Enlarging::Resize,
        };
        let reference = johnson([16, 12, 20], 2, Form { opset: opset.max(13), enlarging, ..form });
        let expected = plain(&reference, &photo, false);
        let largest =
            painting.rgba().iter().zip(&expected).map(|(ours, plain)| ours.abs_diff(*plain)).max();
        assert!(largest <= Some(1), "operator set {opset}: {largest:?}");
        let contrast = expected.iter().filter(|value| (20..235).contains(*value)).count();
        assert!(contrast > expected.len() / 4, "the painting is nearly black and white");
    }
}

/// How far a painting in a size is from what plain tract paints of a network whose colours come last.
fn apart(bytes: &[u8], width: u32, height: u32) -> Option<u8> {
    let photo = photo(width, height);
    let painter = Painter::from(StyleModel::read(bytes).unwrap());
    let painting = painter.paint(&photo, &Recipe::single(0, 1), &mut |_| {}).unwrap();
    let expected = plain(bytes, &photo, true);
    painting.rgba().iter().zip(&expected).map(|(ours, plain)| ours.abs_diff(*plain)).max()
}

#[test]
fn colours_may_come_last_as_in_tensorflow() {
    // Of the only size that plain tract can paint it in.
    let largest = apart(include_bytes!("embed/networks/tensorflow-13-fixed.onnx"), 128, 96);
    assert!(largest <= Some(1), "{largest:?}");
}

/// Networks as TensorFlow exports them of a free size, which work out what is twice as large from the
/// size of the picture; and how many of their convolutions run by Winograd's way, and transposed
/// ones by tract's.
const OF_A_FREE_SIZE: [(&[u8], usize, usize); 3] = [
    (include_bytes!("embed/networks/tensorflow-11-free.onnx"), 6, 0),
    (include_bytes!("embed/networks/tensorflow-13-free.onnx"), 4, 2),
    (include_bytes!("embed/networks/tensorflow-17-keras-free.onnx"), 5, 1),
];

#[test]
fn sizes_may_follow_from_the_picture_as_in_tensorflow() {
    for (bytes, winograd, transposed) in OF_A_FREE_SIZE {
        for (width, height) in [(256, 256), (312, 200)] {
            let largest = apart(bytes, width, height);
            assert!(largest <= Some(1), "{largest:?}, {winograd} of Winograd's");
        }
        let operators = StyleModel::read(bytes).unwrap().operators();
        let count = |name: &str| operators.iter().filter(|operator| *operator == name).count();
        assert_eq!(count("MapConvolution.winograd"), winograd, "{operators:?}");
        // Those of stride 2, whose inputs have few channels.
        assert_eq!(count("MapConvolution.direct"), 2, "{operators:?}");
        assert_eq!(count("Deconv"), transposed, "{operators:?}");
        for slow in ["Convolution", "Enlarge", "Resize", "Slice"] {
            assert_eq!(count(slow), 0, "{slow} in {operators:?}");
        }
    }
}

#[test]
fn sizes_that_are_no_multiples_are_refused() {
    let (bytes, ..) = OF_A_FREE_SIZE[0];
    let mut model = ModelProto::decode(bytes).unwrap();
    // The number that both sides are multiplied by, of which one more is taken away.
    let nodes = &mut model.graph.as_mut().unwrap().node;
    let product =
        nodes.iter_mut().find(|node| node.op_type == "Mul" && node.name.contains("mul_5"));
    product.unwrap().op_type = "Sub".into();
    let error = StyleModel::read(&model.encode_to_vec()).unwrap_err();
    assert!(error.code() == "unsupported-model" && error.to_string().contains("Shape"), "{error}");
}

#[test]
fn their_convolutions_run_on_our_kernels() {
    for form in FORMS {
        let model = StyleModel::read(&johnson([16, 12, 20], 2, form)).unwrap();
        let operators = model.operators();
        let count = |name: &str| operators.iter().filter(|operator| *operator == name).count();
        let transposed = form.enlarging == Enlarging::Transposed;
        let [winograd, slow] = if transposed { [7, 2] } else { [9, 0] };
        assert_eq!(count("MapConvolution.winograd"), winograd, "{operators:?}");
        // That of stride 2 whose input has 12 channels.
        assert_eq!(count("MapConvolution.direct"), 1, "{operators:?}");
        let on_planes = operators.iter().filter(|name| name.contains("Deconv")).count();
        assert_eq!(on_planes, slow, "{operators:?}");
        for name in ["Convolution", "InstanceNorm", "Enlarge", "Pad", "Resize"] {
            let norms_after_transposed = if transposed && name == "InstanceNorm" { 2 } else { 0 };
            assert_eq!(count(name), norms_after_transposed, "{name} in {operators:?}");
        }
    }
}

#[test]
fn what_it_cannot_run_is_named() {
    let whole = johnson([1, 1, 1], 1, FORMS[2]);
    let mut model = ModelProto::decode(&whole[..]).unwrap();
    let refused = |model: &ModelProto| {
        let error = StyleModel::read(&model.encode_to_vec()).unwrap_err();
        (error.code(), error.to_string())
    };
    assert!(StyleModel::read(&model.encode_to_vec()).is_ok());

    let mut other = model.clone();
    other.graph.as_mut().unwrap().node[2].op_type = "Loop".into();
    let (code, text) = refused(&other);
    assert!(code == "unsupported-model" && text.contains("Loop"), "{code}: {text}");

    // A node that reads what nobody makes.
    let mut other = model.clone();
    other.graph.as_mut().unwrap().node.remove(1);
    let (code, text) = refused(&other);
    assert!(code == "bad-model" && text.contains("nowhere"), "{code}: {text}");

    // Weights of another length than their shape says, and of one that no memory holds.
    for dims in [vec![7, 3, 9, 9], vec![1 << 40, 1 << 40], vec![-1, 3, 9, 9]] {
        let mut other = model.clone();
        other.graph.as_mut().unwrap().initializer[0].dims = dims;
        assert_eq!(refused(&other).0, "bad-model");
    }

    model.opset_import[0].version = 99;
    assert_eq!(refused(&model).0, "unsupported-model");
}
