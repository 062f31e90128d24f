"""Writes small networks for fast style transfer, as the public TensorFlow repositories of Johnson's
network make them, exported by tf2onnx: `python make_tensorflow.py` (tensorflow-cpu 2.15.1, tf2onnx
1.16.1). Their colours come last, or first with `inputs_as_nchw`; the weights are made up.

It also writes what the fuzzer of models begins with: the free ones, with hardly any weights and
short names.
"""

from pathlib import Path

import numpy
import onnx
import tensorflow
import tf2onnx
from tensorflow import Tensor, keras, nn

HERE = Path(__file__).parent
SEEDS = HERE.parents[2] / "fuzz/corpus/model"
WIDTHS = (8, 12, 16)
HEIGHT, WIDTH = 96, 128


class Network:
    def __init__(self, widths: tuple[int, int, int], *, mirrored: bool, transposed: bool) -> None:
        self.widths = widths
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
        # Numbers of a fixed size, tensors of a free one.
        count, height, width = [x.shape[axis] or tensorflow.shape(x)[axis] for axis in range(3)]
        if self.transposed:
            weights = self.weights(3, after, before, before)
            return nn.conv2d_transpose(x, weights, [count, height * 2, width * 2, after], 2, "SAME")
        x = tensorflow.image.resize(x, [height * 2, width * 2], "nearest")
        return self.convolution(x, before, after, 3)

    def norm(self, x: Tensor, channels: int) -> Tensor:
        mean, variance = nn.moments(x, [1, 2], keepdims=True)
        gain, shift = self.numbers(1, 0.1, channels), self.numbers(0, 0.1, channels)
        return gain * ((x - mean) / (variance + 1e-3) ** 0.5) + shift

    def __call__(self, image: Tensor) -> Tensor:
        full, half, quarter = self.widths
        x = nn.relu(self.norm(self.convolution(image, 3, full, 9), full))
        x = nn.relu(self.norm(self.convolution(x, full, half, 3, 2), half))
        x = nn.relu(self.norm(self.convolution(x, half, quarter, 3, 2), quarter))
        block = nn.relu(self.norm(self.convolution(x, quarter, quarter, 3), quarter))
        x = x + self.norm(self.convolution(block, quarter, quarter, 3), quarter)
        x = nn.relu(self.norm(self.larger(x, quarter, half), half))
        x = nn.relu(self.norm(self.larger(x, half, full), full))
        return nn.tanh(self.convolution(x, full, 3, 9)) * 150 + 127.5


class KerasNorm(keras.layers.Layer):
    def build(self, shape: tensorflow.TensorShape) -> None:
        self.gain = self.add_weight("gain", shape[-1:], initializer="ones")
        self.shift = self.add_weight("shift", shape[-1:], initializer="zeros")

    def call(self, x: Tensor) -> Tensor:
        mean, variance = nn.moments(x, [1, 2], keepdims=True)
        return self.gain * (x - mean) * tensorflow.math.rsqrt(variance + 1e-5) + self.shift


class Mirror(keras.layers.Layer):
    def __init__(self, margin: int) -> None:
        super().__init__()
        self.margin = [margin] * 2

    def call(self, x: Tensor) -> Tensor:
        return tensorflow.pad(x, [[0, 0], self.margin, self.margin, [0, 0]], "REFLECT")


def keras_network(widths: tuple[int, int, int]) -> keras.Model:
    layers = keras.layers
    full, half, quarter = widths

    def convolution(x: Tensor, channels: int, size: int, stride: int = 1) -> Tensor:
        return layers.Conv2D(channels, size, stride)(Mirror(size // 2)(x))

    def normed(x: Tensor, channels: int, size: int, stride: int = 1) -> Tensor:
        return layers.ReLU()(KerasNorm()(convolution(x, channels, size, stride)))

    image = layers.Input((None, None, 3))
    x = normed(image, full, 9)
    x = normed(x, half, 3, 2)
    x = normed(x, quarter, 3, 2)
    x = layers.Add()([x, KerasNorm()(convolution(normed(x, quarter, 3), quarter, 3))])
    x = normed(layers.UpSampling2D(2)(x), half, 3)
    x = layers.Conv2DTranspose(full, 3, 2, "same")(x)
    x = layers.ReLU()(KerasNorm()(x))
    x = layers.Activation("tanh")(convolution(x, 3, 9))
    return keras.Model(image, x * 150 + 127.5)


def write(
    path: Path,
    network: Network,
    *,
    operator_set: int,
    shape: tuple[int | None, ...] = (None, None, None, 3),
    colours_first: bool = False,
) -> None:
    signature = [tensorflow.TensorSpec(shape, tensorflow.float32, name="image")]
    tf2onnx.convert.from_function(
        tensorflow.function(network, input_signature=signature),
        input_signature=signature,
        opset=operator_set,
        inputs_as_nchw=["image:0"] if colours_first else None,
        output_path=path,
    )


def write_free(folder: Path, suffix: str, widths: tuple[int, int, int]) -> list[Path]:
    paths = [folder / f"tensorflow-{name}-free{suffix}" for name in ("11", "13", "17-keras")]
    mirrored = Network(widths, mirrored=True, transposed=False)
    write(paths[0], mirrored, operator_set=11, shape=(1, None, None, 3))
    transposed = Network(widths, mirrored=False, transposed=True)
    write(paths[1], transposed, operator_set=13)
    keras.utils.set_random_seed(1)
    tf2onnx.convert.from_keras(keras_network(widths), opset=17, output_path=paths[2])
    return paths


def shorten_names(path: Path) -> None:
    model = onnx.load(path)
    graph = model.graph
    del graph.value_info[:]
    names = {"": ""}
    for values in (node.output for node in graph.node):
        values[:] = [names.setdefault(name, f"{len(names)}") for name in values]
    for value in [*graph.initializer, *graph.input, *graph.output]:
        value.name = names.setdefault(value.name, f"{len(names)}")
    for node in graph.node:
        node.name = ""
        node.input[:] = [names[name] for name in node.input]
    onnx.save(model, path)


def main() -> None:
    transposed = Network(WIDTHS, mirrored=False, transposed=True)
    mirrored = Network(WIDTHS, mirrored=True, transposed=False)
    fixed = (1, HEIGHT, WIDTH, 3)
    write(HERE / "tensorflow-13-fixed.onnx", transposed, operator_set=13, shape=fixed)
    path = HERE / "tensorflow-11-fixed.onnx"
    write(path, mirrored, operator_set=11, shape=fixed, colours_first=True)
    write_free(HERE, ".onnx", WIDTHS)
    for path in write_free(SEEDS, "", (2, 2, 2)):
        shorten_names(path)


if __name__ == "__main__":
    main()
