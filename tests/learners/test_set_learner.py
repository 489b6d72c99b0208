"""Learners that read a set: influence, sets that grow, and asking, each by its equation."""

import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

import zoo
from zoo import ZooError
from zoo.layers import absolute_determinant
from zoo.learners.asked import Asked
from zoo.learners.endpoint import Endpoint
from zoo.models.mela import MeLA, MeLAConfig

GENERATOR = np.random.default_rng(1000)


def small(outputs=1, pooling="max+mean", **changes):
    keras.utils.set_random_seed(1)
    widths = {"row_widths": (8,), "pool": 16, "code_widths": (8,), "code": 4, "generator_widths": (8,), "task_widths": (6,)}
    config = MeLAConfig(outputs=outputs, pooling=pooling, task_activation="tanh", activation="tanh", **(widths | changes))
    return MeLA(config, name="small")


@pytest.fixture(scope="module")
def learner():
    return small()


@pytest.fixture(scope="module")
def maxima():
    """One whose pool holds maxima only, so that influence can be counted."""
    return small(pooling="max")


@pytest.fixture(params=[1, 2, 3], scope="module")
def wide(request):
    """Learners of labels of several widths."""
    return small(request.param)


def support(learner, rows=6, tasks=1, seed=0):
    generator = np.random.default_rng(seed)
    shapes = ((tasks, rows, *learner.example.sizes), (tasks, rows, *learner.labels.shape.sizes))
    return *(generator.normal(size=shape).astype(np.float32) for shape in shapes), np.full(tasks, rows, np.int32)


def wave(rows=6, seed=0):
    x, y = np.random.default_rng(seed).normal(size=(2, rows)).astype(np.float32)
    return x.tolist(), y.tolist()


# Influence


def test_influence_is_the_fraction_of_pool_columns_that_an_example_wins(maxima):
    x, y, _ = support(maxima)
    rows = maxima.recognition.phi(maxima.pair(x, y)).numpy()[0]
    want = np.bincount(rows.argmax(axis=0), minlength=6) / rows.shape[1]
    np.testing.assert_allclose(maxima.influence(x[0], y[0]), want, rtol=1e-6)


def test_influence_adds_up_to_one_and_ignores_padding(learner):
    x, y, _ = support(learner, tasks=3)
    size = np.array([6, 3, 1], np.int32)
    x[1, 3:] = np.nan
    got = learner.influence_of(x, y, size).numpy()
    np.testing.assert_allclose(got.sum(axis=1), 1.0, rtol=1e-6)
    assert not got[1, 3:].any()
    assert not got[2, 1:].any()
    np.testing.assert_array_equal(got[1, :3], learner.influence(x[1, :3], y[1, :3]))


def test_of_equal_examples_the_first_has_the_influence_of_the_maximum(maxima):
    x, y = wave(3)
    got = maxima.influence([*x, x[0]], [*y, y[0]])
    np.testing.assert_array_equal(got, [*maxima.influence(x, y), 0.0])


def test_one_example_has_all_the_influence(learner):
    assert learner.influence([0.3], [1.0]).tolist() == [1.0]
    assert learner.learn([0.3], [1.0]).influence.tolist() == [1.0]


def test_a_task_knows_the_influence_of_its_support(learner):
    np.testing.assert_array_equal(learner.learn(*wave()).influence, learner.influence(*wave()))


def test_keep_learns_from_the_most_influential_in_their_order(learner):
    x, y = wave(8)
    chosen = sorted(np.argsort(-learner.influence(x, y), kind="stable")[:3])
    got, want = learner.learn(x, y, keep=3), learner.learn([x[i] for i in chosen], [y[i] for i in chosen])
    np.testing.assert_array_equal(got.predict(x), want.predict(x))
    assert got.influence.shape == (3,)
    np.testing.assert_array_equal(learner.learn(x, y, keep=8).predict(x), learner.learn(x, y).predict(x))


def test_keep_takes_the_first_of_equals():
    learner = small(pooling="mean")
    x, y = wave(5)
    np.testing.assert_array_equal(learner.learn(x, y, keep=2).predict(x), learner.learn(x[:2], y[:2]).predict(x))


@pytest.mark.parametrize("keep", [0, -1, 7])
def test_keep_out_of_range_is_refused(learner, keep):
    with pytest.raises(ZooError, match=f"keep={keep}, but there are 6 examples; keep between 1 and 6"):
        learner.learn(*wave(6), keep=keep)


# Growing support


