"""For all tests: networks this small are faster on one thread, above all on a busy machine."""

import numpy as np
import pytest
import torch

from brushwork_train.vgg import CONVOLUTIONS

torch.set_num_threads(1)


@pytest.fixture
def narrow_vgg(tmp_path):
    """A file laid out like VGG's, with six channels throughout and random weights."""
    random, inputs, arrays = np.random.default_rng(0), 3, {}
    for name in CONVOLUTIONS:
        scale = (2 / (9 * inputs)) ** 0.5
        arrays[f"conv{name}.weight"] = random.normal(0, scale, (6, inputs, 3, 3)).astype(np.float32)
        arrays[f"conv{name}.bias"] = np.zeros(6, np.float32)
        inputs = 6
    np.savez(tmp_path / "vgg.npz", **arrays)
    return tmp_path / "vgg.npz"
