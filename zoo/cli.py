"""The command line: what can be typed. What the commands do is in `zoo.commands`, imported when one runs."""

import argparse
import sys
from collections.abc import Sequence

from zoo.errors import ZooError

USER_ERROR = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit code: 0, or 2 with one line on standard error where the user can put it right."""
    options = parser().parse_args(arguments)
    from zoo import commands, quiet

    try:
        if options.command not in ("list", "show"):  # they read cards only
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

    def command(name: str, about: str, example: str, json: bool = True) -> argparse.ArgumentParser:
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

    command("list", "list every entry of the zoo", "zoo list")

    show = command("show", "show the card of an entry: scores, training, parity, size", "zoo show mela_sinusoid")
    show.add_argument("name", help="an entry")

    train = command("train", "train an entry from its recipe, or go on where a stopped run was", "zoo train mela_sinusoid", False)
    train.add_argument("name", help="an entry")
    train.add_argument("--out", help="folder for the weights and the curve (default: runs/NAME)")
    train.add_argument("--force", action="store_true", help="train again where a finished run is")

    evaluate = command("evaluate", "measure an entry on new tasks", "zoo evaluate mela_sinusoid --tasks 20000 --seed 1")
    evaluate.add_argument("name", help="an entry")
    evaluate.add_argument("--tasks", type=_positive, default=20_000, help="tasks under each condition (default: %(default)s)")
    evaluate.add_argument("--seed", type=_positive, default=1, help="seed of the tasks (default: %(default)s)")
    evaluate.add_argument("--run", help="folder of a run by `zoo train` to measure instead of the shipped weights")
    evaluate.add_argument("--card", action="store_true", help="write the card beside the weights")

    learn = command("learn", "learn a task from a CSV of examples", "zoo learn mela_sinusoid --support points.csv --out wave/")
    learn.add_argument("name", help="an entry, or a model.keras")
    learn.add_argument("--support", required=True, help="CSV with a header; the last columns are the labels")
    learn.add_argument("--out", required=True, help="folder for the learned task")
    learn.add_argument("--force", action="store_true", help="replace the folder if it exists")

    predict = command("predict", "predict with a learned task", "zoo predict wave/ --query new.csv")
    predict.add_argument("task", help="folder made by `zoo learn`")
    predict.add_argument("--query", required=True, help="CSV with the columns that the task was learned from")
    predict.add_argument("--out", help="CSV to write (default: standard output)")
    predict.add_argument("--force", action="store_true", help="replace the CSV if it exists")

    export = command("export", "export an entry or a learned task", "zoo export wave/ --format onnx --to wave.onnx")
    export.add_argument("name", help="an entry, a model.keras, or a folder made by `zoo learn`")
    export.add_argument("--format", choices=("saved_model", "onnx", "litert"), default="saved_model")
    export.add_argument("--to", required=True, help="file or folder to make")
    export.add_argument("--force", action="store_true", help="replace it if it exists")

    serve = command("serve", "serve entries on this machine, for development", "zoo serve mela_sinusoid --port 8501", False)
    serve.add_argument("names", nargs="+", help="entries, learned tasks, or folders NAME/VERSION/ of SavedModels")
    serve.add_argument("--host", default="127.0.0.1", help="address to bind (default: %(default)s, this machine only)")
    serve.add_argument("--port", type=int, default=8501, help="port (default: %(default)s; 0 picks a free one)")

    demo = command("demo", "learn a wave from ten points, draw it, and export it in every format", "zoo demo --out demo/")
    demo.add_argument("--out", default="demo", help="folder for the picture and the exports (default: %(default)s)")
    demo.add_argument("--force", action="store_true", help="replace the folder if it exists")

    command("selfcheck", "check this installation: weights, learning, every export", "zoo selfcheck")
    return top


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{value} is not 1 or more")
    return value