@settings(max_examples=15, deadline=None)
@given(rows=st.integers(2, 9), data=st.data())
def test_an_updated_task_is_the_one_learned_from_the_union(learner, same, rows, data):
    at = data.draw(st.integers(1, rows - 1))
    x, y = wave(rows, seed=data.draw(st.integers(0, 99)))
    whole, grown = learner.learn(x, y), learner.learn(x[:at], y[:at]).update(x[at:], y[at:])
    for kind in ("learned", "summary"):
        for name, want in getattr(whole, kind).items():
            got = getattr(grown, kind)[name]
            same(*(part.sum(axis=1) if name.startswith("sum") else part for part in (got, want)))  # parts of one number
    np.testing.assert_array_equal(grown.influence, whole.influence)
    same(grown.predict(x), whole.predict(x))
    assert grown.size == rows


def test_updating_one_by_one_leaves_the_old_task_as_it_was(learner, same):
    x, y = wave()
    task = first = learner.learn(x[:1], y[:1])
    before = first.predict(x)
    for one, label in zip(x[1:], y[1:], strict=True):
        task = task.update([one], [label])
    same(task.predict(x), learner.learn(x, y).predict(x))
    np.testing.assert_array_equal(first.predict(x), before)


def test_the_pure_update_takes_tasks_of_different_sizes(learner):
    x, y, _ = support(learner, 7, tasks=3)
    known, more = np.array([4, 0, 2], np.int32), np.array([3, 3, 0], np.int32)
    summary = {name: part.numpy() for name, part in learner.summarize(x[:, :4], y[:, :4], known).items()}
    for part in summary.values():
        part[1] = 9 if part.dtype == np.int32 else np.nan  # of no examples: whatever its numbers
    _, size, task = learner.update(summary, known, x[:, 4:], y[:, 4:], more)
    assert size.numpy().tolist() == [7, 3, 2]
    for number, rows in enumerate((slice(0, 7), slice(4, 7), slice(0, 2))):
        want = learner.learn(x[number, rows], y[number, rows]).learned
        for name in want:
            np.testing.assert_allclose(task[name][number], want[name][0], rtol=1e-5, atol=1e-6)


def test_a_task_read_from_disk_can_be_updated(learner, same, tmp_path):
    learner.save(tmp_path / "model.keras")
    x, y = wave()
    loaded = zoo.load(str(tmp_path / "model.keras"))
    task = loaded.learn(x[:4], y[:4])
    zoo.save_task(task, tmp_path / "wave")
    read = zoo.load_task(tmp_path / "wave")
    assert read.nbytes == task.nbytes
    np.testing.assert_array_equal(read.influence, task.influence)
    same(read.update(x[4:], y[4:]).predict(x), learner.learn(x, y).predict(x))


# Asking


def derivative(learner, x, y, candidate, at, step=1e-2):
    """Equation 6 for one candidate by central differences, `[n, n]`."""
    code = learner.encode(x[None], y[None], np.array([len(x)]))
    guess = learner.learn(x, y).predict([candidate])[0]

    def enlarged_code(label):
        parts = np.append(x, [candidate], 0)[None], np.append(y, [label], 0)[None]
        return learner.encode(*(part.astype(np.float32) for part in parts), np.array([len(x) + 1])).numpy()

    def answer(label):
        moved = code + enlarged_code(label) - enlarged_code(guess)
        return learner.apply(learner.generate(moved), at[None, None].astype(np.float32)).numpy()[0, 0].astype(np.float64)

    return np.stack([answer(guess + step * e) - answer(guess - step * e) for e in np.eye(len(guess))]) / (2 * step)


def test_scores_are_determinants_of_the_derivative_by_the_candidates_label(wide):
    wide.set_weights([2 * value for value in wide.get_weights()])  # so that the derivatives are not tiny
    x, y, _ = support(wide, 3)
    candidates, at = GENERATOR.normal(size=(4, 1)), np.array([0.4])
    got = wide.ask(x[0], y[0], candidates=candidates, at=at)
    want = [abs(np.linalg.det(derivative(wide, x[0], y[0], candidate, at))) for candidate in candidates]
    assert max(want) > 1e-4
    np.testing.assert_allclose(got.scores, want, rtol=0.05, atol=0.02 * max(want))
    wide.set_weights([value / 2 for value in wide.get_weights()])


def test_many_tasks_and_candidates_at_once_are_each_alone(wide):
    x, y, size = support(wide, 4, tasks=3)
    candidates, target = (GENERATOR.normal(size=shape).astype(np.float32) for shape in ((3, 5, 1), (3, 1)))
    size[1] = 2
    together = wide.query_scores(x, y, size, candidates, target).numpy()
    for task, rows in enumerate(size):
        for number in range(5):
            alone = wide.ask(x[task, :rows], y[task, :rows], candidates=candidates[task, number : number + 1], at=target[task])
            np.testing.assert_allclose(alone.scores[0], together[task, number], rtol=1e-3, atol=1e-6)


