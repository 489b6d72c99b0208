"""Drawn pictures as a source: classes in groups of kinds, drawn once, no kind in two parts."""

import numpy as np
import pytest

from zoo.datasets import DrawnPictures
from zoo.datasets.images import drawn_pictures
from zoo.datasets.labelled import PARTS
from zoo.utils.errors import ZooError

SMALL = DrawnPictures(classes=2, examples=2, size=16)


@pytest.fixture
def cache(monkeypatch, tmp_path):
    """A cache of the test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    drawn_pictures._labelled.cache_clear()
    return tmp_path / "zoo"


@pytest.mark.usefixtures("cache")
def test_no_kind_is_in_two_parts():
    groups = {part: set(SMALL.load(part).groups) for part in PARTS}
    assert [len(groups[part]) for part in PARTS] == [24, 1, 5]
    assert len(set.union(*groups.values())) == 30


def test_a_part_is_labelled_by_class_in_groups_of_kinds_and_kept(cache):
    data = SMALL.load("test")
    assert data.x.shape == (5 * 2 * 2, 16, 16, 3)
    assert data.names[:4] == ("faces 0", "faces 1", "flags 0", "flags 1")
    assert data.groups[:4] == ("faces", "faces", "flags", "flags")
    assert data.counts.tolist() == [2] * 10
    assert "drawn-1-faces-2-2-16-1.npz" in [path.name for path in cache.iterdir()]


@pytest.mark.usefixtures("cache")
def test_more_classes_leave_the_first_as_they_are():
    fewer, more = (DrawnPictures(classes=count, examples=2, size=16).load("validation").x for count in (2, 3))
    np.testing.assert_array_equal(more[: len(fewer)], fewer)


def test_impossible_pictures_are_refused():
    with pytest.raises(ZooError, match="choose one of train, validation, test"):
        SMALL.load("tests")
    with pytest.raises(ZooError, match="8 pixels a side or more"):
        DrawnPictures(size=4)
