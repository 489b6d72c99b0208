"""A split of labels: the same few examples of each training class have one in every run, and the others have none."""

import numpy as np
import pytest

from zoo.datasets import InMemory, Labelled, LabelSplit
from zoo.utils.errors import ZooError

X = np.arange(40, dtype=np.float32)[:, None]
TRAIN = Labelled(X, ("a", "b", "c"), [20, 16, 4], ("one", "one", "two"))
SOURCE = InMemory(TRAIN, Labelled(X[:3], ("d", "e"), [2, 1]))


def test_every_training_example_has_a_label_or_none():
    known, rest = (LabelSplit(SOURCE, labelled).load("train") for labelled in (True, False))
    assert known.names == rest.names == TRAIN.names
    assert known.groups == TRAIN.groups
    assert known.counts.tolist() == [2, 2, 1]  # a tenth of each class, and one at least
    assert (known.counts + rest.counts).tolist() == TRAIN.counts.tolist()
    for name in range(3):
        of_class = [set(part.x[part.labels == name, 0]) for part in (known, rest, TRAIN)]
        assert of_class[0] | of_class[1] == of_class[2] and not of_class[0] & of_class[1]


def test_the_seed_chooses_and_nothing_else():
    def chosen(seed):
        return LabelSplit(SOURCE, seed=seed).load("train").x[:, 0].tolist()

    assert chosen(3) == chosen(3)
    assert len({tuple(chosen(seed)) for seed in range(5)}) > 1
    assert LabelSplit(SOURCE, share=0.5).load("train").counts.tolist() == [10, 8, 2]


def test_classes_of_evaluation_are_whole():
    for labelled in (True, False):
        part = LabelSplit(SOURCE, labelled).load("test")
        assert part.counts.tolist() == [2, 1]
    assert LabelSplit(SOURCE).largest_group == SOURCE.largest_group


def test_what_cannot_be_split_is_refused():
    with pytest.raises(ZooError, match=r"share=1\.0: give the share"):
        LabelSplit(SOURCE, share=1.0)
    with pytest.raises(ZooError, match="class 'e' has 1 example"):
        LabelSplit(InMemory(SOURCE.test)).load("train")
