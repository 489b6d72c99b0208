import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoo.serving.wire import json_arrays

LEAVES = (
    st.integers(-(2**31), 2**31 - 1) | st.integers(-9, 9) | st.floats(width=32) | st.booleans() | st.none() | st.text(max_size=2)
)
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3), max_leaves=12)


@given(
    VALUES | st.lists(st.lists(st.integers(-9, 9) | st.floats(), min_size=2, max_size=2)), st.sampled_from([np.float32, np.int32])
)
def test_the_fast_way_and_the_careful_way_are_one(value, dtype):
    fast = json_arrays.read_fast(value, np.dtype(dtype))
    try:
        careful = json_arrays.read_carefully(value, np.dtype(dtype))
    except json_arrays.BadRequestError:
        assert fast is None
    else:
        assert fast is not None
        assert fast.dtype == careful.dtype == dtype
        np.testing.assert_array_equal(fast, careful)


def test_truth_values_are_read_as_such_only():
    np.testing.assert_array_equal(json_arrays.read([True, False], np.dtype(bool)), [True, False])
    with pytest.raises(json_arrays.BadRequestError, match="Type: Number is not of expected type: bool"):
        json_arrays.read([1], np.dtype(bool))


def test_a_long_quote_is_cut():
    assert json_arrays.quoted({"a": 1}) == '{\n    "a": 1\n}'
    assert len(json_arrays.quoted(list(range(10_000)))) < 1010
