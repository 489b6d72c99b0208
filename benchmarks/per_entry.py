"""Measure entries, each in a process of its own, keep what was measured, and write a document of it: a stopped run goes on.

One entry of each kind of learner is measured, beside those that are kept already; with `--all` every entry is.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from zoo.hub import registry
from zoo.utils import files

DOCS = Path(__file__).resolve().parents[1] / "docs"


def main(
    name: str,
    about: str,
    measured: Callable[[str], Any],
    page: Callable[[list[Any]], str],
    of: Callable[[type], bool] = lambda kind: True,
) -> None:
    """The command `benchmarks/NAME.py`, which writes `docs/NAME.md`.

    Args:
        name: of both.
        about: one line for its help.
        measured: everything about one entry, as JSON holds it.
        page: the document, of what was measured of every entry.
        of: whether it is about a kind of model at all.
    """
    parser = argparse.ArgumentParser(f"{name}.py", description=about)
    kept = str(Path(tempfile.gettempdir()) / f"zoo-{name}")
    parser.add_argument("--work", default=kept, help="folder for what is measured (default: %(default)s)")
    parser.add_argument("--all", action="store_true", help="measure every entry, not one of each kind of learner")
    parser.add_argument("--entry", help=argparse.SUPPRESS)
    options = parser.parse_args()
    work = Path(options.work)
    if options.entry:
        with files.written_aside(work / f"{options.entry}.json", force=True) as path:
            path.write_text(json.dumps(measured(options.entry), indent=1), encoding="utf-8")
        return
    kept_already = {entry for entry in registry.names() if (work / f"{entry}.json").exists()}
    kinds = {registry.entry(entry).learner for entry in kept_already}
    for entry in registry.names():
        kind = registry.entry(entry).learner
        if of(kind) and entry not in kept_already and (options.all or kind not in kinds):
            print(entry, flush=True)
            subprocess.run([sys.executable, sys.argv[0], "--work", options.work, "--entry", entry], check=True)
            kept_already.add(entry)
            kinds.add(kind)
    found = [json.loads((work / f"{entry}.json").read_text(encoding="utf-8")) for entry in sorted(kept_already)]
    with files.written_aside(DOCS / f"{name}.md", force=True) as path:
        path.write_text(page(found), encoding="utf-8")
