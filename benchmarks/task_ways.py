"""The ways that only a task model can leave: LiteRT in smaller numbers, and C source compiled for this machine."""

import ctypes
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import runtimes

from zoo import export
from zoo.export import as_litert
from zoo.learners.task_model import TaskModel

FLAGS = ("-std=c99", "-O2", "-Wall", "-Wextra", "-Werror", "-pedantic")
LOOP = """\
#include "{name}.h"
void loop(const float *x, float *y, int rows, int calls)
{{
    int i;

    for (; calls; calls--)
        for (i = 0; i < rows; i++)
            {name}_predict(x + i * {guard}_INPUTS, y + i * {guard}_OUTPUTS);
}}
"""


@dataclass(frozen=True)
class Left:
    """An exported task model.

    Attributes:
        run: answers `query_x` with `prediction`.
        difference: the largest from the live model that the exporter found.
        bytes: of the file, or of the constants that C source compiles to.
        median_microseconds: how long a call takes with given inputs.
    """

    run: runtimes.Runner
    difference: float
    bytes: int
    median_microseconds: Callable[[dict[str, np.ndarray]], float]


def litert(task: TaskModel, folder: Path, kind: str) -> Left:
    """A LiteRT file in float16 or int8."""
    path = folder / f"{kind}.tflite"
    ((signature, difference),) = export.litert(task, path, quantize=kind).items()
    run = as_litert.runner(path)(signature)
    return Left(run, difference, path.stat().st_size, lambda inputs: runtimes.median_microseconds(run, inputs))


def c(task: TaskModel, folder: Path, kind: str) -> Left:
    """C source, compiled by gcc with every warning an error."""
    path = folder / f"task_{kind}.c"
    (difference,) = export.c(task, path, quantize=kind).values()
    run = Compiled(path)
    return Left(run, difference, run.macro("FLASH_BYTES"), run.microseconds)


WAYS: dict[str, Callable[[TaskModel, Path], Left]] = {
    "LiteRT, float16": lambda task, folder: litert(task, folder, "float16"),
    "LiteRT, int8": lambda task, folder: litert(task, folder, "int8"),
    "C, int8": lambda task, folder: c(task, folder, "int8"),
}


class Compiled:
    """C source compiled for this machine, as a runner; the queries go in one after the other."""

    def __init__(self, source: Path):
        name, guard = source.stem, source.stem.upper()
        loop = source.with_name(f"{name}_loop.c")
        loop.write_text(LOOP.format(name=name, guard=guard), encoding="utf-8")
        library = source.with_suffix(".so")
        command = ["gcc", *FLAGS, "-shared", "-fPIC", str(source), str(loop), "-o", str(library), "-lm"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr)
        self._loop = ctypes.CDLL(str(library)).loop
        self._header = source.with_suffix(".h").read_text(encoding="utf-8")
        self._guard = guard

    def macro(self, name: str) -> int:
        """A number that the header defines."""
        return int(self._header.partition(f"#define {self._guard}_{name} ")[2].split()[0])

    def __call__(self, inputs: dict[str, np.ndarray], calls: int = 1) -> dict[str, np.ndarray]:
        x = np.ascontiguousarray(inputs["query_x"], np.float32)
        y = np.zeros((len(x), self.macro("OUTPUTS")), np.float32)
        self._loop(x.ctypes.data_as(ctypes.c_void_p), y.ctypes.data_as(ctypes.c_void_p), len(x), calls)
        return {"prediction": y}

    def microseconds(self, inputs: dict[str, np.ndarray], calls: int = 200) -> float:
        """The least of some means: from here a single call would measure the way there and back."""
        return min(runtimes.spent(lambda given: self(given, calls), inputs, 9)) / calls
