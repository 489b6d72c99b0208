import numpy as np
import pytest

from zoo import ZooError, export
from zoo.export import as_litert, as_saved_model


def test_one_file_has_all_signatures_with_dynamic_axes(tiny, tmp_path, only):
    only(tiny, "adapt", "apply")
    assert set(export.litert(tiny, tmp_path / "m.tflite")) == {"adapt", "apply"}
    run = as_litert.runner(tmp_path / "m.tflite")
    for tasks, support in ((1, 2), (3, 5)):
        x = np.random.default_rng(0).uniform(-1, 1, [tasks, support, 1]).astype(np.float32)
        inputs = {"support_x": x, "support_y": x, "support_size": np.full(tasks, support, np.int32)}
        task = run("adapt")(inputs)
        want = tiny.endpoints()["adapt"](**inputs)
        assert task.keys() == want.keys()
        for name, value in want.items():
            np.testing.assert_allclose(task[name], value, rtol=1e-4, atol=1e-5)
        got = run("apply")({**task, "query_x": x})["prediction"]
        np.testing.assert_allclose(got, tiny.endpoints()["apply"](**want, query_x=x)["prediction"], rtol=1e-4, atol=1e-5)


def test_answers_do_not_share_the_interpreters_memory(tiny_task, tmp_path):
    export.litert(tiny_task, tmp_path / "task.tflite")
    run = as_litert.runner(tmp_path / "task.tflite")("serving_default")
    first = run({"query_x": np.array([[0.5]], np.float32)})["prediction"]
    kept = first.copy()
    run({"query_x": np.array([[-2.0]], np.float32)})
    np.testing.assert_array_equal(first, kept)


def test_an_unknown_type_of_weights_is_refused_before_anything_is_written(tiny_task, tmp_path):
    with pytest.raises(ZooError, match="quantize='int4': LiteRT stores weights as float32 or float16 or int8; choose one"):
        export.litert(tiny_task, tmp_path / "task.tflite", quantize="int4")
    assert list(tmp_path.iterdir()) == []


def test_some_signatures_of_a_saved_model_are_converted(tiny, tmp_path):
    as_saved_model.write(tiny, tmp_path / "model", {name: tiny.endpoints()[name] for name in ("adapt", "apply")})
    (tmp_path / "adapt.tflite").write_bytes(as_litert.convert_saved_model(tmp_path / "model", ["adapt"]))
    as_litert.runner(tmp_path / "adapt.tflite")("adapt")
    with pytest.raises(ValueError, match="apply"):
        as_litert.runner(tmp_path / "adapt.tflite")("apply")
