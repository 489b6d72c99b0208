"""The file itself; what damage, declared sizes and plain Keras models lead to is in `test_registry.py`."""

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
    assert keras_file._largest({"a": [{"seed": 10**12, "units": -7}], "b": "1000", "c": None, "d": 1e12}) == 7
