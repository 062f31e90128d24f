"""How well whole paintings are painted: a draft, revised up to 1024 pixels."""

import json
import statistics
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor
from tqdm import tqdm

from . import losses
from .device import best_device
from .network import TransformNetwork
from .pictures import read_painting, read_picture, reduced, to_tensor
from .settings import Settings, Style
from .sheet import paint_padded
from .vgg import Vgg16
from .weights import Weights

LONG_SIDE = 1024
SCALES = 3
"""The style is looked at in full, half and quarter size."""
STYLE_SIZES = (320, 512, 768, 1024)
"""Sizes of a painting, short side in pixels, of which the best counts."""
DOUBLINGS = {"medium": 1, "broad": 2}
"""How many revisions the strokes have at that size: drafts of 512 and 256 pixels."""


def grams_at_scales(vgg: Vgg16, picture: Tensor) -> list[dict[str, Tensor]]:
    """Gram matrices of a picture [1, 3, H, W], one table for each scale."""
    return [losses.style_grams(vgg(reduced(picture, scale))) for scale in range(SCALES)]


def distances(seen: list[dict[str, Tensor]], target: list[dict[str, Tensor]]) -> list[float]:
    """Relative distances of Gram matrices, the mean of the layers for each scale."""
    return [
        statistics.mean(losses.relative_square(s[k], t[k]).item() for k in losses.STYLE_LAYERS)
        for s, t in zip(seen, target, strict=True)
    ]


def read_photo(file: Path) -> Tensor:
    """A photo with a long side of LONG_SIDE pixels, [1, 3, H, W]."""
    photo = read_picture(file)
    factor = LONG_SIDE / max(photo.size)
    return to_tensor(photo.resize([round(side * factor) for side in photo.size]))


def measure(
    networks: tuple[TransformNetwork, TransformNetwork],
    vgg: Vgg16,
    style: Style,
    paintings: Path,
    photos: list[Tensor],
) -> dict[str, dict[str, float]]:
    """Style at each scale, their sum, and content, by strokes: means over the photos."""
    draft, revision = networks
    targets = [
        grams_at_scales(vgg, read_painting(paintings, replace(style, size=size)).to(photos[0]))
        for size in STYLE_SIZES
    ]
    found = {}
    for strokes, doublings in DOUBLINGS.items():
        lines = []
        for photo in photos:
            row = draft.row(style.id).to(photo)
            painting = paint_padded(draft, photo, row, revision, doublings)
            seen = grams_at_scales(vgg, painting)
            scales = min((distances(seen, target) for target in targets), key=sum)
            features = [vgg(reduced(p, 1), last=losses.CONTENT_LAYER) for p in (painting, photo)]
            lines.append([*scales, sum(scales), losses.content_loss(*features).item()])
        means = [statistics.mean(column) for column in zip(*lines, strict=True)]
        found[strokes] = dict(
            zip(("full", "half", "quarter", "sum", "content"), means, strict=True)
        )
    return found


def pipeline(
    settings: Settings,
    draft: Path,
    revision: Path,
    paintings: Path,
    vgg: Path | None,
    photos: list[Path],
    output: Path,
    only: list[str] | None,
):
    """Measures every style, or those named `only`; writes JSON and prints the medians."""
    device = best_device()
    networks = [
        TransformNetwork.from_weights(Weights.load(file)).to(device) for file in (draft, revision)
    ]
    eyes = Vgg16.find(vgg, device)
    seen = [read_photo(photo).to(device) for photo in photos]
    table = {}
    with torch.no_grad():
        for style in tqdm([s for s in settings.styles if not only or s.id in only]):
            table[style.id] = measure(tuple(networks), eyes, style, paintings, seen)
    Path(output).write_text(json.dumps(table, indent=2) + "\n")
    for strokes in DOUBLINGS:
        rows = [found[strokes] for found in table.values()]
        medians = {name: statistics.median(row[name] for row in rows) for name in rows[0]}
        print(strokes, ", ".join(f"{name} {value:.3f}" for name, value in medians.items()))
