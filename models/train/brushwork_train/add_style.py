"""Teaches finished networks another painting, by a new style vector alone.

The convolutions and every other style stay what they were (Dumoulin et al. 2017, section 3.3), so
the style costs two bytes for each of its numbers and minutes of training.
"""

import base64
import json
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from .batches import Batch, draw_batch
from .device import best_device, fast_dtype
from .errors import TrainingError
from .network import TransformNetwork, row_tables
from .objective import Objective
from .pictures import read_photos
from .revising import revise
from .settings import Settings, Style
from .vgg import Vgg16
from .weights import Weights


def with_row(weights: Weights, name: str) -> Weights:
    """The network with one more row at the end, the mean of the other styles."""
    if name in weights.rows:
        raise TrainingError(f"The network already has a style called {name}.")
    if weights.photo_row != 0:
        raise TrainingError("The network has no photo row in front; train one that has.")
    styles = [index for index in range(len(weights.rows)) if index != weights.photo_row]
    arrays = dict(weights.arrays)
    for norm in weights.architecture.norms():
        for table in (f"{norm}.scale", f"{norm}.shift"):
            mean = arrays[table][styles].mean(axis=0, keepdims=True)
            arrays[table] = np.concatenate([arrays[table], mean])
    return Weights(weights.architecture, (*weights.rows, name), arrays)


def learn_row(
    network: TransformNetwork,
    judge: Callable[[Batch, Tensor], Tensor],
    photos: list[np.ndarray],
    settings: Settings,
    steps: int,
):
    """Trains the network's last row, in place.

    judge: the loss of a batch painted with rows of the given weights, [B, rows]. The learning rate
    falls evenly to zero.
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
        loss = judge(batch, mixture)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()


def style_file(style: Style, title: str, vector: np.ndarray) -> str:
    """The text of a style file: a JSON object; the vector as float16, little-endian, in base64."""
    numbers = base64.b64encode(vector.astype("<f2").tobytes()).decode()
    return json.dumps({"id": style.id, "title": title, "vector": numbers}, ensure_ascii=False)


def add_style(
    settings: dict[str, Settings],
    style: Style,
    title: str,
    weights: dict[str, Path],
    painting: Path,
    photos: Path,
    vgg: Path | None,
    output: Path,
    steps: int,
):
    """Writes a style file for `painting`.

    settings, weights: of the "draft" and the "revision" network.
    """
    device = best_device()
    eyes = Vgg16.find(vgg, device, fast_dtype(device))
    before = {name: Weights.load(file) for name, file in weights.items()}
    networks = {
        name: TransformNetwork.from_weights(with_row(known, style.id)).to(device)
        for name, known in before.items()
    }
    for name, network in networks.items():
        own = replace(settings[name], styles=(style,))
        training = own.training_on(device)
        objective = Objective(eyes, own.loss, own.paintings, painting.parent)
        dice = random.Random(0)

        def judge(batch, rows, name=name, objective=objective, training=training, dice=dice):
            photo, draft = batch.photo, None
            if name == "draft":
                seen = networks["draft"](photo, rows)
            else:
                both = networks["draft"], networks["revision"]
                seen, photo, draft = revise(both, photo, rows, training, dice)
            given = batch.style, batch.strength
            return objective(seen, photo, *given, plain=batch.plain, draft=draft)[0]

        squares = read_photos(photos, training.held_out, "training", training.crop)
        learn_row(network, judge, squares, own, steps)
    vectors = [networks[name].to_weights().vectors()[-1] for name in ("draft", "revision")]
    Path(output).write_text(style_file(style, title, np.concatenate(vectors)) + "\n")
