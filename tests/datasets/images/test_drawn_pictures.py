"""Drawn pictures: every kind draws, a class is more like itself than others, and no kind is in two splits."""

import numpy as np
import pytest

from zoo.datasets import DrawnPictures
from zoo.datasets.images import drawn_pictures
from zoo.datasets.images.drawn import KINDS, drawn, glyphs
from zoo.datasets.labelled import PARTS
from zoo.utils.errors import ZooError

ALL = [kind for kinds in KINDS.values() for kind in kinds]
SMALL = DrawnPictures(classes=2, examples=2, size=16)


def seed(kind, number):
    return (7, number, *kind.__name__.encode())


def one_shot_errors(pictures):
    """Share of pictures `[classes, examples, ...]` whose nearest first example, pixel by pixel, is of another class."""
    rows = pictures.reshape(*pictures.shape[:2], -1).astype(np.float32)
    distances = ((rows[:, 1:, None] - rows[None, None, :, 0]) ** 2).sum(axis=-1)
    return (distances.argmin(axis=-1) != np.arange(len(rows))[:, None]).mean()


@pytest.fixture(scope="module")
def pictures():
    return {kind: np.stack([drawn(kind, seed(kind, number), 3, 24) for number in range(8)]) for kind in ALL}


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_a_kind_draws_classes_of_examples(kind, pictures):
    found = pictures[kind]
    assert found.shape == (8, 3, 24, 24, 3)
    assert found.dtype == np.uint8
    assert len(np.unique(found.reshape(24, -1), axis=0)) == 24  # no two pictures are the same
    assert (found.reshape(24, -1).std(axis=1) > 1).all()  # and none is empty


def test_a_class_is_like_itself(pictures):
    """Pixels alone beat chance (0.875 wrong), and are far from enough: the task is one to learn."""
    errors = [one_shot_errors(found) for found in pictures.values()]
    assert 0.3 < np.mean(errors) < 0.8


def test_the_same_seed_draws_the_same(pictures):
    kind = ALL[0]
    np.testing.assert_array_equal(drawn(kind, seed(kind, 4), 3, 24), pictures[kind][4])


@pytest.fixture
def kept_aside(monkeypatch, tmp_path):
    """A cache of the test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    drawn_pictures._labelled.cache_clear()


@pytest.mark.usefixtures("kept_aside")
def test_kinds_are_trained_or_judged_on_never_both():
    names = [kind.__name__ for kind in ALL]
    assert len(set(names)) == len(names) == 30
    groups = {part: set(SMALL.load(part).groups) for part in PARTS}
    assert [len(groups[part]) for part in PARTS] == [24, 1, 5]
    assert not groups["train"] & groups["test"]


@pytest.mark.usefixtures("kept_aside")
def test_is_labelled_by_class_in_groups_of_kinds():
    data = SMALL.load("test")
    assert data.x.shape == (5 * 2 * 2, 16, 16, 3)
    assert data.names[:4] == ("faces 0", "faces 1", "flags 0", "flags 1")
    assert data.groups[:4] == ("faces", "faces", "flags", "flags")
    assert data.counts.tolist() == [2] * 10


@pytest.mark.usefixtures("kept_aside")
def test_more_classes_leave_the_first_as_they_are():
    fewer, more = (DrawnPictures(classes=count, examples=2, size=16).load("validation").x for count in (2, 3))
    np.testing.assert_array_equal(more[: len(fewer)], fewer)


def test_glyphs_are_many_and_differ():
    symbols = glyphs.symbols()
    assert len(symbols) > 500
    assert len({glyphs.mask(chr(point), "DejaVuSans").tobytes() for point in symbols}) == len(symbols)
    assert not glyphs.mask(" ", "DejaVuSans").any()


def test_refuses_what_makes_no_sense():
    with pytest.raises(ZooError, match="choose from train, validation, test"):
        SMALL.load("tests")
    with pytest.raises(ZooError, match="8 pixels a side or more"):
        DrawnPictures(size=4)
