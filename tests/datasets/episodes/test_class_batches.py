"""Batches of a classifier: every training example with its class, and evaluation on episodes."""

import numpy as np
import pytest

from zoo.datasets import Augmentation, ClassBatches, InMemory, Labelled, NWay
from zoo.utils.errors import ZooError

X = np.random.default_rng(0).uniform(size=[12, 6, 6, 1]).astype(np.float32)
SOURCE = InMemory(Labelled(X, ("a", "b", "c"), [5, 3, 4]), Labelled(X, ("d", "e"), [6, 6]))
BATCHES = ClassBatches(NWay(SOURCE, evaluation_conditions=((2, 1),), rotations=True), examples=200)


def test_every_training_example_comes_with_its_class_in_every_rotation():
    inputs, label = next(iter(BATCHES.stream(2, seed=1)))
    assert BATCHES.training_classes == 12
    assert label.shape == (2, 200, 12)
    assert inputs["support_x"].shape == (2, 0, 6, 6, 1)
    assert inputs["support_size"].numpy().tolist() == [0, 0]
    turned = np.concatenate([np.rot90(X, turn, axes=(1, 2)) for turn in range(4)])
    of = np.tile(np.repeat([0, 1, 2], [5, 3, 4]), 4) + 3 * np.repeat(range(4), 12)
    seen = set()
    for x, y in zip(inputs["query_x"].numpy()[0], label.numpy()[0], strict=True):
        at = int(np.abs(turned - x).sum(axis=(1, 2, 3)).argmin())
        np.testing.assert_array_equal(turned[at], x)
        assert y.argmax() == of[at]
        assert y.sum() == 1
        seen.add(at)
    assert len(seen) > 40


def test_a_stream_goes_on_where_it_was_and_distorts_each_example():
    distorted = ClassBatches(NWay(SOURCE, augment=Augmentation(probability=1.0)), examples=4)
    steps = [step for step, _ in zip(distorted.stream(1, seed=3), range(53), strict=False)]
    (inputs, label), (again, same) = steps[52], next(iter(distorted.stream(1, seed=3, start=52)))
    np.testing.assert_array_equal(inputs["query_x"], again["query_x"])
    np.testing.assert_array_equal(label, same)
    plain = ClassBatches(NWay(SOURCE), examples=4)
    plainly, same = next(iter(plain.stream(1, seed=3, start=52)))
    np.testing.assert_array_equal(label, same)
    assert np.abs(inputs["query_x"] - plainly["query_x"]).max() > 0.01


def test_evaluation_is_that_of_its_episodes():
    assert BATCHES.conditions() == BATCHES.evaluation.conditions()
    assert BATCHES.validation_condition() == BATCHES.evaluation.validation_condition()
    for one, other in zip(BATCHES.draw(3, 1, ways=2, queries=2), BATCHES.evaluation.draw(3, 1, ways=2, queries=2), strict=True):
        np.testing.assert_array_equal(one, other)
    one_shot = ClassBatches(NWay(SOURCE, evaluation_conditions=((2, 1), (3, 1), (4, 1))))  # the fewest examples of a class are 3
    assert one_shot.calibration_tasks() == one_shot.evaluation.calibration_tasks() == []
    drawn = BATCHES.draw(3, 1, ways=2, queries=2)
    np.testing.assert_array_equal(BATCHES.score(drawn.query_y, drawn)[0][1], np.zeros(3))
    with pytest.raises(ZooError, match="one or more"):
        ClassBatches(NWay(SOURCE), examples=0)
