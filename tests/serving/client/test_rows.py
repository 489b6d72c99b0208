import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from zoo.serving.client import rows
from zoo.serving.client.metadata import Signature, TensorInfo
from zoo.serving.wire import protocol

FLOAT, INT = np.dtype(np.float32), np.dtype(np.int32)
ONE = Signature({}, {"y": TensorInfo(FLOAT, None)})
TWO = Signature({}, {"y": TensorInfo(FLOAT, None), "n": TensorInfo(INT, None)})


def test_one_instance_for_each_task_and_integers_stay_integers():
    x, size = np.array([[[0.1], [2]], [[-3], [1e-20]]], FLOAT), np.array([2, 1], INT)
    body = rows.encode("adapt", {"x": x, "size": size})
    assert body == (b'{"signature_name":"adapt","instances":[{"size":2,"x":[[0.1],[2]]},{"size":1,"x":[[-3],[1e-20]]}]}')


def test_a_single_input_stands_without_its_name():
    assert json.loads(rows.encode("s", {"x": np.ones((2, 1), FLOAT)}))["instances"] == [[1], [1]]


@given(
    arrays.arrays(
        FLOAT, arrays.array_shapes(min_dims=1, max_dims=4), elements=st.floats(width=32, allow_nan=False, allow_infinity=False)
    )
)
def test_the_server_reads_the_same_numbers_to_the_last_bit(x):
    size = np.arange(len(x), dtype=INT)
    request = protocol.parse(rows.encode("s", {"x": x, "size": size}))
    specs = {"x": (FLOAT, (None,) * x.ndim), "size": (INT, (None,))}
    decoded = protocol.decode(request, specs)
    np.testing.assert_array_equal(decoded["x"].view(INT) & 0x7FFFFFFF, x.view(INT) & 0x7FFFFFFF)  # -0 may lose its sign
    np.testing.assert_array_equal(decoded["x"], x)
    np.testing.assert_array_equal(decoded["size"], size)
    answer = rows.decode(protocol.encode(request, {"y": x, "n": size}), TWO)
    np.testing.assert_array_equal(answer["y"], x)
    assert (answer["y"].dtype, answer["n"].dtype) == (FLOAT, INT)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"predictions": {}}', b'{"predictions": [[1], [1, 2]]}', b'{"predictions": ["a"]}']
)
def test_what_has_another_form_is_refused(body):
    with pytest.raises((ValueError, TypeError, KeyError)):
        rows.decode(body, ONE)


def test_strings_come_back_as_they_were():
    words = ['Äpfel "süß"', "", "日本語", "100 %\n"]
    request, texts = {"instances": []}, np.array([word.encode() for word in words], object)
    one = Signature({}, {"word": TensorInfo(np.dtype(str), None)})
    assert rows.decode(protocol.encode(request, {"word": texts}), one)["word"].tolist() == words
    two = Signature({}, {"word": TensorInfo(np.dtype(str), None), "y": TensorInfo(FLOAT, None)})
    got = rows.decode(protocol.encode(request, {"word": texts, "y": np.ones(4, FLOAT)}), two)
    assert (got["word"].tolist(), got["word"].dtype.kind, got["y"].dtype) == (words, "U", FLOAT)
    for other in ("1", "null", '{"b64": "AA=="}', '["a"], "b"'):
        with pytest.raises((TypeError, ValueError)):
            rows.decode(f'{{"predictions": ["a", {other}]}}'.encode(), one)


def test_rows_without_an_output_are_refused():
    with pytest.raises(KeyError):
        rows.decode(b'{"predictions": [{"y": 1}]}', TWO)


def test_many_numbers_are_written_as_few_are():
    few = np.random.default_rng(0).normal(size=(7, 3)).astype(FLOAT)
    few[::2] = 0
    many = np.tile(few, (rows.MANY // few.size + 1, 1))
    instances = json.loads(rows.encode("s", {"x": few}))["instances"]
    assert json.loads(rows.encode("s", {"x": many}))["instances"] == instances * (len(many) // len(few))


def test_the_largest_numbers_are_not_written_beyond_themselves():
    largest = np.finfo(FLOAT).max
    (instances,) = json.loads(rows.encode("s", {"x": np.array([[largest, -largest]])}))["instances"]
    assert max(map(abs, instances)) <= float(largest)
    np.testing.assert_array_equal(np.array(instances, FLOAT), [largest, -largest])
