"""The losses and VGG against their definitions, and how they are made small from noise."""

from pathlib import Path

import numpy as np
import pytest
import torch

from brushwork_train import losses
from brushwork_train.errors import TrainingError
from brushwork_train.objective import Objective
from brushwork_train.optimise import optimise
from brushwork_train.pictures import to_picture
from brushwork_train.settings import Settings, Style
from brushwork_train.vgg import CONVOLUTIONS, Vgg16

SETTINGS = Settings.load(Path(__file__).parents[1] / "settings.toml")
WIDTHS = dict(zip(CONVOLUTIONS, [4, 4, 6, 6, 8, 8, 8, 10, 10, 10], strict=True))


@pytest.fixture
def small_vgg(tmp_path):
    """A file laid out like the real one, with fewer channels; and its arrays."""
    random, inputs, arrays = np.random.default_rng(0), 3, {}
    for name, width in WIDTHS.items():
        scale = (2 / (9 * inputs)) ** 0.5
        weight = random.normal(0, scale, (width, inputs, 3, 3))
        arrays[f"conv{name}.weight"] = weight.astype(np.float32)
        arrays[f"conv{name}.bias"] = random.normal(0, 0.1, width).astype(np.float32)
        inputs = width
    np.savez(tmp_path / "vgg.npz", **arrays)
    return tmp_path / "vgg.npz", arrays


def test_gram_is_the_mean_product_of_channels():
    features = torch.randn(2, 3, 4, 5)
    gram = losses.gram(features)
    for picture in range(2):
        for one in range(3):
            for other in range(3):
                total = sum(
                    float(features[picture, one, y, x] * features[picture, other, y, x])
                    for y in range(4)
                    for x in range(5)
                )
                assert gram[picture, one, other].item() == pytest.approx(total / 60, abs=1e-6)


@pytest.mark.parametrize("dtype, within", [(torch.float32, 1e-5), (torch.bfloat16, 2e-2)])
def test_gradient_of_gram_is_that_of_its_definition(dtype, within):
    features = torch.randn(2, 3, 8, 5).to(dtype).requires_grad_(True)
    plain = features.detach().float().requires_grad_(True)
    weights = torch.randn(2, 3, 3)
    (losses.gram(features) * weights).sum().backward()
    (torch.einsum("bchw,bdhw->bcd", plain, plain) / (3 * 8 * 5) * weights).sum().backward()
    assert features.grad.dtype == dtype
    assert torch.allclose(features.grad.float(), plain.grad, rtol=within, atol=within)


def test_vgg_takes_rgb_from_0_to_255_minus_the_mean(small_vgg):
    vgg = Vgg16.load(small_vgg[0])
    colours = torch.tensor([[255.0, 0.0, 128.0], [10.0, 20.0, 30.0]])
    prepared = vgg.prepare(colours.reshape(1, 2, 1, 3).permute(0, 3, 1, 2) / 255)
    expected = colours - torch.tensor([123.68, 116.779, 103.939])
    assert torch.allclose(prepared[0, :, :, 0].T, expected, atol=1e-4)


def test_vgg_convolves_and_halves_like_a_plain_loop(small_vgg):
    path, arrays = small_vgg
    image = np.random.default_rng(1).random((3, 8, 8)).astype(np.float32)
    features = Vgg16.load(path)(torch.from_numpy(image)[None], last="2_1")
    x = image * 255 - np.array([123.68, 116.779, 103.939])[:, None, None]
    for name in ("1_1", "1_2", "pool", "2_1"):
        if name == "pool":
            x = np.stack([c.reshape(4, 2, 4, 2).max((1, 3)) for c in x])
            continue
        weight, bias = arrays[f"conv{name}.weight"], arrays[f"conv{name}.bias"]
        padded = np.pad(x, ((0, 0), (1, 1), (1, 1)))
        y = np.zeros((len(weight), *x.shape[1:]))
        for row in range(x.shape[1]):
            for column in range(x.shape[2]):
                patch = padded[:, row : row + 3, column : column + 3]
                y[:, row, column] = (weight * patch).sum((1, 2, 3)) + bias
        x = np.maximum(y, 0)
        assert np.allclose(features[name][0].numpy(), x, rtol=1e-4, atol=1e-3), name
    assert list(features) == ["1_1", "1_2", "2_1"]


def test_relative_losses_are_0_at_the_target_and_1_for_nothing(small_vgg):
    vgg = Vgg16.load(small_vgg[0])
    features = vgg(torch.rand(2, 3, 32, 32))
    zero = {name: value * 0 for name, value in features.items()}
    target = losses.style_grams(features)
    for loss, full in (
        (losses.content_loss(features, features), 0.0),
        (losses.content_loss(zero, features), 1.0),
        (losses.style_loss(features, target), 0.0),
        (losses.style_loss(zero, target), 1.0),
    ):
        assert loss.tolist() == pytest.approx([full, full], abs=1e-6)


