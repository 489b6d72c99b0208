"""Every kind draws, a class is more like itself than others, and no kind is in two parts."""

import numpy as np
import pytest

from zoo.datasets.images.drawn import KINDS, draw_class

ALL = [kind for kinds in KINDS.values() for kind in kinds]


def seed(kind, number):
    return (7, number, *kind.__name__.encode())


def one_shot_errors(pictures):
    """Share of pictures `[classes, examples, ...]` whose nearest first example, pixel by pixel, is of another class."""
    rows = pictures.reshape(*pictures.shape[:2], -1).astype(np.float32)
    distances = ((rows[:, 1:, None] - rows[None, None, :, 0]) ** 2).sum(axis=-1)
    return (distances.argmin(axis=-1) != np.arange(len(rows))[:, None]).mean()


@pytest.fixture(scope="module")
def pictures():
    return {kind: np.stack([draw_class(kind, seed(kind, number), 3, 24) for number in range(8)]) for kind in ALL}


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_a_kind_draws_classes_of_examples(kind, pictures):
    found = pictures[kind]
    assert found.shape == (8, 3, 24, 24, 3)
    assert found.dtype == np.uint8
    assert len(np.unique(found.reshape(24, -1), axis=0)) == 24  # no two pictures are the same
    assert (found.reshape(24, -1).std(axis=1) > 1).all()  # and none is empty


def test_a_class_is_like_itself(pictures):
    """Pixels alone beat chance (0.875 wrong), and are far from enough: the task must be learned."""
    errors = [one_shot_errors(found) for found in pictures.values()]
    assert 0.3 < np.mean(errors) < 0.8


def test_the_same_seed_draws_the_same(pictures):
    kind = ALL[0]
    np.testing.assert_array_equal(draw_class(kind, seed(kind, 4), 3, 24), pictures[kind][4])


def test_every_kind_has_a_name_of_its_own_and_one_part():
    names = [kind.__name__ for kind in ALL]
    assert len(set(names)) == len(names) == 30
    assert [len(KINDS[part]) for part in ("train", "validation", "test")] == [24, 1, 5]
