"""The exported ONNX file: what it says of itself, and how little its 8 bits change."""

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from skimage import data

from brushwork_train.errors import TrainingError
from brushwork_train.export import quantise, read_titles, style_table, to_onnx
from brushwork_train.settings import Settings
from brushwork_train.weights import PHOTO, Architecture, Weights

MODELS = Path(__file__).parents[2]


def network(architecture: Architecture, rows: tuple[str, ...]) -> Weights:
    """A small network of random numbers."""
    random = np.random.default_rng(0)
    shapes = architecture.shapes(len(rows))
    arrays = {name: random.normal(0, 0.1, shape) for name, shape in shapes.items()}
    return Weights(architecture, rows, {name: a.astype(np.float32) for name, a in arrays.items()})


def session(weights: Weights, in_8_bits: bool) -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(to_onnx(weights, in_8_bits).SerializeToString())


def paint(session, picture, style, draft=None):
    """What a session paints with a style vector; a revision on `draft`, or else on the picture."""
    inputs = {"image": picture, "style": style}
    if any(given.name == "draft" for given in session.get_inputs()):
        inputs["draft"] = picture if draft is None else draft
    return session.run(None, inputs)[0]


def test_quantise_is_symmetric_and_close():
    weight = np.random.default_rng(0).normal(size=(5, 4, 3, 3)).astype(np.float32)
    weight[3] = 0
    values, scale = quantise(weight)
    assert values.dtype == np.int8 and values.min() >= -127
    error = np.abs(values * scale[:, None, None, None] - weight).reshape(5, -1).max(1)
    assert (error <= scale / 2 * 1.0001).all()
    assert (np.abs(values).reshape(5, -1).max(1)[[0, 1, 2, 4]] == 127).all()


@pytest.mark.parametrize("name", ["draft", "revise"])
def test_8_bits_change_the_shipped_paintings_by_less_than_a_step(name):
    weights = Weights.load(MODELS / "train" / f"{name}.npz")
    photo = data.astronaut()[:256, 100:356].astype(np.float32) / 255
    picture = photo.transpose(2, 0, 1)[None]
    small, exact = session(weights, True), session(weights, False)
    for row, style in zip(weights.rows, weights.vectors(), strict=True):
        painting = paint(exact, picture, style)
        assert painting.shape == picture.shape
        difference = np.abs(paint(small, picture, style) - painting).mean()
        assert 0 < difference <= 0.5 / 255, row


def test_the_shipped_files_are_the_export_of_the_shipped_weights():
    table = np.fromfile(MODELS / "styles.bin", "<f2")
    ids = read_titles(MODELS / "styles.json")
    networks = [Weights.load(MODELS / "train" / f"{name}.npz") for name in ("draft", "revise")]
    assert np.array_equal(table, style_table(*networks, ids).ravel())
    photo = data.chelsea()[:64, :96].astype(np.float32) / 255
    picture = photo.transpose(2, 0, 1)[None]
    files = ("draft.onnx", 600_000), ("revise.onnx", 400_000)
    for (file, most), weights, network in zip(files, networks, ("draft", "revision"), strict=True):
        settings = Settings.load(MODELS / "train" / "settings.toml", network)
        assert (settings.network, settings.rows) == (weights.architecture, weights.rows)
        shipped = (MODELS / file).read_bytes()
        assert len(shipped) <= most
        style = weights.vectors()[1]
        expected = paint(session(weights, True), picture, style)
        given = paint(onnxruntime.InferenceSession(shipped), picture, style)
        assert np.array_equal(given, expected)


@pytest.mark.parametrize("unshuffle", [2, 4])
@pytest.mark.parametrize("kind", ["full", "separable", "revision"])
def test_metadata_and_sizes(unshuffle, kind):
    form = {"separable": kind == "separable", "revises": kind == "revision"}
    weights = network(Architecture(unshuffle, stem=4, body=8, blocks=2, **form), ("a", PHOTO, "b"))
    model = session(weights, True)
    assert model.get_modelmeta().custom_metadata_map == {
        "brushwork.stride": str(2 * unshuffle),
        "brushwork.style": "vector",
        "brushwork.white": "1",
    }
    picture = np.random.default_rng(1).random((1, 3, 24, 40), np.float32)
    vectors = weights.vectors()
    assert vectors.shape == (3, weights.architecture.vector)
    painting = paint(model, picture, vectors[2])
    assert np.abs(painting - paint(model, picture, vectors[0])).max() > 0.01
    assert painting.shape == picture.shape
    assert painting.min() >= 0 and painting.max() <= 1 and painting.std() > 0


def test_the_photo_gate_gives_the_photo_in_place_of_the_draft():
    architecture = Architecture(2, 4, 8, 1, revises=True)
    model = session(network(architecture, (PHOTO, "a")), False)
    random = np.random.default_rng(1)
    picture, draft = (random.random((1, 3, 24, 40), np.float32) for _ in range(2))
    style = np.zeros(architecture.vector, np.float32)
    nothing = paint(model, draft, style, draft)
    style[-3:] = 1
    # What the convolutions add is the same: their scales and shifts are zero.
    painted = paint(model, picture, style, draft)
    inside = (painted > 0) & (painted < 1) & (nothing > 0) & (nothing < 1)
    assert np.abs(painted - picture - (nothing - draft))[inside].max() < 1e-5


def test_weights_survive_the_file(tmp_path):
    before = network(Architecture(2, 4, 8, 1), (PHOTO, "a"))
    before.save(tmp_path / "weights.npz")
    after = Weights.load(tmp_path / "weights.npz")
    assert (after.architecture, after.rows) == (before.architecture, before.rows)
    for name, array in before.arrays.items():
        assert np.array_equal(after.arrays[name], array.astype(np.float16).astype(np.float32))


def test_wrong_files_are_refused_in_a_sentence(tmp_path):
    (tmp_path / "weights.npz").write_bytes(b"not an archive")
    with pytest.raises(TrainingError, match="cannot be read as weights"):
        Weights.load(tmp_path / "weights.npz")
    good = network(Architecture(2, 4, 8, 1), (PHOTO, "a"))
    with pytest.raises(TrainingError, match="has the shape"):
        Weights(good.architecture, (PHOTO, "a", "b"), good.arrays)
    with pytest.raises(TrainingError, match="has no style called b"):
        style_table(good, good, ["b"])
    (tmp_path / "styles.json").write_text("[1]")
    with pytest.raises(TrainingError, match="cannot be read as a list of styles"):
        read_titles(tmp_path / "styles.json")


def test_a_mixture_lies_between_two_networks():
    small, rows = Architecture(2, 4, 8, 1), (PHOTO, "a")
    one = network(small, rows)
    other = Weights(small, rows, {name: 1 - array for name, array in one.arrays.items()})
    mixed = one.mixed_with(other, 0.25)
    for name, array in mixed.arrays.items():
        expected = 0.75 * one.arrays[name] + 0.25 * other.arrays[name]
        np.testing.assert_allclose(array, expected, atol=1e-6)
    with pytest.raises(TrainingError, match="differ"):
        one.mixed_with(network(small, (PHOTO, "b")), 0.25)
    with pytest.raises(TrainingError, match="from 0 to 1"):
        one.mixed_with(other, 1.5)
