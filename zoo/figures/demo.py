"""The demo: a wave learned from ten points in one forward pass, drawn, and exported to three formats that agree."""

import time
from pathlib import Path
from typing import Any

import numpy as np

from zoo import export
from zoo.export import as_litert, as_onnx, as_saved_model
from zoo.figures import style
from zoo.hub import registry, task_folder
from zoo.learners.task_model import TaskModel
from zoo.utils import files

NAME, SEED, POINTS = "mela_sinusoid", 7, 10
OTHERS = files.other_than(
    *("wave.png", "wave.onnx", "wave.tflite", "wave", "wave_saved_model"),
    *(f"wave/{name}" for name in task_folder.CONTENT),
    *(f"wave_saved_model/{name}" for name in as_saved_model.CONTENT),
)


def make(folder: str | Path, force: bool = False) -> dict[str, Any]:
    """Learn, draw and export into a folder.

    Returns:
        What was done, as plain data: the amplitude and phase of the wave, the error, the seconds, and for each format its size
        and its largest difference from the live model along the drawn curve.

    Raises:
        ZooError: if the folder exists and `force` is false.
    """
    files.refuse_existing(folder, force)  # before anything is learned
    generator = np.random.default_rng(SEED)
    amplitude, phase = generator.uniform(1, 5), generator.uniform(0, np.pi)
    x = generator.uniform(-5, 5, POINTS)
    y = amplitude * np.sin(x - phase)
    learner = registry.load(NAME)
    learner.learn(x, y).predict(x)  # the first call compiles

    start = time.perf_counter()
    task = learner.learn(x, y)
    seconds = time.perf_counter() - start

    curve = np.linspace(-5, 5, 200)
    predicted, truth = task.predict(curve), amplitude * np.sin(curve - phase)
    with files.written_aside(folder, force, OTHERS) as aside:
        aside.mkdir()
        task_folder.save(task, aside / "wave", {"examples": ["x"], "labels": ["y"], "rows": POINTS})
        _draw(aside / "wave.png", (x, y), (curve, truth, predicted), f"{NAME}: ten points, one forward pass")
        formats = _export(task, aside, curve, predicted)
    return {
        "folder": str(folder),
        "amplitude": amplitude,
        "phase": phase,
        "mean_squared_error": float(np.mean((predicted - truth) ** 2)),
        "learn_seconds": seconds,
        "task_bytes": task.nbytes,
        "formats": formats,
    }


def report(facts: dict[str, Any]) -> str:
    """The facts of a demo as a few lines to read."""
    lines = [
        f"learned y = {facts['amplitude']:.2f} sin(x - {facts['phase']:.2f}) from {POINTS} points "
        f"in {1e3 * facts['learn_seconds']:.1f} ms: mean squared error {facts['mean_squared_error']:.2g} along the curve",
        f"the task model has {facts['task_bytes']:,} bytes; exported, and run in its own runtime:",
    ]
    for about in facts["formats"].values():
        lines.append(f"  {about['file']:18} {about['bytes']:>8,} bytes, differs from the live model by {about['difference']:.1e}")
    return "\n".join([*lines, f"look at {facts['folder']}/wave.png"])


def _export(task: TaskModel, folder: Path, curve: np.ndarray, predicted: np.ndarray) -> dict[str, Any]:
    query = {"query_x": curve.astype(np.float32)[:, None]}
    formats = {}
    for name, file, write, run in (
        ("SavedModel", "wave_saved_model", export.saved_model, lambda path: as_saved_model.runner(path)("serving_default")),
        ("ONNX", "wave.onnx", export.onnx, as_onnx.runner),
        ("LiteRT", "wave.tflite", export.litert, lambda path: as_litert.runner(path)("serving_default")),
    ):
        path = folder / file
        write(task, path)
        answers = run(path)(query)["prediction"][:, 0]
        size = sum(part.stat().st_size for part in ([path] if path.is_file() else path.rglob("*")) if part.is_file())
        formats[name] = {"file": file, "bytes": size, "difference": float(np.max(np.abs(answers - predicted)))}
    return formats


def _draw(path: Path, points: tuple, curves: tuple, title: str) -> None:
    figure, axes = style.axes()
    x, truth, predicted = curves
    axes.plot(x, truth, color=style.TRUTH, linewidth=6, alpha=0.5, label="the wave")
    axes.plot(x, predicted, color=style.LEARNED, label="the task model")
    axes.plot(*points, "o", color=style.POINTS, label="ten labelled points")
    axes.set(title=title, xlabel="x", ylabel="y")
    axes.legend(frameon=False)
    figure.savefig(path, dpi=150)
    style.plt.close(figure)
