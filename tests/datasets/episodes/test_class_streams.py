"""Streams of classes: what they promise, on data whose every example holds its class and its number, and scores by instance."""

import numpy as np
import pytest
from streams import same, steps

from zoo.datasets import Augmentation, ClassStreams, InMemory, Labelled
from zoo.utils.errors import ZooError


def numbered_examples(classes, first, counts):
    x = [(first + each, number) for each in range(classes) for number in range(counts)]
    return Labelled(np.array(x, np.float32), tuple(range(first, first + classes)), np.full([classes], counts))


SOURCE = InMemory(numbered_examples(30, 0, 9), numbered_examples(25, 1000, 4), numbered_examples(6, 500, 20))


def check(x, y, ways, length, examples):
    assert x.shape[1:] == (length, 2) and y.shape[1:] == (length, ways)
    assert (y.sum(axis=2) == 1).all()
    for rows, labels in zip(x, y, strict=True):
        kinds = labels.argmax(axis=1)
        for kind in range(ways):
            of_kind = rows[kinds == kind]
            assert len(set(of_kind[:, 0])) <= 1  # one class to a label
            for at in range(0, len(of_kind), examples):  # no example twice before all have come
                part = of_kind[at : at + examples, 1]
                assert len(set(part)) == len(part)
        assert len({(kind, rows[kinds == kind][0, 0]) for kind in set(kinds)}) == len(set(rows[:, 0]))


def test_streams_show_one_class_to_a_label_and_no_example_twice():
    benchmark = ClassStreams(SOURCE, ways=4, length=30)
    drawn = benchmark.draw(130, seed=1, ways=4, length=30)
    check(drawn.stream_x, drawn.stream_y, 4, 30, examples=4)
    assert (drawn.stream_x[..., 0] >= 1000).all()
    assert list(drawn.inputs) == ["stream_x", "stream_y"]
    for inputs, y in steps(benchmark.stream(3, seed=1), 25):
        check(inputs["stream_x"], y, 4, 30, examples=9)
        assert (inputs["stream_x"][..., 0] < 30).all()
        np.testing.assert_array_equal(inputs["stream_y"], y)


def test_every_class_is_as_likely_at_every_step_and_has_every_label():
    drawn = ClassStreams(SOURCE, ways=2, length=20).draw(2_000, seed=3, ways=2, length=20)
    assert abs(drawn.stream_y[..., 0].mean(axis=0) - 0.5).max() < 0.06
    labels = {(x, label) for x, label in zip(drawn.stream_x[:, 0, 0], drawn.stream_y[:, 0, 0], strict=True)}
    assert len(labels) == 50  # 25 classes, each with either label


def test_a_stream_is_the_same_wherever_training_starts_and_for_each_seed_another():
    benchmark = ClassStreams(SOURCE, length=7)
    whole = steps(benchmark.stream(2, seed=3), 45)
    assert same(whole[19:26], steps(benchmark.stream(2, seed=3, start=19), 7))
    assert not np.array_equal(whole[0][0]["stream_x"], steps(benchmark.stream(2, seed=4), 1)[0][0]["stream_x"])
    first, again, other = (benchmark.draw(110, seed, length=7) for seed in (1, 1, 2))
    assert np.array_equal(first.stream_x, again.stream_x) and not np.array_equal(first.stream_x, other.stream_x)
    assert not np.array_equal(first.stream_x[:10], first.stream_x[100:])  # chunks do not repeat each other


def test_only_training_is_distorted():
    generator = np.random.default_rng(0)
    parts = [
        Labelled(generator.uniform(size=[12, 6, 6, 1]).astype(np.float32), tuple(names), np.full([3], 4))
        for names in ("abc", "def")
    ]
    kept = {each.tobytes() for part in parts for each in part.x}
    for per_class in (False, True):
        benchmark = ClassStreams(InMemory(*parts), ways=3, length=5, augment=Augmentation(probability=1.0, per_class=per_class))
        ((inputs, _),) = steps(benchmark.stream(2, seed=1), 1)
        assert not any(each.tobytes() in kept for each in inputs["stream_x"].reshape(-1, 6, 6, 1))
        drawn = benchmark.draw(2, seed=1, ways=3, length=5)
        assert all(each.tobytes() in kept for each in drawn.stream_x.reshape(-1, 6, 6, 1))


