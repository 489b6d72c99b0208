"""The file itself; what damage, declared sizes and plain Keras models lead to is in `test_registry.py`."""

import io
import json
import random
import zipfile

import h5py
import numpy as np
import pytest

from zoo import ZooError
from zoo.hub import keras_file


def test_a_whole_file_is_the_learner_that_was_saved(tiny, tmp_path):
    tiny.save(tmp_path / "model.keras")
    loaded = keras_file.load(tmp_path / "model.keras")
    assert loaded.config == tiny.config
    for weight, other in zip(loaded.get_weights(), tiny.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, other)


def test_no_file_is_an_error(tmp_path):
    for path in ("gone.keras", "."):
        with pytest.raises(ZooError, match="there is no such file"):
            keras_file.load(tmp_path / path)


def test_seeds_may_be_large():
    assert keras_file._largest({"a": [{"seed": 10**12, "units": -7}], "b": "1000", "c": None, "d": 1e12}) == (7, 1)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"task_widths": [1000, 1000], "generator_widths": [100]},
            r"asks for a model of \d{3},\d{3},\d{3} numbers",
        ),
        ({"row_widths": [4096] * 3}, "asks for a model of"),
        ({"row_widths": [8] * 3000}, "holds a list of 3,000 values, and the weights are"),
    ],
)
def test_a_model_of_more_numbers_than_its_weights_is_refused_before_it_is_made(tiny, tmp_path, changes, message):
    path = tmp_path / "model.keras"
    tiny.save(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    config = json.loads(parts["config.json"])
    config["config"]["config"] |= changes
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in (parts | {"config.json": json.dumps(config)}).items():
            archive.writestr(name, data)
    with pytest.raises(ZooError, match=message):
        keras_file.load(path)


def test_loading_draws_no_more_at_random_than_making_does(tiny, tmp_path):
    tiny.save(tmp_path / "model.keras")
    drawn = []
    for known in (True, False):
        random.seed(0)
        keras_file.load(tmp_path / "model.keras", known)
        drawn.append(random.random())
    assert drawn[0] == drawn[1]


def test_weights_that_are_no_real_numbers_are_refused(tiny, tmp_path):
    path = tmp_path / "model.keras"
    tiny.save(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    file = io.BytesIO(parts["model.weights.h5"])
    with h5py.File(file, "r+") as weights:
        found = []
        weights.visititems(lambda name, part: found.append(name) if isinstance(part, h5py.Dataset) else None)
        name = found[0]
        values = weights[name][()]
        del weights[name]
        weights[name] = values * 1j
    with zipfile.ZipFile(path, "w") as archive:
        for part, data in (parts | {"model.weights.h5": file.getvalue()}).items():
            archive.writestr(part, data)
    with pytest.raises(ZooError, match="holds complex64, and weights are real numbers"):
        keras_file.load(path)
