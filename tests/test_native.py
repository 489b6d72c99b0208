import subprocess
import sys

import numpy as np
import pytest

from zoo import export, registry
from zoo.export import parity

ONE_OF_EACH_KIND = sorted({registry.entry(name).learner: name for name in registry.names()}.values())


def run(model, signature, inputs, folder):
    np.savez(folder / "in.npz", **inputs)
    command = [sys.executable, "-m", "zoo.native", str(model), "--signature", signature]
    command += ["--inputs", str(folder / "in.npz"), "--outputs", str(folder / "out.npz")]
    return subprocess.run(command, capture_output=True, text=True)


@pytest.mark.parametrize("name", ONE_OF_EACH_KIND)
def test_every_signature_runs_without_tensorflows_python(name, shipped, tmp_path):
    learner = shipped(name)
    export.saved_model(learner, tmp_path / "model")
    for signature, endpoint in learner.endpoints().items():
        inputs = parity.example(endpoint, {"tasks": 2, "support": 6, "query": 3}, seed=1)
        done = run(tmp_path / "model", signature, inputs, tmp_path)
        assert done.returncode == 0, done.stderr
        with np.load(tmp_path / "out.npz") as got:
            for name, want in endpoint(**inputs).items():
                tolerance = parity.TOLERANCE * max(1.0, np.abs(want).max())
                np.testing.assert_allclose(got[name], want, rtol=0, atol=tolerance)


def test_a_half_written_model_is_refused_with_the_loaders_message(tiny, tmp_path):
    export.saved_model(tiny, tmp_path / "model")
    (tmp_path / "model/saved_model.pb").unlink()
    done = run(tmp_path / "model", "adapt", {"x": np.zeros(1)}, tmp_path)
    assert done.returncode == 1
    assert "Could not find SavedModel" in done.stderr


@pytest.fixture
def compiled(tmp_path):
    import tensorflow as tf

    module = tf.Module()
    module.call = tf.function(lambda x: {"y": x * x + 1.0}, input_signature=[tf.TensorSpec([None])], jit_compile=True)
    tf.saved_model.save(module, str(tmp_path / "compiled"), signatures=module.call)
    return tmp_path / "compiled"


def test_a_model_that_needs_xla_fails_here_as_it_would_in_serving(compiled, tmp_path):
    done = run(compiled, "serving_default", {"x": np.ones(3, np.float32)}, tmp_path)
    assert done.returncode == 1
    assert "XLA compilation disabled" in done.stderr
