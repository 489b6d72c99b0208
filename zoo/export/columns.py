"""The rule of a task's columns beside its exports: how a row of a table becomes the numbers that they read.

A SavedModel holds it in `assets.extra/columns.json`; of every other format a file of the same stem lies beside it, such as
`wave.columns.json`. What is in it, and ten lines that follow it, are in `docs/tables.md`.
"""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

from zoo.export.signatures import Exportable
from zoo.utils import files

FILE = "columns.json"
KEYS = {"format", "columns", "inputs"}


def text(model: Exportable) -> str:
    """The rule of a model's columns as JSON; empty where there is none."""
    return f"{json.dumps(model.columns.as_json(), indent=1, ensure_ascii=False)}\n" if model.columns else ""


def beside(path: str | Path) -> Path:
    """The file for the rule of what is exported to `path`."""
    return Path(path).with_suffix(f".{FILE}")


@contextlib.contextmanager
def written_beside(model: Exportable, path: str | Path, force: bool) -> Iterator[None]:
    """Write a model's rule beside the file of its export, once the block that makes that ends well; nothing where it has none.

    The same rule may lie there already, beside an export in another format.

    Raises:
        ZooError: if a file is there, and `force` is false or it is none of these.
    """
    rule = text(model)
    there = beside(path)
    if not rule or (there.is_file() and there.read_bytes() == rule.encode()):
        yield
        return
    with files.written_aside(there, force, _others) as aside:
        yield
        aside.write_text(rule, encoding="utf-8")


def _others(path: Path) -> Path | None:
    """What a rule must not replace: all but one."""
    if not path.is_file():
        return files.other_than_a_file(path)
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        return path
    return None if isinstance(found, dict) and set(found) == KEYS else path
