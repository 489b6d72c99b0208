"""Learners of sequences, of which a small MANN stands for all: labels come a step late, and a fold goes on where it stopped."""

import keras
import numpy as np
import pytest

from zoo.layers.prototypes import NO_EXAMPLE
from zoo.learners.meta_learner import support_of
from zoo.models import mann
from zoo.utils.errors import ZooError

G = np.random.default_rng(0)
X = G.uniform(size=[2, 7, 6, 6, 1]).astype(np.float32)
LABEL = np.array([[2, 0, 1, 0, 2, 1, 1], [0, 1, 2, 0, 1, 2, 0]])
Y = np.eye(3, dtype=np.float32)[LABEL]
SIZE = np.array([7, 7], np.int32)


@pytest.fixture(scope="module", params=["memory", "LSTM"])
def learner(request):
    keras.utils.set_random_seed(0)
    return mann.tiny()[request.param]


def test_a_label_is_met_one_step_later_and_never_before(learner):
    want = learner.answer_stream(X, Y).numpy()
    for place in range(7):
        changed = Y.copy()
        changed[:, place] = np.roll(changed[:, place], 1, axis=1)
        got = learner.answer_stream(X, changed).numpy()
        np.testing.assert_array_equal(got[:, : place + 1], want[:, : place + 1])
        if place < 6:
            assert np.abs(got[:, place + 1] - want[:, place + 1]).max() > 1e-6
        later = X.copy()
        later[:, place] = 0.0
        np.testing.assert_array_equal(learner.answer_stream(later, Y)[:, :place], want[:, :place])


def test_a_stream_is_answered_as_tasks_learned_step_by_step(learner):
    """With classes that appear in the order of their columns, whose slots are then the columns."""
    x, y = X[1:], Y[1:]
    want = learner.answer_stream(x, y).numpy()[0]
    for place in range(3, 7):
        task = learner.adapt(x[:, :place], y[:, :place], np.array([place], np.int32))
        np.testing.assert_allclose(learner.apply(task, x[:, place:])[0, 0], want[place], rtol=1e-4, atol=1e-5)


def test_to_grow_is_to_go_on(learner):
    whole = learner.adapt(X, Y, SIZE)
    first = learner.adapt(X[:, :3], Y[:, :3], np.array([3, 3], np.int32))
    grown = learner.update(first, X[:, 3:], Y[:, 3:], np.array([4, 4], np.int32))
    assert set(grown) == set(whole) == set(learner.task_axes())
    for name, part in whole.items():
        np.testing.assert_allclose(grown[name], part, rtol=1e-4, atol=1e-5, err_msg=name)


def test_padding_and_rows_without_a_label_are_no_steps(learner):
    x, y = np.full([2, 10, 6, 6, 1], np.nan, np.float32), np.full([2, 10, 3], np.nan, np.float32)
    places = [0, 1, 3, 4, 5, 6, 7]
    x[:, 2], y[:, 2] = 1.0, 0.0
    x[:, places], y[:, places] = X, Y
    got, want = learner.adapt(x, y, SIZE + 1), learner.adapt(X, Y, SIZE)
    for name, part in want.items():
        np.testing.assert_allclose(got[name], part, rtol=1e-5, atol=1e-6, err_msg=name)


def test_queries_leave_no_trace_on_each_other(learner):
    task = learner.adapt(X, Y, SIZE)
    together = learner.apply(task, X).numpy()
    for at in range(7):
        np.testing.assert_allclose(learner.apply(task, X[:, at : at + 1])[:, 0], together[:, at], rtol=1e-5, atol=1e-6)


def test_names_mean_nothing_and_classes_without_a_slot_are_never_answered(learner):
    want = learner.apply(learner.adapt(X, Y, SIZE), X).numpy()
    np.testing.assert_allclose(learner.apply(learner.adapt(X, Y[:, :, ::-1], SIZE), X)[:, :, ::-1], want, rtol=1e-5)
    wide = np.eye(5, dtype=np.float32)[np.array([[4, 3, 1, 0, 2, 4, 3]] * 2)]
    logits = learner.apply(learner.adapt(X, wide, SIZE), X).numpy()
    assert (logits[:, :, [0, 2]] == NO_EXAMPLE).all() and (logits[:, :, [1, 3, 4]] > NO_EXAMPLE).all()
    assert (learner.answer_stream(X, wide).numpy()[:, :, 3:] == NO_EXAMPLE).all()
    with pytest.raises(ZooError, match=r"y holds 4 classes, but .* tells 3 apart"):
        learner.learn(X[0], [0, 1, 2, 3, 0, 1, 2])


def test_an_episode_trains_by_its_queries_and_a_stream_by_every_step(learner):
    episode = {"support_x": X, "support_y": Y, "support_size": SIZE, "query_x": X[:, :2]}
    np.testing.assert_allclose(learner(episode, training=True), learner.apply(learner.adapt(*support_of(episode)), X[:, :2]))
    np.testing.assert_allclose(
        learner({"stream_x": X, "stream_y": Y}, training=True), learner.answer_stream(X, Y), rtol=1e-5, atol=1e-6
    )
