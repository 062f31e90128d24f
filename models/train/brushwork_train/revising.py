"""Drafts and their revisions while a revision network is trained."""

import random

import torch
from torch import Tensor

from .network import TransformNetwork
from .pictures import enlarged, reduced
from .settings import Training


def revise(
    networks: tuple[TransformNetwork, TransformNetwork],
    photo: Tensor,
    rows: Tensor,
    training: Training,
    dice: random.Random,
) -> tuple[Tensor, Tensor, Tensor]:
    """Revises a part of each photo, in some steps a revision of a draft that is as small again.

    networks: draft and revision; photo: [B, 3, S, S]; rows: [B, rows]. Returns the parts revised
    and those of the photo, [B, 3, P, P], and what was revised, [B, 3, P / 2, P / 2]. Gradients
    reach the last revision only.
    """
    draft, revision = networks
    twice = dice.random() < training.twice_share
    with torch.no_grad():
        small = draft.paint(reduced(photo, 2 if twice else 1), rows)
        if twice:
            small = revision.paint(reduced(photo, 1), rows, enlarged(small))
    side, (height, width) = training.part, photo.shape[2:]
    top, left = (dice.randrange(0, room - side + 1, 4) for room in (height, width))
    base = enlarged(small)[:, :, top : top + side, left : left + side]
    photo = photo[:, :, top : top + side, left : left + side]
    small = small[:, :, top // 2 : (top + side) // 2, left // 2 : (left + side) // 2]
    return revision(photo, rows, base), photo, small
