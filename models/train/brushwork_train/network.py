"""The transform networks: a photo and the weights of style rows in, a painting out.

A draft paints the photo small. A revision takes the draft, enlarged twice, and the photo at that
size, and paints the strokes that belong there; for each doubling it is run again (after Lin et al.
2021, "Drafting and Revision: Laplacian Pyramid Network for Fast High-Quality Artistic Style
Transfer"). Both are one pattern, `TransformNetwork`.

A feed-forward network (Johnson et al. 2016) whose instance norms are conditional (Dumoulin et al.
2017). Squares of pixels become channels, so that no layer works at full size; nearest enlargement
followed by a convolution, and a head that starts with equal sub-pixels (ICNR, Aitken et al. 2017),
keep checkerboards away.

Instance norm forgets how bright and how contrasted a photo was, so nothing behind it could give
the photo back. The photo itself is therefore added at the end, as much as the photo row weighs.
A revision has no instance norm: the statistics are right in the draft already, and without them
every part of a picture can be revised by itself.

Module and parameter names make up the array names of `weights.py`.
"""

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from .weights import HALVES, PHOTO, Architecture, Weights


class InstanceNorm(torch.autograd.Function):
    """Instance norm (Ulyanov et al. 2016) with a scale and a shift for every picture.

    PyTorch's own copies channels that lie side by side, and leaves scale and shift to two steps
    more.
    """

    @staticmethod
    def forward(ctx, x: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
        """x [B, C, H, W], scale and shift [B, C, 1, 1]; returns [B, C, H, W]."""
        mean = x.mean((2, 3), keepdim=True)
        variance = (x - mean).square().mean((2, 3), keepdim=True)
        inverse = (variance + 1e-5).rsqrt()
        factor = scale * inverse
        ctx.save_for_backward(x, mean, inverse, factor)
        return torch.addcmul(shift - mean * factor, x, factor)

    @staticmethod
    def backward(ctx, gradient: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Gradients of x, scale and shift. Mean and variance depend on x, too."""
        x, mean, inverse, factor = ctx.saved_tensors
        shift = gradient.sum((2, 3), keepdim=True)
        scale = ((gradient * x).sum((2, 3), keepdim=True) - mean * shift) * inverse
        count = x.shape[2] * x.shape[3]
        slope = -factor * inverse * scale / count
        base = -mean * slope - factor * shift / count
        return torch.addcmul(torch.addcmul(base, x, slope), gradient, factor), scale, shift


class ConditionalNorm(nn.Module):
    """Instance norm whose scale and shift are a mixture of style rows; or, not `normalised`, that
    scale and shift alone.
    """

    def __init__(self, channels: int, rows: int, normalised: bool):
        super().__init__()
        self.normalised = normalised
        self.scale = nn.Parameter(torch.ones(rows, channels))
        self.shift = nn.Parameter(torch.zeros(rows, channels))

    def forward(self, x: Tensor, style: Tensor) -> Tensor:
        """x [B, C, H, W], style [B, rows]; returns float32 [B, C, H, W]."""
        scale, shift = style @ self.scale, style @ self.shift
        scale, shift = scale[:, :, None, None], shift[:, :, None, None]
        if self.normalised:
            return InstanceNorm.apply(x.float(), scale, shift)
        return torch.addcmul(shift, x.float(), scale)


def reflect(x: Tensor) -> Tensor:
    """One pixel of reflection around [B, C, H, W]."""
    return functional.pad(x, (1, 1, 1, 1), mode="reflect")


class Layer(nn.Module):
    """A 3x3 convolution, full or separable, and its conditional norm."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        rows: int,
        stride=1,
        separable=False,
        normalised=True,
        gain=1.0,
    ):
        """gain: without norms, the factor on standardised weights, beside that for ReLUs."""
        super().__init__()
        if separable:
            self.depthwise = nn.Conv2d(inputs, inputs, 3, stride, groups=inputs, bias=False)
            self.pointwise = nn.Conv2d(inputs, outputs, 1, bias=False)
        else:
            self.conv = nn.Conv2d(inputs, outputs, 3, stride, bias=False)
        self.separable, self.normalised, self.gain = separable, normalised, gain * 2**0.5
        self.norm = ConditionalNorm(outputs, rows, normalised)

    def weight(self) -> Tensor:
        """The weights of a full convolution, [O, I, 3, 3].

        Without norms they are standardised: that makes up for a part of what norms do for training
        (Brock et al. 2021, "Characterizing signal propagation to close the performance gap in
        unnormalized ResNets", section 4.1). Standardising twice changes nothing.
        """
        weight = self.conv.weight
        if self.normalised:
            return weight
        centred = weight - weight.mean((1, 2, 3), keepdim=True)
        square = centred.square().sum((1, 2, 3), keepdim=True)
        return centred * torch.rsqrt(square + 1e-8) * self.gain

    def forward(self, x: Tensor, style: Tensor) -> Tensor:
        """[B, inputs, H, W] to [B, outputs, H / stride, W / stride]."""
        x = reflect(x)
        if self.separable:
            x = self.pointwise(self.depthwise(x))
        else:
            x = functional.conv2d(x, self.weight(), stride=self.conv.stride)
        return self.norm(x, style)


class Block(nn.Module):
    """Two layers whose result is added to what came in."""

    def __init__(self, channels: int, rows: int, separable: bool, normalised: bool):
        super().__init__()
        options = {"separable": separable, "normalised": normalised}
        self.first = Layer(channels, channels, rows, **options)
        self.second = Layer(channels, channels, rows, **options, gain=0.4)

    def forward(self, x: Tensor, style: Tensor) -> Tensor:
        """[B, channels, H, W] to the same shape."""
        return x + self.second(functional.relu(self.first(x, style)), style)


class TransformNetwork(nn.Module):
    """The whole network, for rows of the given names."""

    def __init__(self, architecture: Architecture, rows: tuple[str, ...]):
        super().__init__()
        self.architecture, self.rows = architecture, tuple(rows)
        stem, body, count = architecture.stem, architecture.body, len(rows)
        normalised, separable = not architecture.revises, architecture.separable
        self.stem = Layer(architecture.inputs, stem, count, normalised=normalised, gain=2.0)
        self.down = Layer(stem, body, count, stride=2, normalised=normalised)
        blocks = (Block(body, count, separable, normalised) for _ in range(architecture.blocks))
        self.body = nn.ModuleList(blocks)
        self.up = Layer(body, stem, count, normalised=normalised, gain=0.7)
        self.head = nn.Conv2d(stem, architecture.pixels, 3)
        with torch.no_grad():
            # A revision begins as the draft.
            self.head.weight *= 0.1 if architecture.revises else 0.5
            self.head.bias.zero_()
        equal_sub_pixels(self.head.weight, architecture.unshuffle)
        gate = torch.tensor([[float(row == PHOTO)] for row in rows])
        self.register_buffer("photo_gate", gate, persistent=False)

    def forward(self, image: Tensor, style: Tensor, draft: Tensor | None = None) -> Tensor:
        """Paints, without limiting the result to 0..1 (see `paint`).

        image: the photo, RGB in 0..1, [B, 3, H, W] with H and W multiples of the architecture's
        stride; style: weights of the rows, [B, rows]; draft: for a revision the enlarged draft, as
        image. Returns [B, 3, H, W].
        """
        side = self.architecture.unshuffle
        # What the painting is at first, and how far the photo is from there.
        base = 0.5 if draft is None else draft
        pictures = [image - 0.5] if draft is None else [draft - 0.5, image - 0.5]
        x = functional.pixel_unshuffle(torch.cat(pictures, 1), side)
        stem = x = functional.relu(self.stem(x, style))
        x = functional.relu(self.down(x, style))
        for block in self.body:
            x = block(x, style)
        x = functional.interpolate(x, scale_factor=2.0, mode="nearest")
        x = functional.relu(self.up(x, style))
        if self.architecture.revises:
            x = x + stem
        pixels = functional.pixel_shuffle(self.head(reflect(x)).float(), side)
        return base + pixels + (image - base) * (style @ self.photo_gate)[:, :, None, None]

    def paint(self, image: Tensor, style: Tensor, draft: Tensor | None = None) -> Tensor:
        """Like calling the network, but limited to 0..1, as the exported network does."""
        return self(image, style, draft).clamp(0, 1)

    def row(self, name: str) -> Tensor:
        """The style weights [rows] of one row alone."""
        index = self.rows.index(name)
        return functional.one_hot(torch.tensor(index), len(self.rows)).float()

    def to_weights(self) -> Weights:
        """A copy of the parameters as arrays, with the weights as they are used."""
        arrays = {name: value.cpu().numpy().copy() for name, value in self.state_dict().items()}
        for name, layer in self.named_modules():
            if isinstance(layer, Layer) and not layer.separable:
                arrays[f"{name}.conv.weight"] = layer.weight().detach().cpu().numpy().copy()
        return Weights(self.architecture, self.rows, arrays)

    @classmethod
    def from_weights(cls, weights: Weights) -> "TransformNetwork":
        """The network that a weights file describes."""
        network = cls(weights.architecture, weights.rows)
        network.load_state_dict({k: torch.from_numpy(v) for k, v in weights.arrays.items()})
        return network


def row_tables(network: nn.Module) -> list[nn.Parameter]:
    """The tables of scales and shifts, [rows, C] each."""
    return [value for name, value in network.named_parameters() if ".norm." in name]


def equal_sub_pixels(weight: Tensor, side: int):
    """Gives every output pixel of a square the mean of the square's weights, in place.

    weight: [3 * side^2, C, 3, 3] before a pixel shuffle.
    """
    with torch.no_grad():
        colours = weight.view(3, side**2, *weight.shape[1:])
        colours.copy_(colours.mean(dim=1, keepdim=True).expand_as(colours))


def start_from(weights: Weights, architecture: Architecture, rows: tuple[str, ...]) -> Weights:
    """Carries what another network has learned over to this architecture and these rows.

    Sizes must agree, but separable convolutions become the full ones that do the same. Rows are
    matched by name; a new row starts as the mean of the old ones.
    """
    found = dict(weights.arrays)
    if weights.architecture.separable and not architecture.separable:
        for block in range(weights.architecture.blocks):
            for half in HALVES:
                part = f"body.{block}.{half}"
                depthwise = found.pop(f"{part}.depthwise.weight")
                pointwise = found.pop(f"{part}.pointwise.weight")
                found[f"{part}.conv.weight"] = pointwise * depthwise.transpose(1, 0, 2, 3)
    for norm in architecture.norms():
        for table in (f"{norm}.scale", f"{norm}.shift"):
            old = found[table]
            known = {name: old[index] for index, name in enumerate(weights.rows)}
            found[table] = np.stack([known.get(row, old.mean(axis=0)) for row in rows])
    return Weights(architecture, tuple(rows), found)
