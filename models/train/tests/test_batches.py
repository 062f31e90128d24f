"""What the steps of training look at, and the settings that say so."""

import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from brushwork_train.batches import Batches, draw_batch, draw_strength
from brushwork_train.pictures import random_crop
from brushwork_train.settings import Settings

SETTINGS = Settings.load(Path(__file__).parents[1] / "settings.toml")


def test_batches_mix_photo_and_style_as_the_settings_say():
    dice = random.Random(0)
    strengths = [draw_strength(SETTINGS.training, dice) for _ in range(4000)]
    photo_share = strengths.count(0.0) / len(strengths)
    full_share = strengths.count(1.0) / len(strengths)
    assert photo_share == pytest.approx(SETTINGS.training.photo_share, abs=0.02)
    between = 1 - photo_share - full_share
    assert between == pytest.approx(SETTINGS.training.between_share, abs=0.03)
    photos = [np.full((200, 220, 3), 128, np.uint8)]
    often = [1.0, 1.0, 1.0, 4.0, 1.0]
    grey = replace(SETTINGS.training, plain_share=0.0)
    batch = draw_batch(photos, often, grey, dice)
    side = SETTINGS.training.crop
    assert batch.photo.shape == (SETTINGS.training.batch, 3, side, side)
    rows = batch.row_weights(6)
    assert torch.allclose(rows.sum(1), torch.ones(len(rows)))
    assert torch.allclose(rows[:, 0], 1 - batch.strength)
    assert len(set(batch.style.tolist())) == SETTINGS.training.batch
    squares = [np.zeros((200, 200, 3), np.uint8)]
    single = replace(SETTINGS.training, plain_share=0.0, batch=1, crop=8)
    drawn = [draw_batch(squares, often, single, dice).style.item() for _ in range(800)]
    assert drawn.count(3) / len(drawn) == pytest.approx(0.5, abs=0.08)
    # Of grey photos every square is one grey, of skies and walls none.
    assert (batch.photo.std((1, 2, 3)) < 1e-4).all() and batch.plain.sum() == 0
    sky = draw_batch(photos, often, replace(SETTINGS.training, plain_share=1.0), dice)
    assert sky.photo.shape == batch.photo.shape and sky.plain.mean() == 1
    assert (sky.photo.std((1, 2, 3)) > 1e-3).all()
    assert sky.photo.min() >= 0 and sky.photo.max() <= 1


def test_squares_are_of_the_side_asked_for_whatever_the_photo():
    dice = random.Random(0)
    for size in [(40, 300), (64, 64), (200, 120)]:
        photo = np.zeros((*size, 3), np.uint8)
        assert random_crop(photo, 64, dice).shape == (1, 3, 64, 64)


def test_processes_draw_batches_of_their_own_and_the_same_ones_again():
    photos = [np.random.default_rng(0).integers(0, 256, (40, 40, 3), np.uint8)]
    small = replace(SETTINGS.training, crop=8, batch=2)

    def drawn(processes):
        batches = iter(Batches(photos, [1.0, 1.0], small, seed=3).loader(processes))
        return [next(batches).photo for _ in range(4)]

    for processes in (0, 2):
        first, again = drawn(processes), drawn(processes)
        assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
        assert not any(torch.equal(first[0], other) for other in first[1:])


def test_a_gpu_has_settings_of_its_own_where_the_file_says_so():
    on_cpu, on_gpu = (SETTINGS.training_on(torch.device(kind)) for kind in ("cpu", "cuda"))
    assert (on_cpu.crop, on_cpu.batch) == (256, 4)
    assert (on_gpu.crop, on_gpu.batch) == (256, 16)
    assert on_gpu.learning_rate == on_cpu.learning_rate
