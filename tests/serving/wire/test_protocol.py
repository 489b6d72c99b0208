import contextlib
import gc
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoo.serving.wire import protocol
from zoo.serving.wire.protocol import BadRequestError

FLOAT, INT = np.dtype(np.float32), np.dtype(np.int32)
ONE = {"x": (FLOAT, (None, 2))}
TWO = {"size": (INT, (None,)), "x": (FLOAT, (None, 2))}
ELEMENT = "Failed to process element: {} of 'instances' list. "
KEY = "Failed to process element: {} key: {} of 'instances' list. Error: INVALID_ARGUMENT: "


def decode(body, specs):
    return protocol.decode(protocol.parse(body if isinstance(body, bytes) else json.dumps(body).encode()), specs)


def refusal(body, specs=TWO):
    with pytest.raises(BadRequestError) as refused:
        decode(body, specs)
    return str(refused.value)


def answer(request, **outputs):
    return protocol.encode(request, {name: np.asarray(value) for name, value in outputs.items()}).decode()


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
        ({}, "Missing 'inputs' or 'instances' key"),
        ({"instances": {"x": [1, 2]}}, " Excepting 'instances' to be an list/array"),
        ({"instances": []}, " No values in 'instances' array"),
        ({"instances": [[1, 2]]}, "instances is a plain list, but expecting list of objects"),
        ({"inputs": [[1, 2]]}, "inputs is a plain value/list, but expecting an object"),
        ({"inputs": {"x": [[1, 2]]}}, "Missing named input: size in 'inputs' object."),
        ({"instances": [{"x": [1, 2]}]}, "keys must be equal to: size,x"),
        ({"instances": [{"x": [1, 2], "size": 1, "y": 3}]}, KEY.format(0, "y") + "JSON object: does not have named input: y"),
        ({"instances": [{"x": [1, 2], "size": 1, "y": 3}]}, "keys must be equal to: size,x"),
        ({"instances": [{"x": [1, 2], "size": 1}, [1, 2]]}, "Expecting object but got list at item 1 of input list"),
        (
            {"instances": [{"x": [1], "size": 1}, {"x": [1, 2], "size": 1}]},
            KEY.format(1, "x") + "Expecting tensor size: 1 but got: 2",
        ),
        (
            {"instances": [{"x": [1, 2], "size": 1}, {"x": [[1, 2]], "size": 1}]},
            KEY.format(1, "x") + "Expecting shape [2] but got: [1,2]",
        ),
        (
            {"instances": [{"x": [1, 2], "size": 1.0}]},
            KEY.format(0, "size") + "JSON Value: 1.0 Type: Number is not of expected type: int32",
        ),
        ({"inputs": {"x": [[1, 2]], "size": [1.0]}}, "JSON Value: 1.0 Type: Number is not of expected type: int32"),
        ({"inputs": {"x": [[1, 2]], "size": [2**31]}}, "JSON Value: 2147483648 Type: Number is not of expected type: int32"),
        ({"inputs": {"x": [["a", 1]], "size": [1]}}, 'JSON Value: "a" Type: String is not of expected type: float'),
        ({"inputs": {"x": [[1, True]], "size": [1]}}, "JSON Value: true Type: True is not of expected type: float"),
        ({"inputs": {"x": [[1, 2]], "size": [True]}}, "JSON Value: true Type: True is not of expected type: int32"),
        ({"inputs": {"x": [[None, 1]], "size": [1]}}, "JSON Value: null Type: Null is not of expected type: float"),
        ({"inputs": {"x": [[{"b64": "AA=="}, 1]], "size": [1]}}, "Type: Object is not of expected type: float"),
        ({"inputs": {"x": [[1, 2], [3]], "size": [1]}}, "Encountered list at unexpected size: 1 at level: 1 expected size: 2"),
        (
            {"inputs": {"x": [[1, 2], 3], "size": [1]}},
            "JSON Value: 3 found at incorrect level: 2 in the JSON DOM. Expected at level: 2",
        ),
        ({"inputs": {"x": [1, [2]], "size": [1]}}, "Encountered list at unexpected level: 1 expected < 1"),
        ({"inputs": {"x": [[2**24, 0]], "size": [1]}}, "Cannot convert JSON value: 16777216 to float without loss of precision."),
        ({"inputs": {"x": [[1e39, 0]], "size": [1]}}, "Cannot convert JSON value: 1e+39 to float without loss of precision."),
        ({"inputs": {"x": [[1, 2, 3]], "size": [1]}}, "key: x has shape [1, 3], expected [-1, 2]"),
        ({"instances": [{"x": 1, "size": 1}]}, "key: x has shape [1], expected [-1, 2]"),
        ({"inputs": {"x": [[]], "size": [1]}}, "key: x has shape [1, 0], expected [-1, 2]"),
        ({"inputs": {"x": 7, "size": [1]}}, "key: x has shape [], expected [-1, 2]"),
    ],
)
def test_refusals(body, message):
    assert message in refusal(body)


