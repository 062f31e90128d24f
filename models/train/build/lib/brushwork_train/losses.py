"""What makes a painting good, in numbers.

The perceptual losses of Gatys et al. (2016) and Johnson et al. (2016), each divided by the squared
norm of its own target: 0 is perfect, 1 is as bad as features that are zero. Styles thereby become
comparable, and one weight fits all. Every function returns one number per picture, [B].
"""

import torch
from torch import Tensor

STYLE_LAYERS = ("1_2", "2_2", "3_3", "4_3")
CONTENT_LAYER = "3_3"


def gram(features: Tensor) -> Tensor:
    """Products of all pairs of channels, averaged over places and divided by the channels.

    features [B, C, H, W]; returns float32 [B, C, C].
    """
    batch, channels, height, width = features.shape
    flat = features.float().reshape(batch, channels, height * width)
    return flat @ flat.transpose(1, 2) / (channels * height * width)


def style_grams(features: dict[str, Tensor]) -> dict[str, Tensor]:
    """Gram matrices of the layers that make up a style."""
    return {layer: gram(features[layer]) for layer in STYLE_LAYERS}


def relative_square(value: Tensor, target: Tensor) -> Tensor:
    """Squared distance divided by the target's squared norm, over all but the first dimension."""
    value, target = value.float().flatten(1), target.float().flatten(1)
    return (value - target).square().sum(1) / target.square().sum(1)


def content_loss(features: dict[str, Tensor], photo_features: dict[str, Tensor]) -> Tensor:
    """How far the painting's features are from the photo's."""
    return relative_square(features[CONTENT_LAYER], photo_features[CONTENT_LAYER])


def style_loss(features: dict[str, Tensor], target: dict[str, Tensor]) -> Tensor:
    """How far the painting's Gram matrices are from the target's: the mean over the layers.

    target: [B, C, C] per layer.
    """
    grams = style_grams(features)
    losses = [relative_square(grams[layer], target[layer]) for layer in STYLE_LAYERS]
    return torch.stack(losses).mean(0)


def pixel_loss(painting: Tensor, photo: Tensor) -> Tensor:
    """Mean squared difference of two RGB pictures in 0..1, [B, 3, H, W]."""
    return (painting - photo).square().mean((1, 2, 3))


def roughness_loss(painting: Tensor) -> Tensor:
    """Mean squared difference of neighbouring pixels (total variation, squared)."""
    across = (painting[..., 1:] - painting[..., :-1]).square().mean((1, 2, 3))
    down = (painting[..., 1:, :] - painting[..., :-1, :]).square().mean((1, 2, 3))
    return across + down


def colour_roughness_loss(painting: Tensor) -> Tensor:
    """The same of what is left without the grey: neighbours of different hues glare."""
    return roughness_loss(painting - painting.mean(1, keepdim=True))


def lattice_loss(painting: Tensor, period: int = 4) -> Tensor:
    """Variance of the mean colour over the places of a square lattice, its enemy.

    Where sub-pixels or enlarged pixels differ for no reason in the picture, they differ alike
    everywhere. painting: [B, 3, H, W], H and W multiples of `period`, in pixels.
    """
    batch, colours, height, width = painting.shape
    cells = painting.reshape(
        batch, colours, height // period, period, width // period, period
    ).mean((2, 4))
    return cells.flatten(2).var(dim=2, correction=0).mean(1)


def excess_loss(painting: Tensor) -> Tensor:
    """Mean squared distance of the colours from 0..1, which the painting will be limited to."""
    return (painting - painting.clamp(0, 1)).square().mean((1, 2, 3))
