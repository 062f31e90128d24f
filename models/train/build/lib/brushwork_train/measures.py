"""Faults of paintings that a person sees at once, as numbers: lattices and frames."""

import numpy as np

FLAT = 0.5 / 255
"""Deviation below which a picture counts as plain: less than 8 bits can show."""
FARTHEST = 32
"""Longest period of a lattice looked for, in pixels."""
BORDER = 8
"""Width in pixels of the border that must not look like a frame."""


def luminance(picture: np.ndarray) -> np.ndarray:
    """RGB [3, H, W] to [H, W], by Rec. 601."""
    return np.tensordot((0.299, 0.587, 0.114), picture, axes=1)


def high_pass(plane: np.ndarray, deviation: float = 4.0) -> np.ndarray:
    """What a Gaussian blur of that many pixels takes away from [H, W]; the border is cut off."""
    reach = int(3 * deviation)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / deviation) ** 2)
    kernel /= kernel.sum()
    blurred = plane
    for axis in (0, 1):
        blurred = np.apply_along_axis(np.convolve, axis, blurred, kernel, mode="valid")
    return plane[reach:-reach, reach:-reach] - blurred


def autocorrelation_peak(picture: np.ndarray) -> float:
    """How regular the finest structure of a picture [3, H, W] is: 0 not at all, 1 a lattice.

    The largest local maximum of the autocorrelation of its high-passed luminance at 2 to 32 pixels
    from zero in either direction; 0 for a picture that is plain.
    """
    fine = high_pass(luminance(picture))
    fine = fine - fine.mean()
    if fine.std() < FLAT:
        return 0.0
    # Twice the size, so that the picture does not meet itself around the edge.
    height, width = fine.shape
    spectrum = np.fft.rfft2(fine, (2 * height, 2 * width))
    correlation = np.fft.irfft2(np.abs(spectrum) ** 2)
    overlap = np.fft.irfft2(np.abs(np.fft.rfft2(np.ones_like(fine), (2 * height, 2 * width))) ** 2)
    rows, columns = np.meshgrid(*[np.arange(-FARTHEST - 1, FARTHEST + 2)] * 2, indexing="ij")
    near = correlation[rows, columns] / np.maximum(overlap[rows, columns], 1)
    near /= near[FARTHEST + 1, FARTHEST + 1]
    inner = near[1:-1, 1:-1]
    neighbours = [
        near[1 + dy : near.shape[0] - 1 + dy, 1 + dx : near.shape[1] - 1 + dx]
        for dy in (-1, 0, 1)
        for dx in (-1, 0, 1)
        if dy or dx
    ]
    distance = np.maximum(np.abs(rows), np.abs(columns))[1:-1, 1:-1]
    peak = (inner > np.max(neighbours, axis=0)) & (distance >= 2)
    return float(max(inner[peak].max(initial=0.0), 0.0))


def period_energy(picture: np.ndarray, period: int) -> float:
    """How far the energy at a period in pixels stands out from that of its neighbours.

    1 is not at all; the larger of across and down. picture: [3, H, W].
    """
    plane = luminance(picture)
    if plane.std() < FLAT:
        return 1.0
    ratios = []
    for lines in (plane, plane.T):
        # A window keeps an edge at the border from leaking into every frequency.
        window = np.hanning(lines.shape[1])
        power = (np.abs(np.fft.rfft((lines - lines.mean()) * window)) ** 2).mean(0)
        place = lines.shape[1] // period
        around = np.r_[power[place - 12 : place - 3], power[place + 4 : place + 13]]
        # Above half the sampling rate there are no neighbours.
        peak = power[place - 1 : place + 2].max()
        ratios.append(peak / max(around.max(), 1e-12))
    return float(max(ratios))


def border_steps(picture: np.ndarray, depth: int) -> float:
    """Mean colour difference between two neighbouring strips along the border, in 0..1.

    Each strip is BORDER pixels wide, the outer one `depth` pixels from the edge; they are compared
    in pieces of 32 pixels. picture: [3, H, W].
    """
    differences = []
    for turn in range(4):
        sides = np.rot90(picture, turn, axes=(1, 2))
        outer = sides[:, depth : depth + BORDER]
        inner = sides[:, depth + BORDER : depth + 2 * BORDER]
        for left in range(0, sides.shape[2] - 31, 32):
            piece = slice(left, left + 32)
            step = outer[:, :, piece].mean((1, 2)) - inner[:, :, piece].mean((1, 2))
            differences.append(np.abs(step).mean())
    return float(np.mean(differences))


def frame(picture: np.ndarray) -> float:
    """How much larger the step from the border inwards is than steps farther in: 1 is no frame."""
    inside = np.mean([border_steps(picture, depth) for depth in (24, 32, 40)])
    return border_steps(picture, 0) / max(float(inside), 1e-6)
