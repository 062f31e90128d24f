//! Style networks as other people have trained them, with made-up weights: Johnson et al. 2016,
//! supplementary material, table 1, with instance norms, in the forms that the public PyTorch and
//! TensorFlow repositories export.

// Each program that includes this uses a part of it.
#![allow(dead_code)]

use prost::Message;
use tract_onnx::pb::attribute_proto::AttributeType;
use tract_onnx::pb::tensor_shape_proto::{Dimension, dimension::Value};
use tract_onnx::pb::{
    AttributeProto, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, StringStringEntryProto,
    TensorProto, TensorShapeProto, TypeProto, ValueInfoProto, tensor_proto, type_proto,
};

/// How the parts of a network are written in ONNX.
#[derive(Clone, Copy)]
pub struct Form {
    pub opset: i64,
    /// Mirrored padding by `Pad`; else zeros by the convolution.
    pub mirrored: bool,
    pub enlarging: Enlarging,
}

#[derive(Clone, Copy, PartialEq)]
pub enum Enlarging {
    Upsample,
    Resize,
    Transposed,
}

/// Johnson's network: `widths` channels at full, half and quarter size and `blocks` residual
/// blocks, for pictures in 0..255.
pub fn johnson(widths: [usize; 3], blocks: usize, form: Form) -> Vec<u8> {
    let mut network = Network::new(form);
    let [full, half, quarter] = widths;
    let mut x = network.convolution("image", (3, full), 9, 1);
    x = network.norm_and_relu(x, full);
    for (from, to) in [(full, half), (half, quarter)] {
        x = network.convolution(&x, (from, to), 3, 2);
        x = network.norm_and_relu(x, to);
    }
    for _ in 0..blocks {
        let first = network.convolution(&x, (quarter, quarter), 3, 1);
        let first = network.norm_and_relu(first, quarter);
        let second = network.convolution(&first, (quarter, quarter), 3, 1);
        let second = network.norm(&second, quarter);
        x = network.node("Add", &[&x, &second], vec![]);
    }
    for (from, to) in [(quarter, half), (half, full)] {
        x = network.enlarged(&x, (from, to));
        x = network.norm_and_relu(x, to);
    }
    // Into 0..255, most of it.
    x = network.convolution(&x, (full, 3), 9, 1);
    let scale = network.tensor(&[1, 1, 1, 1], vec![60.0]);
    let grey = network.tensor(&[1, 1, 1, 1], vec![127.5]);
    x = network.node("Mul", &[&x, &scale], vec![]);
    x = network.node("Add", &[&x, &grey], vec![]);
    network.finish(x)
}

/// A network like our own, `channels` wide: `rows` styles as rows of conditional instance norms,
/// the first of them the photo itself, weights in 8 bits, blocks of pixels at both ends.
pub fn conditional(channels: usize, rows: usize) -> Vec<u8> {
    let mut network =
        Network::new(Form { opset: 17, mirrored: true, enlarging: Enlarging::Resize });
    let row = network.integers(vec![1, rows as i64]);
    network.named("Reshape", &["style", &row], vec![], "style.row");
    let half = network.tensor(&[], vec![0.5]);
    let centred = network.node("Sub", &["image", &half], vec![]);
    let mut x = network.node("SpaceToDepth", &[&centred], vec![number("blocksize", 2)]);
    x = network.conditional_layer(&x, (12, channels), rows, 1);
    x = network.conditional_layer(&x, (channels, channels), rows, 2);
    let block = network.conditional_layer(&x, (channels, channels), rows, 1);
    x = network.node("Add", &[&x, &block], vec![]);
    x = network.enlarged(&x, (channels, 12));
    x = network.node("DepthToSpace", &[&x], vec![number("blocksize", 2), text("mode", "CRD")]);
    let gate = (0..rows * 3).map(|index| if index < 3 { 1.0 } else { 0.0 }).collect();
    let gate = network.tensor(&[rows, 3], gate);
    let gate = network.row_mixture(&gate, 3);
    let photo = network.node("Mul", &[&centred, &gate], vec![]);
    x = network.node("Add", &[&x, &photo], vec![]);
    x = network.node("HardSigmoid", &[&x], vec![float("alpha", 1.0), float("beta", 0.5)]);
    network.graph.input.push(value("style", vec![Value::DimValue(rows as i64)]));
    network.metadata = vec![("brushwork.stride", "4"), ("brushwork.photo_row", "0")];
    network.finish(x)
}

struct Network {
    form: Form,
    graph: GraphProto,
    metadata: Vec<(&'static str, &'static str)>,
    state: u32,
}

impl Network {
    fn new(form: Form) -> Network {
        Network { form, graph: GraphProto::default(), metadata: vec![], state: 1 }
    }

