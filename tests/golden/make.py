"""Makes the golden pictures: small photos, and what onnxruntime paints from them.

    pip install "numpy>=2" "onnxruntime>=1.20" "pillow>=11" "scikit-image==0.26.*"
    python tests/golden/make.py

Run it again whenever models/brushwork.onnx changes, and commit the result with the model.

It writes PNG files and golden.json beside itself: an object with `cases`, a list of
`{ "input", "output", "weights" }`, where `weights` has the weight of every row of the model.
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

# Photo and the weights of its styles.
CASES = [
    ("astronaut", {"starry-night": 1.0}),
    ("coffee", {"great-wave": 1.0}),
    ("chelsea", {"udnie": 1.0}),
    ("chelsea", {"scream": 0.625, "composition-vii": 0.375}),
]


def pad_to_multiple(picture: np.ndarray, stride: int) -> np.ndarray:
    """Reflects `[H, W, 3]` at the right and the bottom up to multiples of `stride`."""
    below, right = (-side % stride for side in picture.shape[:2])
    return np.pad(picture, ((0, below), (0, right), (0, 0)), mode="reflect")


def paint(model: onnxruntime.InferenceSession, photo: np.ndarray, weights: list[float]):
    """Paints RGB8 `[H, W, 3]`; the result has the same type and shape."""
    stride = int(model.get_modelmeta().custom_metadata_map["brushwork.stride"])
    padded = pad_to_multiple(photo, stride).astype(np.float32) / 255
    inputs = {"image": padded.transpose(2, 0, 1)[None], "style": np.array(weights, np.float32)}
    painting = model.run(["painting"], inputs)[0][0].transpose(1, 2, 0)
    height, width = photo.shape[:2]
    return np.round(painting[:height, :width] * 255).astype(np.uint8)


def main():
    """Writes every file."""
    model = onnxruntime.InferenceSession(MODEL, providers=["CPUExecutionProvider"])
    rows = model.get_modelmeta().custom_metadata_map["brushwork.styles"].split(",")
    photos = {}
    for name, (sample, left, top, width, height) in PHOTOS.items():
        photos[name] = sample()[top : top + height, left : left + width]
        Image.fromarray(photos[name]).save(HERE / f"{name}.png", optimize=True)

    cases = []
    for name, styles in CASES:
        if unknown := styles.keys() - set(rows):
            raise SystemExit(f"The model has no row called {', '.join(sorted(unknown))}.")
        weights = [styles.get(row, 0.0) for row in rows]
        output = f"{name}-{'-and-'.join(styles)}.png"
        painting = paint(model, photos[name], weights)
        Image.fromarray(painting).save(HERE / output, optimize=True)
        cases.append({"input": f"{name}.png", "output": output, "weights": weights})
    text = json.dumps({"cases": cases}, indent=2)
    (HERE / "golden.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
