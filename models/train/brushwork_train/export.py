"""Writes a network as standard ONNX, its convolutions in 8 bits.

The graph is one pattern over and over, so that an engine can recognise it:

    Pad(reflect) -> Conv -> InstanceNormalization -> Mul(scale) -> Add(shift) [-> Relu]

where scale and shift are parts of the style vector, as [1, C, 1, 1]; a revision has no
InstanceNormalization. At the end the photo is added, as much as the photo gate says, and
HardSigmoid (alpha 1, beta 0.5) limits the painting to 0..1. The weights of each Conv come through
DequantizeLinear(axis=0), those next to the pixels from float16 through Cast.
"""

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from .errors import TrainingError
from .weights import HALVES, PHOTO, Weights

OPSET = 17
IR_VERSION = 8
COLOURS = 3
IN_16_BITS = ("stem.conv.weight", "head.weight")
"""Few weights, next to the pixels: they would bring a fifth of all that 8 bits change."""
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
        self.architecture = weights.architecture
        self.arrays = weights.arrays
        self.taken = 0  # numbers of the style vector that have found their place
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
        """An OIHW float32 weight, kept small unless the graph is to be all float."""
        if not self.in_8_bits:
            return self.constant(name, weight)
        if name in IN_16_BITS:
            half = self.constant(f"{name}.float16", weight.astype(np.float16))
            return self.node("Cast", [half], name, to=TensorProto.FLOAT)
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

    def part_of_style(self, name: str, length: int) -> str:
        """The next `length` numbers of the style vector, as [1, length, 1, 1]."""
        begin, self.taken = self.taken, self.taken + length
        ends = [self.constant(f"at.{at}", np.array([at], np.int64)) for at in (begin, self.taken)]
        part = self.node("Slice", ["style", *ends], f"{name}.part")
        shape = self.constant(f"per_channel.{length}", np.array([1, length, 1, 1], np.int64))
        return self.node("Reshape", [part, shape], name)

    def normalise(self, x: str, name: str, channels: int, relu: bool) -> str:
        """Conditional instance norm (Dumoulin et al. 2017, section 2.2), then perhaps ReLU.

        In a revision only the scale and shift of the norm.
        """
        if not self.architecture.revises:
            ones = self.constant(f"ones.{channels}", np.ones(channels, np.float32))
            zeros = self.constant(f"zeros.{channels}", np.zeros(channels, np.float32))
            x = self.node(
                "InstanceNormalization", [x, ones, zeros], f"{name}.normal", epsilon=EPSILON
            )
        scale = self.part_of_style(f"{name}.scale", channels)
        scaled = self.node("Mul", [x, scale], f"{name}.scaled")
        shift = self.part_of_style(f"{name}.shift", channels)
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
        channels = self.architecture.norms()[f"{part}.norm"]
        return self.normalise(x, f"{part}.norm", channels, relu)

    def transform(self):
        """The whole network, from `image`, `style` and perhaps `draft` to `painting`."""
        architecture = self.architecture
        side, revises = architecture.unshuffle, architecture.revises
        half = self.constant("half", np.array(0.5, np.float32))
        pictures = "image"
        if revises:
            pictures = self.node("Concat", ["draft", "image"], "both", axis=1)
        x = self.node("Sub", [pictures, half], "seen")
        x = self.node("SpaceToDepth", [x], "squares", blocksize=side)
        stem = self.layer(x, "stem")
        x = self.layer(stem, "down", stride=2)
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
        if revises:
            x = self.node("Add", [x, stem], "up.skipped")
        x = self.convolve(x, "head", self.arrays["head.weight"], bias=self.arrays["head.bias"])
        x = self.node("DepthToSpace", [x], "pixels", blocksize=side, mode="CRD")
        gate = self.part_of_style("photo.gate", COLOURS)
        parts = [("image", gate)]
        if revises:
            ones = self.constant("whole", np.ones((1, COLOURS, 1, 1), np.float32))
            parts.append(("draft", self.node("Sub", [ones, gate], "draft.gate")))
        for picture, share in parts:
            centred = self.node("Sub", [picture, half], f"{picture}.centred")
            seen = self.node("Mul", [centred, share], f"{picture}.share")
            x = self.node("Add", [x, seen], f"with.{picture}")
        self.node("HardSigmoid", [x], "painting", alpha=1.0, beta=0.5)