def test_a_single_unnamed_input_is_refused_in_its_own_words():
    assert refusal({"instances": [[1, 2], ["a", 2]]}, ONE).startswith(ELEMENT.format(1) + "Error: INVALID_ARGUMENT: ")
    assert refusal({"instances": [[1, 2], {"x": [1, 2]}]}, ONE) == "Expecting value/list but got object at item 1 of input list"


def test_both_formats_at_once_are_refused():
    assert "expecting only one of 'inputs' or 'instances' keys" in refusal({"instances": [[1, 2]], "inputs": [[1, 2]]})


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "The document is empty"),
        (b"{", "Missing a name for object member. at offset: 1"),
        (b'{"inputs" 1}', "Missing a colon after a name of object member."),
        (b'{"inputs": }', "Invalid value. at offset: 11"),
        (b'{"inputs": [[1, 2]]} 3', "The document root must not be followed by other values."),
        (b'{"inputs', "Missing a closing quotation mark in string."),
        (b'{"inputs": [[1e999, 0]]}', "Number too big to be stored in double."),
        (b"[" * 100_000, "nested too deep"),
        (b"\xff", "JSON Parse error"),
        (b'{"inputs": ' + b"9" * 5000 + b"}", "JSON Parse error"),
    ],
)
def test_what_is_no_json_is_refused(body, message):
    with pytest.raises(BadRequestError, match=r"^JSON Parse error: ") as refused:
        protocol.parse(body)
    assert message in str(refused.value)


def test_what_is_no_request_is_refused():
    with pytest.raises(BadRequestError, match="Is not object"):
        protocol.parse(b"[1]")
    with pytest.raises(BadRequestError, match="key must be a string value"):
        protocol.parse(b'{"signature_name": 3}')


def test_deep_lists_are_refused_and_not_walked():
    for depth in (33, 500):
        value = "[" * depth + "1" + "]" * depth
        assert "deep" in refusal(f'{{"inputs": {{"x": {value}, "size": [1]}}}}'.encode())


def test_a_refusal_repeats_no_megabytes():
    assert len(refusal({"instances": [{"x": list(range(100_000))}]})) < 2000


def test_nan_and_infinity_are_numbers_on_the_way_in_and_raw_on_the_way_out():
    read = decode(b'{"inputs": [[NaN, -Infinity], [Infinity, 1]]}', ONE)["x"]
    np.testing.assert_array_equal(read, np.array([[np.nan, -np.inf], [np.inf, 1]], np.float32))
    assert answer({"inputs": 1}, y=read[0]) == '{\n    "outputs": [\n        NaN,\n        -Infinity\n    ]\n}'


def test_an_integer_is_a_number_too_and_large_ones_where_a_float_says_so():
    read = decode(b'{"inputs": [[3, 16777215], [16777217.0, 1e38]]}', ONE)["x"]
    np.testing.assert_array_equal(read, np.array([[3, 16777215], [16777217, 1e38]], np.float32))


def test_unknown_columns_are_ignored_as_tensorflow_serving_does():
    assert set(decode({"inputs": {"x": [[1, 2]], "size": [1], "other": [3]}}, TWO)) == set(TWO)


def test_strings_come_plain_or_in_base64():
    specs = {"s": (np.dtype(object), (None,))}
    assert decode({"instances": ["é", {"b64": "AP8="}]}, specs)["s"].tolist() == ["é".encode(), b"\0\xff"]
    assert "Unable to base64 decode" in refusal({"instances": [{"b64": "?"}]}, specs)
    assert "not formatted correctly for base64 data" in refusal({"inputs": {"s": [{"b64": 1}]}}, specs)
    assert json.loads(answer({"inputs": 1}, s=np.array([b"a"], object), t_bytes=np.array([b"\0\xff"], object))) == {
        "outputs": {"s": ["a"], "t_bytes": [{"b64": "AP8="}]}
    }