    fn convolution(
        &mut self,
        input: &str,
        channels: (usize, usize),
        size: usize,
        stride: usize,
    ) -> String {
        let margin = size as i64 / 2;
        let mut pads = vec![margin; 4];
        let mut input = input.to_string();
        if self.form.mirrored {
            let all = vec![0, 0, margin, margin, 0, 0, margin, margin];
            pads = vec![0; 4];
            input = if self.form.opset < 11 {
                self.node("Pad", &[&input], vec![text("mode", "reflect"), numbers("pads", all)])
            } else {
                let all = self.integers(all);
                self.node("Pad", &[&input, &all], vec![text("mode", "reflect")])
            };
        }
        let (from, to) = channels;
        let weights =
            self.random(&[to, from, size, size], 1.0 / ((from * size * size) as f32).sqrt());
        let bias = self.random(&[to], 0.1);
        let attributes = vec![
            numbers("kernel_shape", vec![size as i64; 2]),
            numbers("strides", vec![stride as i64; 2]),
            numbers("pads", pads),
        ];
        self.node("Conv", &[&input, &weights, &bias], attributes)
    }

    fn enlarged(&mut self, input: &str, channels: (usize, usize)) -> String {
        let enlarged = match self.form.enlarging {
            Enlarging::Transposed => {
                let (from, to) = channels;
                let weights = self.random(&[from, to, 3, 3], 1.0 / (from as f32 * 2.25).sqrt());
                let attributes = vec![
                    numbers("kernel_shape", vec![3, 3]),
                    numbers("strides", vec![2, 2]),
                    numbers("pads", vec![1, 1, 1, 1]),
                    numbers("output_padding", vec![1, 1]),
                ];
                return self.node("ConvTranspose", &[input, &weights], attributes);
            }
            Enlarging::Upsample => {
                let scales = self.tensor(&[4], vec![1.0, 1.0, 2.0, 2.0]);
                self.node("Upsample", &[input, &scales], vec![text("mode", "nearest")])
            }
            Enlarging::Resize => {
                let scales = self.tensor(&[4], vec![1.0, 1.0, 2.0, 2.0]);
                let attributes = vec![
                    text("mode", "nearest"),
                    text("coordinate_transformation_mode", "asymmetric"),
                    text("nearest_mode", "floor"),
                ];
                self.node("Resize", &[input, "", &scales], attributes)
            }
        };
        self.convolution(&enlarged, channels, 3, 1)
    }

    fn norm(&mut self, input: &str, channels: usize) -> String {
        let gain = self.random(&[channels], 1.0);
        let shift = self.random(&[channels], 0.5);
        self.node("InstanceNormalization", &[input, &gain, &shift], vec![])
    }

    fn norm_and_relu(&mut self, input: String, channels: usize) -> String {
        let normed = self.norm(&input, channels);
        self.node("Relu", &[&normed], vec![])
    }

    /// A convolution with weights in 8 bits, a norm whose gains and shifts the style mixes, ReLU.
    fn conditional_layer(
        &mut self,
        input: &str,
        (from, to): (usize, usize),
        rows: usize,
        stride: usize,
    ) -> String {
        let pads = self.integers(vec![0, 0, 1, 1, 0, 0, 1, 1]);
        let padded = self.node("Pad", &[input, &pads], vec![text("mode", "reflect")]);
        let weights = (0..to * from * 9).map(|index| (index * 37 % 255) as i32 - 127).collect();
        let weights = self.initializer(TensorProto {
            int32_data: weights,
            data_type: tensor_proto::DataType::Int8 as i32,
            ..dimensions(&[to, from, 3, 3])
        });
        let zeros = self.initializer(TensorProto {
            int32_data: vec![0; to],
            data_type: tensor_proto::DataType::Int8 as i32,
            ..dimensions(&[to])
        });
        let scales = self.tensor(&[to], vec![0.003; to]);
        let weights =
            self.node("DequantizeLinear", &[&weights, &scales, &zeros], vec![number("axis", 0)]);
        let strides = vec![numbers("strides", vec![stride as i64; 2])];
        let x = self.node("Conv", &[&padded, &weights], strides);
        let [ones, zeros] = [1.0, 0.0].map(|value| self.tensor(&[to], vec![value; to]));
        let x = self.node("InstanceNormalization", &[&x, &ones, &zeros], vec![]);
        let [gains, shifts] = [1.0, 0.5].map(|size| {
            let table = self.random(&[rows, to], size);
            self.row_mixture(&table, to)
        });
        let x = self.node("Mul", &[&x, &gains], vec![]);
        let x = self.node("Add", &[&x, &shifts], vec![]);
        self.node("Relu", &[&x], vec![])
    }

