"""VGG-16 as far as relu4_3 (Simonyan and Zisserman 2015): the eyes that judge a painting."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from .errors import TrainingError

CONVOLUTIONS = ("1_1", "1_2", "2_1", "2_2", "3_1", "3_2", "3_3", "4_1", "4_2", "4_3")
"""Block and number of each convolution; a ReLU follows each, a 2x2 max-pooling each block."""

CAFFE_MEAN = (123.68, 116.779, 103.939)
"""Mean colour of the photos that the original weights were trained on, RGB in 0..255."""
TORCHVISION_MEAN = (0.485, 0.456, 0.406)
TORCHVISION_DEVIATION = (0.229, 0.224, 0.225)


class Vgg16(nn.Module):
    """Frozen features of RGB pictures.

    The weights expect colours as `(colour - mean) * factor` per channel, for colours in 0..1.
    """

    def __init__(self, arrays: dict[str, np.ndarray], mean, factor, dtype=torch.float32):
        """arrays: OIHW `convB_N.weight` and `convB_N.bias`; mean, factor: three numbers each."""
        super().__init__()
        self.dtype = dtype
        self.register_buffer("mean", torch.tensor(mean).view(1, 3, 1, 1))
        self.register_buffer("factor", torch.tensor(factor).view(1, 3, 1, 1))
        for name in CONVOLUTIONS:
            weight = torch.from_numpy(arrays[f"conv{name}.weight"]).to(dtype)
            weight = weight.contiguous(memory_format=torch.channels_last)
            self.register_buffer(f"weight{name}", weight)
            bias = torch.from_numpy(arrays[f"conv{name}.bias"]).to(dtype)
            self.register_buffer(f"bias{name}", bias)

    def prepare(self, image: Tensor) -> Tensor:
        """RGB [B, 3, H, W] in 0..1 to what the first convolution expects."""
        return (image.float() - self.mean) * self.factor

    def forward(self, image: Tensor, last: str = "4_3") -> dict[str, Tensor]:
        """Features after each ReLU up to `last`, by convolution; block b is at 1/2^(b-1) size."""
        x = self.prepare(image).to(self.dtype).contiguous(memory_format=torch.channels_last)
        features, block = {}, "1"
        for name in CONVOLUTIONS:
            if name[0] != block:
                x, block = functional.max_pool2d(x, 2), name[0]
            weight, bias = getattr(self, f"weight{name}"), getattr(self, f"bias{name}")
            x = functional.conv2d(x, weight, bias, padding=1)
            x = functional.relu(x, inplace=True)
            features[name] = x
            if name == last:
                return features
        raise ValueError(f"VGG-16 has no convolution {last} here")

    @classmethod
    def find(cls, path: Path | None, device: torch.device, dtype=torch.float32) -> "Vgg16":
        """The weights of a file, or torchvision's where no path is given; on the device."""
        return (cls.load(path, dtype) if path else cls.from_torchvision(dtype)).to(device)

    @classmethod
    def load(cls, path: Path, dtype=torch.float32) -> "Vgg16":
        """Reads the original network's convolutions from an .npz file.

        The arrays are `conv1_1.weight` (OIHW) and `conv1_1.bias` up to conv4_3, for RGB in 0..255
        minus the mean.
        """
        try:
            with np.load(path, allow_pickle=False) as file:
                arrays = {name: file[name] for name in file.files}
            mean = tuple(value / 255 for value in CAFFE_MEAN)
            return cls(arrays, mean, (255.0,) * 3, dtype)
        except (OSError, ValueError, KeyError) as error:
            raise TrainingError(f"{path} cannot be read as VGG-16: {error}") from error

    @classmethod
    def from_torchvision(cls, dtype=torch.float32) -> "Vgg16":
        """Downloads torchvision's weights, which were trained anew with scaled colours."""
        try:
            from torchvision.models import VGG16_Weights, vgg16
        except ImportError as error:
            raise TrainingError("Give --vgg FILE, or install torchvision.") from error
        layers = vgg16(weights=VGG16_Weights.IMAGENET1K_V1).features
        convolutions = [layer for layer in layers if isinstance(layer, nn.Conv2d)]
        arrays = {}
        for name, layer in zip(CONVOLUTIONS, convolutions, strict=False):
            arrays[f"conv{name}.weight"] = layer.weight.detach().numpy()
            arrays[f"conv{name}.bias"] = layer.bias.detach().numpy()
        factor = tuple(1 / value for value in TORCHVISION_DEVIATION)
        return cls(arrays, TORCHVISION_MEAN, factor, dtype)
