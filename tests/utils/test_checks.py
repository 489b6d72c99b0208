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


def test_a_last_axis_of_one_may_be_left_out():
    assert checks.as_rows("x", np.zeros((3, 28, 28), np.uint8), (28, 28, 1)).shape == (3, 28, 28, 1)
    assert checks.as_rows("x", [0.5, 1.0], (1,)).shape == (2, 1)
    assert checks.as_rows("x", np.zeros((3, 4)), (None, 1)).shape == (3, 4, 1)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (0.5, r"x is a single number: pass \[0.5\]"),
        (None, "x is None"),
        (["1_0"], r"x is not an array of numbers \(it holds '1_0'\)"),
        (["\uff11\uff10"], "x is not an array of numbers"),
        (np.array(["1_0"], object), "x is not an array of numbers"),
        (np.array([1 + 2j]), "it holds complex128"),
        (np.array(["2026-01-01"], "datetime64[D]"), "it holds datetime64"),
        ([10**400], "x is not an array of numbers"),
        ([1.0, 1e39], r"x holds 1e\+39, too large for float32 \(first in row 1\)"),
        (np.ma.array([1.0, 2.0], mask=[False, True]), "x holds NaN or infinity .first in row 1"),
        ([b"x" * 100_000], "x is not an array of numbers"),
    ],
)
def test_what_numpy_would_take_for_another_number_is_refused(values, message):
    with pytest.raises(ZooError, match=message) as refused:
        checks.as_rows("x", values, (1,))
    assert len(str(refused.value)) < 250


def test_texts_of_plain_numbers_are_numbers():
    np.testing.assert_array_equal(checks.as_rows("x", ["1", " -2.5e1 ", b".5"], (1,))[:, 0], [1, -25, 0.5])
    np.testing.assert_array_equal(checks.as_rows("x", np.ma.array([1.0, 2.0], mask=False), (1,))[:, 0], [1, 2])


def test_the_place_of_a_bad_number_is_named():
    x = np.zeros((3, 2, 2))
    x[1, 0, 1] = np.inf
    with pytest.raises(ZooError, match=r"first in row 1, at \[0, 1\]"):
        checks.as_rows("x", x, (2, 2))


class NAType:
    """As that of pandas, which need not be there."""


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (["a", "a", float("nan"), "b"], r"y is missing \(nan\) in row 2"),
        (np.array(["a", None], object), r"y is missing \(None\) in row 1"),
        ([NAType(), "a"], "y is missing"),
        (["a", "a", 1, 1], r"y is mixed: 'a' is one of texts, and 1 in row 2 one of numbers"),
        ([True, 2], "y is mixed: True is one of truth values, and 2 in row 1 one of numbers"),
        ([1, "1"], "y is mixed"),
        ([[1, 2], [1]], "y is not a list of classes"),
        ([b"\xff"], "not UTF-8"),
        ([("a", "b"), ("c", "d")], "one class for each example"),
        ([2**62, 2**64 - 1], r"y holds 4.6.*e\+18, and whole numbers as large as that are not told apart"),
        ([2**53 + 1, 1.0], "not told apart"),
        ([1.0, float("inf")], "y holds numbers that are not whole, such as inf"),
        ([2**70], "y holds object; the classes must be strings or whole numbers"),
    ],
)
def test_labels_that_are_missing_or_mixed_are_refused_by_row(labels, message):
    with pytest.raises(ZooError, match=message) as refused:
        checks.as_labels("y", labels)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("labels", "want"),
    [
        (np.array([2, 1], object), [2, 1]),
        ([b"a", b"b"], ["a", "b"]),
        (np.array([b"a", b"b"]), ["a", "b"]),
        (np.array(["a", "b"], np.dtypes.StringDType()), ["a", "b"]),
        (np.array(["caf\u00e9".encode(), b"b"], object), ["caf\u00e9", "b"]),
        ([1, 2.0], [1, 2]),
        ([np.int64(3), np.str_("3")][:1], [3]),
        (np.array([[True], [False]], object), [True, False]),
    ],
)
def test_labels_of_any_container_are_taken(labels, want):
    got = checks.as_labels("y", labels)
    assert got.tolist() == want
    assert got.dtype.kind in "Ubif"


def test_tensors_of_strings_are_labels():
    import tensorflow as tf

    assert checks.as_labels("y", tf.constant(["a", "b"])).tolist() == ["a", "b"]


def test_names_that_look_the_same_are_one_class():
    composed, apart = "caf\u00e9", "cafe\u0301"
    with pytest.warns(UserWarning, match="in two ways that look the same"):
        assert checks.as_labels("y", [composed, apart, "tea"]).tolist() == [composed, composed, "tea"]
    assert checks.as_labels("y", [apart, "tea"]).tolist() == [apart, "tea"]


@pytest.mark.parametrize(
    ("labels", "classes"), [(["1"], (0, 1)), ([True], (0, 1)), ([1], ("0", "1")), ([1], (False, True)), ([0, 1], (0, "1"))]
)
def test_a_class_is_told_by_its_kind_too(labels, classes):
    if labels == [0, 1]:
        with pytest.raises(ZooError, match="y holds 1, but the classes"):
            checks.one_hot(np.array(labels), classes)
        return
    with pytest.raises(ZooError, match=r"y holds .*, but the classes of this task are (numbers|texts|truth values)"):
        checks.one_hot(np.array(labels), classes)


def test_a_task_of_many_classes_makes_no_long_message():
    with pytest.raises(ZooError, match="and 988 more") as refused:
        checks.one_hot(np.array([5000]), tuple(range(1000)))
    assert len(str(refused.value)) < 250


def test_whole_numbers_of_every_float_are_classes():
    for kind in (np.float16, np.float32, np.float64, np.longdouble):
        assert checks.as_labels("y", np.array([2, 1], kind)).tolist() == [2, 1]


def test_what_is_no_array_has_no_shape():
    assert checks.shape_of([[1, 2]]) == (1, 2)
    assert checks.shape_of([[1], [1, 2]]) == ()
    assert checks.shape_of(["elm", "\u65e5".encode()]) == ()


def test_sequences_of_several_lengths_are_no_tokens():
    with pytest.raises(ZooError, match=r"y is no array of tokens .*; pad or cut the sequences to 2 each"):
        checks.as_tokens("y", [[1, 2], [1]], 2, 3)


def test_labels_that_are_not_read_are_counted_whatever_they_are():
    assert checks.count_of("y", [[1], [1, 2]]) == 2
    assert checks.count_of("y", np.zeros([3, 1])) == 3
    for none in ([], {1: 2}, 5):
        with pytest.raises(ZooError, match="y is empty"):
            checks.count_of("y", none)