    fn row_mixture(&mut self, table: &str, channels: usize) -> String {
        let mixed = self.node("MatMul", &["style.row", table], vec![]);
        let shape = self.integers(vec![1, channels as i64, 1, 1]);
        self.node("Reshape", &[&mixed, &shape], vec![])
    }

    fn node(&mut self, op_type: &str, inputs: &[&str], attribute: Vec<AttributeProto>) -> String {
        let output = format!("{op_type}.{}", self.graph.node.len());
        self.named(op_type, inputs, attribute, &output);
        output
    }

    fn named(
        &mut self,
        op_type: &str,
        inputs: &[&str],
        attribute: Vec<AttributeProto>,
        output: &str,
    ) {
        self.graph.node.push(NodeProto {
            name: output.into(),
            op_type: op_type.into(),
            input: inputs.iter().map(|name| name.to_string()).collect(),
            output: vec![output.into()],
            attribute,
            ..NodeProto::default()
        });
    }

    fn tensor(&mut self, shape: &[usize], values: Vec<f32>) -> String {
        let data_type = tensor_proto::DataType::Float as i32;
        self.initializer(TensorProto { float_data: values, data_type, ..dimensions(shape) })
    }

    fn integers(&mut self, values: Vec<i64>) -> String {
        let data_type = tensor_proto::DataType::Int64 as i32;
        let shape = dimensions(&[values.len()]);
        self.initializer(TensorProto { int64_data: values, data_type, ..shape })
    }

    fn initializer(&mut self, tensor: TensorProto) -> String {
        let name = format!("weights.{}", self.graph.initializer.len());
        self.graph.initializer.push(TensorProto { name: name.clone(), ..tensor });
        name
    }

    /// Repeatable numbers of about this size.
    fn random(&mut self, shape: &[usize], size: f32) -> String {
        let mut next = || {
            self.state = self.state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            ((self.state >> 8) as f32 / (1 << 23) as f32 - 1.0) * size * 1.7
        };
        let values = (0..shape.iter().product()).map(|_| next()).collect();
        self.tensor(shape, values)
    }

    fn finish(mut self, output: String) -> Vec<u8> {
        self.graph.input.insert(0, picture("image"));
        self.graph.output.push(picture(&output));
        let model = ModelProto {
            ir_version: 6,
            opset_import: vec![OperatorSetIdProto {
                version: self.form.opset,
                ..OperatorSetIdProto::default()
            }],
            graph: Some(self.graph),
            metadata_props: self.metadata.into_iter().map(entry).collect(),
            ..ModelProto::default()
        };
        model.encode_to_vec()
    }
}

/// `[1, 3, height, width]` of floats.
fn picture(name: &str) -> ValueInfoProto {
    let free = ["height", "width"].map(|name| Value::DimParam(name.into()));
    value(name, [Value::DimValue(1), Value::DimValue(3)].into_iter().chain(free).collect())
}

/// Floats in this shape.
fn value(name: &str, dimensions: Vec<Value>) -> ValueInfoProto {
    let dimension = |value| Dimension { value: Some(value), ..Dimension::default() };
    let tensor = type_proto::Tensor {
        elem_type: tensor_proto::DataType::Float as i32,
        shape: Some(TensorShapeProto { dim: dimensions.into_iter().map(dimension).collect() }),
    };
    let value = Some(type_proto::Value::TensorType(tensor));
    ValueInfoProto {
        name: name.into(),
        r#type: Some(TypeProto { value, ..TypeProto::default() }),
        ..ValueInfoProto::default()
    }
}

fn entry((key, value): (&str, &str)) -> StringStringEntryProto {
    StringStringEntryProto { key: key.into(), value: value.into() }
}

fn dimensions(shape: &[usize]) -> TensorProto {
    let dims = shape.iter().map(|length| *length as i64).collect();
    TensorProto { dims, ..TensorProto::default() }
}

fn text(name: &str, value: &str) -> AttributeProto {
    AttributeProto {
        name: name.into(),
        r#type: AttributeType::String as i32,
        s: value.as_bytes().to_vec(),
        ..AttributeProto::default()
    }
}

fn number(name: &str, value: i64) -> AttributeProto {
    AttributeProto {
        name: name.into(),
        r#type: AttributeType::Int as i32,
        i: value,
        ..AttributeProto::default()
    }
}

fn float(name: &str, value: f32) -> AttributeProto {
    AttributeProto {
        name: name.into(),
        r#type: AttributeType::Float as i32,
        f: value,
        ..AttributeProto::default()
    }
}

fn numbers(name: &str, values: Vec<i64>) -> AttributeProto {
    AttributeProto {
        name: name.into(),
        r#type: AttributeType::Ints as i32,
        ints: values,
        ..AttributeProto::default()
    }
}
