import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoo.serving import protocol
from zoo.serving.protocol import BadRequestError

FLOAT, INT = np.dtype(np.float32), np.dtype(np.int32)
ONE = {"x": (FLOAT, (None, 2))}
TWO = {"size": (INT, (None,)), "x": (FLOAT, (None, 2))}


def decode(body, specs):
    return protocol.decode(protocol.parse(json.dumps(body).encode()), specs)


def test_rows_and_columns_say_the_same():
    rows = decode({"instances": [{"x": [1, 2], "size": 3}, {"x": [4.5, 5], "size": 6}]}, TWO)
    columns = decode({"inputs": {"x": [[1, 2], [4.5, 5]], "size": [3, 6]}}, TWO)
    for name in TWO:
        assert rows[name].dtype == TWO[name][0]
        np.testing.assert_array_equal(rows[name], columns[name])


def test_a_single_input_needs_no_name():
    for body in ({"instances": [[1, 2]]}, {"inputs": [[1, 2]]}, {"instances": [{"x": [1, 2]}]}, {"inputs": {"x": [[1, 2]]}}):
        np.testing.assert_array_equal(decode(body, ONE)["x"], [[1, 2]])


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "exactly one of"),
        ({"instances": [[1, 2]], "inputs": [[1, 2]]}, "exactly one of"),
        ([1], "must be an object"),
        ({"inputs": [[1, 2]], "signature_name": 3}, "must be a string"),
        ({"instances": []}, "at least one"),
        ({"instances": {"x": [1, 2]}}, "must be a list"),
        ({"instances": [{"x": [1, 2]}]}, "keys must be equal to: size,x"),
        ({"instances": [{"x": [1, 2], "size": 1, "y": 3}]}, "keys must be equal to: size,x"),
        ({"instances": [[1, 2]]}, "Expecting object"),
        ({"inputs": {"x": [[1, 2]]}}, "Missing named input: size in 'inputs' object."),
        ({"inputs": [[1, 2]]}, "must be an object with the keys size,x"),
        ({"instances": [{"x": [1, 2], "size": 1.0}]}, "size must hold numbers of type int32"),
        ({"instances": [{"x": [1, 2], "size": 2**31}]}, "does not fit int32"),
        ({"instances": [{"x": [1], "size": 1}, {"x": [1, 2], "size": 1}]}, "x is ragged"),
        ({"instances": [{"x": ["a", "b"], "size": 1}]}, "x must hold numbers"),
        ({"instances": [{"x": [True, False], "size": 1}]}, "x must hold numbers"),
        ({"instances": [{"x": [None, 1], "size": 1}]}, "x must hold numbers"),
        ({"instances": [{"x": [1, 2, 3], "size": 1}]}, r"x has shape \[1, 3\], expected \[-1, 2\]"),
        ({"instances": [{"x": 1, "size": 1}]}, r"x has shape \[1\], expected \[-1, 2\]"),
    ],
)
def test_refusals(body, message):
    with pytest.raises(BadRequestError, match=message):
        decode(body, TWO)


def test_numbers_beyond_float32_become_infinite_without_a_warning():
    np.testing.assert_array_equal(decode({"inputs": [[1e300, -1e300]]}, ONE)["x"], [[np.inf, -np.inf]])


def test_unknown_columns_are_ignored_as_tensorflow_serving_does():
    assert set(decode({"inputs": {"x": [[1, 2]], "size": [1], "other": [3]}}, TWO)) == set(TWO)


def test_what_is_no_json_is_refused():
    for body in (b"", b"{", b"[" * 100_000, b"\xff"):
        with pytest.raises(BadRequestError, match="JSON"):
            protocol.parse(body)


def test_answers_follow_the_format_of_the_request():
    one = {"y": np.array([[1.5], [2.0]], np.float32)}
    two = {**one, "z": np.array([3, 4], np.int32)}
    answer = lambda request, outputs: json.loads(protocol.encode(request, outputs))  # noqa: E731
    assert answer({"instances": []}, one) == {"predictions": [[1.5], [2.0]]}
    assert answer({"instances": []}, two) == {"predictions": [{"y": [1.5], "z": 3}, {"y": [2.0], "z": 4}]}
    assert answer({"inputs": []}, one) == {"outputs": [[1.5], [2.0]]}
    assert answer({"inputs": []}, two) == {"outputs": {"y": [[1.5], [2.0]], "z": [3, 4]}}


@given(st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=1))
def test_numbers_survive_the_way_out_to_the_last_bit(numbers):
    values = np.array(numbers, np.float32)
    back = json.loads(protocol.encode({"inputs": []}, {"y": values}))["outputs"]
    np.testing.assert_array_equal(np.array(back, np.float32), values)


def test_numbers_are_written_short():
    assert protocol.encode({"inputs": []}, {"y": np.array([0.1], np.float32)}) == b'{"outputs": [0.1]}'


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner) | st.dictionaries(st.sampled_from(["instances", "inputs", "x", "size", "signature_name"]), inner)
        ),
    )
)
def test_any_json_is_decoded_or_refused(body):
    try:
        decoded = decode(body, TWO)
    except BadRequestError:
        return
    assert {name: value.dtype for name, value in decoded.items()} == {name: dtype for name, (dtype, _) in TWO.items()}
