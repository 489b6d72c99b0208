"""The rule of columns beside every export: read back, it makes of any table what the exported model answers."""

import json

import numpy as np
import onnxruntime
import pandas as pd
import pytest
from table_means import TableMeans

from zoo import ZooError, export
from zoo.datasets.tables.columns import Columns
from zoo.export import as_litert, as_saved_model, columns

FRAME = pd.DataFrame({"age": [20, 30, None, 70], "city": ["Bonn", "Rome", "Bonn", "Rome"], "größe": [1.0, 2.0, 3.0, 5.0]})


@pytest.fixture(scope="module")
def task():
    return TableMeans(name="means").learn(FRAME, ["a", "a", "b", "b"])


def onnx_runner(path):
    session = onnxruntime.InferenceSession(path)
    return lambda x: session.run(["prediction"], {"query_x": x})[0]


def other_runner(module):
    return lambda path: lambda x: module.runner(path)("serving_default")({"query_x": x})["prediction"]


@pytest.mark.parametrize(
    ("name", "rule", "runner"),
    [
        ("saved", "saved/assets.extra/columns.json", other_runner(as_saved_model)),
        ("wave.onnx", "wave.columns.json", onnx_runner),
        ("wave.tflite", "wave.columns.json", other_runner(as_litert)),
    ],
)
def test_every_export_has_the_rule_and_answers_by_it(task, name, rule, runner, tmp_path):
    exporter = {"saved": export.saved_model, "wave.onnx": export.onnx, "wave.tflite": export.litert}[name]
    for force in (False, True):
        exporter(task, tmp_path / name, force=force)
    read = Columns.from_json(json.loads((tmp_path / rule).read_text(encoding="utf-8")))
    assert read == task.columns
    got = runner(tmp_path / name)(read.rows("x", FRAME))
    np.testing.assert_allclose(got, task.answers(FRAME), rtol=1e-5, atol=1e-5)


def test_where_there_is_no_rule_there_is_no_file(tiny_task, tmp_path):
    with columns.written_beside(tiny_task, tmp_path / "wave.c", False):
        pass
    assert not list(tmp_path.iterdir())
    assert columns.text(tiny_task) == ""


def test_a_second_format_finds_the_same_rule_and_another_rule_is_not_replaced(task, tmp_path):
    rule = tmp_path / "wave.columns.json"
    for name in ("wave.c", "wave.tflite"):
        with columns.written_beside(task, tmp_path / name, False):
            pass
    assert rule.read_text(encoding="utf-8") == columns.text(task)
    other = TableMeans(name="means").learn(FRAME[["age"]], ["a", "a", "b", "b"])
    with pytest.raises(ZooError, match="exists already"), columns.written_beside(other, tmp_path / "wave.onnx", False):
        pass
    assert rule.read_text(encoding="utf-8") == columns.text(task)


def test_another_file_is_not_replaced_and_a_failed_export_leaves_none(task, tmp_path):
    path, rule = tmp_path / "wave.c", tmp_path / "wave.columns.json"
    for text in ("years of work", "[1]", "{}"):
        rule.write_text(text)
        with pytest.raises(ZooError, match="is nothing that the zoo wrote"), columns.written_beside(task, path, True):
            pass
        assert rule.read_text() == text
    rule.unlink()
    with pytest.raises(ValueError, match="no"), columns.written_beside(task, path, False):
        raise ValueError("no")
    assert not rule.exists()
