import numpy as np
import pytest

import zoo
from zoo import ZooError, cli, export
from zoo.export import as_litert, parity, quantization


@pytest.fixture(scope="module")
def task(shipped):
    x = np.linspace(-4, 4, 10)
    return shipped("mela_sinusoid").learn(x, np.sin(x))


@pytest.fixture(scope="module")
def exported(task, tmp_path_factory):
    """A LiteRT file in each type, and the difference that was found."""
    folder = tmp_path_factory.mktemp("quantized")
    paths = {kind: folder / f"{kind}.tflite" for kind in as_litert.KINDS}
    return {kind: (path, export.litert(task, path, quantize=kind)["serving_default"]) for kind, path in paths.items()}


def test_fewer_bits_are_smaller_and_a_little_worse_and_say_so(task, exported):
    x = np.linspace(-5, 5, 50, dtype=np.float32)[:, None]
    want = task.predict(x[:, 0])
    bytes_before = 1_000_000
    for kind, (path, said) in exported.items():
        found = np.abs(as_litert.runner(path)("serving_default")({"query_x": x})["prediction"][:, 0] - want).max()
        tolerance = quantization.TOLERANCES.get(kind, parity.TOLERANCE)
        assert said <= tolerance and found <= tolerance * max(1, np.abs(want).max())
        assert (said > parity.TOLERANCE) == (kind != "float32")
        assert path.stat().st_size < 0.8 * bytes_before
        bytes_before = path.stat().st_size


def test_one_beyond_its_tolerance_is_not_published(task, exported, tmp_path, monkeypatch):
    monkeypatch.setattr(as_litert, "convert", lambda *_: exported["int8"][0].read_bytes())
    monkeypatch.setitem(quantization.TOLERANCES, "int8", 1e-6)
    with pytest.raises(ZooError, match=r"LiteRT in int8, .* more than 1e-06; .* export it with quantize='float16'"):
        export.litert(task, tmp_path / "wave.tflite", quantize="int8")
    assert list(tmp_path.iterdir()) == []


def test_kinds_of_numbers_are_named(task, tmp_path):
    with pytest.raises(ZooError, match="quantize='int4': LiteRT stores weights as float32 or float16 or int8"):
        export.litert(task, tmp_path / "wave.tflite", quantize="int4")


def test_quantised_exports_are_compared_on_examples_as_large_as_those_of_training(task):
    seen = []

    def run(inputs):
        seen.append(inputs["query_x"])
        return {"prediction": task.learner.graphs.apply(task.learned, inputs["query_x"][None]).numpy()[0]}

    quantization.check(task, "serving_default", run, "a test", "int8", ("float32", "int8"))
    low, high = task.learner.input_range
    assert max(np.abs(x).max() for x in seen) > 0.5 * max(abs(low), abs(high)) > 1


def test_the_command_line_stores_weights_in_fewer_bits(task, exported, tmp_path, capsys):
    zoo.save_task(task, tmp_path / "wave")

    def run(*arguments):
        code = cli.main(["export", str(tmp_path / "wave"), "--to", str(tmp_path / arguments[0]), *arguments[1:]])
        return code, capsys.readouterr().err

    assert run("int8.tflite", "--format", "litert", "--quantize", "int8") == (0, "")
    assert (tmp_path / "int8.tflite").read_bytes() == exported["int8"][0].read_bytes()
    assert run("wave.c", "--format", "c") == (0, "")
    assert "signed char wave_kernel_1" in (tmp_path / "wave.c").read_text()
    assert run("floats.c", "--format", "c", "--quantize", "float32") == (0, "")
    assert "signed char" not in (tmp_path / "floats.c").read_text()
    code, said = run("wave.onnx", "--format", "onnx", "--quantize", "int8")
    assert code == cli.USER_ERROR
    assert "--quantize int8: only litert and c store weights so; pass --format litert or c" in said
