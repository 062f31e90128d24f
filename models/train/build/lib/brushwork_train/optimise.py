"""Gatys' own method, the referee: the picture itself is optimised, by L-BFGS, from noise.

Gatys, Ecker and Bethge (2016), section 2, with the losses that the network is trained with.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from tqdm import tqdm

from .objective import Objective

LOSS_SCALE = 1e5
"""PyTorch's L-BFGS stops at absolute thresholds, made for losses about this large."""
PIXEL_SCALE = 255.0
"""Likewise the picture is optimised in 0..255: in 0..1 the line search runs out of float32."""
MEMORY = 20
"""Past gradients that L-BFGS remembers."""


@dataclass
class Optimised:
    """What came out: the picture [1, 3, H, W] in 0..1 and the loss after each iteration."""

    painting: Tensor
    losses: list[float]


def optimise(
    objective: Objective, photo: Tensor, style: int, iterations: int, seed: int = 0
) -> Optimised:
    """Paints one photo [1, 3, H, W] in the objective's style of that index.

    An iteration is one direction of L-BFGS with its line search, as published counts have it.
    """
    device = photo.device
    generator = torch.Generator().manual_seed(seed)
    noise = 0.5 + 0.1 * torch.randn(photo.shape, generator=generator)
    pixels = (noise.to(device) * PIXEL_SCALE).requires_grad_(True)
    optimiser = torch.optim.LBFGS(
        [pixels],
        max_iter=1,
        history_size=MEMORY,
        line_search_fn="strong_wolfe",
        tolerance_grad=0,
        tolerance_change=0,
    )
    index, strength = torch.tensor([style], device=device), torch.ones(1, device=device)
    photo_features = objective.look_at(photo)

    def closure():
        optimiser.zero_grad()
        picture = pixels / PIXEL_SCALE
        loss, _ = objective(picture, photo, index, strength, photo_features)
        loss = loss * LOSS_SCALE
        loss.backward()
        return loss

    # What a step returns is the loss before it.
    bar = tqdm(range(iterations), unit="iteration", leave=False)
    losses = [optimiser.step(closure).item() / LOSS_SCALE for _ in bar][1:]
    losses.append(closure().item() / LOSS_SCALE)
    return Optimised((pixels.detach() / PIXEL_SCALE).clamp(0, 1), losses)
