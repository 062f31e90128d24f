"""What is measured on, and what the tables come to."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from brushwork_train.errors import TrainingError
from brushwork_train.evaluate import Evaluation, Sources, as_shipped
from brushwork_train.losses import CONTENT_LAYER
from brushwork_train.network import TransformNetwork
from brushwork_train.objective import Objective
from brushwork_train.pictures import is_held_out
from brushwork_train.settings import Settings, Style
from brushwork_train.summary import COLUMNS, summary
from brushwork_train.vgg import Vgg16
from brushwork_train.weights import PHOTO, Architecture

SETTINGS = Settings.load(Path(__file__).parents[1] / "settings.toml")
STYLES = ("a", "b")


@pytest.fixture
def photos(tmp_path):
    """A folder of forty small photos."""
    folder = tmp_path / "photos"
    folder.mkdir()
    random = np.random.default_rng(0)
    for number in range(40):
        colours = random.integers(0, 256, (50, 70, 3), np.uint8)
        Image.fromarray(colours).save(folder / f"{number}.png")
    return folder


def test_only_photos_that_training_never_saw_are_taken(photos):
    share = 0.3
    held_out = {path.stem for path in photos.iterdir() if is_held_out(path.name, share)}
    assert 4 < len(held_out) < 36
    squares = Sources(held_out=photos, count=100).squares(share, 32)
    assert set(squares) == held_out
    assert all(square.shape == (1, 3, 32, 32) for square in squares.values())
    assert len(Sources(held_out=photos, count=4).squares(share, 32)) == 4
    assert len(Sources(photos=photos).squares(share, 32)) == 40
    with pytest.raises(TrainingError, match="nothing to measure on"):
        Sources().squares(share, 32)


def test_the_samples_are_those_of_scikit_image():
    squares = Sources(samples=True).squares(0.05, 64)
    assert set(squares) >= {"astronaut", "chelsea", "coffee"}


@pytest.fixture
def evaluation(tmp_path, narrow_vgg):
    """A small random network before a small random VGG, with two photos."""
    torch.manual_seed(0)
    random = np.random.default_rng(0)
    for name in STYLES:
        colours = random.integers(0, 256, (64, 64, 3), np.uint8)
        Image.fromarray(colours).save(tmp_path / f"{name}.png")
    styles = tuple(Style(name, f"{name}.png", size=48) for name in STYLES)
    eyes = Vgg16.load(narrow_vgg)
    objective = Objective(eyes, SETTINGS.loss, styles, tmp_path)
    network = TransformNetwork(Architecture(2, 8, 12, 1), (PHOTO, *STYLES))
    with torch.no_grad():
        for parameter in network.parameters():
            parameter += 0.1 * torch.randn(parameter.shape)
    pictures = {name: torch.rand(1, 3, 64, 64) for name in ("one", "two")}
    return Evaluation(network, objective, pictures, list(STYLES))


def test_every_table_has_every_style(evaluation, tmp_path):
    weights = evaluation.network.to_weights()
    quantisation = evaluation.quantisation(weights)
    tables = {
        "losses": evaluation.losses(),
        "strength": evaluation.strength(),
        "blends": evaluation.blends(),
        "quantisation": quantisation,
        "patterns": evaluation.patterns(96),
        "frames": evaluation.frames(),
        "style_sizes": evaluation.style_sizes({48: evaluation.objective}),
        "gatys": evaluation.gatys(2, tmp_path),
        "gatys_patterns": evaluation.gatys_patterns(96, 2, tmp_path),
    }
    for name, table in tables.items():
        (tmp_path / f"96-{name}.json").write_text(json.dumps(table))
        expected = {"a + b", "b + a"} if name == "blends" else set(STYLES)
        assert set(table.get("styles", table)) == expected, name
    assert tables["style_sizes"]["a"]["style"] == pytest.approx(tables["losses"]["a"]["style"])
    assert tables["style_sizes"]["a"]["content"] == pytest.approx(tables["losses"]["a"]["content"])
    assert (tmp_path / "a-one-gatys.png").exists()
    at_full_strength = tables["strength"]["styles"]["a"]["style"][-1]
    assert at_full_strength == pytest.approx(tables["losses"]["a"]["style"])
    text = summary(tmp_path, 96)
    assert f"| `a` | {tables['losses']['a']['content']:.2f} |" in text
    assert "- 8 bits: loss, %, within 1: " in text
    shown = text.splitlines()[2]
    assert shown.count("|") == 2 + len(COLUMNS) and "–" not in shown.replace("| – |", "|", 1)


def test_the_relative_content_of_the_photo_itself_is_nothing(evaluation):
    photo = evaluation.photos["one"]
    assert CONTENT_LAYER in evaluation.photo_features["one"]
    assert evaluation.judge(photo, "one", "a")["content"] == pytest.approx(0, abs=1e-6)
    assert evaluation.judge(photo, "one", "a")["style"] > 0


def test_what_ships_has_8_bits(evaluation):
    weights = evaluation.network.to_weights()
    small = as_shipped(weights)
    kernel = small.arrays["down.conv.weight"]
    assert len(np.unique(kernel[0])) <= 255
    assert 0 < np.abs(kernel - weights.arrays["down.conv.weight"]).max() < 0.01


def test_a_summary_counts_the_aims_met_and_takes_the_median(tmp_path):
    frames = {"a": 0.8, "b": 1.2, "c": 0.9}
    (tmp_path / "256-frames.json").write_text(json.dumps(frames))
    found = {"x": {"iterations": 40}, "y": {"iterations": 80}}
    missed = {"x": {"iterations": 40}, "y": {"iterations": None}}
    (tmp_path / "256-gatys.json").write_text(json.dumps({"a": found, "c": missed}))
    (tmp_path / "512-frames.json").write_text(json.dumps({"a": 9.0}))
    lines = summary(tmp_path, 256).splitlines()
    assert lines[0] == "| style | Gatys' iterations | border |"
    assert lines[2:6] == [
        "| `a` | 60 | 0.80 |",
        "| `b` | – | 1.20 |",
        "| `c` | – | 0.90 |",
        "| **median** | 60 | 0.90 |",
    ]
    assert "- border, at most 1: 2 of 3" in lines
    assert "- Gatys' iterations, at least 50: 1 of 3" in lines