def test_rows_stand_on_one_line_and_columns_on_many():
    y, z = np.array([[1.5, 2]], np.float32), np.array([3], np.int32)
    assert answer({"instances": 1}, y=y) == '{\n    "predictions": [[1.5, 2.0]\n    ]\n}'
    assert answer({"inputs": 1}, y=y) == json.dumps({"outputs": [[1.5, 2.0]]}, indent=4)
    assert answer({"inputs": 1}, y=y, z=z) == json.dumps({"outputs": {"y": [[1.5, 2.0]], "z": [3]}}, indent=4)
    rows = '{\n    "predictions": [\n        {\n            "y": [1.5, 2.0],\n            "z": 3\n        }\n    ]\n}'
    assert answer({"instances": 1}, z=z, y=y) == rows


def test_odd_names_and_shapes_are_written_whole():
    empty = np.zeros((2, 0, 3), np.float32)
    assert json.loads(answer({"inputs": 1}, **{'a"%s': empty, "b": True})) == {"outputs": {'a"%s': [[], []], "b": True}}
    assert json.loads(answer({"instances": 1}, **{"%d": empty, "b": np.ones(2, bool)})) == {
        "predictions": [{"%d": [], "b": True}] * 2
    }
    assert json.loads(answer({"instances": 1}, y=empty[:0])) == {"predictions": []}


def test_rows_want_one_leading_axis_for_all():
    with pytest.raises(BadRequestError, match="Tensor name: y has no shape information"):
        protocol.encode({"instances": 1}, {"y": np.float32(1)})
    with pytest.raises(BadRequestError, match="Tensor name: z has inconsistent batch size: 3 expecting: 2"):
        protocol.encode({"instances": 1}, {"y": np.zeros(2), "z": np.zeros(3)})


@given(st.lists(st.floats(width=32), min_size=1))
def test_numbers_survive_the_way_out_to_the_last_bit(numbers):
    values = np.array(numbers, np.float32)
    for request in ({"inputs": 1}, {"instances": 1}):
        (back,) = json.loads(answer(request, y=values)).values()
        np.testing.assert_array_equal(np.array(back, np.float32), values)


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_numbers_are_written_with_six_digits_or_nine(number):
    six = f"{number:.6g}"
    want = six if np.float32(six) == np.float32(number) else f"{number:.9g}"
    (got,) = answer({"inputs": 1}, y=np.array([number], np.float32)).split()[3:-2]
    assert got == (want if "." in want or "e" in want else want + ".0")


def test_doubles_are_written_with_all_their_digits():
    assert answer({"instances": 1}, y=np.array([0.1, 1 / 3])) == '{\n    "predictions": [0.1, 0.33333333333333331\n    ]\n}'


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-3, 2**33) | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner) | st.dictionaries(st.sampled_from(["instances", "inputs", "x", "size", "signature_name"]), inner)
        ),
    )
)
def test_any_json_is_decoded_or_refused(body):
    try:
        decoded = decode(body, TWO)
    except BadRequestError as refused:
        json.loads(protocol.error(str(refused)))
        return
    assert {name: value.dtype for name, value in decoded.items()} == {name: dtype for name, (dtype, _) in TWO.items()}


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
def test_other_encodings_than_utf_8_are_no_json(encoding):
    with pytest.raises(BadRequestError, match="JSON Parse error: "):
        protocol.parse('{"inputs": [[1, 2]]}'.encode(encoding))


def test_a_byte_order_mark_is_skipped():
    assert protocol.parse(b'\xef\xbb\xbf{"inputs": 1}') == {"inputs": 1}


def test_values_and_signatures_are_known_without_parsing():
    body = b'{"signature_name": "adapt", "inputs": {"x": [[1, 2], []]}}'
    assert protocol.most_values(body) >= 9  # two objects, three lists, two numbers, a string; more is no harm
    assert protocol.signature_names(body) == {"adapt", "serving_default"}
    assert protocol.signature_names(b"{}") == {"serving_default"}
    assert protocol.signature_names(b'{"signature\\u005fname": "adapt"}') is None


def test_the_collector_goes_on_after_parsing():
    for body in (b"{}", b"{"):
        with contextlib.suppress(BadRequestError):
            protocol.parse(body)
        assert gc.isenabled()
