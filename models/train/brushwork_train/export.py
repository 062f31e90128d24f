"""Writes a network as standard ONNX, its convolutions in 8 bits.

The graph is one pattern over and over, so that an engine can recognise it:

    Pad(reflect) -> Conv -> InstanceNormalization -> Mul(scale) -> Add(shift) [-> Relu]

where scale and shift are `style @ table`, reshaped to [1, C, 1, 1]. At the end the photo is added,
as much as the photo row weighs, and HardSigmoid (alpha 1, beta 0.5) limits the painting to 0..1.
The weights of each Conv come through DequantizeLinear(axis=0); the tables are float16 through Cast:
two bytes for each number of a style, and rounding too small to see.
"""

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from .errors import TrainingError
from .weights import HALVES, PHOTO, Architecture, Weights

OPSET = 17
IR_VERSION = 8
EPSILON = 1e-5
"""What the instance norms add to a variance; PyTorch's default."""


def quantise(weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Symmetric 8 bits per output channel.

    weight: float32 [O, ...]. Returns int8 [O, ...] in -127..127 and the float32 scales [O], so that
    weight is about int8 * scale.
    """
    flat = weight.reshape(len(weight), -1)
    # A channel that is zero throughout keeps a scale that can be divided by.
    scale = np.maximum(np.abs(flat).max(axis=1), 1e-8) / 127
    return np.round(flat / scale[:, None]).reshape(weight.shape).astype(np.int8), scale


class Graph:
    """An ONNX graph being written: each method adds nodes and returns their output's name."""

    def __init__(self, weights: Weights, in_8_bits: bool):
        """Starts a graph that will take its arrays from `weights`."""
        self.arrays = weights.arrays
        self.rows = len(weights.rows)
        self.in_8_bits = in_8_bits
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, onnx.TensorProto] = {}

    def node(self, operator: str, inputs: list[str], output: str, **attributes) -> str:
        """Adds one node, named like its output."""
        self.nodes.append(helper.make_node(operator, inputs, [output], name=output, **attributes))
        return output

    def constant(self, name: str, value) -> str:
        """Adds a constant, or finds the one that already has the name."""
        self.constants.setdefault(name, numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def convolution_weight(self, name: str, weight: np.ndarray) -> str:
        """An OIHW float32 weight, kept in 8 bits unless the graph is to be all float."""
        if not self.in_8_bits:
            return self.constant(name, weight)
        values, scale = quantise(weight)
        inputs = [
            self.constant(f"{name}.int8", values),
            self.constant(f"{name}.scale", scale),
            self.constant(f"{name}.zero", np.zeros(len(scale), np.int8)),
        ]
        return self.node("DequantizeLinear", inputs, name, axis=0)

    def convolve(self, x: str, name: str, weight: np.ndarray, stride=1, group=1, bias=None) -> str:
        """Reflection padding that keeps the size, then the convolution."""
        side = weight.shape[2]
        if border := side // 2:
            widths = np.array([0, 0, border, border] * 2, np.int64)
            pads = self.constant(f"reflect.{border}", widths)
            x = self.node("Pad", [x, pads], f"{name}.padded", mode="reflect")
        inputs = [x, self.convolution_weight(f"{name}.weight", weight)]
        if bias is not None:
            inputs.append(self.constant(f"{name}.bias", bias))
        return self.node(
            "Conv",
            inputs,
            name,
            kernel_shape=[side, side],
            strides=[stride, stride],
            pads=[0, 0, 0, 0],
            group=group,
        )

    def row_mixture(self, table_name: str, table: np.ndarray) -> str:
        """`style @ table`: rows [S, C] mixed by the style's weights, as [1, C, 1, 1]."""
        if self.in_8_bits:
            half = self.constant(f"{table_name}.float16", table.astype(np.float16))
            rows = self.node("Cast", [half], f"{table_name}.table", to=TensorProto.FLOAT)
        else:
            rows = self.constant(f"{table_name}.table", table)
        mixed = self.node("MatMul", ["style.row", rows], f"{table_name}.mixed")
        channels = table.shape[1]
        shape = self.constant(f"per_channel.{channels}", np.array([1, channels, 1, 1], np.int64))
        return self.node("Reshape", [mixed, shape], table_name)

    def normalise(self, x: str, name: str, relu: bool) -> str:
        """Conditional instance norm (Dumoulin et al. 2017, section 2.2), then perhaps ReLU."""
        scale, shift = self.arrays[f"{name}.scale"], self.arrays[f"{name}.shift"]
        channels = scale.shape[1]
        ones = self.constant(f"ones.{channels}", np.ones(channels, np.float32))
        zeros = self.constant(f"zeros.{channels}", np.zeros(channels, np.float32))
        normal = self.node(
            "InstanceNormalization", [x, ones, zeros], f"{name}.normal", epsilon=EPSILON
        )
        scale = self.row_mixture(f"{name}.scale", scale)
        scaled = self.node("Mul", [normal, scale], f"{name}.scaled")
        shift = self.row_mixture(f"{name}.shift", shift)
        y = self.node("Add", [scaled, shift], f"{name}.shifted")
        return self.node("Relu", [y], f"{name}.relu") if relu else y

    def layer(self, x: str, part: str, stride=1, relu=True) -> str:
        """A 3x3 convolution (full, or depthwise and pointwise), its norm and perhaps ReLU."""
        if (full := f"{part}.conv.weight") in self.arrays:
            x = self.convolve(x, f"{part}.conv", self.arrays[full], stride=stride)
        else:
            depthwise = self.arrays[f"{part}.depthwise.weight"]
            pointwise = self.arrays[f"{part}.pointwise.weight"]
            x = self.convolve(x, f"{part}.depthwise", depthwise, stride, group=len(depthwise))
            x = self.convolve(x, f"{part}.pointwise", pointwise)
        return self.normalise(x, f"{part}.norm", relu)

    def transform(self, architecture: Architecture, photo_row: int | None):
        """The whole network, from `image` and `style` to `painting`."""
        side = architecture.unshuffle
        shape = self.constant("style.row.shape", np.array([1, self.rows], np.int64))
        self.node("Reshape", ["style", shape], "style.row")
        half = self.constant("half", np.array(0.5, np.float32))
        x = self.node("Sub", ["image", half], "centred")
        x = self.node("SpaceToDepth", [x], "squares", blocksize=side)
        x = self.layer(x, "stem")
        x = self.layer(x, "down", stride=2)
        for block in range(architecture.blocks):
            first, second = (f"body.{block}.{half}" for half in HALVES)
            y = self.layer(self.layer(x, first), second, relu=False)
            x = self.node("Add", [x, y], f"body.{block}")
        scales = self.constant("twice", np.array([1, 1, 2, 2], np.float32))
        x = self.node(
            "Resize",
            [x, "", scales],
            "up.nearest",
            mode="nearest",
            coordinate_transformation_mode="asymmetric",
            nearest_mode="floor",
        )
        x = self.layer(x, "up")
        x = self.convolve(x, "head", self.arrays["head.weight"], bias=self.arrays["head.bias"])
        x = self.node("DepthToSpace", [x], "pixels", blocksize=side, mode="CRD")
        gate = np.zeros((self.rows, 3), np.float32)
        if photo_row is not None:
            gate[photo_row] = 1
        photo = self.node("Mul", ["centred", self.row_mixture("photo.gate", gate)], "photo")
        x = self.node("Add", [x, photo], "uncut")
        self.node("HardSigmoid", [x], "painting", alpha=1.0, beta=0.5)


def stem_in_onnx_order(weight: np.ndarray, side: int) -> np.ndarray:
    """Reorders the stem's input channels from PyTorch's pixel_unshuffle to ONNX' SpaceToDepth.

    weight: [O, 3 * side^2, 3, 3]. PyTorch puts colour c of pixel p at c * side^2 + p, ONNX at
    p * 3 + c.
    """
    order = [colour * side**2 + pixel for pixel in range(side**2) for colour in range(3)]
    return weight[:, order]


def to_onnx(weights: Weights, in_8_bits: bool = True) -> onnx.ModelProto:
    """The network as an ONNX model.

    Inputs: `image` float32 [1, 3, H, W], RGB in 0..1, H and W multiples of the architecture's
    stride; `style` float32 [rows], the weight of each row, as a rule summing to 1. Output:
    `painting`, like `image`. Metadata: `brushwork.stride`, `brushwork.styles` (names of the rows,
    separated by commas), `brushwork.white` (the number for white: without it the engine has to find
    out) and, where there is a photo row, its index as `brushwork.photo_row`.

    in_8_bits: keep convolutions as int8 and tables as float16, as shipped; else all float32.
    """
    architecture = weights.architecture
    stem = stem_in_onnx_order(weights.arrays["stem.conv.weight"], architecture.unshuffle)
    arrays = weights.arrays | {"stem.conv.weight": stem}
    graph = Graph(Weights(architecture, weights.rows, arrays), in_8_bits)
    graph.transform(architecture, weights.photo_row)

    picture = [1, 3, "H", "W"]
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "brushwork",
            [
                helper.make_tensor_value_info("image", TensorProto.FLOAT, picture),
                helper.make_tensor_value_info("style", TensorProto.FLOAT, [len(weights.rows)]),
            ],
            [helper.make_tensor_value_info("painting", TensorProto.FLOAT, picture)],
            list(graph.constants.values()),
        ),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="brushwork_train",
    )
    metadata = {
        "brushwork.stride": str(architecture.stride),
        "brushwork.styles": ",".join(weights.rows),
        "brushwork.white": "1",
    }
    if weights.photo_row is not None:
        metadata["brushwork.photo_row"] = str(weights.photo_row)
    helper.set_model_props(model, metadata)
    onnx.checker.check_model(model, full_check=True)
    return model


def check_titles(weights: Weights, styles: Path):
    """Refuses a styles.json whose entries are not the network's styles in the same order."""
    try:
        ids = [style["id"] for style in json.loads(Path(styles).read_text("utf-8"))]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TrainingError(f"{styles} cannot be read as a list of styles: {error}") from error
    expected = [row for row in weights.rows if row != PHOTO]
    if ids != expected:
        raise TrainingError(f"{styles} lists {ids}, but the network paints {expected}.")


def export(weights: Path, styles: Path, output: Path):
    """Reads a weights file, checks it against styles.json and writes the ONNX file."""
    network = Weights.load(weights)
    check_titles(network, styles)
    onnx.save(to_onnx(network), output)
    print(f"{output}: {Path(output).stat().st_size} bytes, {', '.join(network.rows)}")
