import numpy as np
import pytest

from zoo import ZooError, export
from zoo.export import as_litert, as_saved_model, parity


@pytest.fixture(scope="module")
def exported(tiny, part, tmp_path_factory):
    """The tiny learner's file with three signatures, and the differences that were found."""
    path = tmp_path_factory.mktemp("litert") / "learner.tflite"
    return path, export.litert(part(tiny, "serving_default", "adapt", "apply"), path)


def test_it_agrees_with_the_live_learner_and_padding_stays_out(exported, padded_and_trimmed):
    path, differences = exported
    assert differences == dict.fromkeys(("serving_default", "adapt", "apply"), pytest.approx(0, abs=1e-5))
    padded, trimmed = map(as_litert.runner(path)("serving_default"), padded_and_trimmed)
    np.testing.assert_allclose(padded["prediction"], trimmed["prediction"], atol=1e-6)


def test_one_file_has_all_signatures_with_dynamic_axes(exported, tiny):
    run = as_litert.runner(exported[0])
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


def test_twice_the_same_bytes(exported, tiny, part, count_on):
    count_on()
    assert as_litert.convert(part(tiny, "serving_default", "adapt", "apply")) == exported[0].read_bytes()


def test_a_loop_with_a_gradient_agrees_and_is_twice_the_same_bytes(descent, count_on, tmp_path):
    assert export.litert(descent, tmp_path / "one.tflite")["serving_default"] < 1e-5
    count_on()
    assert as_litert.convert(descent) == (tmp_path / "one.tflite").read_bytes()


def test_a_task_leaves_alone_what_is_there_and_answers_do_not_share_the_interpreters_memory(tiny_task, tmp_path):
    path = tmp_path / "task.tflite"
    path.write_text("mine")
    with pytest.raises(ZooError, match="exists already"):
        export.litert(tiny_task, path)
    assert path.read_text() == "mine"
    path.unlink()
    assert export.litert(tiny_task, path)["serving_default"] < 1e-5
    assert [found.name for found in tmp_path.iterdir()] == ["task.tflite"]
    run = as_litert.runner(path)("serving_default")
    first = run({"query_x": np.array([[0.5]], np.float32)})["prediction"]
    kept = first.copy()
    run({"query_x": np.array([[-2.0]], np.float32)})
    np.testing.assert_array_equal(first, kept)


def test_nothing_appears_when_the_export_differs(tiny_task, tmp_path, monkeypatch):
    monkeypatch.setattr(parity, "TOLERANCE", -1.0)
    with pytest.raises(ZooError, match=r"LiteRT, signature 'serving_default': .* differs from the live model"):
        export.litert(tiny_task, tmp_path / "out.tflite")
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_type_of_weights_is_refused_before_anything_is_written(tiny_task, tmp_path):
    with pytest.raises(ZooError, match="quantize='int4': LiteRT stores weights as float32 or float16 or int8; choose one"):
        export.litert(tiny_task, tmp_path / "task.tflite", quantize="int4")
    assert list(tmp_path.iterdir()) == []


def test_some_signatures_of_a_saved_model_are_converted(tiny_task, tmp_path):
    twice = {name: tiny_task.endpoints()["serving_default"] for name in ("one", "other")}
    as_saved_model.write(tiny_task, tmp_path / "model", twice)
    (tmp_path / "one.tflite").write_bytes(as_litert.convert_saved_model(tmp_path / "model", ["one"]))
    as_litert.runner(tmp_path / "one.tflite")("one")
    with pytest.raises(ValueError, match="other"):
        as_litert.runner(tmp_path / "one.tflite")("other")
