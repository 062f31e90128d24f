"""Measuring whole paintings."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from brushwork_train import pipeline as module
from brushwork_train.network import TransformNetwork
from brushwork_train.pipeline import distances, grams_at_scales, pipeline
from brushwork_train.settings import Settings, Style
from brushwork_train.vgg import Vgg16
from brushwork_train.weights import Architecture

SETTINGS = Settings.load(Path(__file__).parents[1] / "settings.toml")


def test_a_painting_has_its_own_style_and_no_other(narrow_vgg):
    vgg = Vgg16.load(narrow_vgg)
    one, other = (grams_at_scales(vgg, torch.rand(1, 3, 96, 96) * s) for s in (1.0, 0.4))
    assert distances(one, one) == [0, 0, 0]
    assert min(distances(one, other)) > 0.1


def test_the_table_has_every_style_and_the_medians_are_printed(
    tmp_path, narrow_vgg, monkeypatch, capsys
):
    monkeypatch.setattr(module, "LONG_SIDE", 128)
    monkeypatch.setattr(module, "STYLE_SIZES", (64, 96))
    colours = np.random.default_rng(0).integers(0, 256, (90, 120, 3), np.uint8)
    Image.fromarray(colours).save(tmp_path / "picture.png")
    styles = (Style("a", "picture.png"), Style("b", "picture.png"))
    settings = replace(SETTINGS, styles=styles)
    files = []
    for revises in (False, True):
        architecture = Architecture(2, 8, 12, 1, revises=revises)
        files.append(tmp_path / f"{revises}.npz")
        TransformNetwork(architecture, settings.rows).to_weights().save(files[-1])
    output = tmp_path / "table.json"
    photos = [tmp_path / "picture.png"]
    pipeline(settings, *files, tmp_path, narrow_vgg, photos, output, None)
    table = json.loads(output.read_text())
    assert set(table) == {"a", "b"}
    for strokes in ("medium", "broad"):
        row = table["a"][strokes]
        parts = row["full"] + row["half"] + row["quarter"]
        assert row["sum"] == pytest.approx(parts)
        assert row["content"] > 0
    assert "medium full" in capsys.readouterr().out
