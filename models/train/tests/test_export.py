"""The exported ONNX file: what it says of itself, and how little its 8 bits change."""

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from skimage import data

from brushwork_train.errors import TrainingError
from brushwork_train.export import check_titles, quantise, to_onnx
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


def paint(session, picture, row):
    style = np.eye(session.get_inputs()[1].shape[0], dtype=np.float32)[row]
    return session.run(None, {"image": picture, "style": style})[0]


def test_quantise_is_symmetric_and_close():
    weight = np.random.default_rng(0).normal(size=(5, 4, 3, 3)).astype(np.float32)
    weight[3] = 0
    values, scale = quantise(weight)
    assert values.dtype == np.int8 and values.min() >= -127
    error = np.abs(values * scale[:, None, None, None] - weight).reshape(5, -1).max(1)
    assert (error <= scale / 2 * 1.0001).all()
    assert (np.abs(values).reshape(5, -1).max(1)[[0, 1, 2, 4]] == 127).all()


def test_8_bits_change_the_shipped_paintings_by_less_than_half_a_step():
    weights = Weights.load(MODELS / "train" / "weights.npz")
    photo = data.astronaut()[:256, 100:356].astype(np.float32) / 255
    picture = photo.transpose(2, 0, 1)[None]
    small, exact = session(weights, True), session(weights, False)
    for row, name in enumerate(weights.rows):
        painting = paint(exact, picture, row)
        assert painting.shape == picture.shape
        difference = np.abs(paint(small, picture, row) - painting).mean()
        assert 0 < difference <= 0.5 / 255, name


def test_the_shipped_file_is_the_export_of_the_shipped_weights():
    weights = Weights.load(MODELS / "train" / "weights.npz")
    check_titles(weights, MODELS / "styles.json")
    settings = Settings.load(MODELS / "train" / "settings.toml")
    assert (settings.network, settings.rows) == (weights.architecture, weights.rows)
    shipped = (MODELS / "brushwork.onnx").read_bytes()
    assert len(shipped) <= 512 * 1024 + 4096 * len(weights.rows)
    photo = data.chelsea()[:64, :96].astype(np.float32) / 255
    picture = photo.transpose(2, 0, 1)[None]
    expected = paint(session(weights, True), picture, 0)
    assert np.array_equal(paint(onnxruntime.InferenceSession(shipped), picture, 0), expected)


@pytest.mark.parametrize("unshuffle", [2, 4])
@pytest.mark.parametrize("separable", [False, True])
def test_metadata_and_sizes(unshuffle, separable):
    architecture = Architecture(unshuffle, stem=4, body=8, blocks=2, separable=separable)
    model = session(network(architecture, ("a", PHOTO, "b")), True)
    assert model.get_modelmeta().custom_metadata_map == {
        "brushwork.stride": str(2 * unshuffle),
        "brushwork.styles": f"a,{PHOTO},b",
        "brushwork.white": "1",
        "brushwork.photo_row": "1",
    }
    picture = np.random.default_rng(1).random((1, 3, 24, 40), np.float32)
    painting = paint(model, picture, 2)
    assert np.abs(painting - paint(model, picture, 0)).max() > 0.01
    assert painting.shape == picture.shape
    assert painting.min() >= 0 and painting.max() <= 1 and painting.std() > 0


def test_without_a_photo_row_the_metadata_says_nothing_of_it():
    model = session(network(Architecture(2, 4, 8, 1), ("a", "b")), True)
    assert "brushwork.photo_row" not in model.get_modelmeta().custom_metadata_map


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
    good = network(Architecture(2, 4, 8, 1), ("a",))
    with pytest.raises(TrainingError, match="has the shape"):
        Weights(good.architecture, ("a", "b"), good.arrays)
    (tmp_path / "styles.json").write_text('[{"id": "b"}]')
    with pytest.raises(TrainingError, match="but the network paints"):
        check_titles(good, tmp_path / "styles.json")


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
