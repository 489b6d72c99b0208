"""Episodes with unlabelled rows and distractors, on data whose every example holds its class and its number."""

import dataclasses

import numpy as np
import pytest
from streams import same, steps

from zoo.datasets import Augmentation, InMemory, Labelled, LabelSplit, NWay, SemiSupervised
from zoo.utils.errors import ZooError


def numbered_examples(classes, first):
    """Examples `(class, number within it)`, twenty of each class."""
    x = [(first + each, number) for each in range(classes) for number in range(20)]
    return Labelled(np.array(x, np.float32), tuple(range(first, first + classes)), np.full(classes, 20))


SOURCE = InMemory(numbered_examples(14, 0), numbered_examples(12, 1000), numbered_examples(11, 500))
EPISODES = SemiSupervised(SOURCE, ways=4, unlabelled=3, distractors=(0, 3))
FREE = {"ways": 5, "shots": 1, "unlabelled": 5}


def check(support_x, support_y, support_size, query_x, query_y, ways, unlabelled, distractors):
    """All that must hold of one task; returns the classes of its rows without a label."""
    rows = ways + (ways + distractors) * unlabelled
    assert support_size == rows
    told = support_y[:rows].sum(axis=1)
    assert told[:ways].all() and not told[ways:].any()
    label = support_y[:ways].argmax(axis=1)
    of_label = dict(zip(label, support_x[:ways, 0], strict=True))
    assert len(set(of_label.values())) == ways
    assert [of_label[each] for each in query_y.argmax(axis=1)] == query_x[:, 0].tolist()
    everything = np.concatenate([support_x[:rows], query_x])
    assert len(np.unique(everything, axis=0)) == len(everything)  # no example comes twice
    free = support_x[ways:rows, 0]
    classes, counts = np.unique(free, return_counts=True)
    assert counts.tolist() == [unlabelled] * (ways + distractors)
    assert set(of_label.values()) <= set(classes.tolist())
    return free


def test_training_shows_labels_of_the_split_only_and_as_many_distractors_as_are_drawn():
    known = {tuple(row) for row in LabelSplit(SOURCE).load("train").x}
    seen, shuffled = set(), 0
    for inputs, truth in steps(EPISODES.stream(2, seed=1), 30):
        size = inputs["support_size"]
        distractors = (size[0] - 4) // 3 - 4
        seen.add(int(distractors))
        assert set(size) == {inputs["support_x"].shape[1]}
        for task in range(2):
            parts = [inputs[f"support_{part}"][task] for part in ("x", "y", "size")]
            free = check(*parts, inputs["query_x"][task], truth[task], 4, 3, distractors)
            shuffled += bool((np.diff(free) < 0).any())
            labelled = [*map(tuple, inputs["support_x"][task, :4]), *map(tuple, inputs["query_x"][task])]
            assert set(labelled) <= known
            assert not {tuple(row) for row in inputs["support_x"][task, 4:]} & known
    assert seen == {0, 1, 2, 3}
    assert shuffled == 60


def test_a_stream_goes_on_where_it_was():
    whole, rest = steps(EPISODES.stream(1, seed=2), 56), steps(EPISODES.stream(1, seed=2, start=53), 3)
    assert all(same(one, other) for one, other in zip(whole[53:], rest, strict=True))
    assert not same(whole[0], steps(EPISODES.stream(1, seed=3), 1)[0])
    assert not same(whole[0], steps(dataclasses.replace(EPISODES, split=1).stream(1, seed=2), 1)[0])


def test_episodes_of_labelled_examples_only():
    for inputs, truth in steps(dataclasses.replace(EPISODES, unlabelled=0).stream(1, seed=1), 3):
        assert inputs["support_x"].shape == (1, 4, 2)
        assert inputs["support_size"].tolist() == [4]
        assert inputs["support_y"].sum() == truth.sum() == 4


@pytest.mark.parametrize("per_class", [False, True])
def test_every_picture_is_distorted_and_none_is_another(per_class):
    pictures = Labelled(np.random.default_rng(0).uniform(size=[160, 8, 8, 1]), tuple(range(8)), np.full(8, 20))
    plain = SemiSupervised(InMemory(pictures), ways=3, unlabelled=2, distractors=(1, 2), rotations=True, mirrors=True)
    bent = dataclasses.replace(plain, augment=Augmentation(probability=1.0, per_class=per_class))
    for (inputs, truth), (moved, label) in zip(*(steps(each.stream(1, seed=1), 4) for each in (plain, bent)), strict=True):
        np.testing.assert_array_equal(truth, label)
        for name in ("support_y", "support_size"):
            np.testing.assert_array_equal(inputs[name], moved[name])
        for name in ("support_x", "query_x"):
            apart = np.abs(inputs[name] - moved[name]).reshape(-1, 64).max(axis=1)
            assert (apart > 1e-3).all() and moved[name].shape == inputs[name].shape


