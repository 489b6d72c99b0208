import numpy as np
import pytest
import task_ways

from zoo import ZooError, export
from zoo.export import as_c, c_plan, c_source, c_steps, quantization
from zoo.learners import made

NAMES = ("maml_sinusoid", "mela_sinusoid", "oracle_bouncing_ball")


@pytest.mark.parametrize("name", NAMES)
def test_compiled_it_answers_as_the_live_task_model_at_many_queries(name, shipped, tmp_path):
    learner, generator = shipped(name), np.random.default_rng(0)
    task = made.task(learner, rows=10)
    queries = generator.uniform(*learner.input_range, [500, *learner.example.sizes]).astype(np.float32)
    want = task.predict(queries)
    largest, apply = max(1.0, np.abs(want).max()), as_c.graph(learner)
    for kind, tolerance in (("float32", 1e-5), ("int8", quantization.TOLERANCES["int8"])):
        left = task_ways.c(task, tmp_path, kind)
        got = left.run({"query_x": queries})["prediction"]
        np.testing.assert_allclose(got, want, rtol=0, atol=tolerance * largest)
        # What is measured of C elsewhere is measured by the plan, in NumPy.
        np.testing.assert_allclose(got, as_c.plan(task, kind, apply).run(queries), rtol=0, atol=1e-5 * largest)


def test_the_header_tells_sizes_and_the_source_keeps_to_them(tiny_task, tmp_path, monkeypatch):
    monkeypatch.setattr(c_plan, "SAVED", 1)
    export.c(tiny_task, tmp_path / "wave.c")
    header, source = ((tmp_path / f"wave.{ending}").read_text() for ending in "hc")
    macros = dict(
        line.split()[1:3] for line in header.splitlines() if line.startswith("#define WAVE_") and len(line.split()) == 3
    )
    plan = as_c.plan(tiny_task)
    constants = sum(weights.nbytes for weights in plan.constants.values())
    assert macros == {
        "WAVE_INPUTS": "1",
        "WAVE_OUTPUTS": "1",
        "WAVE_FLASH_BYTES": str(constants),
        "WAVE_RAM_BYTES": str(4 * plan.memory),
    }
    assert f"float m[{plan.memory}];" in source
    assert constants < tiny_task.nbytes
    assert {line for line in source.splitlines() if line.startswith("#include")} == {"#include <math.h>", '#include "wave.h"'}
    assert not any(word in source for word in ("malloc", "static float", "stdlib"))


def test_all_matrices_of_a_table_are_int8_and_what_it_tells_is_the_same(shipped, tmp_path):
    generator = np.random.default_rng(0)
    x = generator.normal([0.0, 500.0, -3.0], [1.0, 90.0, 0.01], [240, 3]).astype(np.float32)
    y = (x[:, 0] + (x[:, 1] - 500.0) / 90.0 > 0.0).astype(int)
    task = shipped("tabular").learn(x[:40], y[:40])
    plans = {kind: as_c.plan(task, kind) for kind in ("float32", "int8")}
    kernels = {step.kernel for step in plans["int8"].steps if isinstance(step, c_steps.Dense)}
    assert {plans["int8"].constants[name].values.dtype for name in kernels} == {np.dtype(np.int8)}
    assert c_source.flash(plans["int8"]) < 0.75 * c_source.flash(plans["float32"])
    exact, rounded = (plan.run(x[40:]) for plan in plans.values())
    assert np.mean(exact.argmax(axis=1) == rounded.argmax(axis=1)) >= 0.99
    compiled = task_ways.c(task, tmp_path, "int8").run({"query_x": x[40:]})["prediction"]
    np.testing.assert_allclose(compiled, rounded, rtol=0, atol=1e-4 * np.abs(exact).max())


def test_twice_the_same_bytes(tiny_task, tmp_path):
    for number in "12":
        (tmp_path / number).mkdir()
        export.c(tiny_task, tmp_path / number / "wave.c")
    for ending in "hc":
        assert (tmp_path / f"1/wave.{ending}").read_bytes() == (tmp_path / f"2/wave.{ending}").read_bytes()


def test_refuses_what_it_cannot_do_and_leaves_nothing(tiny, tiny_task, tmp_path, monkeypatch):
    with pytest.raises(ZooError, match=r"tiny is a learner, and C source is made from one learned task: learn one first"):
        export.c(tiny, tmp_path / "wave.c")
    for path in ("wave", "2waves.c", "my wave.c"):
        with pytest.raises(ZooError, match="C source needs a file name such as wave"):
            export.c(tiny_task, tmp_path / path)
    with pytest.raises(ZooError, match="quantize='float16': C source stores weights as float32 or int8"):
        export.c(tiny_task, tmp_path / "wave.c", quantize="float16")
    monkeypatch.setitem(quantization.TOLERANCES, "int8", -1.0)
    with pytest.raises(ZooError, match=r"differs from the live model by .* more than -1; .* export it with quantize='float32'"):
        export.c(tiny_task, tmp_path / "wave.c")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "wave.h").write_text("mine")
    with pytest.raises(ZooError, match=r"wave\.h exists already"):
        export.c(tiny_task, tmp_path / "wave.c", quantize="float32")
    assert [path.name for path in tmp_path.iterdir()] == ["wave.h"]
