"""A classifier on Lake's own 20 runs: the refusal of any that cannot answer them, and the error rate over all 400 trials."""

from pathlib import Path
from typing import Any

import numpy as np

from zoo.datasets.episodes.lake_runs import LakeRuns
from zoo.datasets.images.omniglot import SIDE
from zoo.datasets.images.one_shot_runs import WAYS
from zoo.evaluation.scores import measured
from zoo.learners.zoo_model import ZooModel
from zoo.utils.errors import ZooError, cut


def benchmark_of(model: ZooModel, name: str, path: str | Path) -> LakeRuns:
    """The runs with drawings of the size that a model learns from.

    Args:
        model: a classifier of square grey pictures, of 20 classes or of any number.
        name: what a refusal calls it.
        path: of `all_runs.zip`.

    Raises:
        ZooError: for any other model.
    """
    shape = getattr(model, "example", None)
    sizes: tuple[Any, ...] = shape.sizes if shape is not None else ()
    is_drawing = len(sizes) == 3 and sizes[0] == sizes[1] and sizes[2] == 1 and 1 <= (sizes[0] or 0) <= SIDE
    if not model.tells_classes or not is_drawing:
        what = f"is no classifier of grey pictures (an example is {cut(shape)})" if shape else "learns nothing from examples"
        raise ZooError(
            f"{name} {what}; Lake's runs take a classifier of pictures [n, n, 1], such as protonet_omniglot_lake, [56, 56, 1]."
        )
    ways = model.labels.shape.axes
    if ways not in (("ways",), (WAYS,)):
        raise ZooError(
            f"{name} answers with labels {cut(model.labels.shape)}; Lake's runs have {WAYS} classes each: give a classifier of "
            f"{WAYS} or of any number, such as protonet_omniglot_lake."
        )
    most = getattr(model, "most_classes", None)
    if most is not None and most < WAYS:
        raise ZooError(
            f"{name} tells {most} classes apart at most; Lake's runs have {WAYS} each: give a classifier of {WAYS} or of any "
            "number, such as protonet_omniglot_lake."
        )
    return LakeRuns(path, sizes[0])


def error_rates_of_runs(model: ZooModel, benchmark: LakeRuns) -> np.ndarray:
    """Error rate of every run, float64 `[20]`, of a model as it answers at first, without further gradient steps.

    Raises:
        ZooError: if the file of the benchmark is not Lake's 20 runs.
    """
    answering, same = model.for_evaluation(benchmark)
    return measured(answering, same, same.draw(benchmark.test_tasks, 1, **benchmark.conditions()[0]))[0][1]
