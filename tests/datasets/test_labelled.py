"""Labelled data: sorted by class, refused where it contradicts itself."""

import numpy as np
import pytest

from zoo.datasets import InMemory, Labelled
from zoo.datasets.labelled import concatenated
from zoo.utils.errors import ZooError


def small(names="abc", groups=(), dtype=np.uint8):
    x = np.arange(len(names) * 2 * 4, dtype=dtype).reshape(-1, 2, 2, 1)
    return Labelled(x, tuple(names), np.full(len(names), 2), groups)


def test_examples_are_sorted_by_label_and_keep_their_order():
    data = Labelled.of([[1.0], [2.0], [3.0], [4.0]], ["dog", "ant", "dog", "cat"])
    assert data.names == ("ant", "cat", "dog")
    np.testing.assert_array_equal(data.counts, [1, 1, 2])
    np.testing.assert_array_equal(data.starts, [0, 1, 2])
    np.testing.assert_array_equal(data.x[:, 0], [2, 4, 1, 3])
    np.testing.assert_array_equal(data.labels, [0, 1, 2, 2])
    assert data.x.dtype == np.float32


@pytest.mark.parametrize(("labels", "names"), [([3, 1], (1, 3)), ([True, False], (False, True)), ([0.5, 0.1], (0.1, 0.5))])
def test_labels_of_any_type(labels, names):
    assert Labelled.of(np.zeros([2, 3], np.uint8), labels).names == names


def test_nothing_can_be_changed():
    data = small()
    with pytest.raises(ValueError, match="read-only"):
        data.x[0] = 0


def test_a_callers_array_stays_writable():
    x = np.zeros([2, 1], np.float32)
    Labelled.of(x, [0, 1])
    Labelled(x, (0, 1), np.array([1, 1]))
    x[0] = 1


def test_some_classes_only():
    kept = small("abcd", ("x", "x", "y", "y")).only([3, 0])
    assert kept.names == ("d", "a")
    assert kept.groups == ("y", "x")
    np.testing.assert_array_equal(kept.x[:2], small("abcd").x[6:])


def test_rotated_images_are_classes_of_their_own():
    data = small("ab", ("x", "y"))
    rotated = data.rotated()
    assert len(rotated.names) == len(set(rotated.names)) == 8
    assert rotated.runs()[2] == ("x rotated by 90", 2, 1)
    for number in range(4):
        part = rotated.x[4 * number : 4 * number + 4]
        np.testing.assert_array_equal(part, np.rot90(data.x, number, axes=(1, 2)))


def test_mirrored_images_are_classes_of_their_own():
    data = small("ab", ("x", "y"))
    mirrored = data.mirrored()
    assert mirrored.names == ("a", "b", ("a", "mirrored"), ("b", "mirrored"))
    assert mirrored.groups == ("x", "y", "x mirrored", "y mirrored")
    np.testing.assert_array_equal(mirrored.x[len(data.x) :], data.x[:, :, ::-1])
    assert len(set(mirrored.rotated().names)) == 16


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Labelled(np.zeros([3, 1]), ("a", "b"), np.array([1, 1])), "as many examples as the counts say"),
        (lambda: Labelled(np.zeros([2, 1]), ("a", "b"), np.array([2, 0])), "count of 1 or more"),
        (lambda: Labelled(np.zeros([2, 1]), ("a", "a"), np.array([1, 1])), "'a' occurs twice"),
        (lambda: small("abc", ("x", "y", "x")), "side by side"),
        (lambda: small("abc", ("x",)), "1 groups for 3 classes"),
        (lambda: Labelled.of(np.zeros([3, 1]), [0, 1]), "one label for each"),
        (lambda: Labelled.of([], []), "one or more"),
        (lambda: Labelled.of(np.zeros([2, 5]), [0, 1]).rotated(), "cannot be rotated"),
        (lambda: Labelled.of(np.zeros([2, 5]), [0, 1]).mirrored(), "cannot be mirrored"),
        (lambda: concatenated([small("ab"), small("cd", dtype=np.float32)]), "different kinds"),
        (lambda: concatenated([small("ab"), small("bc")]), "'b' occurs twice"),
        (lambda: InMemory(small("ab"), small("bc")), "class 'b' is in two parts"),
        (lambda: InMemory(small("ab")).load("test"), "no part 'test'"),
        (lambda: InMemory(small("ab")).load("tests"), "no part 'tests'"),
    ],
)
def test_what_contradicts_itself_is_refused(make, message):
    with pytest.raises(ZooError, match=message):
        make()


def test_parts_of_a_source_are_loaded_together_mirrored_and_rotated():
    source = InMemory(small("ab"), validation=small("cd"))
    assert source.load_all(("train", "validation")).names == ("a", "b", "c", "d")
    every = source.load_all(("train", "validation"), rotations=True, mirrors=True)
    want = source.load_all(("train", "validation")).mirrored().rotated()
    assert every.names == want.names
    np.testing.assert_array_equal(every.x, want.x)


def test_the_largest_group_is_of_the_test():
    assert InMemory(small("abc", ("x", "x", "x")), small("def", ("y", "y", "z"))).largest_group == 2
    assert InMemory(small("abc")).largest_group == InMemory(test=small("abc")).largest_group == 0
