"""A task that was saved, for tests of what is kept of it and of what is refused."""

import copy
import shutil

import pytest
from table_means import TableMeans

import zoo


@pytest.fixture
def saved(written, tmp_path):
    """A task, and in a folder of each test's own what was saved of it: `wave/`, and the learner."""
    folder, task = written
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    return copy.deepcopy(task, {id(task.learner): task.learner})


@pytest.fixture(scope="module")
def written(tiny, tmp_path_factory):
    folder = tmp_path_factory.mktemp("written")
    tiny.save(folder / "model.keras")
    task = zoo.load(str(folder / "model.keras")).learn([0.0, 1.0], [1.0, 2.0])
    zoo.save_task(task, folder / "wave", {"labels": ["y"]})
    return folder, task


@pytest.fixture(scope="module")
def tabulated(tmp_path_factory):
    """A folder that holds a task of a table, `patients/`, and the task."""
    folder = tmp_path_factory.mktemp("tabulated")
    TableMeans().save(folder / "model.keras")
    rows = {"age": [20, 30, None, 70], "city": ["Bonn", "Rome", "Bonn", "Rome"]}
    task = zoo.load(str(folder / "model.keras")).learn(rows, ["a", "a", "b", "b"])
    zoo.save_task(task, folder / "patients", {"examples": ["age", "city"], "labels": ["state"]})
    return folder, task
