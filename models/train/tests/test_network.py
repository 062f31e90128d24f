"""The network: its norm, its photo row, its rows, and its ONNX export."""

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from skimage import data

from brushwork_train.add_style import learn_row, with_row
from brushwork_train.export import to_onnx
from brushwork_train.network import ConditionalNorm, InstanceNorm, TransformNetwork, start_from
from brushwork_train.pictures import enlarged, reduced
from brushwork_train.settings import Settings
from brushwork_train.sheet import LABEL, sheet
from brushwork_train.weights import PHOTO, Architecture, Weights

SMALL = Architecture(unshuffle=2, stem=8, body=12, blocks=2)
REVISION = Architecture(unshuffle=2, stem=8, body=12, blocks=2, revises=True)
ROWS = (PHOTO, "a", "b")
SETTINGS = Settings.load(Path(__file__).parents[1] / "settings.toml")


def shaken(network: TransformNetwork) -> TransformNetwork:
    """The same network with every parameter moved, so that no two rows agree."""
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter += 0.2 * torch.randn(parameter.shape, generator=generator)
    return network


def test_conditional_norm_follows_its_formula():
    norm = ConditionalNorm(3, 2, normalised=True).requires_grad_(False)
    norm.scale.data.normal_()
    norm.shift.data.normal_()
    x = torch.randn(2, 3, 5, 4) * 3 + 1
    style = torch.tensor([[0.3, 0.7], [1.0, 0.0]])
    y = norm(x, style)
    for picture in range(2):
        for channel in range(3):
            values = x[picture, channel].double()
            deviation = ((values - values.mean()) ** 2).mean().add(1e-5).sqrt()
            scale = sum(float(style[picture, r] * norm.scale[r, channel]) for r in range(2))
            shift = sum(float(style[picture, r] * norm.shift[r, channel]) for r in range(2))
            expected = (values - values.mean()) / deviation * scale + shift
            assert torch.allclose(y[picture, channel].double(), expected, atol=1e-5)


def test_gradients_of_instance_norm_are_its_slopes():
    shapes = (2, 3, 5, 4), (2, 3, 1, 1), (2, 3, 1, 1)
    inputs = [torch.randn(shape, dtype=torch.float64, requires_grad=True) for shape in shapes]
    assert torch.autograd.gradcheck(InstanceNorm.apply, inputs)


def test_weights_without_norms_are_standardised_once_and_for_all():
    layer = TransformNetwork(REVISION, ROWS).body[0].first
    with torch.no_grad():
        layer.conv.weight.normal_(0.3, 2)
    weight = layer.weight().flatten(1)
    assert torch.allclose(weight.mean(1), torch.zeros(12), atol=1e-6)
    assert torch.allclose(weight.norm(dim=1), torch.full((12,), 2**0.5), atol=1e-5)
    with torch.no_grad():
        layer.conv.weight.copy_(layer.weight())
    assert torch.allclose(layer.weight().flatten(1), weight, atol=1e-6)


@pytest.mark.parametrize("kind", ["full", "separable", "revision"])
def test_exported_network_paints_what_pytorch_paints(kind):
    form = {"separable": kind == "separable", "revises": kind == "revision"}
    architecture = Architecture(unshuffle=2, stem=8, body=12, blocks=2, **form)
    network = shaken(TransformNetwork(architecture, ROWS))
    weights = network.to_weights()
    image = torch.rand(1, 3, 36, 52)
    draft = torch.rand(1, 3, 36, 52) if architecture.revises else None
    session = onnxruntime.InferenceSession(to_onnx(weights, in_8_bits=False).SerializeToString())
    for style in ([0, 1, 0], [0, 0.25, 0.75], [0.4, 0.6, 0], [1, 0, 0], [-0.2, 0, 1.2]):
        style = np.array(style, np.float32)
        inputs = {"image": image.numpy(), "style": style @ weights.vectors()}
        if draft is not None:
            inputs["draft"] = draft.numpy()
        painting = session.run(None, inputs)[0]
        with torch.no_grad():
            expected = network.paint(image, torch.from_numpy(style)[None], draft).numpy()
        assert expected.std() > 0.01
        assert np.abs(painting - expected).max() < 1e-3


