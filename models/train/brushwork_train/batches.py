"""What the steps of training look at: squares of photos, each with a style and a strength."""

import random
from dataclasses import dataclass, fields

import torch
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from .pictures import plain_square, random_crop
from .settings import Training


@dataclass
class Batch:
    """What one step looks at: photos [B, 3, S, S]; of each one [B] the index of its style, its
    strength, and whether it is plain, 1 or 0.
    """

    photo: Tensor
    style: Tensor
    strength: Tensor
    plain: Tensor

    def to(self, device: torch.device) -> "Batch":
        """The same on a device."""
        return self.each(lambda values: values.to(device, non_blocking=True))

    def pin_memory(self) -> "Batch":
        """The same where a GPU can fetch it by itself; `DataLoader` asks for this."""
        return self.each(Tensor.pin_memory)

    def each(self, change) -> "Batch":
        """The same with every tensor changed."""
        return Batch(*(change(getattr(self, field.name)) for field in fields(self)))

    def row_weights(self, rows: int) -> Tensor:
        """Weights of the network's rows, [B, rows]: photo row first, mixed with the style's."""
        weights = torch.zeros(len(self.style), rows, device=self.style.device)
        weights[:, 0] = 1 - self.strength
        return weights.scatter(1, self.style[:, None] + 1, self.strength[:, None])


def draw_strength(training: Training, dice: random.Random) -> float:
    """1 as a rule, sometimes 0, sometimes anything between."""
    chance = dice.random()
    if chance < training.photo_share:
        return 0.0
    return dice.random() if chance < training.photo_share + training.between_share else 1.0


def draw_batch(photos, often: list[float], training: Training, dice: random.Random) -> Batch:
    """Random squares of random photos, each with a different style where there are enough.

    often: how often each style is drawn, relative to the others.
    """
    chosen = dice.choices(photos, k=training.batch)
    order = sorted(range(len(often)), key=lambda style: dice.random() ** (1 / often[style]))[::-1]
    plain = [dice.random() < training.plain_share for _ in chosen]
    squares = [
        plain_square(training.crop, dice) if only else random_crop(photo, training.crop, dice)
        for photo, only in zip(chosen, plain, strict=True)
    ]
    return Batch(
        torch.cat(squares),
        torch.tensor([order[i % len(order)] for i in range(training.batch)]),
        torch.tensor([draw_strength(training, dice) for _ in range(training.batch)]),
        torch.tensor(plain, dtype=torch.float32),
    )


class Batches(IterableDataset):
    """Batches without end; see `draw_batch`."""

    def __init__(self, photos, often: list[float], training: Training, seed: int):
        self.photos, self.often, self.training, self.seed = photos, often, training, seed

    def __iter__(self):
        """Every process that draws has dice of its own."""
        process = get_worker_info()
        dice = random.Random(f"{self.seed}, {process.id if process else 0}")
        while True:
            yield draw_batch(self.photos, self.often, self.training, dice)

    def loader(self, processes: int) -> DataLoader:
        """Draws them ahead in so many processes; in none, when they are asked for."""
        return DataLoader(
            self,
            batch_size=None,
            num_workers=processes,
            # Forked, they share the photos.
            multiprocessing_context="fork" if processes else None,
            pin_memory=torch.cuda.is_available(),
        )
