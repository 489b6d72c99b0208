"""Run the notebooks of `docs/` and keep what their cells print and draw: `.venv/bin/python docs/hooks/notebook_outputs.py`.

All cells run in this one process, so that no Jupyter is needed; a test holds that what is kept is what running gives.
"""

import ast
import base64
import contextlib
import io
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parents[1]
Output = dict[str, Any]


def run(notebook: dict[str, Any]) -> list[list[Output]]:
    """Run the code cells in order, in the current folder; return the outputs of each, as a notebook stores them."""
    names: dict[str, Any] = {}
    return [_run("".join(cell["source"]), names) for cell in notebook["cells"] if cell["cell_type"] == "code"]


def _run(source: str, names: dict[str, Any]) -> list[Output]:
    """What a cell prints, the value of the expression at its end, and what it draws, in this order."""
    *statements, last = ast.parse(source).body
    ends_in_value = isinstance(last, ast.Expr)
    printed, value = io.StringIO(), None
    with contextlib.redirect_stdout(printed):
        exec(compile(ast.Module(statements if ends_in_value else [*statements, last], []), "cell", "exec"), names)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), "cell", "eval"), names)
    outputs: list[Output] = []
    if printed.getvalue():
        outputs.append({"output_type": "stream", "name": "stdout", "text": printed.getvalue().splitlines(keepends=True)})
    if value is not None:
        outputs.append(_shown({"text/plain": repr(value).splitlines(keepends=True)}))
    return outputs + [_shown({"image/png": picture}) for picture in _drawn()]


def _shown(data: dict[str, Any]) -> Output:
    return {"output_type": "display_data", "data": data, "metadata": {}}


def _drawn() -> list[str]:
    """The figures that are open, as PNG in base64; closes them."""
    import matplotlib.pyplot as plt

    pictures = []
    for number in plt.get_fignums():
        file = io.BytesIO()
        plt.figure(number).savefig(file, format="png", dpi=80, bbox_inches="tight", metadata={"Software": None})
        plt.close(number)
        pictures.append(base64.b64encode(file.getvalue()).decode())
    return pictures


def record(path: Path) -> None:
    """Run a notebook in a folder that holds the tables of `docs/`, and write its outputs into it."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        for table in DOCS.glob("*.csv"):
            shutil.copy(table, folder)
        outputs = run(notebook)
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for cell, found in zip(code, outputs, strict=True):
        cell["outputs"] = found
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    os.environ["MPLBACKEND"] = "Agg"  # no window is opened
    for file in DOCS.glob("*.ipynb"):
        record(file)
