"""A user's own pictures: classes by sub-folder, what was done is reported, what is damaged is named and left out."""

import os
import warnings

import numpy as np
import pytest
from PIL import Image

from zoo.datasets import ImageFolder, NWay, names_of, read_folder, read_pictures
from zoo.utils.errors import ZooError, cut


@pytest.fixture
def pictures(tmp_path):
    """Three classes of four pictures, of several kinds and sizes."""
    random = np.random.default_rng(0)
    for number, name in enumerate(["ring", "tree", "zwölf"]):
        folder = tmp_path / "pictures" / name
        folder.mkdir(parents=True)
        for kind, (ending, mode) in enumerate([("png", "L"), ("JPG", "RGB"), ("gif", "P"), ("png", "RGBA")]):
            tones = np.full([40 + 9 * kind, 40 + 20 * number, 3], 255, np.uint8)
            tones[10:20, 10 + 3 * number : 20] = random.integers(0, 60)
            Image.fromarray(tones).convert(mode).save(folder / f"{kind}.{ending}")
    return tmp_path / "pictures"


def test_sub_folders_are_classes(pictures):
    data, report = read_folder(pictures)
    assert data.names == ("ring", "tree", "zwölf")
    assert data.counts.tolist() == [4, 4, 4]
    assert data.x.shape == (12, 28, 28, 1)
    assert data.x.dtype == np.uint8
    assert np.median(data.x[:, 0]) == 0
    assert (data.x.reshape(12, -1).max(axis=1) > 200).all()
    assert report.pictures == 12
    assert not report.skipped
    lines = report.lines()
    assert lines[0] == "12 pictures, now 28 x 28 in grey"
    assert "all inverted, so that ink is bright" in lines
    assert "9 made grey" in lines


def test_a_size_and_colours_of_choice(pictures):
    data, report = read_folder(pictures, size=16, channels=3)
    assert data.x.shape == (12, 16, 16, 3)
    assert str(report).startswith("12 pictures, now 16 x 16 in colour; ")
    assert "3 given three channels" in report.lines()
    with pytest.raises(ZooError, match="channels=2"):
        read_folder(pictures, channels=2)


def test_a_damaged_file_is_named_and_skipped(pictures):
    (pictures / "tree" / "0.png").write_bytes(b"no picture")
    cut = pictures / "ring" / "1.JPG"
    cut.write_bytes(cut.read_bytes()[:400])
    with pytest.warns(UserWarning, match="is skipped") as caught:
        data, report = read_folder(pictures)
    assert data.counts.tolist() == [3, 3, 4]
    assert sorted(str(each.message).partition(" ")[0] for each in caught) == sorted(map(str, (cut, pictures / "tree" / "0.png")))
    assert {path for path, _ in report.skipped} == {str(cut), str(pictures / "tree" / "0.png")}
    assert sum(line.startswith("skipped ") for line in report.lines()) == 2


def test_hidden_and_other_files_are_left_alone(pictures):
    (pictures / "tree" / "notes.txt").write_text("notes")
    (pictures / "tree" / ".hidden.png").write_bytes(b"")
    (pictures / ".git").mkdir()
    (pictures / "loose.png").write_bytes(b"")
    deeper = pictures / "tree" / "more"
    deeper.mkdir()
    (pictures / "tree" / "0.png").rename(deeper / "0.png")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        data, _ = read_folder(pictures)
    assert data.counts.tolist() == [4, 4, 4]


def test_a_class_without_a_good_picture_is_left_out(pictures):
    (pictures / "void").mkdir()
    with pytest.warns(UserWarning, match="the class 'void' is left out"):
        data, _ = read_folder(pictures)
    assert data.names == ("ring", "tree", "zwölf")


def empty(folder):
    for path in sorted(folder.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()


def one_class(folder):
    for name in ("tree", "zwölf"):
        empty(folder / name)
        (folder / name).rmdir()


def loose(folder):
    for path in list((folder / "ring").iterdir()):
        path.rename(folder / path.name)
    one_class(folder)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda folder: empty(folder) or folder.rmdir(), "is not a folder"),
        (empty, "holds no pictures; put them in sub-folders"),
        (one_class, "holds one class only, 'ring'"),
        (loose, "has 4 pictures, but in no sub-folder"),
    ],
)
def test_folders_that_teach_nothing_are_refused(pictures, change, message):
    change(pictures)
    with pytest.raises(ZooError, match=message):
        read_folder(pictures)


def test_a_folder_of_damaged_files_is_refused(pictures):
    for path in pictures.rglob("*.*"):
        path.write_bytes(b"")
    with pytest.warns(UserWarning), pytest.raises(ZooError, match="no picture that can be read"):
        read_folder(pictures)


def test_pictures_to_predict_keep_their_names(pictures):
    files = sorted((pictures / "tree").iterdir())
    files[1].write_bytes(b"no picture")
    with pytest.warns(UserWarning, match="is skipped"):
        x, kept, report = read_pictures(files, size=20)
    assert x.shape == (3, 20, 20, 1)
    assert kept == [files[0], *files[2:]]
    assert report.pictures == 3


