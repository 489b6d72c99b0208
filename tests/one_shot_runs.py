"""Runs as Lake's, drawn by the tests: dots on paper, which the second drawer draws elsewhere; and the zip they lie in."""

import functools
import io
import os
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

SIDE, RUNS, WAYS, DOTS = 105, 20, 20, 40
REAL = Path(os.environ.get("ZOO_LAKE_RUNS", "all_runs.zip"))  # Lake's own, where a developer has them


def answers() -> np.ndarray:
    """The class of every item of every run, from 0, `[20, 20]`."""
    generator = np.random.default_rng(1)
    return np.stack([generator.permutation(WAYS) for _ in range(RUNS)])


@functools.cache
def members() -> dict[str, bytes]:
    """Every file of the archive by its name."""
    generator, found = np.random.default_rng(0), {}
    for run, order in enumerate(answers(), 1):
        drawn = [generator.integers(10, SIDE - 10, [DOTS, 2]) for _ in range(WAYS)]
        for number, dots in enumerate(drawn, 1):
            found[f"run{run:02d}/training/class{number:02d}.png"] = png(dots)
        for number, known in enumerate(order, 1):
            found[f"run{run:02d}/test/item{number:02d}.png"] = png(drawn[known] + [5, -7])
        lines = [
            f"run{run:02d}/test/item{at:02d}.png run{run:02d}/training/class{known + 1:02d}.png"
            for at, known in enumerate(order, 1)
        ]
        found[f"run{run:02d}/class_labels.txt"] = ("\n".join(lines) + "\n").encode()
    return found


def png(dots: np.ndarray, side: int = SIDE, mode: str = "1") -> bytes:
    """A drawing of dots, black on white."""
    paper = np.full([side, side], 255, np.uint8)
    paper[tuple(np.transpose(dots))] = 0
    file = io.BytesIO()
    Image.fromarray(paper).convert(mode).save(file, "PNG")
    return file.getvalue()


def zipped(parts: dict[str, bytes], how: int = zipfile.ZIP_STORED) -> bytes:
    """An archive of files."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", how) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return file.getvalue()


def written(path: Path, **changed: bytes | None) -> Path:
    """Write the runs; `changed` are other contents by name, None leaves a file out."""
    parts = {name: data for name, data in (members() | changed).items() if data is not None}
    path.write_bytes(zipped(parts))
    return path
