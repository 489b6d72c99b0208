import io

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


@pytest.fixture
def numbers(tmp_path):
    def read(text, **how):
        (tmp_path / "a.csv").write_text(text, encoding="utf-8")
        return tables.opened(tmp_path / "a.csv").numbers(**how).tolist()

    return read


@pytest.mark.parametrize(
    "text",
    [
        "x,y\n1.5,2\n-0.25,4e1\n",
        "x;y\n1.5;2\n-0.25;4e1\n",
        "x;y\r\n1,5;2\r\n-0,25;4e1\r\n",
        "x\ty\n1.5\t2\n-0.25\t4e1\n",
        "x\ty\n1,5\t2\n-,25\t4e1\n",
        "x|y\n1.5|2\n-0.25|4e1\n",
        "sep=;\r\nx;y\r\n1,5;2\r\n-0,25;4e1\r\n",
        '"x","y"\n"1,5","2"\n"-0,25","40"\n',
        '\n"x, in m";y\n1,5;2\n\n-0,25;40\n',
    ],
)
def test_every_dialect_is_the_same_table(numbers, text):
    assert numbers(text) == [[1.5, 2], [-0.25, 40]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x,y,x,y\n1,2,3,4\n", r"names 2 column.s. more than once: 'x', 'y'; give each a name of its own"),
        ("x;y;x\n1;2;3\n", "'x'"),
        ("x,y\n1,nan\n", "line 2: 'nan' in column 'y' is not a finite number"),
        ("x,y\n1,2\n-inf,2\n", "line 3: '-inf' in column 'x' is not a finite number"),
        ("x,y\n1,1e39\n", r"line 2: '1e39' in column 'y' is larger than 3.4e\+38"),
        ("x,y\n1,1e999\n", "in column 'y' is larger than"),
        ("x,y\n1_0,2\n", "'1_0' in column 'x' is not a number"),
        ("x,y\n\uff11\uff10,2\n", "in column 'x' is not a number"),
        ("x;y\n1,234;5\n", "'1,234' may be 1234 or 1.234"),
        ("x;y\n1,5;2.5\n", "'1,5' has a comma and '2.5' a point"),
        ("x;y\n1.234,5;2\n", "'1.234,5' in column 'x' is not a number"),
        ("x y\n1 2\n", "'1 2' in column 'x y' is not a number"),
        ("x;y\n1;2;3\n", "3 fields, separated by ';', but the header has 2"),
        ('x,y\n"a\nb",2\n', "line 3: 'a b' in column|line 3: .* is not a number"),
    ],
)
def test_what_may_be_wrong_is_named_by_line_and_column(tmp_path, numbers, text, message):
    with pytest.raises(ZooError, match=message) as refused:
        numbers(text)
    assert str(refused.value).startswith(str(tmp_path / "a.csv"))
    assert "\n" not in str(refused.value)


def test_a_million_columns_and_endless_fields_make_one_short_line(tmp_path, numbers):
    for text in ("x,y\n" + "9" * 131_073 + ",1\n", "x,y\n" + "a" * 100_000 + ",1\n", "a," * 1_000_000 + "b\n1,2\n"):
        with pytest.raises(ZooError) as refused:
            numbers(text)
        assert len(str(refused.value)) < 500
    header = ",".join(f"c{number}" for number in range(100_000))
    with pytest.raises(ZooError, match=r"lacks the column z; it has c0, c1, .* and 99,988 more"):
        numbers(f"{header}\n{header.replace('c', '')}\n", names=["z"])


def test_a_field_may_be_missing_where_the_learner_knows_missing_numbers(numbers):
    np.testing.assert_array_equal(numbers("x,y\n1,\nnan,2\nNA,3\n", missing=True), [[1, np.nan], [np.nan, 2], [np.nan, 3]])


def test_columns_that_are_not_asked_for_may_hold_anything(numbers):
    assert numbers("id,x\nfirst,1\n,2\n", names=["x"]) == [[1], [2]]


def test_standard_input_is_a_table(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"x,y\n1,2\n3,a\n")))
    table = tables.opened("-")
    assert table.numbers(["x"]).tolist() == [[1], [3]]
    with pytest.raises(ZooError, match="standard input, line 3: 'a' in column 'y'"):
        table.numbers()


def test_numbers_are_written_whole_and_texts_untouched(capsys):
    tables.write(None, ["a", "b"], [["007", np.float32(0.1)], ["1.23456789012", np.float32(16777.217)]])
    assert capsys.readouterr().out == "a,b\n007,0.1\n1.23456789012,16777.217\n"


def test_columns_of_texts_and_numbers_keep_their_texts_and_get_points(tmp_path):
    (tmp_path / "mixed.csv").write_text('name;size;note\nAnn;1,5;"1,5"\nBob;NA;old, or so\nEve;;2\n')
    table = tables.opened(tmp_path / "mixed.csv")
    assert table.columns(["note", "size"]) == [["1,5", "old, or so", "2"], ["1.5", "NA", ""]]
    with pytest.raises(ZooError, match="lacks the column weight; it has name, size, note"):
        table.columns(["weight"])
    (tmp_path / "mixed.csv").write_text("name;size\nAnn;1,234\n")
    with pytest.raises(ZooError, match=r"may be 1234 or 1\.234"):
        tables.opened(tmp_path / "mixed.csv").columns(["size", "name"])


def test_a_name_that_is_taken_is_predicted():
    assert tables.unused("y", ["x"]) == "y"
    assert tables.unused("y", ["y", "predicted y"]) == "predicted predicted y"
