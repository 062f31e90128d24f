"""Writes small networks for fast style transfer, as the public repositories of Johnson's network
export them with PyTorch, with made-up weights: `python make.py` (PyTorch 2, onnx and onnxscript).

What differs is what exporters and trainers differ in: the operator set, the way of enlarging, of
padding and of norming, whether the size is free, and what number is white.
"""

from pathlib import Path

import onnx
import torch
from torch import Tensor, nn
from torch.nn import functional

HERE = Path(__file__).parent
WIDTHS = (8, 12, 16)
HEIGHT, WIDTH = 96, 128


class DecomposedNorm(nn.Module):
    """Instance norm by elementary operators, as TensorFlow's moments end up in ONNX."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.ones(1, channels, 1, 1))
        self.shift = nn.Parameter(torch.zeros(1, channels, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        mean = x.mean((2, 3), keepdim=True)
        variance = ((x - mean) * (x - mean)).mean((2, 3), keepdim=True)
        return (x - mean) / torch.sqrt(variance + 1e-3) * self.gain + self.shift


class InstanceNorm(nn.InstanceNorm2d):
    def __init__(self, channels: int) -> None:
        super().__init__(channels, affine=True)


class Enlarge(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return functional.interpolate(x, scale_factor=2, mode="nearest")


class Block(nn.Module):
    def __init__(self, *layers: nn.Module) -> None:
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.layers(x)


class Network(nn.Module):
    def __init__(self, norm: type[nn.Module], *, mirrored: bool, transposed: bool, white: int) -> None:
        super().__init__()

        def convolution(before: int, after: int, size: int, stride: int = 1) -> list[nn.Module]:
            margin = size // 2
            if mirrored:
                return [nn.ReflectionPad2d(margin), nn.Conv2d(before, after, size, stride)]
            return [nn.Conv2d(before, after, size, stride, margin)]

        def larger(before: int, after: int) -> list[nn.Module]:
            if transposed:
                return [nn.ConvTranspose2d(before, after, 3, 2, padding=1, output_padding=1)]
            return [Enlarge(), *convolution(before, after, 3)]

        full, half, quarter = WIDTHS
        self.layers = nn.Sequential(
            *convolution(3, full, 9), norm(full), nn.ReLU(),
            *convolution(full, half, 3, 2), norm(half), nn.ReLU(),
            *convolution(half, quarter, 3, 2), norm(quarter), nn.ReLU(),
            Block(
                *convolution(quarter, quarter, 3), norm(quarter), nn.ReLU(),
                *convolution(quarter, quarter, 3), norm(quarter),
            ),
            *larger(quarter, half), norm(half), nn.ReLU(),
            *larger(half, full), norm(full), nn.ReLU(),
            *convolution(full, 3, 9),
        )  # fmt: skip
        self.white = white

    def forward(self, image: Tensor) -> Tensor:
        painting = torch.tanh(self.layers(image))
        return painting * 150 + 127.5 if self.white == 255 else (painting + 1) / 2


def write(name: str, network: nn.Module, *, operator_set: int, free: bool) -> None:
    free_axes = {2: "height", 3: "width"}
    # The older of PyTorch's exporters ends at operator set 20.
    newer = operator_set > 20
    if newer:
        sizes = {axis: torch.export.Dim(side, min=32) for axis, side in free_axes.items()}
        axes = {"dynamic_shapes": {"image": sizes} if free else None}
    else:
        axes = {"dynamic_axes": {"image": free_axes, "painting": free_axes} if free else None}
    path = HERE / f"{name}.onnx"
    torch.onnx.export(
        network.eval(),
        (torch.rand(1, 3, HEIGHT, WIDTH),),
        path,
        opset_version=operator_set,
        input_names=["image"],
        output_names=["painting"],
        dynamo=newer,
        external_data=False,
        **axes,
    )
    if newer:
        # It notes for each node from which line of which file on whose machine it comes.
        model = onnx.load(path)
        graph = model.graph
        values = [*graph.input, *graph.output, *graph.value_info]
        for part in [model, graph, *graph.node, *values]:
            del part.metadata_props[:]
        onnx.save(model, path)


def main() -> None:
    torch.manual_seed(1)
    bright = {"white": 255}
    kinds = {
        "upsample-9": (InstanceNorm, dict(mirrored=True, transposed=False, **bright), 9, True),
        "resize-11": (InstanceNorm, dict(mirrored=True, transposed=False, **bright), 11, True),
        "resize-17-fixed": (InstanceNorm, dict(mirrored=True, transposed=False, **bright), 17, False),
        "transposed-13": (InstanceNorm, dict(mirrored=False, transposed=True, white=1), 13, True),
        "decomposed-15": (DecomposedNorm, dict(mirrored=False, transposed=True, **bright), 15, True),
        "decomposed-7-fixed": (DecomposedNorm, dict(mirrored=False, transposed=True, white=1), 7, False),
        "resize-20": (InstanceNorm, dict(mirrored=True, transposed=False, white=1), 20, True),
        "resize-21": (InstanceNorm, dict(mirrored=True, transposed=False, **bright), 21, True),
    }
    for name, (norm, form, operator_set, free) in kinds.items():
        write(name, Network(norm, **form), operator_set=operator_set, free=free)


if __name__ == "__main__":
    main()
