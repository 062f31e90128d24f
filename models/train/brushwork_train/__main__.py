"""The command line: `python -m brushwork_train COMMAND`."""

import argparse
import sys
from pathlib import Path

from .errors import TrainingError


def export(arguments):
    """Writes the ONNX file that ships."""
    from .export import export

    export(arguments.weights, arguments.styles, arguments.output)


def parser() -> argparse.ArgumentParser:
    """Every command with its options."""
    program = argparse.ArgumentParser(prog="brushwork_train", description=__doc__)
    commands = program.add_subparsers(required=True, metavar="COMMAND")

    command = commands.add_parser("export", help=export.__doc__)
    command.set_defaults(run=export)
    command.add_argument("--weights", type=Path, required=True, help="float weights, .npz")
    command.add_argument("--styles", type=Path, required=True, help="styles.json with the titles")
    command.add_argument("--output", type=Path, required=True, help="the .onnx file to write")

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
