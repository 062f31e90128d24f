"""Trains the network, in as many sittings as it takes.

A sitting goes on from the last checkpoint of its folder and may be cut short at any time. The
learning rate rises and then stays, so that no sitting needs to know how many will follow; what is
kept as the result is a running average of the weights. `finish` lets the learning rate fall to
zero, for the last sitting.
"""

import copy
import random
import signal
import threading
import time
from dataclasses import dataclass, fields
from pathlib import Path

import torch
from torch import Tensor
from tqdm import tqdm

from .device import best_device, fast_dtype
from .errors import TrainingError
from .network import TransformNetwork, equal_sub_pixels, row_tables, start_from
from .objective import Objective
from .pictures import plain_square, random_crop, read_photos, to_tensor
from .settings import Settings, Training
from .sheet import sheet
from .vgg import Vgg16
from .weights import Weights

SHEET_PHOTOS = 2
"""Held-out photos on each sample sheet."""


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
        return Batch(*(getattr(self, field.name).to(device) for field in fields(self)))

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


class Trainer:
    """The network in training, its running average, and the folder that keeps both."""

    def __init__(self, settings: Settings, folder: Path, start: Weights | None, compiled=False):
        """Goes on from the folder's checkpoint, or else from `start`, or else from nothing.

        compiled: translate the network to machine code first, which needs a C++ compiler.
        """
        self.settings, self.folder = settings, Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.device = best_device()
        self.network = TransformNetwork(settings.network, settings.rows).to(self.device)
        if start:
            weights = start_from(start, settings.network, settings.rows)
            self.network = TransformNetwork.from_weights(weights).to(self.device)
            # Whatever lattice the other network had learned, this one need not inherit.
            equal_sub_pixels(self.network.head.weight, settings.network.unshuffle)
        self.network.to(memory_format=torch.channels_last)
        # Fusing the norms with their neighbours halves the network's time, after a minute's work.
        self.forward = torch.compile(self.network) if compiled else self.network
        self.average = copy.deepcopy(self.network).requires_grad_(False)
        rows = row_tables(self.network)
        shared = [value for value in self.network.parameters() if not any(value is r for r in rows)]
        self.optimiser = torch.optim.Adam([{"params": shared}, {"params": rows}])
        self.step = 0
        if self.checkpoint.exists():
            self.restore()

    @property
    def checkpoint(self) -> Path:
        """The file that a later sitting goes on from."""
        return self.folder / "checkpoint.pt"

    def restore(self):
        """Takes everything back from the checkpoint."""
        # By way of the CPU: what belongs on the device is copied there, Adam's step counts stay.
        state = torch.load(self.checkpoint, map_location="cpu")
        if tuple(state["rows"]) != self.settings.rows:
            raise TrainingError(f"{self.checkpoint} has other styles than the settings.")
        try:
            self.network.load_state_dict(state["network"])
            self.average.load_state_dict(state["average"])
        except RuntimeError as error:
            raise TrainingError(f"{self.checkpoint} is of another network: {error}") from error
        self.optimiser.load_state_dict(state["optimiser"])
        self.step = state["step"]

    def save(self):
        """Writes the checkpoint and the averaged weights, each replaced in one go."""
        state = {
            "rows": self.settings.rows,
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
        }
        unfinished = self.checkpoint.with_suffix(".part")
        torch.save(state, unfinished)
        unfinished.replace(self.checkpoint)
        self.average.to_weights().save(self.folder / "weights.npz")

    def learn(self, objective: Objective, batch: Batch, share: float) -> dict[str, Tensor]:
        """Takes one step at a share of the learning rates; returns the parts of the loss, [B]."""
        training = self.settings.training
        # Each row is learned from a fraction of the squares, so it takes longer steps.
        rates = training.learning_rate, training.row_learning_rate
        for group, rate in zip(self.optimiser.param_groups, rates, strict=True):
            group["lr"] = share * rate
        batch = batch.to(self.device)
        photo = batch.photo.contiguous(memory_format=torch.channels_last)
        painting = self.forward(photo, batch.row_weights(len(self.settings.rows)))
        loss, parts = objective(painting, photo, batch.style, batch.strength, plain=batch.plain)
        self.optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), training.gradient_limit)
        self.optimiser.step()
        self.step += 1
        # A young average follows faster, so that it does not remember the beginning.
        keep = min(training.average, self.step / (self.step + 10))
        with torch.no_grad():
            pairs = zip(self.average.parameters(), self.network.parameters(), strict=True)
            for mean, value in pairs:
                mean.lerp_(value, 1 - keep)
        return parts


def train(
    settings: Settings,
    photos: Path,
    paintings: Path,
    vgg: Path | None,
    folder: Path,
    start: Path | None = None,
    steps: int | None = None,
    minutes: float | None = None,
    finish: bool = False,
    compiled: bool = False,
):
    """Trains until `steps` more are done or `minutes` are over, or else until interrupted.

    folder: keeps `checkpoint.pt`, `weights.npz` (the average, for `export`), `log.csv` and
    `sheets/`. start: weights of another network to begin with when there is no checkpoint yet.
    finish: let the learning rate fall to zero over the sitting. compiled: see Trainer.
    """
    if finish and not (steps or minutes):
        raise TrainingError("To finish, say by when: --steps or --minutes.")
    trainer = Trainer(settings, folder, Weights.load(start) if start else None, compiled)
    training, device = settings.training, trainer.device
    eyes = Vgg16.find(vgg, device, fast_dtype(device))
    objective = Objective(eyes, settings.loss, settings.styles, paintings)
    squares = read_photos(photos, training.held_out, "training")
    unseen = [to_tensor(p) for p in read_photos(photos, training.held_out, "held out")]
    sheets = trainer.folder / "sheets"
    sheets.mkdir(exist_ok=True)

    # A polite kill ends the sitting like its time does: with a checkpoint.
    killed = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: killed.set())
    begin = saved = time.monotonic()
    last = trainer.step + steps if steps else None

    def progress() -> float:
        """How much of the sitting is over, 0 to 1."""
        taken = 1 - (last - trainer.step) / steps if steps else 0.0
        passed = (time.monotonic() - begin) / (60 * minutes) if minutes else 0.0
        return min(1.0, max(taken, passed))

    dice = random.Random(trainer.step)
    often = [style.often for style in settings.styles]
    bar = tqdm(total=last, initial=trainer.step, unit="step")
    with bar, open(trainer.folder / "log.csv", "a") as log:
        while progress() < 1 and not killed.is_set():
            share = min(1, (trainer.step + 1) / training.warm_up)
            if finish:
                share *= 1 - progress()
            batch = draw_batch(squares, often, training, dice)
            parts = trainer.learn(objective, batch, share)
            log.writelines(report(trainer.step, objective.ids, batch, parts))
            bar.update()
            bar.set_postfix({name: f"{p.mean().item():.4f}" for name, p in parts.items()})
            if trainer.step % training.sheet_steps == 0:
                picture = sheet(trainer.average, unseen[:SHEET_PHOTOS])
                picture.save(sheets / f"step-{trainer.step:06}.png")
            if time.monotonic() - saved > 60 * training.checkpoint_minutes:
                trainer.save()
                log.flush()
                saved = time.monotonic()
        trainer.save()


def report(step: int, ids: list[str], batch: Batch, parts: dict[str, Tensor]):
    """Lines of the log, one per picture: step, style, strength and the parts of the loss."""
    for index, strength in enumerate(batch.strength.tolist()):
        values = ",".join(f"{part[index].item():.5f}" for part in parts.values())
        yield f"{step},{ids[batch.style[index]]},{strength:.3f},{values}\n"
