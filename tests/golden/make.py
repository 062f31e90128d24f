"""Makes the golden pictures: small photos, and what onnxruntime paints from them.

    pip install "numpy>=2" "onnxruntime>=1.20" "pillow>=11" "scikit-image==0.26.*"
    python tests/golden/make.py

Run it again whenever models/brushwork.onnx changes, and commit the result with the model.

It writes PNG files and golden.json beside itself: an object with `cases`, a list of
`{ "input", "output", "weights", "strength" }`, where `weights` has the weight of every style (the
rows of the model without the photo row) and `strength`, 0 to 1, mixes from the photo row to them.
A photo whose size is no multiple of the model's stride is padded on the right and the bottom by
reflection (the edge itself not repeated), and its painting cropped back.
"""

import json
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image
from skimage import data

HERE = Path(__file__).parent
MODEL = HERE.parents[1] / "models" / "brushwork.onnx"

# Name, sample of scikit-image, and the crop's left, top, width and height.
PHOTOS = {
    "astronaut": (data.astronaut, 110, 0, 256, 256),
    "coffee": (data.coffee, 140, 60, 320, 200),
    "chelsea": (data.chelsea, 130, 60, 133, 97),
}

# Photo, the weights of its styles, and the strength.
CASES = [
    ("astronaut", {"starry-night": 1.0}, 1.0),
    ("astronaut", {"scream": 1.0}, 0.0),
    ("coffee", {"great-wave": 1.0}, 1.0),
    ("coffee", {"great-wave": 1.0}, 0.5),
    ("chelsea", {"udnie": 1.0}, 1.0),
    ("chelsea", {"scream": 0.625, "composition-vii": 0.375}, 1.0),
]


def pad_to_multiple(picture: np.ndarray, stride: int) -> np.ndarray:
    """Reflects `[H, W, 3]` at the right and the bottom up to multiples of `stride`."""
    below, right = (-side % stride for side in picture.shape[:2])
    return np.pad(picture, ((0, below), (0, right), (0, 0)), mode="reflect")


def paint(model: onnxruntime.InferenceSession, photo: np.ndarray, weights: list[float]):
    """Paints RGB8 `[H, W, 3]`; the result has the same type and shape."""
    stride = int(model.get_modelmeta().custom_metadata_map["brushwork.stride"])
    padded = pad_to_multiple(photo, stride).astype(np.float32) / 255
    inputs = {
        "image": padded.transpose(2, 0, 1)[None],
        "style": np.array(weights, np.float32),
    }
    painting = model.run(["painting"], inputs)[0][0].transpose(1, 2, 0)
    height, width = photo.shape[:2]
    return np.round(painting[:height, :width] * 255).astype(np.uint8)


def main():
    """Writes every file, in place of those of the last model."""
    for old in HERE.glob("*.png"):
        old.unlink()
    model = onnxruntime.InferenceSession(MODEL, providers=["CPUExecutionProvider"])
    metadata = model.get_modelmeta().custom_metadata_map
    rows = metadata["brushwork.styles"].split(",")
    photo_row = int(metadata["brushwork.photo_row"]) if "brushwork.photo_row" in metadata else None
    photos = {}
    for name, (sample, left, top, width, height) in PHOTOS.items():
        photos[name] = sample()[top : top + height, left : left + width]
        Image.fromarray(photos[name]).save(HERE / f"{name}.png", optimize=True)

    cases = []
    for name, styles, strength in CASES:
        if unknown := styles.keys() - set(rows):
            raise SystemExit(f"The model has no row called {', '.join(sorted(unknown))}.")
        if strength < 1 and photo_row is None:
            print(f"{name} at strength {strength} left out: the model has no photo row")
            continue
        weights = [styles.get(row, 0.0) for row in rows]
        mixed = [weight * strength for weight in weights]
        if photo_row is not None:
            mixed[photo_row] = 1 - strength
            del weights[photo_row]
        output = f"{name}-{'-and-'.join(styles)}-{round(strength * 100)}.png"
        painting = paint(model, photos[name], mixed)
        Image.fromarray(painting).save(HERE / output, optimize=True)
        case = {
            "input": f"{name}.png",
            "output": output,
            "weights": weights,
            "strength": strength,
        }
        cases.append(case)
    text = json.dumps({"cases": cases}, indent=2)
    (HERE / "golden.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
