"""What makes a painting good, in numbers.

The perceptual losses of Gatys et al. (2016) and Johnson et al. (2016), each divided by the squared
norm of its own target: 0 is perfect, 1 is as bad as features that are zero. Styles thereby become
comparable, and one weight fits all. Every function returns one number per picture, [B].
"""

import torch
from torch import Tensor
from torch.nn import functional

STYLE_LAYERS = ("1_2", "2_2", "3_3", "4_3")
CONTENT_LAYER = "3_3"
TONE_SQUARE = 16
"""Side, in pixels, of the squares whose mean luminance is their tone: strokes vanish in it."""
LEAST_CONTRAST = 0.08
"""Deviation of a photo's tones below which its contrast is not raised to the painting's."""
FARTHEST = 32
"""Longest period of a pattern looked for, in pixels."""
REGULAR = 0.1
"""Autocorrelation that strokes at random places may have by chance."""


def gram(features: Tensor) -> Tensor:
    """Products of all pairs of channels, averaged over places and divided by the channels.

    features [B, C, H, W]; returns float32 [B, C, C].
    """
    _, channels, height, width = features.shape
    places = features.permute(0, 2, 3, 1).flatten(1, 2)
    return ProductsOfChannels.apply(places) / (channels * height * width)


class ProductsOfChannels(torch.autograd.Function):
    """Sums over places of the products of channels: [B, places, C] to float32 [B, C, C].

    The product is symmetric, so one multiplication gives the whole gradient, where automatic
    differentiation would add two; and both are made in the features' own numbers.
    """

    @staticmethod
    def forward(ctx, places: Tensor) -> Tensor:
        """See the class."""
        ctx.save_for_backward(places)
        return (places.transpose(1, 2) @ places).float()

    @staticmethod
    def backward(ctx, gradient: Tensor) -> Tensor:
        """[B, C, C] to [B, places, C]."""
        (places,) = ctx.saved_tensors
        return places @ (gradient + gradient.transpose(1, 2)).to(places.dtype)


def style_grams(features: dict[str, Tensor]) -> dict[str, Tensor]:
    """Gram matrices of the layers that make up a style."""
    return {layer: gram(features[layer]) for layer in STYLE_LAYERS}


def relative_square(value: Tensor, target: Tensor) -> Tensor:
    """Squared distance divided by the target's squared norm, over all but the first dimension."""
    value, target = value.float(), target.float()
    places = tuple(range(1, value.dim()))
    return (value - target).square().sum(places) / target.square().sum(places)


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


def luminance(picture: Tensor) -> Tensor:
    """RGB [B, 3, H, W] to [B, 1, H, W], by Rec. 601."""
    weights = torch.tensor((0.299, 0.587, 0.114), device=picture.device)
    return (picture * weights.view(1, 3, 1, 1)).sum(1, keepdim=True)


def tones(picture: Tensor) -> Tensor:
    """Mean luminance of small squares: RGB [B, 3, H, W] to [B, squares]."""
    return functional.avg_pool2d(luminance(picture), TONE_SQUARE).flatten(1)


def tone_loss(painting: Tensor, photo: Tensor, mean: Tensor, deviation: Tensor) -> Tensor:
    """How far light and dark are from lying where the photo has them, with the style's contrast.

    mean, deviation: of the tones of each picture's style, [B]. 0 is perfect, 1 is as bad as a
    painting that is equally bright all over.
    """
    mean, deviation = mean[:, None], deviation[:, None]
    seen = tones(photo)
    contrast = seen.std(1, correction=0, keepdim=True).clamp(min=LEAST_CONTRAST)
    wanted = mean + deviation * (seen - seen.mean(1, keepdim=True)) / contrast
    return ((tones(painting) - wanted) / deviation).square().mean(1)


def regularity_loss(painting: Tensor) -> Tensor:
    """How regular the strokes on a plain surface are: the sum over the peaks of the autocorrelation
    of the high-passed luminance, of the squares of what they have above chance. [B, 3, H, W].
    """
    plane = luminance(painting)
    reach = 12
    places = torch.arange(-reach, reach + 1, device=plane.device)
    kernel = torch.exp(-0.5 * (places / 4.0) ** 2)
    kernel = kernel / kernel.sum()
    blurred = functional.conv2d(plane, kernel.view(1, 1, -1, 1))
    blurred = functional.conv2d(blurred, kernel.view(1, 1, 1, -1))
    fine = (plane[:, :, reach:-reach, reach:-reach] - blurred)[:, 0]
    fine = fine - fine.mean((1, 2), keepdim=True)
    # Twice the size, so that the picture does not meet itself around the edge.
    size = [2 * side for side in fine.shape[1:]]
    overlap = torch.fft.irfft2(torch.fft.rfft2(torch.ones_like(fine), size).abs().square(), size)
    found = torch.fft.irfft2(torch.fft.rfft2(fine, size).abs().square(), size)
    around = torch.arange(-FARTHEST - 1, FARTHEST + 2, device=plane.device)
    found = (found / overlap.clamp(min=1))[:, around[:, None], around]
    # What 8 bits do not show need not be random.
    zero = found[:, FARTHEST + 1, FARTHEST + 1].clamp(min=(0.5 / 255) ** 2)
    found = found / zero[:, None, None]
    with torch.no_grad():
        highest = functional.max_pool2d(found[:, None], 3, stride=1)[:, 0]
        distance = torch.maximum(around.abs()[:, None], around.abs())[1:-1, 1:-1]
        peaks = (found[:, 1:-1, 1:-1] == highest) & (distance >= 2)
    above = (found[:, 1:-1, 1:-1] - REGULAR).clamp(min=0)
    return (above.square() * peaks).sum((1, 2))


def alternation_loss(painting: Tensor) -> Tensor:
    """How far stripes of one pixel stand out from those a little wider: the logarithm, squared, of
    the ratio of their energies where it is above 1, across and down. [B, 3, H, W].
    """
    total = 0.0
    plane = luminance(painting)[:, 0]
    for lines in (plane, plane.transpose(1, 2)):
        # A window keeps an edge at the border from leaking into every frequency.
        window = torch.hann_window(lines.shape[2], device=lines.device)
        lines = (lines - lines.mean((1, 2), keepdim=True)) * window
        power = torch.fft.rfft(lines).abs().square().mean(1)
        # What 8 bits do not show may stand out: so much of it is added to both.
        unseen = (0.5 / 255) ** 2 * lines.shape[2] / 8
        ratio = (power[:, -2:].mean(1) + unseen) / (power[:, -13:-4].mean(1) + unseen)
        total = total + ratio.log().clamp(min=0).square()
    return total
