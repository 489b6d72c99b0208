"""N-way episodes: what they promise, on data whose every example holds its class, its number and its part."""

import dataclasses
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from streams import same, steps

from zoo.datasets import Augmentation, InMemory, Labelled, NWay
from zoo.utils.errors import ZooError

TEST_CLASSES = 1000  # and above


def numbered_examples(classes, first=0, counts=(9,), groups=0):
    """Examples `(class, number within it)`, float32, of so many classes."""
    counts = np.resize(counts, classes)
    x = [(first + each, number) for each in range(classes) for number in range(counts[each])]
    names = tuple(range(first, first + classes))
    return Labelled(
        np.array(x, np.float32), names, counts, tuple(str(each // groups) for each in range(classes)) if groups else ()
    )


SOURCE = InMemory(
    numbered_examples(30, groups=6), numbered_examples(25, TEST_CLASSES, counts=(8, 20, 11)), numbered_examples(6, 500)
)


def check(support_x, support_y, support_size, query_x, query_y, ways, shots, queries):
    """All that must hold of tasks of numbered examples, whichever way they were drawn."""
    tasks = len(support_size)
    assert support_x.shape == (tasks, ways * shots[1], 2)
    assert support_y.shape == (tasks, ways * shots[1], ways)
    assert query_x.shape == (tasks, ways * queries, 2)
    assert query_y.shape == (tasks, ways * queries, ways)
    assert support_size.dtype == np.int32
    for task in range(tasks):
        size = support_size[task]
        assert not support_y[task, size:].any()
        x = np.concatenate([support_x[task], query_x[task]])
        assert len(np.unique(x, axis=0)) == len(x)  # support and query share no example, nor does either hold one twice
        for rows, labels in ((support_x[task, :size], support_y[task, :size]), (query_x[task], query_y[task])):
            assert (labels.sum(axis=-1) == 1).all()
            classes = [set(rows[labels[:, way] == 1, 0].tolist()) for way in range(ways)]
            assert all(len(each) == 1 for each in classes)  # one class to a label
            assert len(set.union(*classes)) == ways  # and one label to a class
        assert [set(query_x[task, query_y[task, :, way] == 1, 0]) for way in range(ways)] == [
            set(support_x[task, :size][support_y[task, :size, way] == 1, 0]) for way in range(ways)
        ]
        per_class = support_y[task].sum(axis=0)
        assert (per_class >= shots[0]).all()
        assert (per_class <= shots[1]).all()
        assert per_class.sum() == size
        assert (query_y[task].sum(axis=0) == queries).all()


@settings(max_examples=15)
@given(st.integers(2, 25), st.integers(1, 4), st.integers(1, 4), st.integers(1, 5), st.integers(0, 2**31))
def test_evaluation_keeps_every_promise_whatever_the_numbers(ways, shots, queries, tasks, seed):
    drawn = NWay(SOURCE).draw(tasks, seed, ways=ways, shots=shots, queries=queries)
    check(*drawn, ways, (shots, shots), queries)
    assert (drawn.support_x[..., 0] >= TEST_CLASSES).all()


@pytest.mark.parametrize(("shots", "hard"), [(2, (0, 0)), ((1, 4), (0, 0)), (1, (1, 4)), (1, (2, 3))])
def test_training_keeps_every_promise(shots, hard):
    episodes = NWay(SOURCE, ways=7, shots=shots, queries=3, hard=hard)
    low_high = (shots, shots) if isinstance(shots, int) else shots
    most = []
    for inputs, query_y in steps(episodes.stream(2, seed=5), 60):
        check(*inputs.values(), query_y, 7, low_high, 3)
        assert (inputs["support_x"][..., 0] < 30).all()
        classes = [np.unique(task[:, 0]) for task in inputs["query_x"]]
        most += [sorted(np.bincount((each // 6).astype(int), minlength=5))[::-1] for each in classes]
    if hard[0]:
        assert (np.array(most)[:, : hard[0]] >= hard[1]).all()
    else:
        assert np.mean(np.array(most)[:, 0] >= 4) < 0.5


def test_ways_and_queries_may_vary_from_step_to_step():
    drawn = steps(NWay(SOURCE, ways=(2, 6), shots=(1, 3), queries=(2, 4)).stream(3, seed=1), 120)
    seen = set()
    for inputs, query_y in drawn:
        ways, queries = query_y.shape[-1], query_y.shape[1] // query_y.shape[-1]
        check(*inputs.values(), query_y, ways, (1, 3), queries)
        seen.add((ways, queries))
    assert seen == set(itertools.product(range(2, 7), range(2, 5)))


def test_where_it_is_even_all_classes_of_an_episode_have_as_many_shots():
    drawn = steps(NWay(SOURCE, ways=4, shots=(1, 3), queries=2, even=True).stream(5, seed=1), 60)
    shown = np.concatenate([inputs["support_y"].sum(axis=1) for inputs, _ in drawn])
    assert (shown == shown[:, :1]).all() and set(shown[:, 0]) == {1, 2, 3}


def test_trials_of_twenty_ways_are_for_benchmarks_of_as_many():
    source = InMemory(numbered_examples(20, groups=20), numbered_examples(20, TEST_CLASSES, groups=20))
    found = [NWay(source, evaluation_conditions=((ways, 1),)).conditions() for ways in (5, 20)]
    assert [[each.get("within") for each in conditions] for conditions in found] == [[None], [None, "alphabet"]]


@pytest.mark.parametrize("changes", [{"shots": (1, 3), "hard": (1, 2)}, {"ways": (2, 5), "queries": (1, 3)}])
def test_a_stream_is_the_same_each_time_wherever_it_starts_and_for_each_seed_another(changes):
    episodes = NWay(SOURCE, **changes)
    whole = steps(episodes.stream(4, seed=3), 110)
    for start in (49, 103):
        assert same(whole[start : start + 7], steps(episodes.stream(4, seed=3, start=start), 7))
    assert not np.array_equal(whole[0][0]["query_x"], steps(episodes.stream(4, seed=4), 1)[0][0]["query_x"])
    assert not np.array_equal(whole[0][0]["support_x"], whole[50][0]["support_x"])


def test_evaluation_is_the_same_each_time_and_for_each_seed_another():
    first, again, other = (NWay(SOURCE).draw(150, seed=seed, queries=3) for seed in (1, 1, 2))
    assert all(np.array_equal(*pair) for pair in zip(first, again, strict=True))
    assert not np.array_equal(first.support_x, other.support_x)
    assert len(np.unique(first.query_x.reshape(150, -1), axis=0)) == 150  # chunks do not repeat each other
    assert not NWay(SOURCE).score(first.query_y, first)[0][1].any()


def test_no_class_keeps_to_a_label_and_no_label_to_a_row():
    episodes = dataclasses.replace(NWay(SOURCE), ways=5, shots=2, queries=1)
    parts = [
        (x["support_x"], x["support_y"], x["query_y"])
        for x in ({**i, "query_y": y} for i, y in steps(episodes.stream(300, 1), 8))
    ]
    x, y, query_y = (np.concatenate(each) for each in zip(*parts, strict=True))
    label = y.argmax(axis=-1)
    by_class = np.zeros([30, 5])
    np.add.at(by_class, (x[..., 0].astype(int).ravel(), label.ravel()), 0.5)  # both shots of a class have one label
    tables = [by_class] + [np.stack([np.bincount(row, minlength=5) for row in each.T]) for each in (label, query_y.argmax(-1))]
    for table in tables:
        expected = table.sum(axis=1, keepdims=True) / table.shape[1]
        freedom = table.shape[0] * (table.shape[1] - 1)
        assert ((table - expected) ** 2 / expected).sum() < freedom + 4 * np.sqrt(2 * freedom)


def test_every_class_and_every_example_is_shown():
    shown = np.concatenate([np.concatenate(list(drop_labels(i)), axis=1) for i, _ in steps(NWay(SOURCE).stream(50, 1), 10)])
    assert len(np.unique(shown.reshape(-1, 2), axis=0)) == 30 * 9


def drop_labels(inputs):
    return inputs["support_x"], inputs["query_x"]


def test_padding_is_to_the_right_and_sizes_vary():
    inputs, _ = steps(NWay(SOURCE, ways=3, shots=(1, 3)).stream(200, 1), 1)[0]
    labelled = inputs["support_y"].sum(axis=-1)
    np.testing.assert_array_equal(labelled, np.arange(9) < inputs["support_size"][:, None])
    assert set(inputs["support_size"].tolist()) == set(range(3, 10))
    assert len({tuple(each) for each in inputs["support_y"].sum(axis=1).tolist()}) == 27  # every split of shots over classes


IMAGES = InMemory(
    *(
        Labelled(
            np.random.default_rng(part).integers(0, 256, [24, 6, 6, 1], np.uint8),
            tuple(range(4 * part, 4 * part + 4)),
            np.full(4, 6),
        )
        for part in range(2)
    )
)


def test_bytes_become_zero_to_one_and_rotations_become_classes():
    plain, rotated = NWay(IMAGES, ways=4), NWay(IMAGES, ways=16, rotations=True)
    data = IMAGES.train.x * np.float32(1 / 255)
    every = {image.tobytes() for turns in range(4) for image in np.rot90(data, turns, axes=(1, 2))}
    for episodes, known in ((plain, {image.tobytes() for image in data}), (rotated, every)):
        inputs, query_y = steps(episodes.stream(2, seed=1), 1)[0]
        assert inputs["query_x"].shape == (2, 5 * episodes.ways, 6, 6, 1)
        assert inputs["query_x"].dtype == np.float32
        assert {image.tobytes() for image in inputs["query_x"].reshape(-1, 6, 6, 1)} <= known
        assert query_y.shape[-1] == episodes.ways
    with pytest.raises(ZooError, match="5 ways of 4 classes"):
        plain.draw(1, 1)
    assert rotated.draw(1, 1, ways=16, queries=2).query_x.shape == (1, 32, 6, 6, 1)


def test_mirrored_classes_are_of_training_only():
    episodes = NWay(IMAGES, ways=8, mirrors=True)
    data = IMAGES.train.x * np.float32(1 / 255)
    shown = {image.tobytes() for image in steps(episodes.stream(2, seed=1), 1)[0][0]["query_x"].reshape(-1, 6, 6, 1)}
    assert shown <= {image.tobytes() for image in np.concatenate([data, data[:, :, ::-1]])}
    assert not shown <= {image.tobytes() for image in data}
    with pytest.raises(ZooError, match="8 ways of 4 classes"):
        episodes.draw(1, 1, ways=8)


def test_distortions_are_of_each_image_or_of_each_class_and_never_of_an_evaluation():
    same_images = InMemory(
        *(Labelled(np.repeat(part.x[::6], 6, axis=0), part.names, part.counts) for part in (IMAGES.train, IMAGES.test))
    )
    for per_class in (False, True):
        episodes = NWay(same_images, ways=4, shots=2, queries=2, augment=Augmentation(probability=1.0, per_class=per_class))
        inputs, query_y = steps(episodes.stream(1, seed=1), 1)[0]
        x = np.concatenate([inputs["support_x"], inputs["query_x"]], axis=1)[0].reshape(16, -1)
        label = np.concatenate([inputs["support_y"], query_y], axis=1)[0].argmax(axis=-1)
        kinds = [len(np.unique(x[label == way].round(5), axis=0)) for way in range(4)]
        assert kinds == ([1] * 4 if per_class else [4] * 4)
        undistorted = episodes.draw(1, 1, ways=4, queries=5).query_x * 255
        np.testing.assert_allclose(undistorted, undistorted.round(), atol=1e-4)


def test_distorted_episodes_of_varying_size():
    episodes = NWay(IMAGES, ways=(2, 4), shots=(1, 2), queries=(1, 3), augment=Augmentation())
    shapes = {inputs["query_x"].shape for inputs, _ in steps(episodes.stream(1, seed=1), 60)}
    assert len(shapes) > 4


def test_validation_has_its_own_classes():
    drawn = NWay(SOURCE).draw(50, 1, ways=5, shots=1, queries=2, part="validation")
    assert set(np.unique(drawn.query_x[..., 0]).tolist()) == set(range(500, 506))
    more = NWay(SOURCE, training_splits=("train", "validation"))
    with pytest.raises(ZooError, match="'validation' is trained on"):
        more.draw(1, 1, part="validation")


def test_tasks_within_a_group_have_classes_of_one_and_come_from_all():
    source = InMemory(test=numbered_examples(20, TEST_CLASSES, counts=(8,), groups=5))
    drawn = NWay(source, evaluation_within_group=True).draw(60, 1, ways=4, shots=1, queries=2)
    check(*drawn, 4, (1, 1), 2)
    groups = (drawn.support_x[..., 0].astype(int) - TEST_CLASSES) // 5
    assert (groups == groups[:, :1]).all()
    assert set(groups[:, 0]) == {0, 1, 2, 3}
    with pytest.raises(ZooError, match="0 groups have 6 classes or more"):
        NWay(source, evaluation_within_group=True).draw(1, 1, ways=6, shots=1, queries=2)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"ways": 1}, "ways=1"),
        ({"shots": (3, 1)}, r"shots=\(3, 1\)"),
        ({"queries": 0}, "queries=0"),
        ({"training_splits": ("train", "test")}, "never from 'test'"),
        ({"ways": 5, "hard": (2, 3)}, "at most ways=5"),
    ],
)
def test_wrong_numbers_are_refused(changes, message):
    with pytest.raises(ZooError, match=message):
        NWay(SOURCE, **changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"ways": 31}, "31 ways of 30 classes"),
        ({"shots": 5}, "class 0 has 9 examples, but shots and queries need 10"),
        ({"ways": 7, "hard": (1, 7)}, "0 groups have 7 classes or more"),
        ({"ways": 29, "hard": (1, 4)}, "24 classes are left"),
    ],
)
def test_too_little_data_is_refused(changes, message):
    with pytest.raises(ZooError, match=message):
        NWay(SOURCE, **changes).stream(1, 1)