def test_a_candidate_that_wins_no_column_has_exactly_no_say(maxima):
    x, y, size = support(maxima)
    kernel = maxima.recognition.phi.stack[-1].kernel
    kept = kernel.numpy()
    kernel.assign(tf.zeros_like(kernel))  # every row is the same: the first one wins each column
    assert not np.any(maxima.query_scores(x, y, size, np.array([[[5.0], [6.0]]], np.float32), np.ones([1, 1], np.float32)))
    kernel.assign(kept)


def test_a_known_candidate_scores_zero_and_padding_is_not_known(learner):
    x, y, _ = support(learner, 4)
    candidates = x[:, 1:3] + np.array([[0.0], [0.0]], np.float32)
    scores = learner.query_scores(x, y, np.array([2], np.int32), candidates, x[:, 0]).numpy()[0]
    assert scores[0] == 0
    assert scores[1] > 0


def test_the_best_candidate_comes_back_as_it_was_given(learner):
    x, y = wave(3)
    asked = learner.ask(x, y, candidates=[2.7, x[0], -1.1], at=0.5)
    assert isinstance(asked, Asked)
    assert asked.best == [2.7, x[0], -1.1][asked.index]
    assert asked.scores.shape == (3,)
    assert asked.scores.argmax() == asked.index
    rows = learner.ask(x, y, candidates=np.array([[2.7], [-1.1]]), at=[0.5])
    assert rows.best.shape == (1,)
    with pytest.raises(dataclasses.FrozenInstanceError):
        asked.index = 0


# What a user gets wrong


@pytest.mark.parametrize(
    ("candidates", "at", "message"),
    [
        ([[1.0, 2.0]], 0.0, r"candidates has shape \[1, 2\], but \[rows, 1\] was expected"),
        ([], 0.0, "candidates is empty"),
        ([1.0, np.nan], 0.0, "candidates holds NaN or infinity .first in row 1"),
        ([1.0], np.nan, "at holds NaN or infinity"),
        ([1.0], [1.0, 2.0], "at has shape"),
        ([1.0], None, "at"),
    ],
)
def test_wrong_questions_are_refused(learner, candidates, at, message):
    with pytest.raises(ZooError, match=message):
        learner.ask(*wave(), candidates=candidates, at=at)


def test_wrong_supports_are_refused_everywhere(learner):
    task = learner.learn(*wave())
    for call in (learner.influence, task.update, lambda x, y: learner.ask(x, y, candidates=[1.0], at=0.0)):
        for x, y in (([np.nan], [1.0]), ([1.0], [np.inf]), ([], []), ([1.0, 2.0], [1.0])):
            with pytest.raises(ZooError):
                call(x, y)


def test_what_lies_outside_the_training_range_is_warned_of_at_the_callers_line(learner, monkeypatch):
    inside = [0.5], [1.0]
    monkeypatch.setattr(learner, "input_range", (-5.0, 5.0))
    task = learner.learn(*inside)
    calls = (
        lambda x: learner.learn(x, [1.0]),
        lambda x: learner.influence(x, [1.0]),
        lambda x: task.update(x, [1.0]),
        lambda x: learner.ask(x, [1.0], candidates=[1.0], at=0.0),
        lambda x: learner.ask(*inside, candidates=x, at=0.0),
        lambda x: learner.ask(*inside, candidates=[1.0], at=x[0]),
    )
    for call in calls:
        call([5.0])
        with pytest.warns(UserWarning, match=r"holds 7.5, outside the range \[-5, 5\]") as caught:
            call([7.5])
        assert caught[0].filename == __file__


def test_the_range_of_an_entry_is_that_of_its_episodes(shipped):
    assert shipped("mela_sinusoid").input_range == (-5.0, 5.0)
    assert zoo.load("mela_sinusoid", weights=None).input_range == (-5.0, 5.0)


def test_the_determinant_of_wide_labels_converts(learner, tmp_path, monkeypatch):
    """All else in the scores of candidates is the same graph for every width."""
    spec, axes = tf.TensorSpec([None, 3, 3], tf.float32), {"matrix": ("tasks",)}
    determinant = Endpoint(lambda matrix: {"size": absolute_determinant(matrix)}, {"matrix": spec}, axes)
    monkeypatch.setattr(MeLA, "endpoints", lambda self: {"determinant": determinant})
    for name, exporter in (("onnx", zoo.export.onnx), ("litert", zoo.export.litert)):
        assert exporter(learner, tmp_path / name)["determinant"] < 2e-5