def test_episodes_of_a_folder(pictures):
    source = ImageFolder(str(pictures), held_out=0.0)
    inputs, query_y = next(iter(NWay(source, ways=3, shots=1, queries=2).stream(2, seed=1)))
    assert inputs["support_x"].shape == (2, 3, 28, 28, 1)
    assert query_y.shape == (2, 6, 3)
    with pytest.raises(ZooError, match="class 'ring' has 4 examples, but shots and queries need 5"):
        NWay(source, ways=3, shots=2, queries=3).stream(1, 1)
    with pytest.raises(ZooError, match="no part 'test'"):
        NWay(source).draw(1, 1)


def test_classes_held_out_are_no_classes_of_training(pictures):
    source = ImageFolder(str(pictures), held_out=0.34)
    train, test = source.load("train"), source.load("test")
    assert len(test.names) == 1
    assert sorted(train.names + test.names) == ["ring", "tree", "zwölf"]
    with pytest.raises(ZooError, match="held_out=2"):
        ImageFolder(str(pictures), held_out=2)


def test_every_file_is_read_or_named(pictures):
    ring = pictures / "ring"
    picture = Image.open(ring / "0.png")
    picture.save(ring / "b.avif")
    picture.convert("RGB").save(ring / "c.jfif", "JPEG")
    picture.convert("RGB").save(ring / "d.ppm")
    picture.save(ring / "e", "PNG")
    (ring / "photo.HEIC").write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")
    (ring / "notes.txt").write_text("notes")
    with pytest.warns(UserWarning, match=r"photo.HEIC .* is skipped \(pip install pillow-heif to read HEIC\)") as caught:
        data, report = read_folder(pictures)
    assert len(caught) == 1
    assert caught[0].filename == __file__
    assert data.counts.tolist() == [8, 4, 4]
    assert report.left == (str(ring / "notes.txt"),)
    assert report.lines()[-1] == f"left out 1 that are no pictures: {cut(ring / 'notes.txt', 40)}"


def test_a_level_too_many_and_parts_get_the_remedy(pictures, tmp_path):
    with pytest.raises(
        ZooError, match=r"one class only, 'pictures'; its sub-folders ring, tree, zwölf look like the classes: give"
    ):
        read_folder(tmp_path)
    pictures.rename(tmp_path / "train")
    with pytest.raises(ZooError, match=r"parts of a data set \(train\), not classes; give one of them, such as"):
        read_folder(tmp_path)


def test_system_folders_are_no_classes(pictures):
    (pictures / "__MACOSX" / "ring").mkdir(parents=True)
    (pictures / "__MACOSX" / "ring" / "._0.png").write_bytes(b"junk")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert read_folder(pictures)[0].names == ("ring", "tree", "zwölf")


def test_folders_that_look_the_same_are_one_class(pictures):
    (pictures / "tree").rename(pictures / "caf\u00e9")
    (pictures / "ring").rename(pictures / "cafe\u0301")
    with pytest.warns(UserWarning, match="spells 'café' in 2 ways that look the same; the folders are one class"):
        data, _ = read_folder(pictures)
    assert dict(zip(data.names, data.counts.tolist(), strict=True)) == {"caf\u00e9": 8, "zwölf": 4}


def test_a_blank_picture_is_named(pictures):
    Image.new("L", (40, 40), 255).save(pictures / "ring" / "blank.png")
    with pytest.warns(UserWarning, match=r"blank.png is of one tone only, with nothing to see"):
        data, report = read_folder(pictures)
    assert data.counts.tolist() == [5, 4, 4]
    assert "1 of one tone only, with nothing to see" in report.lines()


def test_a_class_of_a_name_that_is_not_utf_8_is_a_source_too(pictures):
    odd = pictures / os.fsdecode(b"\xff\xfe")
    (pictures / "tree").rename(odd)
    source = ImageFolder(str(pictures), held_out=0.4)
    assert odd.name in source.load("train").names + source.load("test").names


def test_pictures_without_a_label_are_read_where_they_are_wanted(pictures):
    (pictures / "tree").rename(pictures / "_unlabelled")
    data, report = read_folder(pictures, unlabelled=True)
    assert (data.counts.tolist(), report.pictures) == ([4, 4, 4], 12)
    assert names_of(data) == [None] * 4 + ["ring"] * 4 + ["zwölf"] * 4
    with pytest.warns(UserWarning, match=r"_unlabelled has pictures without a label, which only some learners use"):
        data, _ = read_folder(pictures)
    assert data.names == ("ring", "zwölf")
    (pictures / "ring").rename(pictures.parent / "ring")
    with pytest.raises(ZooError, match="holds one class only, 'zwölf'"):
        read_folder(pictures, unlabelled=True)
    (pictures / "zwölf").rename(pictures.parent / "zwölf")
    with pytest.raises(ZooError, match="holds pictures without a label only"):
        read_folder(pictures, unlabelled=True)
    assert names_of(read_folder(pictures, unlabelled=True, least=0)[0]) == [None] * 4
