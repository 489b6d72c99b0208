"""What a column holds as what `learn` takes: numbers, rows of a table, pictures by path or bytes."""

import io

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image

from zoo import ZooError
from zoo.bulk.examples import Examples, labels_of, nested
from zoo.datasets import read_pictures


@pytest.fixture
def picture(tmp_path):
    tones = np.random.default_rng(0).integers(0, 255, [20, 20], np.uint8)
    Image.fromarray(tones).save(tmp_path / "one.png")
    return tmp_path / "one.png"


def test_pictures_are_read_by_path_or_bytes_as_everywhere_once(tiny_names, picture):
    examples = Examples(tiny_names.learner, str(picture.parent))
    want = read_pictures([picture], size=8)[0].astype(np.float32) / 255
    np.testing.assert_array_equal(examples("query_x", pa.array(["one.png"])), want)
    np.testing.assert_array_equal(examples("query_x", pa.array([str(picture)])), want)
    np.testing.assert_array_equal(examples("query_x", pa.array([picture.read_bytes()])), want)
    whole = io.BytesIO(picture.read_bytes())
    picture.unlink()
    np.testing.assert_array_equal(examples("query_x", pa.array(["one.png", "one.png"])), np.concatenate([want, want]))
    examples.forget()
    with pytest.raises(ZooError, match=r"one\.png cannot be read as a picture \(FileNotFoundError"):
        examples("query_x", pa.array(["one.png"]))
    with pytest.raises(ZooError, match="a picture cannot be read as a picture"):
        examples("query_x", pa.array([whole.read()[:40]]))
    with pytest.raises(ZooError, match=r"query_x lacks a picture \(null\)"):
        examples("query_x", pa.array(["one.png", None]))


def test_numbers_of_a_picture_may_lie_flat_or_nested(tiny_names):
    flat = np.arange(128.0).reshape(2, 64)
    examples = Examples(tiny_names.learner)
    assert examples("x", pa.array(flat.tolist())).shape == (2, 8, 8, 1)
    np.testing.assert_array_equal(examples("x", pa.array(flat.reshape(2, 8, 8, 1).tolist()))[..., 0], flat.reshape(2, 8, 8))


def test_structs_are_rows_of_a_table(rows_of_tables):
    rows = pa.array([{"age": 3, "city": "Rome", "tall": None}, {"age": None, "city": None, "tall": True}])
    table = Examples(rows_of_tables)("x", rows)
    assert (table.names, table.rows) == (("age", "city", "tall"), 2)
    assert table.columns[1].tolist() == ["Rome", None]
    assert table.columns[2].tolist() == [None, True]
    with pytest.raises(ZooError, match="x is empty"):
        Examples(rows_of_tables)("x", rows[:0])


def test_lists_of_different_lengths_and_missing_ones_are_refused():
    with pytest.raises(ZooError, match="its rows have from 1 to 2 numbers"):
        nested(pa.array([[1.0], [1.0, 2.0]]))
    with pytest.raises(ZooError, match="row 1 is missing"):
        nested(pa.array([[1.0], None]))
    assert labels_of(pa.array(["a", None]), True) == ["a", None]
    assert labels_of(pa.array([[1.0], [2.0]]), False).tolist() == [[1.0], [2.0]]