def test_calibration_tasks_are_of_held_out_classes_under_each_condition_that_these_suffice_for():
    episodes = NWay(SOURCE, evaluation_conditions=((3, 1), (7, 1), (6, 2), (2, 4)))
    drawn = episodes.calibration_tasks()
    assert [tasks.query_y.shape for tasks in drawn] == [(100, 15, 3), (100, 30, 6), (100, 10, 2)]  # six classes of nine examples
    assert all(set(np.unique(tasks.query_x[..., 0])) == set(range(500, 506)) for tasks in drawn)
    for one, other in zip(drawn[0], episodes.draw(100, 1_000_003, 3, 1, 5, part="validation"), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("source", "splits", "classes"),
    [
        (
            InMemory(numbered_examples(30), validation=numbered_examples(6, 500)),
            ("train", "validation"),
            {*range(30), *range(500, 506)},
        ),
        (InMemory(numbered_examples(30)), ("train",), set(range(30))),
    ],
)
def test_calibration_tasks_are_of_trainings_own_classes_where_it_leaves_none_out(source, splits, classes):
    (drawn,) = NWay(source, training_splits=splits, evaluation_conditions=((5, 1),)).calibration_tasks()
    assert set(np.unique(drawn.query_x[..., 0])) == classes
    assert NWay(InMemory(test=SOURCE.test)).calibration_tasks() == []


def test_the_headline_is_the_first_condition_and_its_training_curve_is_on_validation_classes_if_there_are_any():
    assert [tuple(condition.values()) for condition in NWay(SOURCE).conditions()] == [(5, 1), (5, 5), (20, 1), (20, 5)]
    assert NWay(SOURCE).validation_condition() == {"ways": 5, "shots": 1, "part": "validation"}
    assert NWay(SOURCE, training_splits=("train", "validation")).validation_condition() is None
    assert NWay(InMemory(SOURCE.train)).validation_condition() is None


def test_too_few_tasks_are_refused():
    with pytest.raises(ZooError, match="tasks=0"):
        NWay(SOURCE).draw(0, 1, queries=1)
