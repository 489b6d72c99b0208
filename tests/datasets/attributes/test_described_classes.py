"""A world of described classes: episodes describe each class once, and parts share none."""

import numpy as np
import pytest

from zoo.datasets import DescribedClasses
from zoo.datasets.attributes.described_classes import made
from zoo.utils.errors import ZooError

WORLD = DescribedClasses(ways=6, queries=3)


def test_an_episode_describes_each_class_once_and_queries_are_its_examples():
    described, examples = made(WORLD)
    inputs, query_y = next(iter(WORLD.stream(2, seed=0)))
    assert inputs["support_x"].shape == (2, 6, 32)
    assert inputs["query_x"].shape == (2, 18, 64)
    np.testing.assert_array_equal(inputs["support_y"], np.tile(np.eye(6), [2, 1, 1]))
    for task in range(2):
        names = [int(np.flatnonzero((described == row).all(axis=1))[0]) for row in inputs["support_x"][task].numpy()]
        assert len(set(names)) == 6
        assert max(names) < 100  # of the training part
        for x, y in zip(inputs["query_x"][task].numpy(), query_y[task].numpy(), strict=True):
            assert (examples[names[y.argmax()]] == x).all(axis=1).any()


def test_same_seed_same_episodes_from_any_step():
    first = [inputs["query_x"].numpy() for inputs, _ in WORLD.stream(1, seed=3).take(53)]
    again = next(iter(WORLD.stream(1, seed=3, start=52)))[0]["query_x"].numpy()
    np.testing.assert_array_equal(again, first[52])
    assert not np.array_equal(first[0], first[1])


def test_parts_share_no_class():
    described, _ = made(WORLD)
    assert len(np.unique(described, axis=0)) == 200
    for part, least in (("validation", 100), ("test", 150)):
        drawn = WORLD.draw(2, seed=1, ways=50, part=part)
        names = [int(np.flatnonzero((described == row).all(axis=1))[0]) for row in drawn.support_x.reshape(-1, 32)]
        assert set(names) == set(range(least, least + 50))


def test_the_training_curve_is_on_classes_that_training_leaves_out():
    assert WORLD.validation_condition() == {"ways": 50, "part": "validation"}
    assert DescribedClasses(training_splits=("train", "validation")).validation_condition() is None


def test_baselines_beat_chance_and_a_constant_is_at_it():
    drawn = WORLD.draw(20, seed=1)
    for error in WORLD.baselines(drawn).values():
        assert error.mean() < 0.6
    np.testing.assert_allclose(WORLD.score(np.zeros_like(drawn.query_y), drawn)[0][1], 0.98, rtol=1e-6)


@pytest.mark.parametrize("options", [{"training_splits": ("test",)}, {"training_splits": ()}, {"ways": 1}, {"ways": 101}])
def test_impossible_worlds_are_refused(options):
    with pytest.raises(ZooError):
        DescribedClasses(**options)


@pytest.mark.parametrize("options", [{"part": "train"}, {"part": "none"}, {"ways": 51}])
def test_impossible_tasks_are_refused(options):
    with pytest.raises(ZooError):
        WORLD.draw(1, 1, **options)
