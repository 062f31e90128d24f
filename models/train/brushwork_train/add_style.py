"""Teaches a finished network another painting, by a new row of scales and shifts alone.

The convolutions and every other row stay what they were, bit for bit (Dumoulin et al. 2017,
section 3.3), so the style costs two bytes for each of its numbers and minutes of training.
"""

import random
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

from .batches import draw_batch
from .device import best_device, fast_dtype
from .errors import TrainingError
from .network import TransformNetwork, row_tables
from .objective import Objective
from .pictures import read_photos
from .settings import Settings, Style
from .vgg import Vgg16
from .weights import Weights


def with_row(weights: Weights, name: str) -> Weights:
    """The network with one more row at the end, the mean of the other styles."""
    if name in weights.rows:
        raise TrainingError(f"The network already has a style called {name}.")
    styles = [index for index in range(len(weights.rows)) if index != weights.photo_row]
    arrays = dict(weights.arrays)
    for norm in weights.architecture.norms():
        for table in (f"{norm}.scale", f"{norm}.shift"):
            mean = arrays[table][styles].mean(axis=0, keepdims=True)
            arrays[table] = np.concatenate([arrays[table], mean])
    return Weights(weights.architecture, (*weights.rows, name), arrays)


def learn_row(
    network: TransformNetwork, objective: Objective, photos, settings: Settings, steps: int
):
    """Trains the network's last row, in place, to paint the objective's only style.

    The learning rate falls evenly to zero.
    """
    device = next(network.parameters()).device
    training, dice = settings.training_on(device), random.Random(0)
    network.requires_grad_(False)
    tables = row_tables(network)
    for table in tables:
        table.requires_grad_(True)
        # A row without gradient is one that Adam, whose momenta are then zero, leaves as it is.
        table.register_hook(lambda gradient: torch.cat([gradient[:-1] * 0, gradient[-1:]]))
    optimiser = torch.optim.Adam(tables)
    for step in tqdm(range(steps), unit="step"):
        for group in optimiser.param_groups:
            group["lr"] = training.new_row_learning_rate * (1 - step / steps)
        batch = draw_batch(photos, [1.0], training, dice).to(device)
        mixture = torch.zeros(len(batch.photo), len(network.rows), device=device)
        mixture[:, [0, -1]] = batch.row_weights(2)
        painting = network(batch.photo, mixture)
        loss, _ = objective(painting, batch.photo, batch.style, batch.strength, plain=batch.plain)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()


def add_style(
    settings: Settings,
    style: Style,
    weights: Path,
    painting: Path,
    photos: Path,
    vgg: Path | None,
    output: Path,
    steps: int,
):
    """Writes the weights of a network that also paints like `painting`."""
    before = Weights.load(weights)
    if before.photo_row != 0:
        raise TrainingError("The network has no photo row in front; train one that has.")
    device = best_device()
    network = TransformNetwork.from_weights(with_row(before, style.id)).to(device)
    eyes = Vgg16.find(vgg, device, fast_dtype(device))
    objective = Objective(eyes, settings.loss, (style,), painting.parent)
    squares = read_photos(photos, settings.training.held_out, "training")
    learn_row(network, objective, squares, settings, steps)
    network.to_weights().save(output)
