"""The float weights of a draft or revision network, and the file that keeps them.

The file is a compressed .npz of float16 arrays in PyTorch's layouts (convolutions are OIHW) and
one JSON string, `description`, with the architecture and the name of every style row. Arrays:

    stem.conv.weight                     [stem, pictures * 3 * unshuffle^2, 3, 3]
    down.conv.weight                     [body, stem, 3, 3]
    body.K.{first,second}.conv.weight    [body, body, 3, 3]      full blocks, or else
    body.K.{first,second}.depthwise.weight, .pointwise.weight    [body, 1, 3, 3], [body, body, 1, 1]
    up.conv.weight                       [stem, body, 3, 3]
    head.weight, head.bias               [3 * unshuffle^2, stem, 3, 3], [3 * unshuffle^2]
    PART.norm.{scale,shift}              [rows, channels], for every convolution but the head

A style vector holds what distinguishes one style from another: the scale and the shift of every
norm, in the order the norms are applied, and then the photo gate, a number for each colour.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from .errors import TrainingError

PHOTO = "photo"
"""Name of the row that gives the photo itself back."""


@dataclass(frozen=True)
class Architecture:
    """Sizes of a transform network; see `network.py` for what is done with them.

    A draft sees one picture, the photo, and has instance norms. A revision sees two, the enlarged
    draft and the photo, has scales and shifts alone, and a skip over its body.
    """

    unshuffle: int = 2
    """Side of the pixel squares that become channels at the entrance and pixels at the exit."""
    stem: int = 24
    """Channels at 1/unshuffle of the picture's size."""
    body: int = 64
    """Channels at 1/(2 * unshuffle) of the picture's size."""
    blocks: int = 5
    """Residual blocks, of two convolutions each."""
    separable: bool = False
    """Whether the blocks' convolutions are depthwise 3x3 + pointwise, or full 3x3."""
    revises: bool = False
    """Whether this is a revision network."""

    @property
    def stride(self) -> int:
        """Height and width of the network's input must be multiples of this."""
        return 2 * self.unshuffle

    @property
    def pixels(self) -> int:
        """Numbers in one square of RGB pixels."""
        return 3 * self.unshuffle**2

    @property
    def inputs(self) -> int:
        """Numbers that the stem sees of one square."""
        return self.pixels * (2 if self.revises else 1)

    @property
    def vector(self) -> int:
        """Length of a style vector: scales, shifts, and the photo gate of each colour."""
        return 2 * sum(self.norms().values()) + 3

    def convolutions(self) -> dict[str, tuple[int, int, int, int]]:
        """Name and OIHW shape of every convolution's weights, in the order they are applied."""
        shapes = {"stem.conv.weight": (self.stem, self.inputs, 3, 3)}
        shapes["down.conv.weight"] = (self.body, self.stem, 3, 3)
        for block in range(self.blocks):
            for half in ("first", "second"):
                part = f"body.{block}.{half}"
                if self.separable:
                    shapes[f"{part}.depthwise.weight"] = (self.body, 1, 3, 3)
                    shapes[f"{part}.pointwise.weight"] = (self.body, self.body, 1, 1)
                else:
                    shapes[f"{part}.conv.weight"] = (self.body, self.body, 3, 3)
        shapes["up.conv.weight"] = (self.stem, self.body, 3, 3)
        shapes["head.weight"] = (self.pixels, self.stem, 3, 3)
        return shapes

    def norms(self) -> dict[str, int]:
        """Name and number of channels of every conditional norm, in the order they are applied."""
        body = [f"body.{block}.{half}.norm" for block in range(self.blocks) for half in HALVES]
        return (
            {"stem.norm": self.stem, "down.norm": self.body}
            | dict.fromkeys(body, self.body)
            | {"up.norm": self.stem}
        )

    def shapes(self, rows: int) -> dict[str, tuple[int, ...]]:
        """Name and shape of every array of a network with that many rows."""
        tables = {
            f"{norm}.{table}": (rows, channels)
            for norm, channels in self.norms().items()
            for table in ("scale", "shift")
        }
        return self.convolutions() | {"head.bias": (self.pixels,)} | tables


HALVES = ("first", "second")
"""The two convolutions of a residual block."""


@dataclass(frozen=True)
class Weights:
    """A network's float32 arrays by name, its architecture and the names of its rows."""

    architecture: Architecture
    rows: tuple[str, ...]
    arrays: dict[str, np.ndarray]

    def __post_init__(self):
        """Refuses arrays that do not make up the network described."""
        shapes = self.architecture.shapes(len(self.rows))
        if odd := sorted(shapes.keys() ^ self.arrays.keys()):
            raise TrainingError(f"The weights do not fit the network: look at {', '.join(odd)}.")
        for name, shape in shapes.items():
            if self.arrays[name].shape != shape:
                found = self.arrays[name].shape
                raise TrainingError(f"{name} has the shape {found} instead of {shape}.")
            if not np.isfinite(self.arrays[name]).all():
                raise TrainingError(f"{name} holds numbers that are not finite.")
        if len(set(self.rows)) != len(self.rows):
            raise TrainingError("Two rows of the network have the same name.")

    @property
    def photo_row(self) -> int | None:
        """Index of the row that gives the photo back, if the network has one."""
        return self.rows.index(PHOTO) if PHOTO in self.rows else None

    def vectors(self) -> np.ndarray:
        """The style vector of each row, float32 [rows, architecture.vector]."""
        tables = [
            self.arrays[f"{norm}.{table}"]
            for norm in self.architecture.norms()
            for table in ("scale", "shift")
        ]
        gate = np.array([[float(row == PHOTO)] * 3 for row in self.rows], np.float32)
        return np.concatenate([*tables, gate], axis=1)

    def save(self, path: Path):
        """Writes the file described at the top of this module, replacing it in one go."""
        description = {"architecture": asdict(self.architecture), "rows": self.rows}
        arrays = {name: array.astype(np.float16) for name, array in self.arrays.items()}
        unfinished = Path(path).with_suffix(".part.npz")
        np.savez_compressed(unfinished, description=json.dumps(description), **arrays)
        unfinished.replace(path)

    def mixed_with(self, other: "Weights", share: float) -> "Weights":
        """The network between this one (share 0) and another (share 1) that was trained from it.

        Networks trained apart are no use mixed: their channels mean different things. Between two
        of one descent the loss stays about as low (Wortsman et al. 2022, "Model soups").
        Raises TrainingError where the two differ in architecture or styles.
        """
        if (self.architecture, self.rows) != (other.architecture, other.rows):
            raise TrainingError("The two networks differ in their architecture or their styles.")
        if not 0 <= share <= 1:
            raise TrainingError(f"The share is {share}, and can be from 0 to 1.")
        arrays = {
            name: array + np.float32(share) * (other.arrays[name] - array)
            for name, array in self.arrays.items()
        }
        return Weights(self.architecture, self.rows, arrays)

    @classmethod
    def load(cls, path: Path) -> "Weights":
        """Reads such a file; raises TrainingError where it is missing or damaged."""
        try:
            with np.load(path, allow_pickle=False) as file:
                arrays = {name: file[name] for name in file.files}
            description = json.loads(str(arrays.pop("description")))
            architecture = Architecture(**description["architecture"])
            rows = tuple(description["rows"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise TrainingError(f"{path} cannot be read as weights: {error}") from error
        arrays = {name: array.astype(np.float32) for name, array in arrays.items()}
        return cls(architecture, rows, arrays)
