"""Photos and paintings: found, read, cut and written."""

import hashlib
import io
import random
import tarfile
from pathlib import Path

import numpy as np
import torch
from PIL import Image, UnidentifiedImageError
from torch import Tensor
from torch.nn import functional

from .errors import TrainingError
from .settings import Style

PICTURE_ENDINGS = (".jpg", ".jpeg", ".png")
SPARE = 1.125
"""Larger photos are reduced to a short side so much longer than the squares cut from them."""


def read_picture(source, short_side: int | None = None) -> Image.Image:
    """Opens a path or file as RGB, reduced to `short_side` pixels if it is larger."""
    try:
        picture = Image.open(source).convert("RGB")
    except (OSError, UnidentifiedImageError) as error:
        raise TrainingError(f"{source} cannot be read as a picture: {error}") from error
    if short_side and (factor := short_side / min(picture.size)) < 1:
        size = tuple(round(side * factor) for side in picture.size)
        picture = picture.resize(size, Image.Resampling.LANCZOS)
    return picture


def to_tensor(picture) -> Tensor:
    """RGB8 picture or [H, W, 3] array to [1, 3, H, W] in 0..1."""
    return torch.from_numpy(np.array(picture)).permute(2, 0, 1)[None].float() / 255


def to_picture(tensor: Tensor) -> Image.Image:
    """[1, 3, H, W] or [3, H, W] in 0..1 to an RGB8 picture."""
    pixels = tensor.detach().reshape(tensor.shape[-3:]).permute(1, 2, 0)
    return Image.fromarray((pixels.clamp(0, 1) * 255).round().byte().cpu().numpy())


def read_painting(folder: Path, style: Style) -> Tensor:
    """The part of a painting that a style is learned from, at its size; [1, 3, H, W]."""
    painting = read_picture(Path(folder) / style.file)
    width, height = painting.size
    left, top, right, bottom = style.part
    painting = painting.crop(
        (round(left * width), round(top * height), round(right * width), round(bottom * height))
    )
    factor = style.size / min(painting.size)
    size = tuple(round(side * factor) for side in painting.size)
    return to_tensor(painting.resize(size, Image.Resampling.LANCZOS))


def reduced(picture: Tensor, halvings: int) -> Tensor:
    """[B, C, H, W] at half the size, so many times: means of squares."""
    return functional.avg_pool2d(picture, 2**halvings) if halvings else picture


def enlarged(picture: Tensor) -> Tensor:
    """[B, 3, H, W] at twice the size (Catmull and Rom's cubic), limited to 0..1."""
    # Antialiasing changes nothing here but the cubic: to the one that the engine uses.
    return functional.interpolate(
        picture, scale_factor=2.0, mode="bicubic", align_corners=False, antialias=True
    ).clamp(0, 1)


def is_held_out(name: str, share: float) -> bool:
    """Whether a photo is kept from training: a share of the names, the same ones every time."""
    digest = hashlib.sha256(name.encode()).digest()
    return int.from_bytes(digest[:4]) < share * 2**32


def photo_files(source: Path):
    """Name and content of every picture in a folder or .tar, sorted by name."""
    source = Path(source)
    if source.is_dir():
        paths = [path for path in source.rglob("*") if path.suffix.lower() in PICTURE_ENDINGS]
        for path in sorted(paths):
            yield str(path.relative_to(source)), path.open("rb")
    elif source.is_file():
        with tarfile.open(source) as archive:
            members = [m for m in archive.getmembers() if m.name.lower().endswith(PICTURE_ENDINGS)]
            for member in sorted(members, key=lambda member: member.name):
                yield member.name, io.BytesIO(archive.extractfile(member).read())
    else:
        raise TrainingError(f"There are no photos at {source}.")


def read_photos(source: Path, held_out: float, wanted: str, crop: int) -> list[np.ndarray]:
    """All photos of a folder or .tar as RGB8 [H, W, 3], for squares of `crop` pixels.

    wanted: "training" or "held out".
    """
    photos = []
    for name, file in photo_files(source):
        with file:
            if is_held_out(name, held_out) == (wanted == "held out"):
                photos.append(np.array(read_picture(file, round(SPARE * crop))))
    if not photos:
        raise TrainingError(f"There are no photos at {source} for {wanted}.")
    return photos


def random_crop(photo: np.ndarray, side: int, dice: random.Random) -> Tensor:
    """A square of a photo at a random place and scale, perhaps mirrored, recoloured. It may be
    enlarged by a third: photos no larger than the square would else have but one scale.

    photo: RGB8 [H, W, 3]; returns [1, 3, side, side] in 0..1.
    """
    height, width = photo.shape[:2]
    cut = dice.randint(min(3 * side // 4, height, width), min(height, width))
    top, left = dice.randint(0, height - cut), dice.randint(0, width - cut)
    square = to_tensor(photo[top : top + cut, left : left + cut])
    if cut != side:
        square = functional.interpolate(square, (side, side), mode="bilinear", antialias=True)
    return recolour(square.flip(3) if dice.random() < 0.5 else square, dice)


def recolour(photo: Tensor, dice: random.Random) -> Tensor:
    """Now and then duller or gaudier, or of other hues: photos are rarely so bright that a network
    would otherwise learn to paint an orange overall. [1, 3, H, W] in 0..1 to the same.
    """
    if dice.random() < 0.25:
        photo = photo[:, dice.sample(range(3), 3)]
    grey = photo.mean(1, keepdim=True)
    return (grey + 2 ** dice.uniform(-1, 1.5) * (photo - grey)).clamp(0, 1)


def plain_square(side: int, dice: random.Random) -> Tensor:
    """A sky or a wall: one colour passing into another, with grain; [1, 3, side, side] in 0..1."""
    near, far = (torch.tensor([dice.random() for _ in range(3)]) for _ in range(2))
    far = near + dice.random() ** 2 * (far - near)
    ramp = torch.linspace(0, 1, side).expand(1, 1, side, side)
    ramp = ramp.transpose(2, 3) if dice.random() < 0.75 else ramp
    generator = torch.Generator().manual_seed(dice.getrandbits(32))
    grain = torch.randn(1, 1, side, side, generator=generator)
    if dice.random() < 0.5:
        grain = 2 * functional.avg_pool2d(grain, 3, stride=1, padding=1)
    colours = torch.lerp(near.view(1, 3, 1, 1), far.view(1, 3, 1, 1), ramp)
    return (colours + 2 ** dice.uniform(-1, 2) / 255 * grain).clamp(0, 1)
