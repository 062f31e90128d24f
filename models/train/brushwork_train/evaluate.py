"""The tables: how well a network paints, next to Gatys' method and next to the photo.

Everything is measured on squares cut from the middle of the given photos, and judged by VGG in
float32.
"""

import json
import statistics
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from tqdm import tqdm

from . import measures
from .device import best_device
from .export import quantise
from .network import TransformNetwork
from .objective import Objective
from .optimise import optimise
from .pictures import PICTURE_ENDINGS, read_picture, to_picture, to_tensor
from .settings import Settings
from .sheet import paint_padded
from .vgg import Vgg16
from .weights import PHOTO, Weights

STRENGTHS = (0.0, 0.25, 0.5, 0.75, 1.0)


def square_photos(folder: Path, size: int) -> dict[str, Tensor]:
    """The middle square of every picture in a folder, at `size`; [1, 3, size, size] by name."""
    photos = {}
    for path in sorted(Path(folder).iterdir()):
        if path.suffix.lower() in PICTURE_ENDINGS:
            photo = read_picture(path)
            side = min(photo.size)
            left, top = (photo.width - side) // 2, (photo.height - side) // 2
            photo = photo.crop((left, top, left + side, top + side))
            photos[path.stem] = to_tensor(photo.resize((size, size), Image.Resampling.LANCZOS))
    return photos


def as_shipped(weights: Weights) -> Weights:
    """The weights after the rounding that `export` does."""
    arrays = {}
    for name, array in weights.arrays.items():
        if ".norm." in name:
            arrays[name] = array.astype(np.float16).astype(np.float32)
        elif name.endswith(".weight"):
            values, scale = quantise(array)
            arrays[name] = values * scale.reshape(-1, *[1] * (array.ndim - 1))
        else:
            arrays[name] = array
    return Weights(weights.architecture, weights.rows, arrays)


def test_pictures(size: int) -> dict[str, np.ndarray]:
    """Pictures in which a lattice has nowhere to hide, [3, size, size] in 0..1.

    Sky and wall have the grain of a photo, without which a painting of them would be the same in
    every column, and so perfectly regular.
    """
    down = np.linspace(0, 1, size, dtype=np.float32)[:, None] * np.ones((1, size), np.float32)
    top = np.array([0.25, 0.45, 0.80], np.float32)[:, None, None]
    bottom = np.array([0.75, 0.85, 0.95], np.float32)[:, None, None]
    grain = np.random.default_rng(0).normal(0, 1, (1, size, size)).astype(np.float32)
    return {
        "flat grey": np.full((3, size, size), 0.5, np.float32),
        "gradient sky": top * (1 - down) + bottom * down + grain / 255,
        "white wall": np.repeat(0.93 + 0.01 * grain, 3, axis=0),
    }


def psnr(one: Tensor, other: Tensor) -> float:
    """Peak signal-to-noise ratio of pictures in 0..1, decibels."""
    return float(-10 * torch.log10((one - other).square().mean().clamp(min=1e-10)))


