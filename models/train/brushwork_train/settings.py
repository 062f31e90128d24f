"""The settings file: everything that decides how a network comes out, but no paths."""

import tomllib
from dataclasses import dataclass, replace
from pathlib import Path

from .errors import TrainingError
from .weights import PHOTO, Architecture


@dataclass(frozen=True)
class Style:
    """A painting to learn."""

    id: str
    file: str
    size: int = 400
    """Short side in pixels; a larger painting has larger strokes."""
    weight: float = 1.0
    """Multiplies the style loss."""
    part: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)
    """Left, top, right and bottom of the part to use, as shares of width and height."""
    often: float = 1.0
    """How often it is trained, relative to the others."""


@dataclass(frozen=True)
class Loss:
    """Weight of each part of the loss; see `losses.py`."""

    content: float
    style: float
    pixel: float
    roughness: float
    colour_roughness: float
    lattice: float
    tone: float
    regularity: float
    alternation: float
    excess: float
    agreement: float = 0.0
    """For a revision: how far it may be from its draft when both are as small."""
    scales: tuple[float, ...] = (1.0,)
    """Weights of the style loss at full, half, quarter ... size; they sum to 1."""


@dataclass(frozen=True)
class Training:
    """How the photos are drawn and the steps are taken; settings.toml explains each."""

    crop: int
    batch: int
    held_out: float
    learning_rate: float
    row_learning_rate: float
    new_row_learning_rate: float
    warm_up: int
    average: float
    gradient_limit: float
    photo_share: float
    between_share: float
    plain_share: float
    checkpoint_minutes: float
    sheet_steps: int
    painting_scale: float = 1.0
    """Multiplies the sizes of the paintings that the styles are learned from."""
    part: int = 0
    """For a revision: side of the part of each square that is revised and judged, in pixels."""
    twice_share: float = 0.0
    """For a revision: share of squares that revise a revision."""


@dataclass(frozen=True)
class Settings:
    """The whole file."""

    network: Architecture
    training: Training
    cuda: Training
    """The same for a GPU, which has more time and room."""
    loss: Loss
    styles: tuple[Style, ...]

    def training_on(self, device) -> Training:
        """How to train on this `torch.device`."""
        return self.cuda if device.type == "cuda" else self.training

    @property
    def rows(self) -> tuple[str, ...]:
        """Names of the network's rows: the photo row comes first, so that styles can be added."""
        return (PHOTO, *(style.id for style in self.styles))

    @property
    def paintings(self) -> tuple[Style, ...]:
        """The styles, with their paintings at the size that this network learns them at."""
        scale = self.training.painting_scale
        return tuple(replace(style, size=round(style.size * scale)) for style in self.styles)

    @classmethod
    def load(cls, path: Path, network: str = "draft") -> "Settings":
        """Reads a settings file for one of the networks, "draft" or "revision".

        What the file does not say of the revision is as for the draft.
        Raises TrainingError where the file is missing or wrong.
        """
        try:
            with open(path, "rb") as file:
                tables = tomllib.load(file)
            own = {
                name: tables["draft"][name] | (tables[network][name] if network != "draft" else {})
                for name in ("network", "training", "loss")
            }
            training = Training(**own["training"])
            own["loss"]["scales"] = tuple(own["loss"]["scales"])
            return cls(
                Architecture(**own["network"]),
                training,
                replace(training, **tables[network]["cuda"]),
                Loss(**own["loss"]),
                tuple(Style(**style) for style in tables["styles"]),
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise TrainingError(f"{path} cannot be read as settings: {error}") from error
