"""Sample sheets: photos beside what each style makes of them."""

import torch
from PIL import Image, ImageDraw
from torch import Tensor
from torch.nn import functional

from .network import TransformNetwork
from .pictures import enlarged, reduced, to_picture
from .weights import PHOTO

LABEL = 14
"""Height in pixels of the line that names a style."""


def paint_padded(
    network: TransformNetwork,
    photo: Tensor,
    style: Tensor,
    revision: TransformNetwork | None = None,
    doublings: int = 1,
) -> Tensor:
    """Paints a photo [1, 3, H, W] of any size, reflecting it up to the networks' stride.

    revision: paints by way of a draft that is `doublings` times half as large.
    """
    height, width = photo.shape[2:]
    levels = doublings if revision else 0
    stride = network.architecture.stride * 2**levels
    padded = functional.pad(photo, (0, -width % stride, 0, -height % stride), mode="reflect")
    with torch.no_grad():
        painting = network.paint(reduced(padded, levels), style[None])
        for level in reversed(range(levels)):
            draft = enlarged(painting)
            painting = revision.paint(reduced(padded, level), style[None], draft)
        return painting[:, :, :height, :width]


def sheet(
    network: TransformNetwork,
    photos: list[Tensor],
    columns: int = 6,
    styles: list[str] | None = None,
    strengths: tuple[float, ...] = (1.0,),
    revision: TransformNetwork | None = None,
    doublings: int = 1,
) -> Image.Image:
    """Each photo [1, 3, H, W], followed by its paintings, in rows of cells.

    styles: names of the rows, all of them if not given. With several strengths the photo is
    shown again before each style. revision, doublings: see `paint_padded`.
    """
    device = next(network.parameters()).device
    cells = []
    for photo in photos:
        for index, row in enumerate(styles or [row for row in network.rows if row != PHOTO]):
            if index == 0 or len(strengths) > 1:
                cells.append(("", photo))
            for strength in strengths:
                style = strength * network.row(row)
                if strength != 1:
                    style = style + (1 - strength) * network.row(PHOTO)
                name = row if strength == 1 else f"{row}, {strength:g}"
                given = photo.to(device), style.to(device)
                cells.append((name, paint_padded(network, *given, revision, doublings)))
    width = max(photo.shape[3] for photo in photos) + 2
    height = max(photo.shape[2] for photo in photos) + LABEL
    lines = -(-len(cells) // columns)
    picture = Image.new("RGB", (columns * width, lines * height), "white")
    for index, (name, cell) in enumerate(cells):
        corner = (index % columns * width, index // columns * height)
        picture.paste(to_picture(cell), corner)
        place = (corner[0] + 2, corner[1] + cell.shape[2])
        ImageDraw.Draw(picture).text(place, name, fill="black")
    return picture
