"""Lake's runs are read whole, with their answers; any other file is refused in one line that says where the right one is."""

import zipfile

import numpy as np
import one_shot_runs as drawn
import pytest

from zoo.datasets.images.one_shot_runs import ARCHIVE_BYTES, MEMBER_BYTES, read_runs
from zoo.utils.errors import ZooError

LABELS = "run03/class_labels.txt"


def test_drawings_and_answers_are_read_in_their_order(tmp_path):
    found = read_runs(drawn.written(tmp_path / "all_runs.zip"))
    assert found.training.shape == found.test.shape == (20, 20, 105, 105)
    assert found.training.dtype == found.test.dtype == bool
    np.testing.assert_array_equal(found.answer, drawn.answers())
    for run in (0, 19):
        same = found.training[run][found.answer[run]]  # the drawing of each item's class, which the item shows elsewhere
        np.testing.assert_array_equal(np.roll(same, (5, -7), axis=(1, 2)), found.test[run])
    assert 0 < found.training.sum(axis=(2, 3)).min() <= found.training.sum(axis=(2, 3)).max() <= drawn.DOTS


def test_line_ends_of_other_systems_and_grey_pictures_are_read(tmp_path):
    name = "run07/test/item09.png"
    grey = drawn.png(np.array([[3, 4], [60, 9]]), mode="L")
    changed = {LABELS: drawn.members()[LABELS].replace(b"\n", b"\r\n"), name: grey}
    found = read_runs(drawn.written(tmp_path / "all_runs.zip", **changed))
    np.testing.assert_array_equal(found.answer, drawn.answers())
    assert np.argwhere(found.test[6, 8]).tolist() == [[3, 4], [60, 9]]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"run20/test/item20.png": None}, "run20/test/item20.png is missing"),
        ({"run20/class_labels.txt": None}, "run20/class_labels.txt is missing"),
        ({"run02/training/class03.png": b"GIF89a"}, "run02/training/class03.png cannot be read as a picture"),
        ({"run02/training/class03.png": drawn.png(np.array([[1, 1]]))[:60]}, "class03.png cannot be read as a picture"),
        ({"run02/test/item03.png": drawn.png(np.array([[1, 1]]), side=28)}, "item03.png has 28 x 28 pixels, not 105 x 105"),
        ({"run02/test/item03.png": drawn.png(np.zeros([0, 2], int))}, "item03.png is no drawing in black on white"),
        ({"run02/test/item03.png": bytes(MEMBER_BYTES + 1)}, "item03.png has 65,537 bytes, more than 65,536"),
        ({LABELS: b""}, f"{LABELS} does not give each of the 20 items a class of its own"),
        ({LABELS: drawn.members()[LABELS].replace(b"run03", b"run04")}, f"{LABELS} does not give"),
        ({LABELS: drawn.members()[LABELS].replace(b"class02", b"class03")}, f"{LABELS} does not give"),
        ({LABELS: drawn.members()[LABELS].replace(b"item02", b"item03")}, f"{LABELS} does not give"),
        ({LABELS: drawn.members()[LABELS] * 2}, f"{LABELS} does not give"),
        ({LABELS: b"\xff\xfe"}, f"{LABELS} does not give"),
    ],
)
def test_other_contents_are_refused_by_name(tmp_path, changed, message):
    with pytest.raises(ZooError, match=r"all_runs\.zip' is not Lake's 20 runs: ") as refused:
        read_runs(drawn.written(tmp_path / "all_runs.zip", **changed))
    assert message in str(refused.value)
    assert str(refused.value).endswith(
        "; give all_runs.zip as it is in the folder one-shot-classification of https://github.com/brendenlake/omniglot."
    )


def test_files_that_are_no_such_archive_are_refused(tmp_path):
    path = drawn.written(tmp_path / "all_runs.zip")
    whole = path.read_bytes()
    for data, message in (
        (b"", "File is not a zip file"),
        (b"run01", "File is not a zip file"),
        (whole[: len(whole) // 2], "File is not a zip file"),
        (whole[:400] + whole[500:], ""),
        (bytes(ARCHIVE_BYTES + 1), "it has 16,777,217 bytes, more than 16,777,216"),
    ):
        path.write_bytes(data)
        with pytest.raises(ZooError, match=rf"is not Lake's 20 runs: {message}"):
            read_runs(path)
    with pytest.raises(ZooError, match="No such file or directory; give all_runs"):
        read_runs(tmp_path / "nowhere.zip")
    with pytest.raises(ZooError, match="is not Lake's 20 runs: Is a directory"):
        read_runs(tmp_path)
    with pytest.raises(ZooError, match="is not Lake's 20 runs: embedded null byte"):
        read_runs("a\0b")


def test_other_methods_of_packing_are_refused_as_their_readers_fail_otherwise(tmp_path):
    path = tmp_path / "all_runs.zip"
    path.write_bytes(drawn.zipped(drawn.members(), zipfile.ZIP_LZMA))
    with pytest.raises(ZooError, match="is packed by a method that the release does not use"):
        read_runs(path)
    path.write_bytes(drawn.zipped(drawn.members(), zipfile.ZIP_DEFLATED))
    np.testing.assert_array_equal(read_runs(path).answer, drawn.answers())


def test_a_member_that_unpacks_to_more_than_it_says_is_refused(tmp_path):
    path = tmp_path / "all_runs.zip"
    name = "run01/training/class01.png"
    parts = drawn.members() | {name: bytes(10 * MEMBER_BYTES)}
    data = bytearray(drawn.zipped(parts, zipfile.ZIP_DEFLATED))
    size = (10 * MEMBER_BYTES).to_bytes(4, "little")
    while size in data:  # in its own header and in the table
        at = data.index(size)
        data[at : at + 4] = (100).to_bytes(4, "little")
    path.write_bytes(data)
    with pytest.raises(ZooError, match=f"{name} is damaged"):
        read_runs(path)


@pytest.mark.skipif(not drawn.REAL.exists(), reason="set ZOO_LAKE_RUNS to all_runs.zip of the Omniglot repository")
def test_lakes_own_archive_is_read():
    found = read_runs(drawn.REAL)
    assert (found.training.sum(axis=(2, 3)) > 50).all()
    np.testing.assert_array_equal(found.answer[0, :4] + 1, [8, 9, 2, 19])  # as its file of labels begins
