"""Promises about supports: padding, order, rows without a label, sizes that are none, missing numbers, and chance."""

import numpy as np
import pytest

from promises.answers import assert_close, assert_identical
from promises.promise import is_learner, promise, tells_classes
from promises.subject import ROWS, SAME, Subject, example, same
from zoo.learners import made
from zoo.learners.set_learner import SetLearner
from zoo.utils.errors import ZooError

GARBAGE = (np.nan, np.inf, -np.inf, 1e30)
LARGEST = 2**31 - 1


@promise(of=is_learner)
def rows_of_padding_change_nothing(subject: Subject) -> None:
    """In any endpoint, to the last bit, whatever they hold; and none at all changes nothing either."""
    for name, endpoint in subject.supported.items():
        for size in (1, 4):
            inputs = example(endpoint, len(GARBAGE))
            inputs["support_size"][:] = size
            dirty = {key: value.copy() for key, value in inputs.items()}
            for key in ("support_x", "support_y"):
                inputs[key][:, size:] = 0.0
                for task, garbage in enumerate(GARBAGE):
                    dirty[key][task, size:] = garbage
            want = endpoint.run(**inputs)
            assert_identical(name, endpoint.run(**dirty), want)
            trimmed = endpoint.run(**inputs | {key: inputs[key][:, :size] for key in ("support_x", "support_y")})
            assert_close(endpoint, name, trimmed, {key: _cut(value, trimmed[key].shape) for key, value in want.items()})


@promise(of=is_learner)
def a_size_outside_the_support_counts_as_the_nearest_inside(subject: Subject) -> None:
    for name, endpoint in subject.supported.items():
        inputs = example(endpoint, 4)
        known = inputs | {"support_size": np.array([1, 1, ROWS, ROWS], np.int32)}
        wrong = inputs | {"support_size": np.array([0, -1, ROWS + 1, LARGEST], np.int32)}
        want = endpoint.run(**known)
        assert_identical(name, endpoint.run(**wrong), want)
        assert all(np.isfinite(value).all() for value in want.values()), name
    episode = subject.episode((ROWS, ROWS))
    support = episode["support_x"], episode["support_y"]
    graphs = subject.model.graphs
    for sizes, meant in (((0, ROWS + 1), (1, ROWS)), ((-1, LARGEST), (1, ROWS))):
        got, want = (graphs.adapt(*support, np.array(each, np.int32)) for each in (sizes, meant))
        assert_identical("graphs.adapt", got, want)


@promise(of=is_learner, unless=("ordered", True))
def the_order_of_the_support_changes_nothing(subject: Subject) -> None:
    """As exactly as the processor's products allow where a set is read; sums of gradients may round otherwise."""
    episode, model = subject.episode((ROWS, ROWS)), subject.model
    order = np.random.default_rng(1).permutation(ROWS)
    shuffled = episode | {key: episode[key][:, order] for key in ("support_x", "support_y")}
    np.testing.assert_allclose(subject.answers(shuffled)["prediction"], subject.answers(episode)["prediction"], **SAME)
    adapt, axes = subject.endpoints["adapt"], model.task_axes()
    got, want = (adapt.run(**{key: each[key] for key in adapt.inputs}) for each in (shuffled, episode))
    for key, value in want.items():
        if set(axes[key]) - {"tasks", "ways", None}:  # a learned task that keeps the examples as they came
            continue
        if isinstance(model, SetLearner):
            same(got[key], value)
        else:
            np.testing.assert_allclose(got[key], value, err_msg=key, **SAME)


@promise(of=tells_classes, unless=("reads_unlabelled", False))
def a_row_without_a_label_changes_nothing(subject: Subject) -> None:
    """In any endpoint that answers queries."""
    assert subject.model.reads_unlabelled
    episode = subject.episode((4, 4))
    more = {key: episode[key].copy() for key in episode}
    more["support_x"] = np.concatenate([made.episode(subject.model, (2, 2), seed=5)["support_x"], episode["support_x"]], axis=1)
    more["support_y"] = np.concatenate([np.zeros_like(episode["support_y"][:, :2]), episode["support_y"]], axis=1)
    more["support_size"] = episode["support_size"] + 2
    steps = {"steps": np.array([1, 3], np.int32)}
    for name in ("serving_default", "fine_tune"):
        if name in subject.endpoints:
            endpoint = subject.endpoints[name]
            got, want = (endpoint.run(**{key: (each | steps)[key] for key in endpoint.inputs}) for each in (more, episode))
            assert_close(endpoint, name, got, want)


@promise(of=is_learner)
def a_missing_number_is_refused_unless_the_example_says_otherwise(subject: Subject) -> None:
    model = subject.model
    x, y = made.support(model, 6)
    query = made.queries(model)
    task = subject.task
    for bad in (np.nan, np.inf):
        holed, asked = x.copy(), query.copy()
        holed[1].flat[0], asked[1].flat[0] = bad, bad
        may_be = np.isnan(bad)
        if may_be and model.example.missing:
            assert np.isfinite(model.learn(holed, y).answers(query)).all()
        else:
            with pytest.raises(ZooError, match=r"x holds .*\(first in row 1\b"):
                model.learn(holed, y)
        if may_be and model.query.missing:
            assert np.isfinite(task.answers(asked)).all()
        else:
            with pytest.raises(ZooError, match=r"x holds .*\(first in row 1\b"):
                task.predict(asked)


@promise(of=tells_classes)
def labels_that_say_nothing_are_guessed_by_chance(subject: Subject) -> None:
    """Examples and labels at random: whoever is right more often has seen the labels of the queries."""
    labels, generator, tasks = subject.model.labels, np.random.default_rng(4), 100
    episode = subject.episode((6,) * tasks, seed=6)
    truth = np.stack([labels.random(generator, 5) for _ in range(tasks)])
    chance = 1.0 - 1.0 / truth.shape[-1]
    assert abs(labels.error(subject.answers(episode)["prediction"], truth).mean() - chance) < 0.1


def _cut(value: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    return value[tuple(slice(size) for size in shape)]
