"""Lists of Arrow as dense arrays with lengths, whatever is missing in them, and back."""

import numpy as np
import pyarrow as pa
import pytest

from zoo import ZooError
from zoo.bulk import ragged


def test_lists_become_rows_with_lengths_and_dense_arrays():
    rows = ragged.numbers(pa.array([[1.0, 2.0], [], [3.0]]), 1)
    assert rows.values[:, 0].tolist() == [1.0, 2.0, 3.0]
    assert (rows.sizes.tolist(), rows.fine.tolist()) == ([2, 0, 1], [True, True, True])
    assert rows.dense(np.array([2, 0]), (1,)).tolist() == [[[3.0], [0.0]], [[1.0], [2.0]]]
    assert rows.dense(np.array([1]), (1,)).shape == (1, 0, 1)


@pytest.mark.parametrize(
    "damage",
    [None, [[1.0, 2.0], [3.0]], [[1.0, None]], [None, [1.0, 2.0]], [[1.0, 2.0, 3.0]], [[float("nan"), 1.0]], [[1e300, 0.0]]],
)
def test_a_damaged_list_marks_its_task_and_no_other(damage):
    column = pa.array([[[1.0, 2.0], [3.0, 4.0]], damage, [[5.0, 6.0]]], pa.list_(pa.list_(pa.float64())))
    rows = ragged.numbers(column, 2)
    assert rows.fine.tolist() == [True, False, True]
    assert rows.dense(np.array([2]), (2,)).tolist() == [[[5.0, 6.0]]]


def test_fixed_lists_within_parts_and_missing_ones_are_found():
    column = pa.array([[[1.0, 2.0]], [None], [[3.0, 4.0]]], pa.list_(pa.list_(pa.float32(), 2)))
    assert ragged.numbers(column, 2).fine.tolist() == [True, False, True]
    part = ragged.numbers(column.slice(2), 2)
    assert (part.values.tolist(), part.sizes.tolist()) == ([[3.0, 4.0]], [1])


def test_texts_whole_numbers_and_decimals_are_numbers_and_other_types_are_refused():
    texts = ragged.floats(pa.array(["1", " -2.5e1 ", "1_0", "x", None, "inf"]))
    np.testing.assert_array_equal(texts, [1.0, -25.0, np.nan, np.nan, np.nan, np.nan])
    assert ragged.floats(pa.array([2**62, None])).tolist()[0] == 2.0**62
    assert ragged.floats(pa.array([1, 2], pa.decimal128(5, 1))).tolist() == [1.0, 2.0]
    assert np.isnan(ragged.floats(pa.nulls(1))).all()
    with pytest.raises(ZooError, match=r"it holds date32\[day\] where numbers were expected"):
        ragged.floats(pa.array([1], pa.date32()))
    with pytest.raises(ZooError, match="it is a column of double, but one of lists was expected"):
        ragged.numbers(pa.array([1.0]), 1)


def test_values_become_lists_and_lists_of_lists():
    assert ragged.lists_of(np.array([1.0, 2.0, 3.0]), np.array([1, 0, 2]), pa.list_(pa.float32())).to_pylist() == [
        [1],
        [],
        [2, 3],
    ]
    nested = ragged.lists_of(np.arange(6.0).reshape(3, 2), np.array([1, 2]), pa.list_(pa.list_(pa.float32())))
    assert nested.to_pylist() == [[[0, 1]], [[2, 3], [4, 5]]]
    assert ragged.lists_of(pa.array(["a"]), np.array([1]), pa.list_(pa.string())).to_pylist() == [["a"]]


def test_types_are_looked_through():
    assert ragged.leaf_of(pa.list_(pa.list_(pa.dictionary(pa.int32(), pa.string())))) == pa.string()
    assert ragged.is_list(pa.large_list(pa.int8())) and not ragged.is_list(pa.string())
    assert ragged.is_text(pa.large_string()) and not ragged.is_text(pa.binary())
    _, values, there = ragged.level(pa.array([["a"], None, ["a", "b"]], pa.list_(pa.dictionary(pa.int32(), pa.string()))))
    assert (values.to_pylist(), there.tolist()) == (["a", "a", "b"], [True, False, True])