def test_tasks_of_evaluation_say_which_rows_are_distractors():
    condition = EPISODES.conditions()[1]
    assert condition == FREE | {"distractors": 5}
    drawn = EPISODES.draw(120, 1, **condition)
    assert drawn.query_x.shape == (120, 5 * 14, 2)
    assert set(drawn.inputs) == {"support_x", "support_y", "support_size", "query_x"}
    for parts in zip(*drawn, strict=True):
        free = check(*parts[:5], 5, 5, 5)
        of_classes = set(parts[3][:, 0])
        assert parts[5].tolist() == [False] * 5 + [each not in of_classes for each in free]
        assert parts[5].sum() == 25
    assert drawn.support_x[:, :, 0].min() >= 1000
    assert same(EPISODES.draw(120, 1, **condition), drawn)
    assert not same(EPISODES.draw(120, 2, **condition), drawn)
    none = EPISODES.draw(3, 1, **EPISODES.conditions()[0])
    assert not none.distractor.any() and none.support_size.tolist() == [30] * 3


def test_tasks_without_unlabelled_rows_are_those_of_other_learners():
    plain = EPISODES.conditions()[2]
    assert plain == {"ways": 5, "shots": 1}
    assert same(EPISODES.draw(4, 1, **plain), NWay(SOURCE).draw(4, 1, **plain))
    assert EPISODES.validation_condition() == FREE | {"distractors": 5, "part": "validation"}
    assert EPISODES.draw(2, 1, **EPISODES.validation_condition()).support_x.max() < 1000
    assert dataclasses.replace(EPISODES, training_splits=("train", "validation")).validation_condition() is None


def test_calibration_is_on_validation_classes_under_each_condition():
    tasks = EPISODES.calibration_tasks()
    assert [each.support_x.shape[1] for each in tasks] == [30, 55, 5]
    assert all(each.support_x[..., 0].min() >= 500 and each.support_x[..., 0].max() < 1000 for each in tasks)
    few = dataclasses.replace(EPISODES, source=InMemory(SOURCE.train, SOURCE.test, numbered_examples(6, 500)))
    assert [each.support_x.shape[1] for each in few.calibration_tasks()] == [30, 5]


def test_embedded_tasks_are_the_same_tasks():
    embedded = EPISODES.embedded(lambda rows: np.concatenate([rows, -rows], axis=1))
    drawn, plain = (each.draw(3, 1, **EPISODES.conditions()[1]) for each in (embedded, EPISODES))
    np.testing.assert_array_equal(drawn.support_x, np.concatenate([plain.support_x, -plain.support_x], axis=2))
    np.testing.assert_array_equal(drawn.distractor, plain.distractor)
    np.testing.assert_array_equal(EPISODES.score(plain.query_y, plain)[0][1], np.zeros(3))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: SemiSupervised(SOURCE, ways=1), "ways=1, shots=1"),
        (lambda: SemiSupervised(SOURCE, unlabelled=-1), "unlabelled=-1"),
        (lambda: SemiSupervised(SOURCE, distractors=(2, 1)), r"distractors=\(2, 1\)"),
        (lambda: SemiSupervised(SOURCE, training_splits=("test",)), "never from 'test'"),
        (lambda: SemiSupervised(SOURCE, shots=2).stream(1, 1), "2 examples with a label, but an episode needs 3"),
        (lambda: SemiSupervised(SOURCE, unlabelled=19).stream(1, 1), "18 examples with no label, but an episode needs 19"),
        (lambda: SemiSupervised(SOURCE, ways=12, distractors=(0, 3)).stream(1, 1), "15 classes of 14"),
        (lambda: EPISODES.draw(1, 1, distractors=1), "distractors=1 without unlabelled"),
        (lambda: EPISODES.draw(1, 1, unlabelled=1, part="train"), "part='train' is trained on"),
        (lambda: EPISODES.draw(0, 1, unlabelled=1), "tasks=0"),
        (lambda: EPISODES.draw(1, 1, unlabelled=20), "needs 22"),
    ],
)
def test_what_cannot_be_drawn_is_refused(make, message):
    with pytest.raises(ZooError, match=message):
        make()
