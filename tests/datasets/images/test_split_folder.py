"""Pictures that come divided: both layouts are the same classes; what is missing is named."""

import csv
import shutil

import numpy as np
import pytest
from PIL import Image

from zoo.datasets import NWay, SplitFolder
from zoo.datasets.images import split_folder
from zoo.utils.errors import ZooError

CLASSES = {"train": ("ant", "bee"), "val": ("cat", "dog"), "test": ("eel", "fox")}


@pytest.fixture
def folders(tmp_path):
    """Train, val and test of two classes each, with three pictures of 20 x 16 in a colour of their own."""
    for part, names in CLASSES.items():
        for tone, name in enumerate(names):
            folder = tmp_path / "folders" / part / name
            folder.mkdir(parents=True)
            for number in range(3):
                slope = np.linspace(0, 150, 20)[:, None, None] + np.array([80 * tone, 100, 40 * number])
                Image.fromarray(np.tile(slope, [1, 16, 1]).astype(np.uint8)).save(folder / f"{name}{number}.png")
    return tmp_path / "folders"


@pytest.fixture
def tables(folders, tmp_path):
    """The same in Ravi and Larochelle's layout."""
    (tmp_path / "tables" / "images").mkdir(parents=True)
    for part, names in CLASSES.items():
        with open(tmp_path / "tables" / f"{part}.csv", "w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["filename", "label"])
            for name in names:
                for path in sorted((folders / part / name).iterdir()):
                    shutil.copy(path, tmp_path / "tables" / "images" / path.name)
                    rows.writerow([path.name, name])
    return tmp_path / "tables"


def source(folder, **options):
    return SplitFolder(str(folder), size=12, **options)


def test_both_layouts_are_the_same_classes(folders, tables):
    for part, names in (("train", CLASSES["train"]), ("validation", CLASSES["val"]), ("test", CLASSES["test"])):
        one, other = source(folders).load(part), source(tables).load(part)
        assert one.names == other.names == names
        assert one.counts.tolist() == other.counts.tolist() == [3, 3]
        np.testing.assert_array_equal(one.x, other.x)
        assert one.x.shape == (6, 12, 12, 3) and one.x.dtype == np.uint8
    assert source(folders, channels=1).load("test").x.shape == (6, 12, 12, 1)


def test_episodes_are_drawn_from_it(folders):
    benchmark = NWay(source(folders), ways=2, shots=1, queries=1, evaluation_conditions=((2, 1),))
    drawn = benchmark.draw(2, 1, ways=2, shots=1, queries=2)
    assert drawn.support_x.shape == (2, 2, 12, 12, 3) and drawn.query_x.shape == (2, 4, 12, 12, 3)
    assert benchmark.validation_condition() is not None


def test_pictures_that_changed_are_read_again(folders):
    before = source(folders).load("train").x.copy()
    Image.open(folders / "train" / "bee" / "bee2.png").save(folders / "train" / "ant" / "ant0.png")
    split_folder._read.cache_clear()  # as in another process
    after = source(folders).load("train")
    assert not np.array_equal(before, after.x)


def test_what_is_missing_is_named(tables, folders, tmp_path):
    (tables / "images" / "bee1.png").unlink()
    with pytest.raises(ZooError, match=r"1 pictures that .*: bee1\.png"):
        source(tables).load("train")
    (tables / "val.csv").write_text("file,class\n")
    with pytest.raises(ZooError, match="needs filename and label"):
        source(tables).load("validation")
    (tables / "test.csv").write_text("filename,label\n")
    with pytest.raises(ZooError, match="names no picture"):
        source(tables).load("test")
    (folders / "test" / "eel" / "eel0.png").write_bytes(b"no picture")
    with pytest.warns(UserWarning, match="cannot be read"), pytest.raises(ZooError, match=r"eel0\.png"):
        source(folders).load("test")
    with pytest.raises(ZooError, match=r"neither train/ nor train.csv"):
        source(tmp_path).load("train")
    with pytest.raises(ZooError, match="no part"):
        source(folders).load("all")
    for part in ("eel", "fox"):
        shutil.rmtree(folders / "test" / part)
    with pytest.raises(ZooError, match="no class with a picture"):
        SplitFolder(str(folders), size=13).load("test")