def test_scores_are_of_the_kth_example_of_each_class():
    y = np.eye(2, dtype=np.float32)[[[0, 0, 1, 0, 1], [1, 1, 1, 1, 1]]]
    answers = np.eye(2)[[[0, 1, 1, 0, 0], [0, 1, 0, 1, 1]]]
    benchmark = ClassStreams(SOURCE, ways=2, length=5, instances=(2, 1, 3, 9))
    drawn = type(benchmark.draw(1, 1, ways=2, length=5))(answers.astype(np.float32), y)
    scores = dict((condition["instance"], pairs.tolist()) for condition, pairs in benchmark.score(answers, drawn))
    assert scores == {2: [[2, 2], [0, 1]], 1: [[0, 2], [1, 1]], 3: [[0, 1], [1, 1]], 9: [[0, 0], [0, 0]]}
    assert benchmark.summarise(np.array(scores[2], float)) == pytest.approx((2 / 3, 1.96 * (2 / 3) / 1.5 / 2**0.5))
    assert benchmark.summarise(np.array(scores[9], float)) == (0.0, 0.0)
    same_to_all = benchmark.score(np.ones_like(answers), drawn)
    assert all((pairs[:, 0] == pairs[:, 1] / 2).all() for _, pairs in same_to_all)  # at chance
    assert benchmark.score(np.full_like(answers, np.nan), drawn)[0][1].tolist() == [[2, 2], [1, 1]]


def test_a_stream_is_an_episode_whose_last_example_is_the_query():
    drawn = ClassStreams(SOURCE).draw(3, 1)
    assert drawn.support_x.shape == (3, 49, 2) and drawn.query_x.shape == (3, 1, 2) and drawn.query_y.shape == (3, 1, 5)
    assert drawn.support_y.shape == (3, 49, 5) and drawn.support_size.tolist() == [49] * 3


def test_validation_has_its_own_classes_if_training_leaves_them():
    assert ClassStreams(SOURCE).validation_condition() == {"ways": 5, "length": 50, "part": "validation"}
    assert ClassStreams(SOURCE, ways=7).validation_condition() is None  # six validation classes
    assert ClassStreams(SOURCE, training_splits=("train", "validation")).validation_condition() is None
    assert ClassStreams(SOURCE).conditions() == [{"ways": 5, "length": 50}]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"ways": 1}, "ways=1"),
        ({"length": 1}, "length=1"),
        ({"instances": (0, 1)}, r"instances=\(0, 1\)"),
        ({"training_splits": ("test",)}, "never from 'test'"),
    ],
)
def test_wrong_numbers_are_refused(changes, message):
    with pytest.raises(ZooError, match=message):
        ClassStreams(SOURCE, **changes)


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(ZooError, match="31 ways of 30 classes"):
        ClassStreams(SOURCE, ways=31).stream(1, 1)
    with pytest.raises(ZooError, match="part='train' is trained on"):
        ClassStreams(SOURCE).draw(1, 1, part="train")
    with pytest.raises(ZooError, match="tasks=0"):
        ClassStreams(SOURCE).draw(0, 1)


def test_a_stream_of_embeddings_is_the_same_stream():
    benchmark = ClassStreams(SOURCE, ways=4, length=6, augment=Augmentation(probability=1.0))
    embedded = benchmark.embedded(lambda rows: rows.reshape(len(rows), -1) + 1.0)
    shown, drawn = benchmark.draw(3, 2, ways=4, length=6), embedded.draw(3, 2, ways=4, length=6)
    assert embedded.augment is None
    np.testing.assert_array_equal(shown.stream_y, drawn.stream_y)
    np.testing.assert_allclose(drawn.stream_x, shown.stream_x.reshape(3, 6, -1) + 1.0, rtol=1e-6)
