"""The command line: `python -m brushwork_train COMMAND`."""

import argparse
import ctypes
import platform
import sys
from pathlib import Path

from .errors import TrainingError


def export(arguments):
    """Writes the ONNX files and the table of styles that ship."""
    from .export import export

    export(arguments.draft, arguments.revision, arguments.styles, arguments.output)


def train(arguments):
    """Trains a network, going on from where the folder's last sitting ended."""
    from .settings import Settings
    from .train import train

    train(
        Settings.load(arguments.settings, arguments.network),
        arguments.photos,
        arguments.paintings,
        arguments.vgg,
        arguments.folder,
        start=arguments.start,
        draft=arguments.draft,
        steps=arguments.steps,
        minutes=arguments.minutes,
        finish=arguments.finish,
        compiled=arguments.compile,
    )


def add_style(arguments):
    """Learns one more painting, and writes a style file."""
    from .add_style import add_style
    from .settings import Settings, Style

    painting = arguments.painting
    add_style(
        {name: Settings.load(arguments.settings, name) for name in ("draft", "revision")},
        Style(arguments.id, painting.name, arguments.size, arguments.weight),
        arguments.title or arguments.id,
        {"draft": arguments.draft, "revision": arguments.revision},
        painting,
        arguments.photos,
        arguments.vgg,
        arguments.output,
        arguments.steps,
    )


def mix(arguments):
    """Mixes a network with another one that was trained from it."""
    from .weights import Weights

    one, other = Weights.load(arguments.weights), Weights.load(arguments.other)
    one.mixed_with(other, arguments.share).save(arguments.output)


def optimise(arguments):
    """Paints one photo by optimisation (Gatys et al. 2016), slowly and well."""
    from .device import best_device
    from .objective import Objective
    from .optimise import optimise
    from .pictures import read_picture, to_picture, to_tensor
    from .settings import Settings
    from .vgg import Vgg16

    settings, device = Settings.load(arguments.settings), best_device()
    vgg = Vgg16.find(arguments.vgg, device)
    objective = Objective(vgg, settings.loss, settings.styles, arguments.paintings)
    if arguments.style not in objective.ids:
        raise TrainingError(f"The settings have no style called {arguments.style}.")
    photo = to_tensor(read_picture(arguments.photo, arguments.size)).to(device)
    style = objective.ids.index(arguments.style)
    result = optimise(objective, photo, style, arguments.iterations)
    to_picture(result.painting).save(arguments.output)
    print(f"{arguments.output}: loss {result.losses[0]:.3f}, in the end {result.losses[-1]:.3f}")


def evaluate(arguments):
    """Measures a network; writes one JSON file per table, and a summary."""
    from .evaluate import Sources, evaluate
    from .settings import Settings

    evaluate(
        Settings.load(arguments.settings),
        arguments.weights,
        Sources(arguments.photos, arguments.held_out, arguments.count, arguments.samples),
        arguments.paintings,
        arguments.vgg,
        arguments.output,
        arguments.size,
        arguments.tables,
        arguments.only,
        arguments.iterations,
    )


def pipeline(arguments):
    """Measures whole paintings: a draft, revised up to 1024 pixels."""
    from .pipeline import pipeline
    from .settings import Settings

    pipeline(
        Settings.load(arguments.settings),
        arguments.draft,
        arguments.revision,
        arguments.paintings,
        arguments.vgg,
        arguments.photos,
        arguments.output,
        arguments.only,
    )


def sheet(arguments):
    """Paints photos in every style, on one sheet."""
    from .network import TransformNetwork
    from .pictures import read_picture, to_tensor
    from .sheet import sheet
    from .weights import Weights

    network = TransformNetwork.from_weights(Weights.load(arguments.weights))
    if unknown := set(arguments.only or ()) - set(network.rows):
        raise TrainingError(f"The network has no style called {', '.join(sorted(unknown))}.")
    photos = [to_tensor(read_picture(photo, arguments.size)) for photo in arguments.photos]
    revision = arguments.revision and TransformNetwork.from_weights(
        Weights.load(arguments.revision)
    )
    painted = arguments.columns, arguments.only, arguments.strengths
    picture = sheet(network, photos, *painted, revision, arguments.doublings)
    picture.save(arguments.output, quality=arguments.quality)


VGG = "VGG-16 as .npz; without it, torchvision's"
NEEDED = {
    "settings": "settings file, .toml",
    "weights": "float weights, .npz",
    "draft": "float weights of the draft network, .npz",
    "revision": "float weights of the revision network, .npz",
    "photos": "folder or .tar of photos",
    "paintings": "folder of paintings",
    "output": "what to write",
}
TABLES = (
    "losses",
    "strength",
    "blends",
    "quantisation",
    "patterns",
    "frames",
    "style_sizes",
    "gatys",
    "gatys_patterns",
)


