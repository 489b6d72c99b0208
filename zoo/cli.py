"""The command line: what can be typed. What the commands do is in `zoo.commands`, imported when one runs."""

import argparse
import sys
from collections.abc import Sequence

from zoo.errors import ZooError

USER_ERROR = 2
READS_CARDS_ONLY = ("list", "show")  # and so needs no TensorFlow


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit code: 0, or 2 with one line on standard error where the user can put it right."""
    options = parser().parse_args(arguments)
    from zoo import commands, quiet

    try:
        if options.command not in READS_CARDS_ONLY:
            quiet.start_tensorflow()
        getattr(commands, f"run_{options.command}")(options)
    except ZooError as error:
        print(f"zoo {options.command}: {error}", file=sys.stderr)
        return USER_ERROR
    except BrokenPipeError:  # the reader of our output went away, as `head` does
        sys.stderr.close()
    except KeyboardInterrupt:
        print(f"zoo {options.command}: stopped.", file=sys.stderr)
        return 130
    return 0


def parser() -> argparse.ArgumentParser:
    """Build the parser of every command."""
    top = argparse.ArgumentParser("zoo", description="Learn new tasks from a handful of examples, and export what was learned.")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for add in (_list, _show, _train, _evaluate, _learn, _predict, _export, _serve, _figures, _demo, _selfcheck):
        add(commands)
    return top


def _command(commands, name: str, about: str, example: str, json: bool = True) -> argparse.ArgumentParser:
    sub = commands.add_parser(
        name,
        help=about,
        description=f"{about[0].upper()}{about[1:]}.",
        epilog=f"example:\n  {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    if json:
        sub.add_argument("--json", action="store_true", help="print JSON for a program to read")
    return sub


def _list(commands) -> None:
    _command(commands, "list", "list every entry of the zoo", "zoo list")


def _show(commands) -> None:
    sub = _command(commands, "show", "show the card of an entry: scores, training, exports, size", "zoo show mela_sinusoid")
    sub.add_argument("name", help="an entry")


def _train(commands) -> None:
    about = "train an entry from its recipe, or go on where a stopped run was"
    sub = _command(commands, "train", about, "zoo train mela_sinusoid", json=False)
    sub.add_argument("name", help="an entry")
    sub.add_argument("--out", help="folder for the weights and the curve (default: runs/NAME)")
    sub.add_argument("--force", action="store_true", help="train again where a finished run is")


def _evaluate(commands) -> None:
    sub = _command(commands, "evaluate", "measure an entry on new tasks", "zoo evaluate mela_sinusoid --tasks 20000 --seed 1")
    sub.add_argument("name", help="an entry")
    sub.add_argument("--tasks", type=_positive, help="tasks under each condition (default: as many as the card has)")
    sub.add_argument("--seed", type=_positive, default=1, help="seed of the tasks (default: %(default)s)")
    sub.add_argument("--run", help="folder of a run by `zoo train` to measure instead of the shipped weights")
    sub.add_argument("--card", action="store_true", help="write the card beside the weights")


def _learn(commands) -> None:
    about, example = "learn a task from a CSV of examples", "zoo learn mela_sinusoid --support points.csv --out wave/"
    sub = _command(commands, "learn", about, example)
    sub.add_argument("name", help="an entry, or a model.keras")
    sub.add_argument("--support", required=True, help="CSV with a header; the last columns are the labels")
    sub.add_argument("--out", required=True, help="folder for the learned task")
    sub.add_argument("--force", action="store_true", help="replace the folder if it exists")


def _predict(commands) -> None:
    sub = _command(commands, "predict", "predict with a learned task", "zoo predict wave/ --query new.csv")
    sub.add_argument("task", help="folder made by `zoo learn`")
    sub.add_argument("--query", required=True, help="CSV with the columns that the task was learned from")
    sub.add_argument("--out", help="CSV to write (default: standard output)")
    sub.add_argument("--force", action="store_true", help="replace the CSV if it exists")


def _export(commands) -> None:
    about, example = "export an entry or a learned task", "zoo export wave/ --format onnx --to wave.onnx"
    sub = _command(commands, "export", about, example)
    sub.add_argument("name", help="an entry, a model.keras, or a folder made by `zoo learn`")
    sub.add_argument("--format", choices=("saved_model", "onnx", "litert"), default="saved_model")
    sub.add_argument("--to", required=True, help="file or folder to make")
    sub.add_argument("--force", action="store_true", help="replace it if it exists")


def _serve(commands) -> None:
    about, example = "serve models on this machine, for development", "zoo serve mela_sinusoid --port 8501"
    sub = _command(commands, "serve", about, example, json=False)
    sub.add_argument("names", nargs="+", help="entries, learned tasks, or folders that hold VERSION/ of a SavedModel")
    sub.add_argument("--host", default="127.0.0.1", help="address to bind (default: %(default)s, this machine only)")
    sub.add_argument("--port", type=int, default=8501, help="port (default: %(default)s; 0 picks a free one)")


def _figures(commands) -> None:
    about = "draw a paper's figures from our measurements, beside what it published"
    sub = _command(commands, "figures", about, "zoo figures mela --out figures/")
    sub.add_argument("paper", choices=("mela",), help="which paper")
    sub.add_argument("--out", default="figures", help="folder for the pictures and their numbers (default: %(default)s)")
    sub.add_argument("--force", action="store_true", help="replace the folder if it exists")


def _demo(commands) -> None:
    about = "learn a wave from ten points, draw it, and export it in every format"
    sub = _command(commands, "demo", about, "zoo demo --out demo/")
    sub.add_argument("--out", default="demo", help="folder for the picture and the exports (default: %(default)s)")
    sub.add_argument("--force", action="store_true", help="replace the folder if it exists")


def _selfcheck(commands) -> None:
    _command(commands, "selfcheck", "check this installation: weights, learning, every export", "zoo selfcheck")


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{value} is not 1 or more")
    return value
