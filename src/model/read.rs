//! From the bytes of a file to a model that can run.

use std::collections::HashMap;
use std::panic::catch_unwind;

use tract_onnx::pb::attribute_proto::AttributeType;
use tract_onnx::pb::{
    AttributeProto, GraphProto, ModelProto, NodeProto, ValueInfoProto, tensor_shape_proto,
    type_proto,
};
use tract_onnx::prelude::*;
use tract_onnx::tract_hir::internal::*;

use super::dequantize::dequantize;
use super::{Reach, Run, StyleModel, check, fuse, halo, shapes, sizes};
use crate::{Error, ops};

const STRIDE: &str = "brushwork.stride";
const PHOTO_ROW: &str = "brushwork.photo_row";
const STYLE: &str = "brushwork.style";
const WHITE: &str = "brushwork.white";
/// What networks call white.
const WHITES: [usize; 2] = [1, 255];
const LARGEST_STRIDE: usize = 64;

/// The most numbers of a style.
const LONGEST_STYLE: usize = 1 << 14;

/// The most rows that are styles of a network's own.
const MOST_ROWS: usize = 1024;

/// The input that makes a network a revision.
const DRAFT: &str = "draft";

/// The side of the picture on which a network is tried.
const TRIAL: usize = 64;

/// The most that a network may ask for to paint a picture of [`TRIAL`] pixels squared. Johnson's,
/// the largest in use, takes 2.5 MB, 620 million multiply-adds and 2 million values.
const MOST_MEMORY: usize = 128 << 20;
const MOST_MULTIPLY_ADDS: f64 = 2e9;
const MOST_VALUES: f64 = 5e7;
/// Networks that paint in 0..1 seldom leave it by this much; those in 0..255 always do.
const LARGEST_OF_ONE: f32 = 8.0;

impl StyleModel {
    /// Reads an ONNX file.
    ///
    /// # Errors
    /// [`Error::BadModel`] when the bytes are not one whole ONNX model,
    /// [`Error::UnsupportedModel`] when it is no style model or has an operator that cannot run.
    pub fn read(bytes: &[u8]) -> Result<StyleModel, Error> {
        // tract panics at some networks that contradict themselves, such as one that asks for an axis
        // that a map does not have: more kinds of them than `check` knows. It shares nothing with us
        // but the bytes. In a browser a panic ends the worker, which is told of there.
        catch_unwind(|| StyleModel::read_unguarded(bytes))
            .unwrap_or_else(|_| Err(unsupported("its parts do not fit together".into())))
    }

    fn read_unguarded(bytes: &[u8]) -> Result<StyleModel, Error> {
        let onnx = ops::onnx();
        let mut proto = onnx
            .proto_model_for_read(&mut { bytes })
            .map_err(|error| Error::BadModel(error.to_string()))?;
        proto.graph.iter_mut().for_each(sizes::work_out);
        let graph = proto.graph.as_ref().filter(|graph| !graph.node.is_empty());
        let graph = graph.ok_or_else(|| Error::BadModel("it holds no network".into()))?;

        check::check(&proto, graph)?;
        let weights: Vec<_> = graph.initializer.iter().map(|tensor| tensor.name.as_str()).collect();
        let inputs: Vec<_> =
            graph.input.iter().filter(|input| !weights.contains(&input.name.as_str())).collect();
        let signature = Signature::of(&inputs)?;
        if graph.output.len() != 1 {
            return Err(unsupported(format!(
                "it has {} outputs instead of one",
                graph.output.len()
            )));
        }
        let metadata = Metadata::of(&proto, &signature)?;

        if signature.colours_last {
            let image = inputs[signature.image_input].name.clone();
            proto.graph.iter_mut().for_each(|graph| take_colours_first(graph, &image));
        }
        proto.graph.iter_mut().for_each(dequantize);
        forget_sizes(&mut proto);
        let (plan, reach) = compile(&onnx, &proto, &signature, metadata.stride)
            .map_err(|error| unsupported(format!("{error:#}")))?;
        let mut model = StyleModel {
            plan,
            image_input: signature.image_input,
            draft_input: signature.draft_input,
            style_input: signature.style_input,
            style: signature.style,
            rows: metadata.rows,
            photo_row: metadata.photo_row,
            stride: metadata.stride,
            white: 1.0,
            reach,
        };
        let failed = |error: TractError| unsupported(format!("{error:#}"));
        let trial = trial(&model).map_err(failed)?;
        model.white = match metadata.white {
            Some(white) => white,
            None => find_white(trial).map_err(failed)?,
        };
        Ok(model)
    }
}