def test_roughness_and_excess_of_pictures_known_by_heart():
    stripes = torch.zeros(1, 3, 4, 4)
    stripes[..., ::2] = 1
    assert losses.roughness_loss(stripes).item() == pytest.approx(1.0)
    assert losses.roughness_loss(torch.full((1, 3, 4, 4), 0.3)).item() == 0
    outside = torch.full((1, 3, 4, 4), 1.5)
    assert losses.excess_loss(outside).item() == pytest.approx(0.25)
    assert losses.excess_loss(stripes).item() == 0
    assert losses.colour_roughness_loss(stripes).item() == 0
    red = stripes * torch.tensor([1.0, 0.0, 0.0]).view(1, 3, 1, 1)
    assert losses.colour_roughness_loss(red).item() == pytest.approx((4 / 9 + 1 / 9 + 1 / 9) / 3)
    assert losses.lattice_loss(stripes).item() == pytest.approx(0.25)
    ramp = torch.linspace(0, 1, 64).expand(1, 3, 64, 64)
    assert losses.lattice_loss(ramp).item() < 1e-3
    assert losses.pixel_loss(outside, stripes).item() == pytest.approx((0.25 + 2.25) / 2)


def test_tone_loss_is_0_where_light_lies_where_the_photo_has_it_and_1_without_any():
    photo = (
        torch.rand(1, 1, 4, 4)
        .repeat_interleave(16, 2)
        .repeat_interleave(16, 3)
        .expand(1, 3, -1, -1)
    )
    mean, deviation = torch.tensor([0.6]), torch.tensor([0.15])
    squares = losses.tones(photo)
    assert squares.shape == (1, 16)
    normal = (photo - squares.mean()) / squares.std(correction=0)
    # Strokes finer than a square leave the tones as they are.
    strokes = 0.1 * (torch.arange(64) % 2 * 2 - 1)
    painting = 0.6 + 0.15 * normal + strokes
    assert losses.tone_loss(painting, photo, mean, deviation).item() == pytest.approx(0, abs=1e-5)
    plain = torch.full_like(photo, 0.6)
    assert losses.tone_loss(plain, photo, mean, deviation).item() == pytest.approx(1, abs=1e-5)
    # A photo without contrast is not made to have any.
    assert losses.tone_loss(plain, plain, mean, deviation).item() == pytest.approx(0, abs=1e-5)


def test_regularity_is_of_lattices_and_not_of_chance():
    generator = torch.Generator().manual_seed(0)
    chance = 0.5 + 0.05 * torch.randn(2, 3, 96, 128, generator=generator)
    regular = chance.clone()
    regular[1] += 0.1 * ((torch.arange(128) % 8 < 4) ^ (torch.arange(96) % 8 < 4)[:, None])
    regular.requires_grad_(True)
    found = losses.regularity_loss(regular)
    assert found.shape == (2,)
    assert found[0] < 0.01
    assert found[1] > 1
    # A step along the gradient makes a pattern less regular.
    found[1].backward()
    better = regular.detach() - 0.01 * regular.grad / regular.grad.abs().max()
    assert losses.regularity_loss(better)[1] < found[1]
    assert losses.regularity_loss(torch.full((1, 3, 96, 96), 0.5)).item() == 0


def test_alternation_is_of_stripes_of_one_pixel():
    generator = torch.Generator().manual_seed(0)
    chance = 0.5 + 0.05 * torch.randn(3, 3, 96, 96, generator=generator)
    chance[1] += 0.05 * (torch.arange(96) % 2)
    chance[2] += 0.05 * (torch.arange(96) % 8 < 4)
    found = losses.alternation_loss(chance)
    assert found.shape == (3,)
    assert found[1] > 1
    assert max(found[0], found[2]) < 0.1
    assert losses.alternation_loss(torch.full((1, 3, 96, 96), 0.5)).item() == 0


def test_a_damaged_vgg_is_refused_in_a_sentence(tmp_path):
    np.savez(tmp_path / "vgg.npz", **{"conv1_1.weight": np.zeros((4, 3, 3, 3))})
    with pytest.raises(TrainingError, match="cannot be read as VGG-16"):
        Vgg16.load(tmp_path / "vgg.npz")


def test_gatys_method_goes_on_falling_and_stops_where_it_is_told_to(small_vgg, tmp_path):
    generator = torch.Generator().manual_seed(0)
    to_picture(torch.rand(1, 3, 64, 64, generator=generator)).save(tmp_path / "painting.png")
    style = Style("some", "painting.png", size=64)
    objective = Objective(Vgg16.load(small_vgg[0]), SETTINGS.loss, (style,), tmp_path)
    photo = torch.linspace(0, 1, 48).expand(1, 3, 48, 48).contiguous()
    result = optimise(objective, photo, 0, iterations=40)
    assert result.painting.shape == photo.shape
    assert result.iterations == 40
    for earlier, later in zip(result.losses[:-1:10], result.losses[10::10], strict=True):
        assert later < earlier
    middle = result.losses[20]
    again = optimise(objective, photo, 0, iterations=40, until=middle)
    assert again.losses[-1] <= middle < again.losses[-2]
    assert again.iterations == 20