class Evaluation:
    """A network, its judge, and the photos of one size."""

    def __init__(self, network: TransformNetwork, objective: Objective, photos, styles):
        """photos: [1, 3, H, W] by name, on the network's device; styles: ids to evaluate."""
        self.network, self.objective, self.photos = network, objective, photos
        self.photo_features = {name: objective.look_at(photo) for name, photo in photos.items()}
        self.styles = styles
        self.device = next(network.parameters()).device

    def judge(self, painting: Tensor, name: str, style: str) -> dict[str, float]:
        """Relative content and style loss, and the total that training makes small.

        painting: what was made of the photo called `name`.
        """
        index = torch.tensor([self.objective.ids.index(style)], device=self.device)
        strength = torch.ones(1, device=self.device)
        with torch.no_grad():
            total, parts = self.objective(
                painting, self.photos[name], index, strength, self.photo_features[name]
            )
        values = {name: parts[name].item() for name in ("content", "style")}
        return values | {"total": total.item()}

    def paint(self, photo: Tensor, weights: dict[str, float], network=None) -> Tensor:
        """Paints with the rows weighted by name."""
        network = network or self.network
        style = sum(weight * network.row(name) for name, weight in weights.items())
        return paint_padded(network, photo, style.to(self.device))

    def style_loss(self, weights: dict[str, float], target: str) -> float:
        """Mean style loss to `target` of the photos painted with the rows weighted by name."""
        return statistics.mean(
            self.judge(self.paint(photo, weights), name, target)["style"]
            for name, photo in self.photos.items()
        )

    def losses(self) -> dict:
        """Content, style and total loss per style: the mean over the photos."""
        table = {}
        for style in tqdm(self.styles, desc="losses"):
            found = [
                self.judge(self.paint(photo, {style: 1.0}), name, style)
                for name, photo in self.photos.items()
            ]
            table[style] = {key: statistics.mean(f[key] for f in found) for key in found[0]}
        return table

    def strength(self) -> dict:
        """Style loss at each strength per style, and the PSNR of the photo at strength 0."""
        table = {}
        for style in tqdm(self.styles, desc="strength"):
            mixtures = [{PHOTO: 1 - strength, style: strength} for strength in STRENGTHS]
            falling = [self.style_loss(weights, style) for weights in mixtures]
            steadily = all(a > b for a, b in zip(falling, falling[1:], strict=False))
            table[style] = {"style": falling, "falls steadily": steadily}
        photo_psnr = [psnr(self.paint(p, {PHOTO: 1.0}), p) for p in self.photos.values()]
        return {"styles": table, "photo PSNR": dict(zip(self.photos, photo_psnr, strict=True))}

    def blends(self) -> dict:
        """Neighbouring styles half and half: the style loss to each, between those of both."""
        table = {}
        following = self.styles[1:] + self.styles[:1]
        for one, other in tqdm(list(zip(self.styles, following, strict=True)), desc="blends"):
            row = {}
            for target in (one, other):
                mixtures = ({one: 1.0}, {one: 0.5, other: 0.5}, {other: 1.0})
                row[target] = [self.style_loss(weights, target) for weights in mixtures]
            between = all(min(a, c) < b < max(a, c) for a, b, c in row.values())
            table[f"{one} + {other}"] = {"style loss to": row, "between": between}
        return table

    def quantisation(self, weights: Weights) -> dict:
        """What the shipped rounding changes: total loss in percent, colours in steps of 1/255."""
        rounded = TransformNetwork.from_weights(as_shipped(weights)).to(self.device)
        table = {}
        for style in tqdm(self.styles, desc="quantisation"):
            totals, differences = [], []
            for name, photo in self.photos.items():
                exact = self.paint(photo, {style: 1.0})
                small = self.paint(photo, {style: 1.0}, rounded)
                before = self.judge(exact, name, style)["total"]
                after = self.judge(small, name, style)["total"]
                totals.append(100 * (after / before - 1))
                differences.append((exact - small).abs().mean().item() * 255)
            table[style] = {
                "loss percent": statistics.mean(totals),
                "mean of 255": statistics.mean(differences),
            }
        return table

    def patterns(self, size: int) -> dict:
        """Regular structure in paintings of pictures without any."""
        table = {}
        for style in tqdm(self.styles, desc="patterns"):
            for name, picture in test_pictures(size).items():
                photo = torch.from_numpy(picture)[None].to(self.device)
                painting = self.paint(photo, {style: 1.0})[0].cpu().numpy()
                table.setdefault(style, {})[name] = {
                    "peak": measures.autocorrelation_peak(painting),
                    "period 2": measures.period_energy(painting, 2),
                    "period 4": measures.period_energy(painting, 4),
                }
        return table

    def frames(self) -> dict:
        """How much more the border stands out than in the photo; 1 is no frame."""
        before = {name: measures.frame(p[0].cpu().numpy()) for name, p in self.photos.items()}
        table = {}
        for style in tqdm(self.styles, desc="frames"):
            ratios = [
                measures.frame(self.paint(photo, {style: 1.0})[0].cpu().numpy()) / before[name]
                for name, photo in self.photos.items()
            ]
            table[style] = statistics.mean(ratios)
        return table

    def gatys(self, iterations: int, folder: Path) -> dict:
        """L-BFGS iterations from noise that reach the network's total loss, per style and photo.

        None where that many iterations do not. Both paintings are written to `folder`.
        """
        table = {}
        for style in self.styles:
            for name, photo in self.photos.items():
                painting = self.paint(photo, {style: 1.0})
                total = self.judge(painting, name, style)["total"]
                index = self.objective.ids.index(style)
                reference = optimise(self.objective, photo, index, iterations)
                reached = [i + 1 for i, loss in enumerate(reference.losses) if loss <= total]
                table.setdefault(style, {})[name] = {
                    "network": total,
                    "iterations": reached[0] if reached else None,
                    "after all": reference.losses[-1],
                    "peak": measures.autocorrelation_peak(reference.painting[0].cpu().numpy()),
                }
                to_picture(painting).save(folder / f"{style}-{name}-network.png")
                to_picture(reference.painting).save(folder / f"{style}-{name}-gatys.png")
                print(style, name, table[style][name], flush=True)
        return table


def evaluate(
    settings: Settings,
    weights: Path,
    photos: Path,
    paintings: Path,
    vgg: Path | None,
    output: Path,
    size: int,
    tables: tuple[str, ...],
    styles: tuple[str, ...] | None = None,
    iterations: int = 300,
):
    """Writes the tables asked for to the folder `output`, as `SIZE-TABLE.json`."""
    network_weights = Weights.load(weights)
    device = best_device()
    network = TransformNetwork.from_weights(network_weights).to(device)
    eyes = Vgg16.find(vgg, device)
    objective = Objective(eyes, settings.loss, settings.styles, paintings)
    squares = {name: p.to(device) for name, p in square_photos(photos, size).items()}
    evaluation = Evaluation(network, objective, squares, list(styles or objective.ids))
    output.mkdir(parents=True, exist_ok=True)
    for table in tables:
        arguments = {
            "quantisation": (network_weights,),
            "patterns": (size,),
            "gatys": (iterations, output),
        }
        found = getattr(evaluation, table)(*arguments.get(table, ()))
        (output / f"{size}-{table}.json").write_text(json.dumps(found, indent=1) + "\n")
