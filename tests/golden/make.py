"""Makes the golden pictures: small photos, and what onnxruntime paints from them.

    pip install "numpy>=2" "onnxruntime>=1.20" "pillow>=11" "scikit-image==0.26.*"
    python tests/golden/make.py

Run it again whenever draft.onnx, revise.onnx or styles.bin changes, and commit the
result with the model.

It writes PNG files and golden.json beside itself: an object with `cases`, a list of
`{ "input", "draft", "output", "weights", "strength" }`, where `weights` has the weight of every
style, in the order of the table, and `strength`, 0 to 1, mixes from the photo's vector to theirs.
With a `draft`, which is half as large as the photo, the output is its revision, else it is the
draft that is painted in the photo's own size. A picture whose size is no multiple of the stride is
padded on the right and the bottom by reflection (the edge itself not repeated), and its painting
cropped back.
"""

import json
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image
from skimage import data

HERE = Path(__file__).parent
MODELS = HERE.parents[1] / "models"

# Name, sample of scikit-image, and the crop's left, top, width and height.
PHOTOS = {
    "astronaut": (data.astronaut, 110, 0, 256, 256),
    "coffee": (data.coffee, 140, 60, 320, 200),
    "chelsea": (data.chelsea, 130, 60, 133, 97),
}

# Photo, the weights of its styles, the strength, and whether a draft is revised.
CASES = [
    ("astronaut", {"starry-night": 1.0}, 1.0, False),
    ("astronaut", {"scream": 1.0}, 0.0, False),
    ("astronaut", {"sainte-victoire": 1.0}, 1.0, True),
    ("coffee", {"great-wave": 1.0}, 1.0, True),
    ("coffee", {"great-wave": 1.0}, 0.5, True),
    ("chelsea", {"udnie": 1.0}, 1.0, True),
    ("chelsea", {"scream": 0.625, "composition-vii": 0.375}, 1.0, False),
]


def pad_to_multiple(picture: np.ndarray, stride: int) -> np.ndarray:
    """Reflects `[H, W, 3]` at the right and the bottom up to multiples of `stride`."""
    below, right = (-side % stride for side in picture.shape[:2])
    return np.pad(picture, ((0, below), (0, right), (0, 0)), mode="reflect")


class Networks:
    """The draft and the revision in onnxruntime, and the table of styles."""

    def __init__(self):
        self.draft, self.revision = (self.session(file) for file in ("draft.onnx", "revise.onnx"))
        self.ids = [style["id"] for style in json.loads((MODELS / "styles.json").read_text())]
        table = np.fromfile(MODELS / "styles.bin", "<f2").astype(np.float32)
        self.photo, *self.vectors = table.reshape(1 + len(self.ids), -1)
        (self.length,) = self.draft.get_inputs()[1].shape

    @staticmethod
    def session(file: str) -> onnxruntime.InferenceSession:
        """One of the networks."""
        return onnxruntime.InferenceSession(MODELS / file, providers=["CPUExecutionProvider"])

    def style(self, weights: list[float], strength: float) -> np.ndarray:
        """The mixed vector."""
        mixed = sum(w * v for w, v in zip(weights, self.vectors, strict=True))
        return strength * mixed / sum(weights) + (1 - strength) * self.photo

    def paint(self, photo: np.ndarray, style: np.ndarray) -> np.ndarray:
        """The draft of RGB8 `[H, W, 3]` in its own size."""
        return run(self.draft, style[: self.length], image=photo)

    def revise(self, photo: np.ndarray, draft: np.ndarray, style: np.ndarray) -> np.ndarray:
        """The revision of a draft of any size."""
        height, width = photo.shape[:2]
        enlarged = enlarge(enlarge(draft, width, 1), height, 0)
        enlarged = np.round(enlarged.clip(0, 255)).astype(np.uint8)
        return run(self.revision, style[self.length :], image=photo, draft=enlarged)


def enlarge(picture: np.ndarray, length: int, axis: int) -> np.ndarray:
    """Catmull and Rom's cubic along one axis; beyond the edge, pixels are those at the edge."""
    count = picture.shape[axis]
    centres = (np.arange(length) + 0.5) * count / length - 0.5
    first = np.floor(centres).astype(int)
    t = (centres - first).astype(np.float32)
    weights = (
        ((-0.5 * t + 1) * t - 0.5) * t,
        (1.5 * t - 2.5) * t * t + 1,
        ((-1.5 * t + 2) * t + 0.5) * t,
        (0.5 * t - 0.5) * t * t,
    )
    shape = [-1 if place == axis else 1 for place in range(3)]
    taps = [np.take(picture, (first + at).clip(0, count - 1), axis) for at in (-1, 0, 1, 2)]
    return sum(
        tap.astype(np.float32) * w.reshape(shape) for tap, w in zip(taps, weights, strict=True)
    )


def run(model: onnxruntime.InferenceSession, style: np.ndarray, **pictures: np.ndarray):
    """What a network paints of pictures RGB8 `[H, W, 3]`, in the same type and shape."""
    stride = int(model.get_modelmeta().custom_metadata_map["brushwork.stride"])
    inputs = {"style": style}
    for name, picture in pictures.items():
        padded = pad_to_multiple(picture, stride).astype(np.float32) / 255
        inputs[name] = padded.transpose(2, 0, 1)[None]
    painting = model.run(["painting"], inputs)[0][0].transpose(1, 2, 0)
    height, width = pictures["image"].shape[:2]
    return np.round(painting[:height, :width] * 255).astype(np.uint8)


def main():
    """Writes every file, in place of those of the last model."""
    for old in HERE.glob("*.png"):
        old.unlink()
    networks = Networks()
    photos = {}
    for name, (sample, left, top, width, height) in PHOTOS.items():
        photos[name] = sample()[top : top + height, left : left + width]
        Image.fromarray(photos[name]).save(HERE / f"{name}.png", optimize=True)

    cases = []
    for name, styles, strength, revises in CASES:
        if unknown := styles.keys() - set(networks.ids):
            raise SystemExit(f"There is no style called {', '.join(sorted(unknown))}.")
        weights = [styles.get(style, 0.0) for style in networks.ids]
        style = networks.style(weights, strength)
        output = f"{name}-{'-and-'.join(styles)}-{round(strength * 100)}"
        photo, draft = photos[name], None
        if revises:
            half = tuple(side // 2 for side in photo.shape[1::-1])
            small = np.array(Image.fromarray(photo).resize(half, Image.Resampling.BOX))
            drafted = networks.paint(small, style)
            draft = f"{output}-draft.png"
            Image.fromarray(drafted).save(HERE / draft, optimize=True)
            painting = networks.revise(photo, drafted, style)
        else:
            painting = networks.paint(photo, style)
        Image.fromarray(painting).save(HERE / f"{output}.png", optimize=True)
        case = {
            "input": f"{name}.png",
            "draft": draft,
            "output": f"{output}.png",
            "weights": weights,
            "strength": strength,
        }
        cases.append(case)
    text = json.dumps({"cases": cases}, indent=2)
    (HERE / "golden.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
