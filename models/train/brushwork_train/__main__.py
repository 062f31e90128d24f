"""The command line: `python -m brushwork_train COMMAND`."""

import argparse
import sys
from pathlib import Path

from .errors import TrainingError


def export(arguments):
    """Writes the ONNX file that ships."""
    from .export import export

    export(arguments.weights, arguments.styles, arguments.output)


def train(arguments):
    """Trains a network, going on from where the folder's last sitting ended."""
    from .settings import Settings
    from .train import train

    train(
        Settings.load(arguments.settings),
        arguments.photos,
        arguments.paintings,
        arguments.vgg,
        arguments.folder,
        start=arguments.start,
        steps=arguments.steps,
        minutes=arguments.minutes,
        finish=arguments.finish,
        compiled=arguments.compile,
    )


def parser() -> argparse.ArgumentParser:
    """Every command with its options."""
    program = argparse.ArgumentParser(prog="brushwork_train", description=__doc__)
    commands = program.add_subparsers(required=True, metavar="COMMAND")

    command = commands.add_parser("export", help=export.__doc__)
    command.set_defaults(run=export)
    command.add_argument("--weights", type=Path, required=True, help="float weights, .npz")
    command.add_argument("--styles", type=Path, required=True, help="styles.json with the titles")
    command.add_argument("--output", type=Path, required=True, help="the .onnx file to write")

    command = commands.add_parser("train", help=train.__doc__)
    command.set_defaults(run=train)
    command.add_argument("--settings", type=Path, required=True, help="settings file, .toml")
    command.add_argument("--photos", type=Path, required=True, help="folder or .tar of photos")
    command.add_argument("--paintings", type=Path, required=True, help="folder of paintings")
    command.add_argument("--vgg", type=Path, help="VGG-16 as .npz; else torchvision's")
    command.add_argument("--folder", type=Path, required=True, help="keeps the checkpoint")
    command.add_argument("--start", type=Path, help="weights to begin with, .npz")
    command.add_argument("--steps", type=int, help="stop after this many steps")
    command.add_argument("--minutes", type=float, help="stop after this long")
    command.add_argument("--finish", action="store_true", help="let the learning rate fall to 0")
    command.add_argument("--compile", action="store_true", help="faster; needs a C++ compiler")

    return program


def main() -> int:
    """Runs one command; returns the exit status."""
    arguments = parser().parse_args()
    try:
        arguments.run(arguments)
    except TrainingError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
