"""Writes small networks for fast style transfer, as the public TensorFlow repositories of Johnson's
network make them, exported by tf2onnx: `python make_tensorflow.py` (tensorflow-cpu 2.15.1, tf2onnx
1.16.1). Their colours come last, or first with `inputs_as_nchw`; the weights are made up.
"""

from pathlib import Path

import numpy
import tensorflow
import tf2onnx
from tensorflow import Tensor, nn

HERE = Path(__file__).parent
WIDTHS = (8, 12, 16)
HEIGHT, WIDTH = 96, 128


class Network:
    def __init__(self, *, mirrored: bool, transposed: bool) -> None:
        self.mirrored = mirrored
        self.transposed = transposed
        self.random = numpy.random.default_rng(1)

    def numbers(self, mean: float, spread: float, *shape: int) -> Tensor:
        return tensorflow.constant(self.random.normal(mean, spread, shape).astype("float32"))

    def weights(self, size: int, before: int, after: int, depth: int) -> Tensor:
        return self.numbers(0, (size * size * depth) ** -0.5, size, size, before, after)

    def convolution(self, x: Tensor, before: int, after: int, size: int, stride: int = 1) -> Tensor:
        weights = self.weights(size, before, after, before)
        if not self.mirrored:
            return nn.conv2d(x, weights, stride, "SAME")
        margin = [size // 2] * 2
        x = tensorflow.pad(x, [[0, 0], margin, margin, [0, 0]], "REFLECT")
        return nn.conv2d(x, weights, stride, "VALID")

    def larger(self, x: Tensor, before: int, after: int) -> Tensor:
        _, height, width, _ = x.shape
        if self.transposed:
            weights = self.weights(3, after, before, before)
            return nn.conv2d_transpose(x, weights, [1, height * 2, width * 2, after], 2, "SAME")
        x = tensorflow.image.resize(x, [height * 2, width * 2], "nearest")
        return self.convolution(x, before, after, 3)

    def norm(self, x: Tensor, channels: int) -> Tensor:
        mean, variance = nn.moments(x, [1, 2], keepdims=True)
        gain, shift = self.numbers(1, 0.1, channels), self.numbers(0, 0.1, channels)
        return gain * ((x - mean) / (variance + 1e-3) ** 0.5) + shift

    def __call__(self, image: Tensor) -> Tensor:
        full, half, quarter = WIDTHS
        x = nn.relu(self.norm(self.convolution(image, 3, full, 9), full))
        x = nn.relu(self.norm(self.convolution(x, full, half, 3, 2), half))
        x = nn.relu(self.norm(self.convolution(x, half, quarter, 3, 2), quarter))
        block = nn.relu(self.norm(self.convolution(x, quarter, quarter, 3), quarter))
        x = x + self.norm(self.convolution(block, quarter, quarter, 3), quarter)
        x = nn.relu(self.norm(self.larger(x, quarter, half), half))
        x = nn.relu(self.norm(self.larger(x, half, full), full))
        return nn.tanh(self.convolution(x, full, 3, 9)) * 150 + 127.5


def write(name: str, network: Network, *, operator_set: int, colours_first: bool) -> None:
    signature = [tensorflow.TensorSpec([1, HEIGHT, WIDTH, 3], tensorflow.float32, name="image")]
    tf2onnx.convert.from_function(
        tensorflow.function(network, input_signature=signature),
        input_signature=signature,
        opset=operator_set,
        inputs_as_nchw=["image:0"] if colours_first else None,
        output_path=HERE / f"{name}.onnx",
    )


def main() -> None:
    kinds = {
        "tensorflow-13-fixed": (dict(mirrored=False, transposed=True), 13, False),
        "tensorflow-11-fixed": (dict(mirrored=True, transposed=False), 11, True),
    }
    for name, (form, operator_set, colours_first) in kinds.items():
        write(name, Network(**form), operator_set=operator_set, colours_first=colours_first)


if __name__ == "__main__":
    main()
