"""Omniglot: both splits, the drawers, the images; prepared anew, as for a user who has no cache."""

import numpy as np
import pytest
from pictures import provided

from zoo.datasets import LakeTrials, NWay, Omniglot
from zoo.datasets.images import omniglot
from zoo.datasets.labelled import PARTS
from zoo.utils.errors import ZooError


@pytest.fixture(scope="module")
def characters(tmp_path_factory):
    if not provided("omniglot:3.0.0"):
        pytest.skip("TensorFlow Datasets has no Omniglot and cannot be reached; set TFDS_DATA_DIR to a folder that holds it")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        omniglot.characters.cache_clear()
        yield omniglot.characters(28)
        omniglot.characters.cache_clear()


@pytest.mark.parametrize(("split", "counts"), [("vinyals", (1028, 172, 423)), ("lake", (792, 172, 659))])
def test_every_character_is_in_one_part(characters, split, counts):
    parts = [Omniglot(split).load(part) for part in PARTS]
    assert tuple(len(part.names) for part in parts) == counts
    names = [name for part in parts for name in part.names]
    assert len(set(names)) == len(names) == 1623
    assert set(names) == set(characters.names)
    assert all((part.counts == 20).all() for part in parts)


def test_the_split_of_most_papers(characters):
    train, validation, test = (Omniglot("vinyals").load(part) for part in PARTS)
    assert tuple(4 * len(part.names) for part in (train, validation, test)) == (4112, 688, 1692)
    assert len(train.rotated().names) == 4112
    assert len(train.names) + len(validation.names) == 1200
    assert set(validation.groups) == {"Armenian", "Bengali", "Early_Aramaic", "Hebrew", "Mkhedruli_(Georgian)"}
    assert len(set(train.groups)) == 33
    last = ("Kannada", "Keble", "Malayalam", "Manipuri", "Mongolian", "Old_Church_Slavonic_(Cyrillic)", "Oriya", "Sylheti")
    assert set(test.groups) == {"Gurmukhi", *last, "Syriac_(Serto)", "Tengwar", "Tibetan", "ULOG"}
    assert [name for name in test.names if name.startswith("Gurmukhi")] == [f"Gurmukhi_{number}" for number in (41, 42, 43, 44)]
    assert sum(group == "Gurmukhi" for group in train.groups) == 41
    assert set(train.groups) & set(test.groups) == {"Gurmukhi"}


def test_the_split_of_lake_shares_no_alphabet(characters):
    groups = [set(Omniglot("lake").load(part).groups) for part in PARTS]
    assert [len(each) for each in groups] == [25, 5, 20]
    assert len(set.union(*groups)) == 50


def test_images_are_bright_ink_on_black(characters):
    assert characters.x.shape == (32_460, 28, 28, 1)
    assert characters.x.dtype == np.uint8
    assert 0.07 < characters.x.mean() / 255 < 0.10  # 8 % of the originals is ink
    assert np.median(characters.x[:, [0, -1]]) == 0
    assert characters.x.reshape(32_460, -1).max(axis=1).min() > 127


def test_drawings_are_ordered_by_who_drew_them(characters):
    """A drawer has one hand: the width of the strokes agrees within a drawer of an alphabet more than across drawers."""
    ink = characters.x.reshape(1623, 20, -1).mean(axis=-1)
    groups = np.array(characters.groups)
    by_drawer, shifted = [], []
    for alphabet in dict.fromkeys(characters.groups):
        of = ink[groups == alphabet] / ink[groups == alphabet].mean(axis=1, keepdims=True)
        by_drawer.append(of.mean(axis=0).std())
        shifted.append(np.stack([np.roll(row, at) for at, row in enumerate(of)]).mean(axis=0).std())
    assert np.mean(by_drawer) > 2 * np.mean(shifted)


def test_trials_never_show_an_alphabet_that_training_has_seen(characters):
    for split, alphabets in (("lake", 20), ("vinyals", 12)):
        training = NWay(Omniglot(split), rotations=True)
        drawn = LakeTrials(training).draw(alphabets, seed=1)
        assert drawn.query_x.shape == (alphabets, 20, 28, 28, 1)
        test = Omniglot(split).load("test")
        sizes = {group: size for group, _, size in test.runs()}
        large = {group for group, size in sizes.items() if size >= 20}
        assert len(large) == alphabets
        assert not large & set(Omniglot(split).load("train").groups)


def test_episodes_of_omniglot(characters):
    inputs, query_y = next(iter(NWay(Omniglot(), ways=20, rotations=True, hard=(1, 10)).stream(1, seed=1)))
    assert inputs["support_x"].shape == (1, 20, 28, 28, 1)
    assert query_y.shape == (1, 100, 20)


def test_the_stored_order_is_that_of_the_keys():
    keys = omniglot.file_order("train", [(0, "Angelic_0"), (1, "Angelic_1")])
    assert sorted(keys) == [(label, drawer) for label in range(2) for drawer in range(20)]
    assert keys != sorted(keys)
    assert keys != omniglot.file_order("test", [(0, "Angelic_0"), (1, "Angelic_1")])


def test_unknown_splits_sizes_and_parts_are_refused():
    with pytest.raises(ZooError, match="split='30/20'"):
        Omniglot("30/20")
    with pytest.raises(ZooError, match="size=106"):
        Omniglot(size=106)
    with pytest.raises(ZooError, match="no part 'tests'"):
        Omniglot().load("tests")
