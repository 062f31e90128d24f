"""Gatys' own method, the referee: the picture itself is optimised, by L-BFGS, from noise.

Gatys, Ecker and Bethge (2016), section 2, with the losses that the network is trained with, and
the way of the program that Johnson et al. published with figure 5 of their paper, so that
iterations can be compared with theirs: whole steps without a line search, one look at the loss in
each. Their noise is fainter; from that, such steps lose their way now and then.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from tqdm import tqdm

from .objective import Objective

LOSS_SCALE = 1e5
"""PyTorch's L-BFGS remembers no step along which the gradient changes by less than an absolute
threshold, made for losses about this large."""
PIXEL_SCALE = 255.0
"""The picture is optimised in 0..255, as in that program: the first step has an L1 norm of 1."""
MEMORY = 100
"""Past gradients that L-BFGS remembers."""


@dataclass
class Optimised:
    """What came out: the picture [1, 3, H, W] in 0..1 and the loss, of noise and then after each
    iteration.

    The picture is one iteration further than the last loss.
    """

    painting: Tensor
    losses: list[float]

    @property
    def iterations(self) -> int:
        """How many it took to the last loss."""
        return len(self.losses) - 1


def optimise(
    objective: Objective,
    photo: Tensor,
    style: int,
    iterations: int,
    until: float = -math.inf,
    seed: int = 0,
) -> Optimised:
    """Paints one photo [1, 3, H, W] in the objective's style of that index.

    Ends after so many iterations, or once the loss is at most `until`.
    """
    device = photo.device
    generator = torch.Generator().manual_seed(seed)
    noise = 0.5 + 0.1 * torch.randn(photo.shape, generator=generator)
    pixels = (noise.to(device) * PIXEL_SCALE).requires_grad_(True)
    optimiser = torch.optim.LBFGS(
        [pixels], lr=1, max_iter=1, history_size=MEMORY, tolerance_grad=0, tolerance_change=0
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

    losses = []
    for _ in tqdm(range(iterations + 1), unit="iteration", leave=False):
        # What a step returns is the loss before it.
        losses.append(optimiser.step(closure).item() / LOSS_SCALE)
        if losses[-1] <= until:
            break
    return Optimised((pixels.detach() / PIXEL_SCALE).clamp(0, 1), losses)
