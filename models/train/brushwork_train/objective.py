"""The training objective: photos and strengths in, one number to make small out."""

from pathlib import Path

import torch
from torch import Tensor

from . import losses
from .pictures import read_painting, reduced
from .settings import Loss, Style
from .vgg import Vgg16


def stacked(tables: list[dict[str, Tensor]]) -> dict[str, Tensor]:
    """One table [N, ...] per key from N tables [1, ...]."""
    return {key: torch.cat([table[key] for table in tables]) for key in tables[0]}


class Objective:
    """Judges paintings of photos against the paintings whose styles they should have.

    At strength 1 that is Johnson's loss. Below, the style counts for less and the photo's own
    pixels for more, so that a painting of strength 0.5 is half a painting, and one of 0 the photo.
    """

    def __init__(self, vgg: Vgg16, weights: Loss, styles: tuple[Style, ...], folder: Path):
        """Reads the paintings of `styles` from `folder`; `vgg` says where the work is done."""
        self.vgg, self.weights = vgg, weights
        self.ids = [style.id for style in styles]
        device = vgg.mean.device
        self.style_weights = torch.tensor([style.weight for style in styles], device=device)
        with torch.no_grad():
            pictures = [read_painting(folder, style).to(device) for style in styles]
            # One table of Gram matrices for each scale, [styles, C, C] per layer.
            self.grams = [
                stacked([losses.style_grams(vgg(reduced(p, scale))) for p in pictures])
                for scale in range(len(weights.scales))
            ]
            tones = [losses.tones(picture) for picture in pictures]
        self.tone_mean = torch.stack([tone.mean() for tone in tones])
        self.tone_deviation = torch.stack([tone.std(correction=0) for tone in tones])

    @torch.no_grad()
    def look_at(self, photo: Tensor) -> dict[str, Tensor]:
        """What a photo [B, 3, H, W] is remembered by."""
        return self.vgg(photo, last=losses.CONTENT_LAYER)

    def style(self, painting: Tensor, features: dict[str, Tensor], style: Tensor) -> Tensor:
        """The style loss over all scales, [B]; `features` are those at full size."""
        total = 0.0
        for scale, (weight, table) in enumerate(zip(self.weights.scales, self.grams, strict=True)):
            seen = self.vgg(reduced(painting, scale)) if scale else features
            target = {layer: grams[style] for layer, grams in table.items()}
            total = total + weight * losses.style_loss(seen, target)
        return total

    def __call__(
        self,
        painting: Tensor,
        photo: Tensor,
        style: Tensor,
        strength: Tensor,
        photo_features: dict[str, Tensor] | None = None,
        plain: Tensor | None = None,
        draft: Tensor | None = None,
    ):
        """The loss and its parts.

        painting, photo: [B, 3, H, W]; style: index of each one's style, [B]; strength: [B], 0..1;
        photo_features: what `look_at` gave for the photo, if that is known already; plain: 1 where
        the photo has no structure, so that regular strokes are a fault, else 0, [B]; all 0 if it is
        not given; draft: for a revision what it revises, [B, 3, H / 2, W / 2].

        Returns the mean loss and, for reports, the parts before they are weighted, [B] each; those
        for plain squares are 0 where none is plain.
        """
        features = self.vgg(painting)
        photo_features = photo_features or self.look_at(photo)
        none = torch.zeros_like(strength)
        # A GPU is not asked whether any is plain: it would have to finish all its work first.
        regular = plain is not None and (plain.is_cuda or bool(plain.any()))
        plain = none if plain is None else plain
        parts = {
            "content": losses.content_loss(features, photo_features),
            "style": self.style(painting, features, style),
            "pixel": losses.pixel_loss(painting, photo),
            "roughness": losses.roughness_loss(painting),
            "colour_roughness": losses.colour_roughness_loss(painting),
            "lattice": losses.lattice_loss(painting),
            "tone": losses.tone_loss(
                painting, photo, self.tone_mean[style], self.tone_deviation[style]
            ),
            "regularity": losses.regularity_loss(painting) if regular else none,
            "alternation": losses.alternation_loss(painting) if regular else none,
            "excess": losses.excess_loss(painting),
            "agreement": none if draft is None else losses.pixel_loss(reduced(painting, 1), draft),
        }
        # Squares: a quarter of either loss at half strength pulls equally from both ends.
        scale = {
            "style": strength.square() * self.style_weights[style],
            "pixel": (1 - strength).square(),
            "roughness": strength,
            "colour_roughness": strength,
            "tone": strength.square(),
            "regularity": strength * plain,
            "alternation": strength * plain,
        }
        total = sum(
            getattr(self.weights, name) * scale.get(name, 1.0) * part
            for name, part in parts.items()
        )
        return total.mean(), {name: part.detach() for name, part in parts.items()}
