"""The measures of lattices and frames, on pictures that have them and pictures that do not."""

import numpy as np
import pytest

from brushwork_train import measures

SIZE = 128


def noise(strength=0.05):
    return 0.5 + strength * np.random.default_rng(0).normal(size=(3, SIZE, SIZE))


def lattice(period):
    places = np.arange(SIZE) % period == 0
    return noise(0.01) + 0.1 * (places[:, None] | places[None, :])


def test_a_lattice_has_a_peak_and_noise_has_none():
    assert measures.autocorrelation_peak(lattice(4)) > 0.5
    assert measures.autocorrelation_peak(lattice(9)) > 0.5
    assert measures.autocorrelation_peak(noise()) < 0.1
    assert measures.autocorrelation_peak(np.full((3, SIZE, SIZE), 0.5)) == 0


@pytest.mark.parametrize("period", [2, 4])
def test_energy_stands_out_at_its_period(period):
    stripes = noise(0.02) + 0.05 * (np.arange(SIZE) % period == 0)
    assert measures.period_energy(stripes, period) > 10
    assert measures.period_energy(noise(), period) < 2


def test_high_pass_removes_slow_change_and_keeps_fine():
    slow = np.linspace(0, 1, SIZE)[None, :] * np.ones((SIZE, 1))
    assert np.abs(measures.high_pass(slow)).max() < 1e-6
    fine = np.indices((SIZE, SIZE)).sum(0) % 2 - 0.5
    assert np.abs(measures.high_pass(fine)).mean() == pytest.approx(0.5, abs=0.01)


def test_a_frame_stands_out():
    plain = noise()
    framed = plain.copy()
    framed[:, : measures.BORDER] += 0.2
    assert measures.frame(framed) > 3
    assert measures.frame(plain) == pytest.approx(1, abs=0.3)