/// Takes away what the file says of sizes that follow from others: tract would believe it.
fn forget_sizes(proto: &mut ModelProto) {
    let Some(graph) = &mut proto.graph else { return };
    graph.value_info.clear();
    graph.output.iter_mut().for_each(|output| output.r#type = None);
    for input in &mut graph.input {
        if let Some(type_proto::Value::TensorType(tensor)) =
            input.r#type.as_mut().and_then(|kind| kind.value.as_mut())
        {
            tensor.shape = None;
        }
    }
}

/// Has a network whose `image` is `[1, H, W, 3]`, as TensorFlow's are, take `[1, 3, H, W]`.
fn take_colours_first(graph: &mut GraphProto, image: &str) {
    let mut inside = format!("{image}.colours_last");
    let named = |graph: &GraphProto, name: &String| {
        let of_nodes = |node: &NodeProto| node.name == *name || node.output.contains(name);
        graph.node.iter().any(of_nodes)
            || graph.initializer.iter().any(|tensor| tensor.name == *name)
            || graph.input.iter().any(|input| input.name == *name)
    };
    while named(graph, &inside) {
        inside.push('\'');
    }
    let reads = graph.node.iter_mut().flat_map(|node| &mut node.input);
    reads.filter(|input| *input == image).for_each(|input| input.clone_from(&inside));
    let order = AttributeProto {
        name: "perm".into(),
        r#type: AttributeType::Ints as i32,
        ints: vec![0, 2, 3, 1],
        ..AttributeProto::default()
    };
    let transpose = NodeProto {
        name: inside.clone(),
        op_type: "Transpose".into(),
        input: vec![image.into()],
        output: vec![inside],
        attribute: vec![order],
        ..NodeProto::default()
    };
    graph.node.insert(0, transpose);
}

/// The painting of a picture of noise, if a network asks for no more than it may.
fn trial(model: &StyleModel) -> TractResult<Run> {
    let side = TRIAL.next_multiple_of(model.stride);
    let noise = |index: usize| (index.wrapping_mul(2_654_435_761) >> 8 & 255) as f32 / 255.0;
    let image: Vec<_> = (0..3 * side * side).map(noise).collect();
    let image = Tensor::from_shape(&[1, 3, side, side], &image)?;
    let mut style = vec![0.0; model.style];
    style.iter_mut().take(1).for_each(|first| *first = 1.0);
    let draft = model.revises().then(|| image.clone());
    let run = Run::new(model, image, draft, &style, None)?;
    ensure!(run.memory() <= MOST_MEMORY, "it takes too much memory");
    ensure!(
        run.multiply_adds() <= MOST_MULTIPLY_ADDS && run.values() <= MOST_VALUES,
        "it takes too long"
    );
    Ok(run)
}

/// What the network calls white, by the range of what it paints of a picture of noise. Whether the
/// picture itself is in that range makes little difference, for norms take it away.
fn find_white(mut run: Run) -> TractResult<f32> {
    while run.step()?.is_some() {}
    let painting = run.painting()?;
    let painting = painting.to_plain_array_view::<f32>()?;
    let largest = painting.iter().fold(0.0f32, |largest, value| largest.max(value.abs()));
    Ok(if largest > LARGEST_OF_ONE { 255.0 } else { 1.0 })
}

fn unsupported(reason: String) -> Error {
    Error::UnsupportedModel(reason)
}

/// Which input is which.
struct Signature {
    image_input: usize,
    /// Whether the image is `[1, H, W, 3]`.
    colours_last: bool,
    /// Another picture that is painted on.
    draft_input: Option<usize>,
    style_input: Option<usize>,
    /// How many numbers make up a style: 0 without such an input.
    style: usize,
}

impl Signature {
    fn of(inputs: &[&ValueInfoProto]) -> Result<Signature, Error> {
        let shapes: Vec<_> = inputs.iter().map(|input| shape(input)).collect();
        let is_first = |shape: &[Option<usize>]| matches!(shape, [None | Some(1), Some(3), _, _]);
        let draft_input = inputs.iter().position(|input| input.name == DRAFT);
        let draft_input = draft_input.filter(|&draft| is_first(&shapes[draft]));
        let find = |is_image: &dyn Fn(&[Option<usize>]) -> bool| {
            let mut images = shapes.iter().enumerate().filter(|(_, shape)| is_image(shape));
            images.find(|&(input, _)| Some(input) != draft_input).map(|(input, _)| input)
        };
        let colours_first = find(&is_first);
        let colours_last = find(&|shape| matches!(shape, [None | Some(1), _, _, Some(3)]));
        let image_input = colours_first.or(colours_last);
        let style_input = shapes.iter().position(|shape| matches!(shape[..], [Some(_)]));
        let style =
            style_input.map_or(Some(0), |input| shapes[input][0].filter(|&count| count > 0));
        let others = [draft_input, style_input].into_iter().flatten().count();
        match (image_input, style) {
            (Some(image_input), Some(style @ 0..=LONGEST_STYLE)) if inputs.len() == 1 + others => {
                let colours_last = colours_first.is_none();
                Ok(Signature { image_input, colours_last, draft_input, style_input, style })
            }
            _ => Err(unsupported(
                "its inputs should be an image [1, 3, H, W] or [1, H, W, 3] and perhaps style weights [S]"
                    .into(),
            )),
        }
    }
}

/// The dimensions of an input; `None` for one that is free.
fn shape(input: &ValueInfoProto) -> Vec<Option<usize>> {
    let Some(type_proto::Value::TensorType(tensor)) =
        input.r#type.as_ref().and_then(|kind| kind.value.as_ref())
    else {
        return vec![];
    };
    let dimensions = tensor.shape.iter().flat_map(|shape| &shape.dim);
    dimensions
        .map(|dimension| match &dimension.value {
            Some(tensor_shape_proto::dimension::Value::DimValue(size)) => (*size).try_into().ok(),
            _ => None,
        })
        .collect()
}

/// What the file says about itself beyond the graph.
struct Metadata {
    stride: usize,
    /// How many of the numbers of a style are styles of their own: none where they are a vector.
    rows: usize,
    photo_row: Option<usize>,
    white: Option<f32>,
}

impl Metadata {
    fn of(proto: &ModelProto, signature: &Signature) -> Result<Metadata, Error> {
        let entries: HashMap<_, _> = proto
            .metadata_props
            .iter()
            .map(|entry| (entry.key.as_str(), entry.value.as_str()))
            .collect();
        let number = |key: &str, valid: &dyn Fn(usize) -> bool| {
            let Some(text) = entries.get(key) else { return Ok(None) };
            match text.parse() {
                Ok(value) if valid(value) => Ok(Some(value)),
                _ => Err(unsupported(format!("its metadata says {key} = {text:?}"))),
            }
        };
        let rows = match entries.get(STYLE) {
            Some(&"vector") => 0,
            Some(text) => return Err(unsupported(format!("its metadata says {STYLE} = {text:?}"))),
            // A network without such an input paints one style.
            None => signature.style.max(1),
        };
        if rows > MOST_ROWS {
            return Err(unsupported(format!("it has {rows} styles")));
        }
        let photo_row = number(PHOTO_ROW, &|row| row < rows)?;
        if photo_row.is_some() && rows == 1 {
            return Err(unsupported("its only style is the photo itself".into()));
        }
        let stride = number(STRIDE, &|stride| (1..=LARGEST_STRIDE).contains(&stride))?.unwrap_or(4);
        let white = number(WHITE, &|white| WHITES.contains(&white))?.map(|white| white as f32);
        Ok(Metadata { stride, rows, photo_row, white })
    }
}

fn compile(
    onnx: &tract_onnx::Onnx,
    proto: &ModelProto,
    signature: &Signature,
    stride: usize,
) -> TractResult<(Arc<TypedSimplePlan>, Option<Reach>)> {
    let mut model = onnx.model_for_proto_model(proto)?;
    let (height, width) = (model.sym("H"), model.sym("W"));
    let image = |strides: [TDim; 2]| {
        let [height, width] = strides.map(|side| side * stride);
        [1.to_dim(), 3.to_dim(), height, width]
    };
    if let Some(style_input) = signature.style_input {
        model.set_input_fact(style_input, f32::fact([signature.style]).into())?;
    }
    let pictures: TVec<_> =
        [Some(signature.image_input), signature.draft_input].into_iter().flatten().collect();
    shapes::check(&model, &pictures, |strides| {
        f32::fact(image(strides.map(|side| side.to_dim()))).into()
    })?;
    let image = image([height.to_dim(), width.to_dim()]);
    for picture in pictures {
        model.set_input_fact(picture, f32::fact(&image).into())?;
    }
    let mut model = model.into_typed()?;
    let painting = model.output_outlets()?[0];
    let colours_last = [0, 2, 3, 1].map(|axis: usize| image[axis].clone());
    if *model.outlet_fact(painting)?.shape.dims() == colours_last {
        let colours_first =
            model.wire_node("painting.colours_first", AxisOp::Move(3, 1), &[painting])?;
        model.select_output_outlets(&colours_first)?;
    }
    let mut model = fuse::fuse(&model)?;
    let reach = halo::spread(&mut model, &height, stride)?;
    let output = model.output_fact(0)?;
    ensure!(*output.shape.dims() == image, "its output is no picture");
    Ok((TypedSimplePlan::new(model)?, reach))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DRAFT: &[u8] = include_bytes!("../../models/draft.onnx");
    const REVISION: &[u8] = include_bytes!("../../models/revise.onnx");

    #[test]
    fn our_own_models_are_read() {
        let draft = StyleModel::read(DRAFT).unwrap();
        assert!(!draft.revises() && draft.style_length() > 1000 && draft.stride() == 4);
        let revision = StyleModel::read(REVISION).unwrap();
        assert!(revision.revises() && revision.style_length() > 500 && revision.stride() == 4);
        assert!(draft.reach().is_some() && revision.reach().is_some());
    }

    #[test]
    fn what_is_no_whole_model_is_refused() {
        for bytes in [&b""[..], b"not a model", &DRAFT[..DRAFT.len() / 2], &DRAFT[..64]] {
            assert_eq!(StyleModel::read(bytes).unwrap_err().code(), "bad-model");
        }
    }
}
