"""What a user meets of a learner: what lies outside of training, and what a task misses, is warned of at the user's own line."""

import numpy as np
import pytest
import tensorflow as tf

from zoo.learners.learner import arrays
from zoo.models.mela import MeLA

X = [0.0, 1.0, 2.0]


def test_tensors_become_arrays():
    found = arrays({"code": tf.ones([2])})
    assert isinstance(found["code"], np.ndarray)


def test_what_lies_outside_the_range_of_training_is_warned_of_at_the_callers_line(tiny):
    learner = MeLA(tiny.config)
    learner.input_range = (-5.0, 5.0)
    learner.learn([5.0], [1.0])
    with pytest.warns(UserWarning, match=r"x holds 7.5, outside the range \[-5, 5\]") as caught:
        learner.learn([7.5], [1.0])
    assert caught[0].filename == __file__


@pytest.fixture
def knowing(tiny):
    """A learner whose entry says what it knows: labels from -1 to 1."""
    learner = MeLA(tiny.config, name="knowing")
    learner.label_range, learner.knows = (-1.0, 1.0), "waves of height 1"
    return learner


def test_labels_far_outside_of_training_are_warned_of(knowing, monkeypatch):
    monkeypatch.setattr(knowing, "_warn_of_misfit", lambda *_: None, raising=False)
    knowing.learn([0.0], [1.1])  # noise
    with pytest.warns(UserWarning, match=r"y holds 9, outside the range \[-1, 1\]") as caught:
        knowing.learn([0.0], [9.0])
    assert caught[0].filename == __file__


def test_a_task_that_misses_its_own_examples_is_warned_of_with_what_the_learner_knows(knowing):
    with pytest.warns(UserWarning, match=r"misses its own examples by .* knowing knows waves of height 1; what it predicts"):
        task = knowing.learn([0.0, 1.0, 2.0], [1.0, -1.0, 1.0])
    with pytest.warns(UserWarning, match="misses its own examples"):
        task.update([3.0], [-1.0])


def test_a_learner_that_says_nothing_of_itself_warns_of_nothing(tiny):
    assert (tiny.knows, tiny.label_range) == ("", None)
    tiny.learn(X, [1.0, 900.0, -900.0])


@pytest.mark.parametrize("shape", [lambda x: x, lambda x: 0 * x + 1, lambda x: 0 * x + 3, lambda x: 3 * np.sin(3 * x)])
def test_the_shipped_waves_say_what_they_know(shipped, shape):
    x = np.linspace(-4, 4, 10)
    with pytest.warns(UserWarning, match="misses its own examples by .* knows sine waves .* of amplitude A up to 5"):
        shipped("mela_sinusoid").learn(x, shape(x))


@pytest.mark.parametrize("name", ["mela_sinusoid", "maml_sinusoid", "metasgd_sinusoid"])
def test_no_wave_of_training_is_warned_of(shipped, name):
    from zoo.hub import registry

    benchmark = registry.entry(name).benchmark
    for condition in ({"support": 10, "noise": 0.0}, {"support": 10, "noise": 0.1}, {"support": 2, "noise": 0.0}):
        drawn = benchmark.draw(20, 5, **condition)
        if name == "maml_sinusoid" and condition["support"] < 10:
            continue  # trained on ten points, it misses fewer by far, and says so
        for x, y in zip(drawn.support_x, drawn.support_y, strict=True):
            shipped(name).learn(x, y)
