"""Which files are pictures and which folders are classes."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from zoo import ZooError
from zoo.datasets.images import files_of_pictures as files


def drawn(path, kind=None):
    path.parent.mkdir(parents=True, exist_ok=True)
    tones = np.full([20, 20], 255, np.uint8)
    tones[5:15, 5:9] = 0
    Image.fromarray(tones).save(path, kind)


def names(found):
    return sorted(Path(path).name for path in found)


def test_pictures_are_known_by_their_names_or_by_what_they_hold(tmp_path):
    for name, kind in (
        ("0.png", "PNG"),
        ("b.avif", "AVIF"),
        ("c.jfif", "JPEG"),
        ("d.ppm", "PPM"),
        ("e", "PNG"),
        ("f.txt", "GIF"),
    ):
        drawn(tmp_path / name, kind)
    (tmp_path / "photo.HEIC").write_bytes(b"\0\0\0\x18ftypheic")
    (tmp_path / "notes.txt").write_text("notes")
    (tmp_path / "empty").write_bytes(b"")
    for system in ("Thumbs.db", "desktop.ini", ".DS_Store", "._0.png", "__MACOSX/0.png", "@eaDir/0.png"):
        drawn(tmp_path / system, "PNG")
    found, others = files.pictures_in(tmp_path)
    assert names(found) == ["0.png", "b.avif", "c.jfif", "d.ppm", "e", "f.txt", "photo.HEIC"]
    assert names(others) == ["empty", "notes.txt"]


@pytest.mark.parametrize(
    "paths",
    [
        ("train/ring/0.png", "val/ring/1.png"),
        ("Train/ring/0.png", "TEST/0.png"),
        ("train/ring/0.png", "val/ring/1.png", "notes/a.txt"),
        ("train/ring/0.png", "train/tree/0.png"),
        ("training/0.png", "testing/1.png"),
    ],
)
def test_parts_of_a_data_set_are_no_classes(tmp_path, paths):
    for path in paths:
        drawn(tmp_path / path, "PNG")
    with pytest.raises(ZooError, match=r"holds the parts of a data set \(.*[Tt]rain.*, not classes; give one of them, such as "):
        files.class_folders(tmp_path)


def test_a_class_may_be_called_train(tmp_path):
    for path in ("train/0.png", "car/0.png", "__MACOSX/train/0.png", ".git/0.png"):
        drawn(tmp_path / path)
    assert list(files.class_folders(tmp_path)) == ["car", "train"]


def test_two_spellings_that_look_the_same_are_one_class(tmp_path):
    for name in ("caf\u00e9", "cafe\u0301", "tea"):
        drawn(tmp_path / name / "0.png")
    found = files.class_folders(tmp_path)
    assert sorted(found) == ["caf\u00e9", "tea"]
    assert len(found["caf\u00e9"]) == 2


def test_one_level_too_many_is_recognised(tmp_path):
    for path in ("data/ring/0.png", "data/tree/0.png"):
        drawn(tmp_path / path)
    assert files.deeper(tmp_path / "data") == f"; its sub-folders ring, tree look like the classes: give {tmp_path / 'data'}"
    assert files.deeper(tmp_path / "data" / "ring") == ""


def test_what_pillow_says_of_files_that_are_no_pictures_is_not_passed_on(tmp_path):
    """A warning here is an error of the test."""
    drawn(tmp_path / "a.bin", "TIFF")
    whole = (tmp_path / "a.bin").read_bytes()
    for cut in range(9, len(whole), 20):
        (tmp_path / f"{cut}.bin").write_bytes(whole[:cut])
    found, others = files.pictures_in(tmp_path)
    assert "a.bin" in names(found)
    assert len(found) + len(others) == 1 + len(range(9, len(whole), 20))