def stem_in_onnx_order(weight: np.ndarray, side: int) -> np.ndarray:
    """Reorders the stem's input channels from PyTorch's pixel_unshuffle to ONNX' SpaceToDepth.

    weight: [O, planes * side^2, 3, 3]. PyTorch puts plane c of pixel p at c * side^2 + p, ONNX at
    p * planes + c.
    """
    planes = weight.shape[1] // side**2
    order = [plane * side**2 + pixel for pixel in range(side**2) for plane in range(planes)]
    return weight[:, order]


def to_onnx(weights: Weights, in_8_bits: bool = True) -> onnx.ModelProto:
    """The network as an ONNX model.

    Inputs: `image` float32 [1, 3, H, W], RGB in 0..1, H and W multiples of the architecture's
    stride; `style` float32 [architecture.vector], a style vector; for a revision also `draft`, the
    enlarged draft, like `image`. Output: `painting`, like `image`. Metadata: `brushwork.stride`;
    `brushwork.white`, the number for white; `brushwork.style`, "vector": the styles come from
    elsewhere.

    in_8_bits: keep convolutions as int8, as shipped; else all float32.
    """
    architecture = weights.architecture
    stem = stem_in_onnx_order(weights.arrays["stem.conv.weight"], architecture.unshuffle)
    arrays = weights.arrays | {"stem.conv.weight": stem}
    graph = Graph(Weights(architecture, weights.rows, arrays), in_8_bits)
    graph.transform()

    def picture(name: str) -> onnx.ValueInfoProto:
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 3, "H", "W"])

    style = helper.make_tensor_value_info("style", TensorProto.FLOAT, [architecture.vector])
    drafts = [picture("draft")] if architecture.revises else []
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "brushwork",
            [picture("image"), *drafts, style],
            [picture("painting")],
            list(graph.constants.values()),
        ),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="brushwork_train",
    )
    metadata = {
        "brushwork.stride": str(architecture.stride),
        "brushwork.style": "vector",
        "brushwork.white": "1",
    }
    helper.set_model_props(model, metadata)
    onnx.checker.check_model(model, full_check=True)
    return model


def read_titles(styles: Path) -> list[str]:
    """The ids of a styles.json, in their order."""
    try:
        return [style["id"] for style in json.loads(Path(styles).read_text("utf-8"))]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TrainingError(f"{styles} cannot be read as a list of styles: {error}") from error


def style_table(draft: Weights, revision: Weights, ids: list[str]) -> np.ndarray:
    """The vectors of the photo row and then of these styles, float16 [1 + styles, numbers].

    A row is the vector for the draft followed by the one for the revision.
    """
    wanted = [PHOTO, *ids]
    for weights in (draft, revision):
        if missing := [name for name in wanted if name not in weights.rows]:
            raise TrainingError(f"A network has no style called {', '.join(missing)}.")
    parts = [w.vectors()[[w.rows.index(name) for name in wanted]] for w in (draft, revision)]
    return np.concatenate(parts, axis=1).astype(np.float16)


def export(draft: Path, revision: Path, styles: Path, folder: Path):
    """Writes draft.onnx, revise.onnx and styles.bin, the table of the styles in styles.json."""
    networks = Weights.load(draft), Weights.load(revision)
    table = style_table(*networks, read_titles(styles))
    outputs = [folder / name for name in ("draft.onnx", "revise.onnx", "styles.bin")]
    for network, output in zip(networks, outputs, strict=False):
        onnx.save(to_onnx(network), output)
    outputs[2].write_bytes(table.astype("<f2").tobytes())
    for output in outputs:
        print(f"{output}: {output.stat().st_size} bytes")
