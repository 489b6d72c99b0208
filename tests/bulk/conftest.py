"""Small learners as they travel, and their live ones, which answers are compared with."""

import functools

import keras
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from zoo import export
from zoo.bulk.carried import CarriedLearner
from zoo.bulk.job import Job
from zoo.bulk.predictor import Predictor
from zoo.bulk.shards import shards
from zoo.runtime.description import Description
from zoo.runtime.onnx_learner import OnnxLearner

GRAPHS = ("adapt", "apply", "update")


@pytest.fixture(scope="session")
def carried(tmp_path_factory):
    """Make the travelling form of a live learner, once."""

    @functools.cache
    def make(learner):
        folder = tmp_path_factory.mktemp("carried")
        graphs = [graph for graph in GRAPHS if graph in learner.endpoints()]
        for graph in graphs:
            export.onnx(learner, folder / f"{graph}.onnx", graph)
        light = OnnxLearner(Description.of(learner), {"name": learner.title, "sha256": "0"}, folder)
        return CarriedLearner.of(light, *graphs)

    return make


@pytest.fixture
def predict(carried):
    """Make the predictor of a live learner."""
    return lambda learner, **how: Predictor(carried(learner), **how)


@pytest.fixture(scope="session")
def rows_of_tables():
    """An untrained learner of tables."""
    from zoo.models import tabular

    keras.utils.set_random_seed(0)
    return next(learner for learner in tabular.tiny().values() if learner.tells_classes)


@pytest.fixture(scope="session")
def waves():
    """Tasks of sine waves as a table: lists of unequal length, ids of texts."""

    def make(tasks, seed=0, first=0):
        generator = np.random.default_rng(seed)
        sizes, asked = generator.integers(1, 9, tasks), generator.integers(1, 5, tasks)
        x = [generator.uniform(-5, 5, size).astype(np.float32) for size in sizes]
        return pa.table(
            {
                "task_id": [f"wave {first + row}" for row in range(tasks)],
                "support_x": x,
                "support_y": [(2 * np.sin(each - row)).astype(np.float32) for row, each in enumerate(x)],
                "query_x": [generator.uniform(-5, 5, size).astype(np.float32) for size in asked],
            }
        )

    return make


@pytest.fixture(scope="session")
def close():
    """Compare answers within the project's tolerance."""
    return functools.partial(np.testing.assert_allclose, rtol=1e-4, atol=1e-4)


@pytest.fixture
def tasks(tmp_path, waves):
    """Three shards of seventy tasks in row groups of twenty, and all of them as one table."""
    folder = tmp_path / "tasks"
    folder.mkdir()
    parts = [waves(70, seed, 70 * seed) for seed in range(3)]
    for seed, part in enumerate(parts):
        pq.write_table(part, folder / f"part-{seed}.parquet", row_group_size=20)
    return folder, pa.concat_tables(parts)


@pytest.fixture
def job(predict, tiny, tasks, tmp_path):
    """The job of these shards, with changes."""

    def make(workers=1, out="answers", **how):
        folder = tmp_path / out
        return Job(predict(tiny, **how), shards([str(tasks[0])], str(folder)), folder, workers=workers)

    return make
