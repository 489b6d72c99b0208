import numpy as np
import pytest

from zoo.serving.wire import json_text


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        (np.array([[1, -2]], np.int32), ["1", "-2"]),
        (np.array([True, False]), ["true", "false"]),
        (np.array(["é", b'a"b'], object), ['"é"', '"a\\"b"']),
        (
            np.array([0.1, 1, 1e6, 1e10, 1234567, -0.0, 3e-45], np.float32),
            ["0.1", "1.0", "1e+06", "1e+10", "1234567.0", "-0.0", "2.8026e-45"],
        ),
        (np.array([np.nan, np.inf, -np.inf], np.float32), ["NaN", "Infinity", "-Infinity"]),
        (np.zeros((2, 0), np.float32), []),
    ],
)
def test_texts(values, texts):
    assert json_text.texts(values) == texts


def test_bytes_in_base64():
    assert json_text.texts(np.array([b"\0\xff"], object), as_bytes=True) == ['{"b64": "AP8="}']


def test_every_kind_of_nan_is_written_without_a_warning():
    signalling = np.array([0x7F800001, 0xFFC00000], np.uint32).view(np.float32)
    assert json_text.texts(signalling) == ["NaN", "NaN"]


def test_brackets_on_one_line_and_on_many():
    assert json_text.on_one_line((2, 1)) == "[[%s], [%s]]"
    assert json_text.on_one_line(()) == "%s"
    assert json_text.on_many_lines((2,), 1) == "[\n        %s,\n        %s\n    ]"
    assert json_text.on_many_lines((1, 0), 0) == "[\n    []\n]"
