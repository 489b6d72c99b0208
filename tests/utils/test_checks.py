import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoo import ZooError
from zoo.utils import checks

shapes = hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)
anything = st.one_of(
    hnp.arrays(st.sampled_from([np.float64, np.float32, np.int64, bool]), shapes),
    st.recursive(st.none() | st.floats() | st.integers() | st.text(), st.lists, max_leaves=6),
)


@given(values=anything, row_shape=st.sampled_from([(1,), (2,), (2, 3)]))
def test_anything_becomes_finite_rows_or_one_clear_line(values, row_shape):
    try:
        rows = checks.as_rows("x", values, row_shape)
    except ZooError as error:
        assert str(error).startswith("x ")
        assert "\n" not in str(error)
        return
    assert rows.dtype == np.float32
    assert rows.shape[1:] == row_shape
    assert len(rows) > 0
    assert np.isfinite(rows).all()


def test_images_keep_their_shape():
    assert checks.as_rows("x", np.zeros((3, 28, 28, 1), np.uint8), (28, 28, 1)).shape == (3, 28, 28, 1)


def test_lengths_must_agree():
    checks.same_length(np.zeros(3), np.zeros(3))
    with pytest.raises(ZooError, match="x has 3 rows and y has 2"):
        checks.same_length(np.zeros(3), np.zeros(2))
