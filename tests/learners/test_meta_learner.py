import dataclasses

import keras
import numpy as np
import pytest

from zoo import ZooError
from zoo.models.mela import MeLA, MeLAConfig

X, Y = [0.0, 1.0, 2.0], [1.0, 0.0, -1.0]


def test_learn_and_predict_take_lists_columns_and_arrays(tiny):
    flat = tiny.learn(X, Y).predict(X)
    column = tiny.learn(np.array(X)[:, None], np.array(Y)[:, None]).predict(np.array(X)[:, None])
    assert flat.shape == (3,)
    assert column.shape == (3, 1)
    np.testing.assert_array_equal(flat, column[:, 0])


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        ([], [], "x is empty"),
        ([[]], [1.0], "x is empty"),
        ([1.0, 2.0], [1.0], "x has 2 rows and y has 1"),
        ([[1.0, 2.0]], [1.0], r"x has shape \[1, 2\], but \[rows, 1\] was expected"),
        ([1.0], [[1.0, 2.0]], r"y has shape \[1, 2\], but \[rows, 1\] was expected"),
        ([1.0, np.nan], [1.0, 2.0], "x holds NaN or infinity .first in row 1"),
        ([1.0, 2.0], [1.0, np.inf], "y holds NaN or infinity .first in row 1"),
        (["a"], [1.0], "x is not an array of numbers"),
        ([[1.0], [1.0, 2.0]], [1.0, 2.0], "x is not an array of numbers"),
        (3.0, 4.0, "x is empty"),
        (None, [1.0], "x"),
    ],
)
def test_wrong_data_is_refused_with_the_remedy(tiny, x, y, message):
    with pytest.raises(ZooError, match=message):
        tiny.learn(x, y)


@pytest.mark.parametrize("x", [[], [[1.0, 2.0]], [np.nan], "points", None])
def test_wrong_queries_are_refused(tiny_task, x):
    with pytest.raises(ZooError, match=r"^x "):
        tiny_task.predict(x)


def test_learning_changes_no_weight(tiny):
    before = [value.copy() for value in tiny.get_weights()]
    tiny.learn(X, Y).predict(X)
    for one, other in zip(tiny.get_weights(), before, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_saved_learner_keeps_its_configuration(tmp_path):
    config = MeLAConfig(row_widths=(3,), pool=4, code=3, task_widths=(5, 4, 3), pooling="mean", output_scale=2.0)
    learner = MeLA(config, name="odd")
    learner.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    assert loaded.config == config
    assert loaded.name == "odd"
    np.testing.assert_array_equal(loaded.learn(X, Y).predict(X), learner.learn(X, Y).predict(X))


def test_config_is_frozen(tiny):
    with pytest.raises(dataclasses.FrozenInstanceError):
        tiny.config.code = 3


def test_call_is_apply_after_adapt(tiny):
    episode = {
        "support_x": np.ones((2, 3, 1), np.float32),
        "support_y": np.ones((2, 3, 1), np.float32),
        "support_size": np.array([3, 1], np.int32),
        "query_x": np.ones((2, 4, 1), np.float32),
    }
    task = tiny.adapt(episode["support_x"], episode["support_y"], episode["support_size"])
    np.testing.assert_array_equal(tiny(episode), tiny.apply(task, episode["query_x"]))


def test_a_task_model_says_what_it_is(tiny_task):
    assert repr(tiny_task) == f"<TaskModel of tiny: 4 tensors, {tiny_task.nbytes} bytes>"
    assert tiny_task.nbytes == 4 * (6 + 6 + 6 + 1)
