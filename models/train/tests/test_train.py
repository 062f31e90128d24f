"""Training: one sitting after another, and the start from another network's weights."""

import base64
import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from brushwork_train.add_style import add_style
from brushwork_train.errors import TrainingError
from brushwork_train.network import TransformNetwork
from brushwork_train.settings import Settings, Style
from brushwork_train.train import Trainer, train
from brushwork_train.weights import Architecture, Weights

SETTINGS = Settings.load(Path(__file__).parents[1] / "settings.toml")
PARTS = slice(3, 5)
"""Content and style among the columns of the log."""


@pytest.fixture(autouse=True)
def precise_afterwards():
    """Training makes products less precise for the whole program: not for the tests to come."""
    convolutions = getattr(torch.backends.mkldnn, "conv", None)
    before = convolutions and convolutions.fp32_precision
    yield
    if convolutions:
        convolutions.fp32_precision = before


@pytest.fixture
def given(tmp_path, narrow_vgg):
    """What `train` takes: settings for a small network, a small VGG, photos and two paintings."""
    random = np.random.default_rng(0)
    for folder, count in (("photos", 12), ("paintings", 2)):
        (tmp_path / folder).mkdir()
        for number in range(count):
            coarse = random.integers(0, 256, (8, 8, 3), np.uint8)
            picture = Image.fromarray(coarse).resize((64, 64))
            picture.save(tmp_path / folder / f"{number}.png")
    settings = replace(
        SETTINGS,
        network=Architecture(unshuffle=2, stem=8, body=12, blocks=1),
        training=replace(SETTINGS.training, crop=48, held_out=0.3, warm_up=1, photo_share=0.0),
        styles=(Style("a", "0.png", size=48), Style("b", "1.png", size=48)),
    )
    return {
        "settings": settings,
        "photos": tmp_path / "photos",
        "paintings": tmp_path / "paintings",
        "vgg": narrow_vgg,
        "folder": tmp_path / "run",
    }


def log(folder: Path) -> list[list[str]]:
    """The lines of a sitting's log, as words."""
    with open(folder / "log.csv") as file:
        return list(csv.reader(file))


def test_a_sitting_goes_on_where_the_last_one_ended(given):
    folder = given["folder"]
    train(**given, steps=3)
    first = Weights.load(folder / "weights.npz")
    train(**given, steps=2, finish=True)
    assert [int(line[0]) for line in log(folder)] == [s for s in range(1, 6) for _ in range(4)]
    trainer = Trainer(given["settings"], folder, None)
    assert trainer.step == 5
    second = Weights.load(folder / "weights.npz")
    assert first.rows == second.rows == ("photo", "a", "b")
    assert any((first.arrays[name] != second.arrays[name]).any() for name in first.arrays)
    # What has been learned of the losses' slopes goes on, too.
    again = Trainer(given["settings"], folder, None)
    for one, other in zip(trainer.optimisers, again.optimisers, strict=True):
        assert one.state_dict()["state"].keys() == other.state_dict()["state"].keys() != set()


def test_a_checkpoint_of_other_styles_is_refused_in_a_sentence(given):
    train(**given, steps=1)
    settings = replace(given["settings"], styles=given["settings"].styles[:1])
    with pytest.raises(TrainingError, match="other styles"):
        Trainer(settings, given["folder"], None)


def test_training_makes_the_losses_smaller(given):
    torch.manual_seed(0)
    train(**given, steps=120)
    totals = [
        sum(weight * float(value) for weight, value in zip((1, 6), line[PARTS], strict=True))
        for line in log(given["folder"])
        if float(line[2]) == 1
    ]
    share = len(totals) // 4
    assert sum(totals[-share:]) < 0.8 * sum(totals[:share])


def test_a_revision_learns_on_the_drafts_of_another_network(given, tmp_path):
    settings = given["settings"]
    draft = TransformNetwork(settings.network, settings.rows).to_weights()
    draft.save(tmp_path / "draft.npz")
    revision = Settings.load(Path(__file__).parents[1] / "settings.toml", "revision")
    given["settings"] = replace(
        revision,
        network=replace(revision.network, stem=8, body=12, blocks=1),
        training=replace(
            revision.training, crop=64, part=48, held_out=0.3, warm_up=1, twice_share=0.5
        ),
        styles=settings.styles,
    )
    with pytest.raises(TrainingError, match="--draft"):
        train(**given, steps=1)
    train(**given, steps=4, draft=tmp_path / "draft.npz")
    weights = Weights.load(given["folder"] / "weights.npz")
    assert weights.architecture.revises and weights.rows == settings.rows
    Weights(draft.architecture, ("photo", "b", "a"), draft.arrays).save(tmp_path / "draft.npz")
    with pytest.raises(TrainingError, match="other styles"):
        train(**given, steps=1, draft=tmp_path / "draft.npz")


def test_a_new_style_is_a_file_with_a_vector_for_both_networks(given, tmp_path):
    settings = given["settings"]
    revises = replace(settings.network, revises=True)
    small = replace(settings.training, part=48, twice_share=0.5)
    both = {"draft": settings, "revision": replace(settings, network=revises, training=small)}
    files = {name: tmp_path / f"{name}.npz" for name in both}
    for name, own in both.items():
        TransformNetwork(own.network, own.rows).to_weights().save(files[name])
    style, painting = Style("mine", "0.png", size=48), given["paintings"] / "0.png"
    output = tmp_path / "mine.json"
    add_style(both, style, "Mine", files, painting, given["photos"], given["vgg"], output, 2)
    written = json.loads(output.read_text())
    assert (written["id"], written["title"]) == ("mine", "Mine")
    vector = np.frombuffer(base64.b64decode(written["vector"]), "<f2")
    lengths = [own.network.vector for own in both.values()]
    assert len(vector) == sum(lengths) and np.isfinite(vector).all()
    # It was learned: rows begin as ones and zeros.
    for part in np.split(vector, [lengths[0]]):
        assert not np.isin(part[:-3], (0, 1)).all()


def test_what_another_network_has_learned_is_the_beginning(given, tmp_path):
    settings = given["settings"]
    network = TransformNetwork(settings.network, settings.rows)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter += 0.1 * torch.randn(parameter.shape)
    started = Trainer(settings, tmp_path / "other", network.to_weights())
    photo, style = torch.rand(1, 3, 32, 32), torch.tensor([[0.2, 0.3, 0.5]])
    with torch.no_grad():
        for copy in (started.network, started.average):
            assert torch.allclose(copy(photo, style), network(photo, style), atol=1e-5)
