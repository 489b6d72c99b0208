import numpy as np
import pytest

from zoo import ZooError, export
from zoo.export import as_litert, as_onnx, as_saved_model, parity

FORMATS = {"saved_model": export.saved_model, "onnx": export.onnx, "litert": export.litert}
EXPORTED_TWICE_MAY_DIFFER = {"fingerprint.pb"}  # holds a random uuid


@pytest.fixture(params=FORMATS)
def exporter(request):
    return FORMATS[request.param]


@pytest.fixture(params=["learner", "task"])
def model(request, tiny, tiny_task):
    return {"learner": tiny, "task": tiny_task}[request.param]


def contents(path):
    files = [path] if path.is_file() else sorted(file for file in path.rglob("*") if file.is_file())
    return {file.relative_to(path).as_posix(): file.read_bytes() for file in files if file.name not in EXPORTED_TWICE_MAY_DIFFER}


def test_a_task_model_agrees_with_the_live_one(exporter, tiny_task, tmp_path):
    differences = exporter(tiny_task, tmp_path / "out")
    assert set(differences) == set(tiny_task.endpoints())
    assert max(differences.values()) < 1e-5


def test_twice_the_same_bytes(exporter, model, tmp_path, only):
    only(model, "serving_default", "fine_tune")  # the last one holds a loop
    exporter(model, tmp_path / "one")
    model.endpoints()["serving_default"].traced().get_concrete_function()  # moves every counter of the process on
    exporter(model, tmp_path / "two")
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_does_not_overwrite_unless_forced(exporter, tiny_task, tmp_path):
    (tmp_path / "out").write_text("mine")
    with pytest.raises(ZooError, match="exists already"):
        exporter(tiny_task, tmp_path / "out")
    assert (tmp_path / "out").read_text() == "mine"
    (tmp_path / "out").unlink()
    exporter(tiny_task, tmp_path / "out")
    exporter(tiny_task, tmp_path / "out", force=True)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_nothing_appears_when_the_export_differs(exporter, tiny_task, tmp_path, monkeypatch):
    monkeypatch.setattr(parity, "TOLERANCE", -1.0)
    with pytest.raises(ZooError, match="differs from the live model"):
        exporter(tiny_task, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_padding_of_nan_stays_out_in_every_format(tiny, tmp_path, only):
    only(tiny, "serving_default")
    endpoint = tiny.endpoints()["serving_default"]
    export.saved_model(tiny, tmp_path / "sm")
    export.onnx(tiny, tmp_path / "m.onnx")
    export.litert(tiny, tmp_path / "m.tflite")
    inputs = parity.example(endpoint, {"tasks": 2, "support": 5, "query": 3}, seed=1)
    real = inputs["support_size"][0]
    assert np.isnan(inputs["support_x"][:, real:]).any()
    trimmed = {**inputs, "support_x": inputs["support_x"][:, :real], "support_y": inputs["support_y"][:, :real]}
    for runner in (
        as_saved_model.runner(tmp_path / "sm")("serving_default"),
        as_onnx.runner(tmp_path / "m.onnx"),
        as_litert.runner(tmp_path / "m.tflite")("serving_default"),
    ):
        np.testing.assert_allclose(runner(inputs)["prediction"], runner(trimmed)["prediction"], atol=1e-6)


@pytest.mark.parametrize(
    ("exporter", "there"),
    [
        (export.saved_model, "out/thesis.txt"),
        (export.saved_model, "out"),
        (export.onnx, "out/thesis.txt"),
        (export.onnx, "out/thesis.onnx"),
        (export.onnx, "out"),
        (export.onnx, "out.onnx"),
        (export.litert, "out"),
        (export.c, "out.c"),
        (export.c, "out.h"),
    ],
)
def test_what_no_export_wrote_is_not_replaced(tiny_task, tmp_path, exporter, there):
    (tmp_path / there).parent.mkdir(exist_ok=True)
    (tmp_path / there).write_text("years of work")
    name = {export.c: "out.c"}.get(exporter, "out.onnx" if there == "out.onnx" else "out")
    with pytest.raises(ZooError, match="nothing that the zoo wrote"):
        exporter(tiny_task, tmp_path / name, force=True)
    assert (tmp_path / there).read_text() == "years of work"
    (tmp_path / there).unlink()
    for _ in range(2):
        exporter(tiny_task, tmp_path / name, force=True)