def test_the_shipped_photo_row_gives_the_photo_back():
    weights = Weights.load(Path(__file__).parents[1] / "draft.npz")
    network = TransformNetwork.from_weights(weights)
    photo = torch.from_numpy(data.astronaut()[:256, 100:356].copy()).permute(2, 0, 1)[None] / 255
    with torch.no_grad():
        painting = network.paint(photo, network.row(PHOTO)[None])
    noise = (painting - photo).square().mean()
    assert -10 * torch.log10(noise) >= 30


def test_a_sheet_shows_every_style_at_every_strength():
    network = shaken(TransformNetwork(SMALL, ROWS))
    photo = torch.rand(1, 3, 30, 40)
    picture = sheet(network, [photo, photo], columns=3, strengths=(0.5, 1.0))
    cell = np.array([42, 30 + LABEL])
    assert picture.size == tuple(cell * [3, 4])  # 2 photos, each with 2 styles at 2 strengths
    with torch.no_grad():
        half = network.paint(
            torch.nn.functional.pad(photo, (0, 0, 0, 2), mode="reflect"),
            torch.tensor([[0.5, 0.5, 0.0]]),
        )
    found = np.asarray(picture)[:30, 42:82] / 255
    assert np.abs(found - half[0, :, :30].permute(1, 2, 0).numpy()).max() < 0.01
    only = sheet(network, [photo], columns=3, styles=["b"], strengths=(1.0,))
    assert only.size == tuple(cell * [3, 1])


def test_a_sheet_of_revisions_is_painted_by_way_of_drafts():
    draft, revision = (shaken(TransformNetwork(form, ROWS)) for form in (SMALL, REVISION))
    photo = torch.rand(1, 3, 32, 48)
    picture = sheet(draft, [photo], styles=["a"], revision=revision, doublings=2)
    row = draft.row("a")[None]
    with torch.no_grad():
        painting = draft.paint(reduced(photo, 2), row)
        for level in (1, 0):
            painting = revision.paint(reduced(photo, level), row, enlarged(painting))
    found = np.asarray(picture)[:32, 50:98] / 255
    assert np.abs(found - painting[0].permute(1, 2, 0).numpy()).max() < 0.01


def test_a_new_style_leaves_the_other_rows_as_they_were():
    before = shaken(TransformNetwork(SMALL, ROWS)).to_weights()
    network = TransformNetwork.from_weights(with_row(before, "c"))
    start = network.row("c").numpy() @ network.up.norm.scale.detach().numpy()

    def judge(batch, rows):
        return (network(batch.photo, rows) - 0.2).square().mean()

    photos = [np.random.default_rng(0).integers(0, 256, (200, 200, 3), np.uint8)]
    learn_row(network, judge, photos, SETTINGS, steps=3)
    after = network.to_weights()
    for name, array in before.arrays.items():
        assert np.array_equal(after.arrays[name][: len(array)], array), name
    assert after.rows == (*ROWS, "c")
    assert not np.allclose(after.arrays["up.norm.scale"][-1], start, atol=1e-4)


def test_a_full_network_started_from_a_separable_one_paints_the_same():
    separable = Architecture(unshuffle=2, stem=8, body=12, blocks=2, separable=True)
    old = shaken(TransformNetwork(separable, ROWS))
    weights = start_from(old.to_weights(), SMALL, (PHOTO, "b", "new", "a"))
    new = TransformNetwork.from_weights(weights)
    image = torch.rand(1, 3, 32, 32)
    with torch.no_grad():
        for row in (PHOTO, "a", "b"):
            expected = old(image, old.row(row)[None])
            assert torch.allclose(new(image, new.row(row)[None]), expected, atol=1e-4), row
