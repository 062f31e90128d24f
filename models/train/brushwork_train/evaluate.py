"""The tables: how well a network paints, next to Gatys' method and next to the photo.

Everything is measured on squares cut from the middle of photos, and judged by VGG in float32.
"""

import json
import statistics
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from tqdm import tqdm

from . import losses, measures
from .device import best_device
from .errors import TrainingError
from .export import IN_16_BITS, quantise
from .network import TransformNetwork
from .objective import Objective
from .optimise import optimise
from .pictures import is_held_out, photo_files, read_picture, to_picture, to_tensor
from .settings import Settings
from .sheet import paint_padded
from .summary import summary
from .vgg import Vgg16
from .weights import PHOTO, Weights

STRENGTHS = (0.0, 0.25, 0.5, 0.75, 1.0)
STYLE_SIZES = (256, 384, 512)
"""Sizes of a painting, short side in pixels, of which the best counts beside other networks, that
learned it at a size of their own."""
REFERENCE = "gradient sky"
"""The test picture whose painting is set beside one by Gatys' method."""


@dataclass(frozen=True)
class Sources:
    """Where the photos to measure on come from; any of the three."""

    photos: Path | None = None
    """A folder or .tar, used whole."""
    held_out: Path | None = None
    """What the network was trained on: only what training never saw is used."""
    count: int = 12
    """At most so many of those held out, spread evenly over their names."""
    samples: bool = False
    """Whether to use samples of scikit-image: an astronaut, a cat, a cup and a rocket."""

    def squares(self, share: float, size: int) -> dict[str, Tensor]:
        """The middle square of every photo, at `size`; [1, 3, size, size] by name.

        share: the share of photos that training held out.
        """
        pictures = {}
        if self.photos:
            pictures |= {label(name): read(file) for name, file in photo_files(self.photos)}
        if self.held_out:
            files = [file for file in photo_files(self.held_out) if is_held_out(file[0], share)]
            chosen = np.linspace(0, len(files) - 1, min(self.count, len(files))).round().astype(int)
            pictures |= {label(files[i][0]): read(files[i][1]) for i in chosen}
        if self.samples:
            pictures |= samples()
        if not pictures:
            raise TrainingError("There is nothing to measure on: give photos to paint.")
        return {name: middle_square(picture, size) for name, picture in pictures.items()}


def label(name: str) -> str:
    """A photo's path without its ending, as one word."""
    return "-".join(Path(name).with_suffix("").parts)


def read(file) -> Image.Image:
    """Reads a picture from an open file and closes it."""
    with file:
        return read_picture(file)


def samples() -> dict[str, Image.Image]:
    """The photos that scikit-image brings along or fetches."""
    try:
        from skimage import data
    except ImportError as error:
        raise TrainingError("The samples need scikit-image: pip install scikit-image") from error
    names = ("astronaut", "chelsea", "coffee", "rocket")
    return {name: Image.fromarray(getattr(data, name)()) for name in names}


def middle_square(photo: Image.Image, size: int) -> Tensor:
    """The largest square in the middle, scaled; [1, 3, size, size] in 0..1."""
    side = min(photo.size)
    left, top = (photo.width - side) // 2, (photo.height - side) // 2
    photo = photo.crop((left, top, left + side, top + side))
    return to_tensor(photo.resize((size, size), Image.Resampling.LANCZOS))


def as_shipped(weights: Weights) -> Weights:
    """The weights after the rounding that `export` does."""
    arrays = {}
    for name, array in weights.arrays.items():
        if ".norm." in name or name in IN_16_BITS:
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


