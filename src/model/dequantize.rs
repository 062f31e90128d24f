//! Weights that are stored as bytes become floats before tract sees them: with its general
//! operators it would take half the time that an engine needs to start.

use std::collections::HashMap;

use tract_onnx::pb::tensor_proto::DataType;
use tract_onnx::pb::{GraphProto, NodeProto, TensorProto};

/// Puts floats in place of each DequantizeLinear of constants. What it does not understand stays
/// for tract.
pub(super) fn dequantize(graph: &mut GraphProto) {
    let constants: HashMap<&str, &TensorProto> =
        graph.initializer.iter().map(|tensor| (tensor.name.as_str(), tensor)).collect();
    let mut floats = vec![];
    let mut others = vec![];
    for node in &graph.node {
        match dequantized(node, &constants) {
            Some(tensor) => floats.push(tensor),
            None => others.push(node.clone()),
        }
    }
    graph.initializer.extend(floats);
    graph.node = others;
}

/// `(quantised - zero) * scale`, with one scale for all or one for each index of an axis.
fn dequantized(node: &NodeProto, constants: &HashMap<&str, &TensorProto>) -> Option<TensorProto> {
    if node.op_type != "DequantizeLinear" || !node.domain.is_empty() {
        return None;
    }
    let constant = |input: usize| constants.get(node.input.get(input)?.as_str()).copied();
    let (quantised, scale) = (constant(0)?, constant(1)?);
    let (values, scales) = (bytes(quantised)?, numbers(scale)?);
    let zeros = match node.input.get(2).map(String::as_str) {
        None | Some("") => vec![0.0; scales.len()],
        Some(_) => bytes(constant(2)?)?,
    };
    let dimensions: Vec<_> =
        quantised.dims.iter().map(|&size| usize::try_from(size)).collect::<Result<_, _>>().ok()?;
    let axis = node.attribute.iter().find(|attribute| attribute.name == "axis");
    let axis = axis.map_or(1, |axis| axis.i);
    let axis = if axis < 0 { axis + dimensions.len() as i64 } else { axis } as usize;
    // How many values in a row have the same scale.
    let run = match scales.len() {
        1 => values.len(),
        count if dimensions.get(axis) == Some(&count) => dimensions[axis + 1..].iter().product(),
        _ => return None,
    };
    let whole = dimensions.iter().product::<usize>() == values.len();
    if run == 0 || !whole || zeros.len() != scales.len() {
        return None;
    }
    let float_data = values.chunks(run).zip((0..scales.len()).cycle()).flat_map(|(run, index)| {
        let (zero, scale) = (zeros[index], scales[index]);
        run.iter().map(move |value| (value - zero) * scale)
    });
    Some(TensorProto {
        name: node.output.first()?.clone(),
        dims: quantised.dims.clone(),
        data_type: DataType::Float as i32,
        float_data: float_data.collect(),
        ..TensorProto::default()
    })
}

fn bytes(tensor: &TensorProto) -> Option<Vec<f32>> {
    let signed = match DataType::try_from(tensor.data_type) {
        Ok(DataType::Int8) => true,
        Ok(DataType::Uint8) => false,
        _ => return None,
    };
    if tensor.raw_data.is_empty() {
        return Some(tensor.int32_data.iter().map(|&value| value as f32).collect());
    }
    let value = |byte: &u8| if signed { f32::from(*byte as i8) } else { f32::from(*byte) };
    Some(tensor.raw_data.iter().map(value).collect())
}

fn numbers(tensor: &TensorProto) -> Option<Vec<f32>> {
    if tensor.data_type != DataType::Float as i32 {
        return None;
    }
    if tensor.raw_data.is_empty() {
        return Some(tensor.float_data.clone());
    }
    let number = |bytes: &[u8]| Some(f32::from_le_bytes(bytes.try_into().ok()?));
    tensor.raw_data.chunks(4).map(number).collect()
}

#[cfg(test)]
mod tests {
    use tract_onnx::pb::AttributeProto;

    use super::*;

    fn tensor(name: &str, dims: &[i64], kind: DataType, raw_data: Vec<u8>) -> TensorProto {
        let (name, dims, data_type) = (name.into(), dims.to_vec(), kind as i32);
        TensorProto { name, dims, data_type, raw_data, ..TensorProto::default() }
    }

    fn floats(name: &str, values: &[f32]) -> TensorProto {
        let raw = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        tensor(name, &[values.len() as i64], DataType::Float, raw)
    }

    fn graph(tensors: &[TensorProto], inputs: &[&str], axis: i64) -> GraphProto {
        let axis = AttributeProto { name: "axis".into(), i: axis, ..AttributeProto::default() };
        let node = NodeProto {
            op_type: "DequantizeLinear".into(),
            input: inputs.iter().map(|&input| input.into()).collect(),
            output: vec!["weights".into()],
            attribute: vec![axis],
            ..NodeProto::default()
        };
        GraphProto { initializer: tensors.to_vec(), node: vec![node], ..GraphProto::default() }
    }

    #[test]
    fn each_index_of_the_axis_has_its_scale_and_zero() {
        let bytes: Vec<u8> = vec![1, 2, 255, 4, 5, 250, 7, 8, 9, 10, 11, 12];
        let values = tensor("values", &[2, 3, 2], DataType::Int8, bytes);
        let scales = floats("scales", &[1.0, 0.5, 2.0]);
        let zeros = tensor("zeros", &[3], DataType::Int8, vec![0, 1, 255]);
        let mut graph = graph(&[values, scales, zeros], &["values", "scales", "zeros"], 1);
        dequantize(&mut graph);
        assert!(graph.node.is_empty());
        let weights = graph.initializer.last().unwrap();
        assert_eq!((weights.name.as_str(), &weights.dims[..]), ("weights", &[2, 3, 2][..]));
        let expected = [1.0, 2.0, -1.0, 1.5, 12.0, -10.0, 7.0, 8.0, 4.0, 4.5, 24.0, 26.0];
        assert_eq!(weights.float_data, expected);
    }

    #[test]
    fn one_scale_may_serve_all() {
        let values = tensor("values", &[4], DataType::Uint8, vec![0, 128, 200, 255]);
        let mut graph = graph(&[values, floats("scale", &[0.5])], &["values", "scale"], 0);
        dequantize(&mut graph);
        assert_eq!(graph.initializer[2].float_data, [0.0, 64.0, 100.0, 127.5]);
    }

    #[test]
    fn what_is_not_understood_stays() {
        let values = tensor("values", &[2, 3], DataType::Int8, vec![1; 6]);
        let tensors = [values, floats("two", &[1.0, 2.0]), floats("none", &[])];
        for (inputs, axis) in [
            (&["values", "two"][..], 1),
            (&["values", "two"], -3),
            (&["values", "two"], 7),
            (&["values", "none"], 0),
            (&["values", "values"], 0),
            (&["values", "picture"], 0),
            (&["picture", "two"], 0),
            (&["values"], 0),
        ] {
            let mut graph = graph(&tensors, inputs, axis);
            dequantize(&mut graph);
            assert_eq!((graph.node.len(), graph.initializer.len()), (1, 3), "{inputs:?} {axis}");
        }
    }
}
