"""What commands share: printing for people or as JSON, warnings on one line, and the model that a name stands for."""

import argparse
import contextlib
import json
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo.hub import registry

if TYPE_CHECKING:
    from zoo.export import Exportable


def say(options: argparse.Namespace, facts: dict[str, Any], line: str) -> None:
    """Print a line, or with `--json` the facts."""
    print(json.dumps(facts) if options.json else line)


@contextlib.contextmanager
def one_line_warnings(options: argparse.Namespace) -> Iterator[None]:
    """Within it, a warning for the user is one line on standard error that begins as an error of the command does."""

    def show(message: Warning | str, *_: object) -> None:
        print(f"zoo {options.command}: {message}", file=sys.stderr)

    with warnings.catch_warnings():
        warnings.simplefilter("always", UserWarning)
        warnings.showwarning = show  # type: ignore[assignment]
        yield


def print_scores(scores: list[dict[str, Any]]) -> None:
    """Print scores as a table."""
    for score in scores:
        condition = ", ".join(f"{key} {_short(value)}" for key, value in score["condition"].items())
        published = f"   published {score['published']:g}" if "published" in score else ""
        print(f"    {condition:36} {score['mean']:.5g} ± {score['interval']:.2g}{published}")


def _short(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:g}"


def learner_or_task(name: str) -> "Exportable":
    """The learned task in a folder, or else the learner of that name or path."""
    from zoo.hub import task_folder

    if (Path(name) / "task.json").exists():
        return task_folder.load(name)
    return registry.load(name)
