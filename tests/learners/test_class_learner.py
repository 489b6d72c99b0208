"""Learners of classes, of which a small prototypical network stands for all: names in, names out, and growing."""

import keras
import numpy as np
import pytest

import zoo
from zoo import ZooError
from zoo.learners.ways import pad_ways
from zoo.models.prototypical import PrototypicalConfig, PrototypicalNetwork

GENERATOR = np.random.default_rng(0)
X = GENERATOR.uniform(size=[9, 8, 8, 1]).astype(np.float32)
NAMES = ["oak", "elm", "ash", "elm", "oak", "ash", "elm", "elm", "oak"]


@pytest.fixture(scope="module")
def learner():
    keras.utils.set_random_seed(0)
    return PrototypicalNetwork(PrototypicalConfig(size=8, filters=(4, 6), shrink=("pool", "stride")), name="small")


@pytest.fixture(scope="module")
def task(learner):
    return learner.learn(X, NAMES)


def test_predicts_the_names_it_was_given(task):
    assert task.classes == ("ash", "elm", "oak")
    predicted = task.predict(X)
    assert set(predicted) <= set(NAMES)
    assert list(predicted) == [task.classes[at] for at in task.logits(X).argmax(axis=1)]
    odds = task.predict_proba(X)
    assert odds.shape == (9, 3)
    np.testing.assert_allclose(odds.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(np.log(odds[:, :1] / odds), task.logits(X)[:, :1] - task.logits(X), rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ([3, 7, 3, 7], "i"),
        ([True, False, True, True], "b"),
        (np.array([["a"], ["b"], ["a"], ["b"]], object), "U"),
        ([1.0, 2.0, 2.0, 1.0], "f"),
    ],
)
def test_labels_of_any_kind_come_back_as_they_went_in(learner, given, kind):
    task = learner.learn(X[:4], given)
    assert task.classes == tuple(sorted(set(np.ravel(given).tolist())))
    assert task.predict(X).dtype.kind == kind


@pytest.mark.parametrize(
    ("y", "message"),
    [
        ([], "y has shape .0., but one class for each example"),
        ([[0, 1], [1, 0]], "one class for each example"),
        ([0.5, 1.0], "not whole, such as 0.5"),
        ([np.nan, 1.0], r"y is missing \(nan\) in row 0"),
        ([None, "a"], r"y is missing \(None\) in row 0"),
        (["a"], "x has 2 rows and y has 1"),
    ],
)
def test_labels_that_are_no_classes_are_refused(learner, y, message):
    with pytest.raises(ZooError, match=message):
        learner.learn(X[:2], y)


def test_more_examples_and_new_classes_join_without_the_old_pictures(learner, task):
    first = learner.learn(X[:4], NAMES[:4])
    grown = first.update(X[4:7], NAMES[4:7]).update(X[7:], NAMES[7:])
    assert grown.size == 9
    for name, value in task.learned.items():
        np.testing.assert_allclose(grown.learned[name], value, rtol=1e-4, atol=1e-6)
    wider = first.update(X[4:6], ["yew", "oak"])
    assert wider.classes == ("ash", "elm", "oak", "yew")
    assert wider.predict(X[4:5]) == "yew"
    assert first.classes == ("ash", "elm", "oak")
    np.testing.assert_array_equal(wider.learned["count"], [[1, 2, 2, 1]])


def test_a_saved_task_keeps_its_classes_and_grows_on(learner, tmp_path):
    learner.save(tmp_path / "model.keras")
    task = zoo.load(str(tmp_path / "model.keras")).learn(X[:4], [4, 2, 4, 2])
    zoo.save_task(task, tmp_path / "shapes")
    loaded = zoo.load_task(tmp_path / "shapes")
    assert loaded.classes == (2, 4)
    assert loaded.size == 4
    np.testing.assert_array_equal(loaded.predict(X), task.predict(X))
    assert loaded.update(X[:1], [9]).classes == (2, 4, 9)


PARTS = slice(0, 4), slice(4, 9)


def rows_of(part):
    return np.array([part.stop - part.start], np.int32)


def test_the_pure_update_and_its_endpoint_are_those_of_all_examples(learner):
    y = np.eye(3, dtype=np.float32)[None, [2, 1, 0, 1, 2, 0, 1, 1, 2]]
    first, more = (learner.adapt(X[None, rows], y[:, rows], rows_of(rows)) for rows in PARTS)
    whole = learner.adapt(X[None], y, rows_of(slice(0, 9)))
    support = X[None, PARTS[1]], y[:, PARTS[1]]
    grown = learner.endpoints()["update"](
        support_x=support[0], support_y=support[1], support_size=np.array([99], np.int32), **first
    )  # a size that is none is clamped to the five rows
    for name, want in whole.items():
        np.testing.assert_allclose(learner.merge(first, more)[name], want, rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(learner.update(first, *support, rows_of(PARTS[1]))[name], want, rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(grown[f"updated_{name}"], want, rtol=1e-4, atol=1e-6)


def test_room_for_more_classes_changes_no_answer(learner, task):
    wider = pad_ways(task.learned, learner.task_axes(), 5)
    np.testing.assert_allclose(learner.apply(wider, X[None])[0, :, :3], task.logits(X), rtol=1e-5)
    assert np.all(learner.apply(wider, X[None])[0, :, 3:] < -1e3)


def test_what_lies_outside_the_training_range_is_warned_of_at_the_callers_line(learner, task, monkeypatch):
    monkeypatch.setattr(learner, "input_range", (0.0, 1.0))
    for call in (lambda: learner.learn(X[:1] + 7, ["oak"]), lambda: task.update(X[:1] + 7, ["oak"])):
        with pytest.warns(UserWarning, match=r"outside the range \[0, 1\]") as caught:
            call()
        assert caught[0].filename == __file__


@pytest.mark.parametrize("y", [["1"], [True], np.array(["0"])])
def test_another_kind_of_name_joins_no_class(learner, y):
    task = learner.learn(X[:4], [0, 0, 1, 1])
    with pytest.raises(ZooError, match=r"y holds .*, but the classes of this task are numbers: 0, 1"):
        task.update(X[4:5], y)


def test_whole_numbers_join_as_the_classes_are(learner):
    task = learner.learn(X[:4], [0, 0, 1, 1])
    assert task.update(X[4:6], [1.0, 2.0]).classes == (0, 1, 2)
    assert all(isinstance(each, int) for each in task.update(X[4:6], [1.0, 2.0]).classes)


def test_pictures_of_bytes_are_tones_at_every_door(learner):
    bytes_, names = np.round(255 * X).astype(np.uint8), NAMES
    tones = bytes_ / 255.0
    for support in (tones, bytes_, bytes_.tolist(), bytes_[..., 0], list(bytes_.astype(np.int64))):
        task = learner.learn(support, names)
        want = learner.learn(tones, names)
        for query in (tones, bytes_, bytes_.tolist(), bytes_[..., 0]):
            np.testing.assert_allclose(task.logits(query), want.logits(tones), rtol=1e-4, atol=1e-4)
    grown = learner.learn(tones[:4], names[:4]).update(bytes_[4:], names[4:])
    np.testing.assert_allclose(grown.logits(tones), want.logits(tones), rtol=1e-3, atol=1e-3)


def test_pictures_of_0_and_1_stay_as_they_are(learner):
    ink = (X > 0.5).astype(np.uint8)
    np.testing.assert_array_equal(learner.learn(ink, NAMES).logits(ink), learner.learn(ink * 1.0, NAMES).logits(ink * 1.0))
