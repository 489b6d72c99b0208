"""The seam: learning from a user's arrays, what evaluation asks, and sizes that no graph takes at their word."""

import keras
import numpy as np
import pytest

from zoo import ZooError
from zoo.learners import made
from zoo.learners.meta_learner import MetaLearner, support_of
from zoo.models.mela import MeLA, MeLAConfig

X, Y = [0.0, 1.0, 2.0], [1.0, 0.0, -1.0]


def close(got, want):
    np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-6)


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
        (3.0, 4.0, r"x is a single number: pass \[3.0\]"),
        (None, [1.0], "x"),
    ],
)
def test_wrong_data_is_refused_with_the_remedy(tiny, x, y, message):
    with pytest.raises(ZooError, match=message):
        tiny.learn(x, y)


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


def test_call_is_apply_after_adapt(tiny):
    episode = made.episode(tiny, (3, 1), queries=4)
    np.testing.assert_array_equal(tiny(episode), tiny.apply(tiny.adapt(*support_of(episode)), episode["query_x"]))


@pytest.mark.parametrize("size", [0, -1, 4, 2**31 - 1])
def test_a_size_that_is_none_counts_as_the_nearest_that_is_one_in_every_graph(tiny, size):
    x, y, _ = support = support_of(made.episode(tiny, (3,)))
    wrong, right = np.array([size], np.int32), np.array([1 if size < 1 else 3], np.int32)
    graphs, at = tiny.graphs, x[:, 0]
    for graph, more in (
        (graphs.adapt, ()),
        (graphs.adapt_and_summarise, ()),
        (graphs.influence, ()),
        (graphs.query_scores, (x + 0.1, at)),
        (graphs.fine_tuned["code"], (np.array([2], np.int32),)),
    ):
        for got, want in zip(*(keras.tree.flatten(graph(x, y, each, *more)) for each in (wrong, right)), strict=True):
            np.testing.assert_array_equal(got, want)
    given = dict(zip(("support_x", "support_y", "support_size"), support, strict=True)) | {"query_x": x}
    for name in ("serving_default", "adapt"):
        endpoint = tiny.endpoints()[name]
        inputs = {key: given[key] for key in endpoint.inputs}
        for got, want in zip(*(endpoint(**inputs | {"support_size": each}).values() for each in (wrong, right)), strict=True):
            np.testing.assert_array_equal(got, want)


def test_evaluation_asks_for_adapt_first_and_then_for_the_steps_of_every_refiner(tiny):
    ways = tiny.variants((0, 1))
    assert ways[0] == ({"steps": 0}, {})
    assert [condition for condition, _ in ways[1:]] == [{"steps": 1, "on": "code"}, {"steps": 1, "on": "weights"}]
    episode = made.episode(tiny, (3, 1))
    for _, how in ways:
        got = tiny.answers(episode, **how).numpy()
        for task, size in enumerate((3, 1)):
            x, y = episode["support_x"][task, :size], episode["support_y"][task, :size]
            steps = {"gradient_steps": how["steps"], "on": how["on"]} if how else {}
            want = tiny.learn(x, y, **steps).predict(episode["query_x"][task])
            np.testing.assert_allclose(got[task], want, rtol=1e-3, atol=1e-5)


def test_more_than_one_step_is_answered_by_a_rollout_or_refused(tiny):
    with pytest.raises(ZooError, match="tiny learns no time series, so it cannot predict 3 steps"):
        tiny.answers(made.episode(tiny), horizon=3)


def test_a_task_model_of_every_task_drawn(tiny):
    class Drawn:
        support_x, support_y, support_size, query_x = made.episode(tiny, (3, 1)).values()

    learned = tiny.task_models(Drawn)
    assert [task.size for task in learned] == [3, 1]
    close(learned[1].predict(X), tiny.learn(Drawn.support_x[1, :1], Drawn.support_y[1, :1]).predict(X)[:, 0:1])


def test_is_abstract():
    with pytest.raises(TypeError, match="abstract"):
        MetaLearner()
