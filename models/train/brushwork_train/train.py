"""Trains the draft or the revision network, in as many sittings as it takes.

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
from pathlib import Path

import torch
from PIL import Image
from pytorch_optimizer import SOAP
from torch import Tensor
from torch.optim.swa_utils import get_ema_multi_avg_fn
from tqdm import tqdm

from .batches import Batch, Batches
from .device import best_device, fast_dtype, hasten, spare_processes
from .errors import TrainingError
from .network import TransformNetwork, row_tables, start_from
from .objective import Objective
from .pictures import read_photos, to_tensor
from .revising import revise
from .settings import Settings
from .sheet import sheet
from .vgg import Vgg16
from .weights import Weights

SHEET_PHOTOS = 2
"""Held-out photos on each sample sheet."""
REPORT_STEPS = 25
"""Steps from one look at the losses to the next: each look makes a GPU wait."""


class Trainer:
    """The network in training, its running average, and the folder that keeps both."""

    def __init__(self, settings: Settings, folder: Path, start: Weights | None, compiled=False):
        """Goes on from the folder's checkpoint, or else from `start`, or else from nothing.

        compiled: translate network and losses to machine code first, which needs a C++ compiler.
        """
        self.settings, self.folder = settings, Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.device = best_device()
        self.training = settings.training_on(self.device)
        self.network = TransformNetwork(settings.network, settings.rows).to(self.device)
        if start:
            weights = start_from(start, settings.network, settings.rows)
            self.network = TransformNetwork.from_weights(weights).to(self.device)
        self.network.to(memory_format=torch.channels_last)
        # A GPU waits for Python to name every small step; of a compiled one it hears at once.
        self.judge = torch.compile(self.paint_and_judge) if compiled else self.paint_and_judge
        self.average = copy.deepcopy(self.network).requires_grad_(False)
        rows = row_tables(self.network)
        shared = [value for value in self.network.parameters() if not any(value is r for r in rows)]
        # Steps of SOAP (Vyas et al. 2024) lead as far as many more of Adam's: Adam in the axes of
        # Shampoo's preconditioner. A row has a gradient only now and then, too rarely for that.
        self.optimisers = (
            SOAP(shared, weight_decay=0),
            torch.optim.Adam(rows, fused=self.device.type == "cuda"),
        )
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
            for optimiser, kept in zip(self.optimisers, state["optimisers"], strict=True):
                optimiser.load_state_dict(kept)
        except (RuntimeError, KeyError) as error:
            raise TrainingError(
                f"{self.checkpoint} is of another network or an older version: {error}"
            ) from error
        self.step = state["step"]

    def save(self):
        """Writes the checkpoint and the averaged weights, each replaced in one go."""
        state = {
            "rows": self.settings.rows,
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
            "optimisers": [optimiser.state_dict() for optimiser in self.optimisers],
            "step": self.step,
        }
        unfinished = self.checkpoint.with_suffix(".part")
        torch.save(state, unfinished)
        unfinished.replace(self.checkpoint)
        self.average.to_weights().save(self.folder / "weights.npz")

    def paint_and_judge(self, objective: Objective, photo: Tensor, rows: Tensor, batch: Batch):
        """What the objective gives for the paintings of photos by so much of each row."""
        painting = self.network(photo, rows)
        return objective(painting, photo, batch.style, batch.strength, plain=batch.plain)

    def learn(self, objective: Objective, batch: Batch, share: float) -> dict[str, Tensor]:
        """Takes one step at a share of the learning rates; returns the parts of the loss, [B]."""
        training = self.training
        # Each row is learned from a fraction of the squares, so it takes longer steps.
        rates = training.learning_rate, training.row_learning_rate
        for optimiser, rate in zip(self.optimisers, rates, strict=True):
            optimiser.param_groups[0]["lr"] = share * rate
        batch = batch.to(self.device)
        photo = batch.photo.contiguous(memory_format=torch.channels_last)
        rows = batch.row_weights(len(self.settings.rows))
        loss, parts = self.judge(objective, photo, rows, batch)
        self.network.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), training.gradient_limit)
        for optimiser in self.optimisers:
            optimiser.step()
        self.step += 1
        # A young average follows faster, so that it does not remember the beginning.
        keep = min(training.average, self.step / (self.step + 10))
        averages, values = list(self.average.parameters()), list(self.network.parameters())
        get_ema_multi_avg_fn(keep)(averages, values, None)
        return parts

    def sheet(self, photos: list[Tensor]) -> Image.Image:
        """A sample sheet of the average."""
        return sheet(self.average, photos)


class RevisionTrainer(Trainer):
    """The same for a revision network, on the paintings of a draft network."""

    def __init__(self, settings: Settings, folder: Path, start: Weights | None, draft: Path):
        """draft: weights of the draft network, read again whenever they have changed."""
        super().__init__(settings, folder, start)
        self.draft_file, self.draft_changed = draft, None
        self.dice = random.Random(self.step)

    def draft_network(self) -> TransformNetwork:
        """The draft network as it is by now."""
        changed = self.draft_file.stat().st_mtime
        if changed != self.draft_changed:
            network = TransformNetwork.from_weights(Weights.load(self.draft_file))
            if network.rows != self.settings.rows:
                raise TrainingError(f"{self.draft_file} has other styles than the settings.")
            network.requires_grad_(False).to(self.device, memory_format=torch.channels_last)
            self.draft, self.draft_changed = network, changed
        return self.draft

    def paint_and_judge(self, objective: Objective, photo: Tensor, rows: Tensor, batch: Batch):
        """What the objective gives for revisions of parts of the photos."""
        networks = self.draft_network(), self.network
        painting, photo, draft = revise(networks, photo, rows, self.training, self.dice)
        return objective(
            painting, photo, batch.style, batch.strength, plain=batch.plain, draft=draft
        )

    def sheet(self, photos: list[Tensor]) -> Image.Image:
        """A sample sheet of the average."""
        return sheet(self.draft_network(), photos, revision=self.average)


def train(
    settings: Settings,
    photos: Path,
    paintings: Path,
    vgg: Path | None,
    folder: Path,
    start: Path | None = None,
    draft: Path | None = None,
    steps: int | None = None,
    minutes: float | None = None,
    finish: bool = False,
    compiled: bool = False,
):
    """Trains until `steps` more are done or `minutes` are over, or else until interrupted.

    folder: keeps `checkpoint.pt`, `weights.npz` (the average, for `export`), `log.csv` and
    `sheets/`. start: weights of another network to begin with when there is no checkpoint yet.
    draft: for a revision, the weights of the draft network.
    finish: let the learning rate fall to zero over the sitting. compiled: see Trainer.
    """
    if finish and not (steps or minutes):
        raise TrainingError("To finish, say by when: --steps or --minutes.")
    if settings.network.revises and not draft:
        raise TrainingError("A revision wants the draft network's weights: --draft.")
    weights = Weights.load(start) if start else None
    if settings.network.revises:
        trainer = RevisionTrainer(settings, folder, weights, draft)
    else:
        trainer = Trainer(settings, folder, weights, compiled)
    training, device = trainer.training, trainer.device
    hasten(device)
    eyes = Vgg16.find(vgg, device, fast_dtype(device))
    objective = Objective(eyes, settings.loss, settings.paintings, paintings)
    held_out, crop = training.held_out, training.crop
    squares = read_photos(photos, held_out, "training", crop)
    unseen = [to_tensor(p) for p in read_photos(photos, held_out, "held out", crop)]
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

    often = [style.often for style in settings.styles]
    batches = Batches(squares, often, training, trainer.step).loader(spare_processes(device))
    bar = tqdm(total=last, initial=trainer.step, unit="step")
    with bar, open(trainer.folder / "log.csv", "a") as log:
        unread = []

        def look():
            """Writes down what has not been yet, and shows the last of it."""
            parts = {}
            for step, styles, strengths, parts in unread:
                log.writelines(report(step, objective.ids, styles, strengths, parts))
            unread.clear()
            if parts:
                bar.set_postfix({name: f"{part.mean().item():.4f}" for name, part in parts.items()})

        for batch in batches:
            if progress() >= 1 or killed.is_set():
                break
            share = min(1, (trainer.step + 1) / training.warm_up)
            if finish:
                share *= 1 - progress()
            parts = trainer.learn(objective, batch, share)
            unread.append((trainer.step, batch.style, batch.strength, parts))
            bar.update()
            if len(unread) == REPORT_STEPS:
                look()
            if trainer.step % training.sheet_steps == 0:
                picture = trainer.sheet(unseen[:SHEET_PHOTOS])
                picture.save(sheets / f"step-{trainer.step:06}.png")
            if time.monotonic() - saved > 60 * training.checkpoint_minutes:
                look()
                log.flush()
                trainer.save()
                saved = time.monotonic()
        look()
        trainer.save()


def report(step: int, ids: list[str], styles: Tensor, strengths: Tensor, parts: dict[str, Tensor]):
    """Lines of the log, one per picture: step, style, strength and the parts of the loss."""
    values = torch.stack(tuple(parts.values()), dim=1).tolist()
    for style, strength, row in zip(styles.tolist(), strengths.tolist(), values, strict=True):
        losses = ",".join(f"{value:.5f}" for value in row)
        yield f"{step},{ids[style]},{strength:.3f},{losses}\n"