def pattern(picture: np.ndarray) -> dict[str, float]:
    """How regular a picture [3, H, W] is."""
    return {
        "peak": measures.autocorrelation_peak(picture),
        "period 2": measures.period_energy(picture, 2),
        "period 4": measures.period_energy(picture, 4),
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
        self.known: dict[tuple, list[float]] = {}
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
        # The same mixture is asked for again and again: it is painted once, for all targets.
        mixture = tuple(sorted((name, weight) for name, weight in weights.items() if weight))
        if mixture not in self.known:
            total = torch.zeros(len(self.objective.ids), device=self.device)
            everyone = torch.arange(len(total), device=self.device)
            for photo in self.photos.values():
                with torch.no_grad():
                    painting = self.paint(photo, dict(mixture))
                    features = self.objective.vgg(painting)
                    total += self.objective.style(painting, features, everyone)
            self.known[mixture] = (total / len(self.photos)).tolist()
        return self.known[mixture][self.objective.ids.index(target)]

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
                table.setdefault(style, {})[name] = pattern(painting)
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

    def style_sizes(self, objectives: dict[int, Objective]) -> dict:
        """Content loss, and style loss to the painting at each size, per style: means over the
        photos.
        """
        table = {}
        for style in tqdm(self.styles, desc="style sizes"):
            index = torch.tensor([self.objective.ids.index(style)], device=self.device)
            content, found = [], {size: [] for size in objectives}
            for name, photo in self.photos.items():
                with torch.no_grad():
                    painting = self.paint(photo, {style: 1.0})
                    features = self.objective.vgg(painting)
                    for size, objective in objectives.items():
                        found[size].append(objective.style(painting, features, index).item())
                content.append(losses.content_loss(features, self.photo_features[name]).item())
            means = {size: statistics.mean(values) for size, values in found.items()}
            best = min(means, key=means.get)
            table[style] = {
                "content": statistics.mean(content),
                "style": means[best],
                "at size": best,
                "style at sizes": means,
            }
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
                reference = optimise(self.objective, photo, index, iterations, until=total)
                table.setdefault(style, {})[name] = {
                    "network": total,
                    "gatys": reference.losses[-1],
                    "iterations": reference.iterations if reference.losses[-1] <= total else None,
                }
                to_picture(painting).save(folder / f"{style}-{name}-network.png")
                to_picture(reference.painting).save(folder / f"{style}-{name}-gatys.png")
                print(style, name, table[style][name], flush=True)
        return table

    def gatys_patterns(self, size: int, iterations: int, folder: Path) -> dict:
        """Regular structure in what so many iterations of Gatys' method paint of one test picture.

        The paintings are written to `folder`.
        """
        photo = torch.from_numpy(test_pictures(size)[REFERENCE])[None].to(self.device)
        table = {}
        for style in self.styles:
            index = self.objective.ids.index(style)
            painting = optimise(self.objective, photo, index, iterations).painting
            to_picture(painting).save(folder / f"{style}-{REFERENCE.replace(' ', '-')}-gatys.png")
            table[style] = pattern(painting[0].cpu().numpy())
            print(style, table[style], flush=True)
        return table


def evaluate(
    settings: Settings,
    weights: Path,
    sources: Sources,
    paintings: Path,
    vgg: Path | None,
    output: Path,
    size: int,
    tables: tuple[str, ...],
    styles: tuple[str, ...] | None = None,
    iterations: int = 300,
):
    """Writes the tables asked for to the folder `output`, as `SIZE-TABLE.json`.

    Then sums up all that the folder has of this size as `SIZE.md`.
    """
    network_weights = Weights.load(weights)
    device = best_device()
    network = TransformNetwork.from_weights(network_weights).to(device)
    eyes = Vgg16.find(vgg, device)
    objective = Objective(eyes, settings.loss, settings.styles, paintings)
    squares = sources.squares(settings.training.held_out, size)
    squares = {name: photo.to(device) for name, photo in squares.items()}
    evaluation = Evaluation(network, objective, squares, list(styles or objective.ids))
    output.mkdir(parents=True, exist_ok=True)

    def arguments(table: str) -> tuple:
        match table:
            case "quantisation":
                return (network_weights,)
            case "patterns":
                return (size,)
            case "style_sizes":
                objectives = {}
                for side in STYLE_SIZES:
                    resized = tuple(replace(style, size=side) for style in settings.styles)
                    objectives[side] = Objective(eyes, settings.loss, resized, paintings)
                return (objectives,)
            case "gatys":
                return (iterations, output)
            case "gatys_patterns":
                return (size, iterations, output)
            case _:
                return ()

    for table in tables:
        found = getattr(evaluation, table)(*arguments(table))
        (output / f"{size}-{table}.json").write_text(json.dumps(found, indent=1) + "\n")
        text = summary(output, size)
        (output / f"{size}.md").write_text(text)
    print(text)