def parser() -> argparse.ArgumentParser:
    """Every command with its options."""
    program = argparse.ArgumentParser(prog="brushwork_train", description=__doc__)
    commands = program.add_subparsers(required=True, metavar="COMMAND")

    def add(run, *needed):
        command = commands.add_parser(run.__name__.replace("_", "-"), help=run.__doc__)
        command.set_defaults(run=run)
        for name in needed:
            command.add_argument(f"--{name}", type=Path, required=True, help=NEEDED[name])
        return command.add_argument

    option = add(export, "draft", "revision", "output")
    option("--styles", type=Path, required=True, help="styles.json with the titles")

    option = add(train, "settings", "photos", "paintings")
    option("--vgg", type=Path, help=VGG)
    option("--network", choices=("draft", "revision"), default="draft", help="which to train")
    option("--draft", type=Path, help="weights of the draft network, for a revision, .npz")
    option("--folder", type=Path, required=True, help="keeps the checkpoint and sample sheets")
    option("--start", type=Path, help="weights to begin with, .npz")
    option("--steps", type=int, help="stop after this many steps")
    option("--minutes", type=float, help="stop after this long")
    option("--finish", action="store_true", help="let the learning rate fall to 0")
    option("--compile", action="store_true", help="faster; needs a C++ compiler")

    option = add(add_style, "settings", "draft", "revision", "photos", "output")
    option("--title", help="what the style is called; its id, if not given")
    option("--vgg", type=Path, help=VGG)
    option("--painting", type=Path, required=True, help="picture to learn from")
    option("--id", required=True, help="id of the new style")
    option("--size", type=int, default=300, help="short side of the painting, pixels")
    option("--weight", type=float, default=1.0, help="multiplies the style loss")
    option("--steps", type=int, default=400, help="steps to train")

    option = add(mix, "weights", "output")
    option("--other", type=Path, required=True, help="float weights to mix them with, .npz")
    option("--share", type=float, default=0.5, help="of the other, 0 to 1")

    option = add(optimise, "settings", "paintings", "output")
    option("--vgg", type=Path, help=VGG)
    option("--photo", type=Path, required=True, help="picture to paint")
    option("--style", required=True, help="id of a style in the settings")
    option("--size", type=int, default=512, help="largest short side, pixels")
    option("--iterations", type=int, default=500, help="iterations of L-BFGS")

    option = add(evaluate, "settings", "weights", "paintings", "output")
    option("--vgg", type=Path, help=VGG)
    option("--photos", type=Path, help="folder or .tar of photos to measure on")
    option("--held-out", type=Path, help="what was trained on: its held-out photos are used")
    option("--count", type=int, default=12, help="at most so many of the held-out photos")
    option("--samples", action="store_true", help="use the samples of scikit-image")
    option("--size", type=int, default=256, help="side of the squares, pixels")
    option("--tables", nargs="+", choices=TABLES, default=TABLES, help="which to make")
    option("--only", nargs="+", metavar="STYLE", help="ids of the styles to measure")
    option("--iterations", type=int, default=300, help="most iterations of L-BFGS")

    option = add(pipeline, "settings", "draft", "revision", "paintings", "output")
    option("--vgg", type=Path, help=VGG)
    option("--photos", type=Path, nargs="+", required=True, help="pictures to paint")
    option("--only", nargs="+", metavar="STYLE", help="ids of the styles to measure")

    option = add(sheet, "weights", "output")
    option(
        "--revision", type=Path, help="weights of the revision network, to paint by way of drafts"
    )
    option("--doublings", type=int, default=1, help="how many times a draft is revised")
    option("--photos", type=Path, nargs="+", required=True, help="pictures to paint")
    option("--size", type=int, default=256, help="largest short side, pixels")
    option("--columns", type=int, default=6, help="cells side by side")
    option("--only", nargs="+", metavar="STYLE", help="ids of the styles to paint")
    option("--strengths", type=float, nargs="+", default=[1.0], help="0 is the photo, 1 the style")
    option("--quality", type=int, default=88, help="of a JPEG")

    return program


def keep_memory():
    """Lets glibc keep what is freed: to get it from the system again costs a seventh of a step."""
    if platform.libc_ver()[0] == "glibc":
        trim_threshold, mmap_max = -1, -4  # of malloc.h
        allocator = ctypes.CDLL(None)
        allocator.mallopt(trim_threshold, 2**31 - 1)
        allocator.mallopt(mmap_max, 0)


def main() -> int:
    """Runs one command; returns the exit status."""
    arguments = parser().parse_args()
    keep_memory()
    try:
        arguments.run(arguments)
    except TrainingError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
