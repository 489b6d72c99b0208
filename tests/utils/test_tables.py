import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoo.utils import tables
from zoo.utils.errors import ZooError


def test_reads_numbers_under_their_names(tmp_path):
    (tmp_path / "a.csv").write_text("\ufeffx, y\n1,2\n\n-3e-1, 4\n", encoding="utf-8")
    header, values = tables.read(tmp_path / "a.csv")
    assert header == ["x", "y"]
    np.testing.assert_allclose(values, [[1, 2], [-0.3, 4]])
    np.testing.assert_allclose(tables.opened(tmp_path / "a.csv").numbers(["y"]), [[2], [4]])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no rows"),
        ("x,y\n", "no rows"),
        ("1,2\n3,4\n", "must name the columns"),
        ("x,y\n1\n", "line 2: 1 fields, but the header has 2"),
        ("x,y\n1,2\n3,four\n", "line 3: 'four' in column 'y' is not a number"),
        ("x,y\n1,\n", "line 2: '' in column 'y' is not a number"),
    ],
)
def test_wrong_files_are_refused_by_line(tmp_path, text, message):
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(ZooError, match=message):
        tables.read(tmp_path / "a.csv")


def test_unreadable_files_are_refused(tmp_path):
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00\x01")
    for path in (tmp_path / "missing.csv", tmp_path, tmp_path / "binary.csv"):
        with pytest.raises(ZooError, match="cannot be read"):
            tables.read(path)


def test_a_missing_column_is_named(tmp_path):
    (tmp_path / "a.csv").write_text("x,y\n1,2\n")
    with pytest.raises(ZooError, match="lacks the column z; it has x, y"):
        tables.opened(tmp_path / "a.csv").numbers(["z"])


@given(values=st.lists(st.lists(st.floats(-1e9, 1e9, width=32), min_size=2, max_size=2), min_size=1, max_size=9))
def test_what_is_written_is_read_back(tmp_path_factory, values):
    path = tmp_path_factory.mktemp("tables") / "a.csv"
    tables.write(path, ["x", "y"], np.array(values, np.float32))
    np.testing.assert_allclose(tables.read(path)[1], np.array(values, np.float32), rtol=1e-6)


def test_does_not_overwrite(tmp_path):
    (tmp_path / "a.csv").write_text("mine")
    with pytest.raises(ZooError, match="exists already"):
        tables.write(tmp_path / "a.csv", ["x"], np.zeros((1, 1)))
    assert (tmp_path / "a.csv").read_text() == "mine"
