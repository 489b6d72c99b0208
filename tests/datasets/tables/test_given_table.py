"""Tables in whatever holds them are the same columns."""

import numpy as np
import pandas as pd
import pytest

from zoo import ZooError
from zoo.datasets.tables.given_table import opened

NAMES, AGE, CITY = ("age", "city"), [30, 40, 50], ["Rome", None, "Oslo"]


class Series:
    """A column as polars has it, as far as it is looked at."""

    def __init__(self, values, dtype):
        self.values, self.dtype = values, dtype

    def to_numpy(self):
        return np.array(self.values, dtype=object)


class Frame:
    """A data frame of a package that is not imported."""

    columns = NAMES

    def __getitem__(self, name):
        return {"age": Series(AGE, "Int64"), "city": Series(CITY, "Categorical")}[name]


class Arrow(Frame):
    column_names = NAMES
    columns = (AGE, CITY)  # pyarrow's are the columns themselves


@pytest.mark.parametrize(
    "table",
    [
        pd.DataFrame({"age": AGE, "city": CITY}),
        pd.DataFrame({"age": pd.array(AGE, "Int64"), "city": pd.Categorical(CITY)}, index=[7, 8, 7]),
        {"age": AGE, "city": CITY},
        {"age": np.array(AGE), "city": pd.Series(CITY, index=[3, 2, 1])},
        [{"age": 30, "city": "Rome"}, {"age": 40}, {"age": 50, "city": "Oslo"}],
        np.array(list(zip(AGE, CITY, strict=True)), [("age", "i4"), ("city", "O")]),
        Frame(),
        Arrow(),
    ],
)
def test_named_columns(table):
    found = opened("x", table)
    assert (found.names, found.rows, found.matrix) == (NAMES, 3, None)
    assert found.columns[0].tolist() == AGE
    assert [city if isinstance(city, str) else None for city in found.columns[1].tolist()] == CITY
    assert found.called(1) == "column 'city'"
    assert opened("x", found) is found
    assert found.taken(np.array([2])).columns[0].tolist() == [50]


def test_categories_of_data_frames_are_known():
    frame = pd.DataFrame({"age": AGE, "city": pd.Categorical(CITY)})
    assert opened("x", frame).declared == {1} == opened("x", Frame()).declared


def test_tables_without_names():
    found = opened("x", [[30, "Rome"], [40, "Oslo"]])
    assert (found.names, found.called(1)) == (None, "column 1")
    assert [column.tolist() for column in found.columns] == [[30, 40], ["Rome", "Oslo"]]  # 30 is no text beside one
    matrix = np.arange(6.0).reshape(3, 2)
    assert opened("x", matrix).matrix is matrix
    assert opened("x", matrix.tolist()).matrix is not None
    assert opened("x", matrix).taken(np.array([1])).matrix.tolist() == [[2, 3]]
    assert opened("x", matrix.astype(str)).matrix is None
    masked = np.ma.array(matrix, mask=[[0, 1], [0, 0], [0, 0]])
    assert np.isnan(opened("x", masked).matrix).tolist() == [[False, True], [False, False], [False, False]]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ([1, 2, 3], r"x is a single column and no table; give a table .* of one column: np.reshape\(x, \[-1, 1\]\)"),
        (np.zeros([2, 2, 2]), r"x is of shape \[2, 2, 2\] and no table"),
        (3.0, r"x is of shape \[\] and no table"),
        ([[1, 2], [3]], "x is no table"),
        (np.zeros([0, 3]), "x is empty: 0 rows of 3 columns"),
        ({}, "x is empty: 0 rows of 0 columns"),
        (pd.DataFrame(), "x is empty"),
        ({"a": [1, 2], "b": [1]}, "column 'b', has 1 rows and column 'a' has 2; make them as long"),
        ({"a": [[1, 2]]}, r"column 'a', has shape \[1, 2\]; give one value for each row"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "more than one column 'a'; rename all but one"),
        ({1: [1], "1": [1]}, "more than one column '1'"),
        (np.array([[1j]]), "complex numbers"),
    ],
)
def test_what_is_no_table_is_told_what_is_wanted(table, message):
    with pytest.raises(ZooError, match=message):
        opened("x", table)


def test_a_sparse_matrix_is_told_what_to_do():
    sparse = pytest.importorskip("scipy.sparse")
    with pytest.raises(ZooError, match=r"x is a sparse matrix; pass x.toarray\(\)"):
        opened("x", sparse.eye(3))
