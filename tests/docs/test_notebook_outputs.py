"""Every notebook of `docs/` runs, offline and from the table beside it, and what is stored in it is what running gives."""

import json
import shutil
from pathlib import Path

import matplotlib
import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"
NOTEBOOKS = sorted(DOCS.glob("*.ipynb"))


def told(outputs):
    """Printed text and values as they are; of a picture, whose bytes differ by the version of what draws it, that it is there."""
    for output in outputs:
        if output["output_type"] == "stream":
            yield "".join(output["text"])
        else:
            yield "".join(output["data"].get("text/plain", ["a picture"]))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_gives_what_is_stored_in_it(path, hook, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    matplotlib.use("Agg")
    for table in DOCS.glob("*.csv"):
        shutil.copy(table, tmp_path)
    notebook = json.loads(path.read_text(encoding="utf-8"))
    stored = [list(told(cell["outputs"])) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert [list(told(outputs)) for outputs in hook("notebook_outputs").run(notebook)] == stored
    assert sum(output == "a picture" for outputs in stored for output in outputs) == 2
    assert (tmp_path / "repairs.onnx").stat().st_size < 20_000


def test_a_cell_gives_what_it_prints_then_its_value_then_nothing_of_a_statement(hook):
    cells = [{"cell_type": "code", "source": [source]} for source in ("print(1)\nx = 2\nx + 1", "x = 5", "None")]
    outputs = hook("notebook_outputs").run({"cells": [{"cell_type": "markdown", "source": ["text"]}, *cells]})
    assert [list(told(each)) for each in outputs] == [["1\n", "3"], [], []]
