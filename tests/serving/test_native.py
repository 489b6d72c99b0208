import gc
import resource
import shutil
import subprocess
import sys
import threading

import numpy as np
import pytest

from zoo.export import parity
from zoo.serving.native import NativeError, NativeModel


def run(model, signature, inputs, folder):
    np.savez(folder / "in.npz", **inputs)
    command = [sys.executable, "-m", "zoo.serving.native", str(model), "--signature", signature]
    command += ["--inputs", str(folder / "in.npz"), "--outputs", str(folder / "out.npz")]
    return subprocess.run(command, capture_output=True, text=True)


@pytest.mark.parametrize("signature", ["serving_default", "adapt"])
def test_runs_without_tensorflows_python(signature, tiny, served, tmp_path):
    """By the command; `tests/export` runs every signature of every kind of learner so."""
    endpoint = tiny.endpoints()[signature]
    inputs = parity.example(endpoint, {"tasks": 2, "support": 6, "query": 3}, seed=1)
    done = run(served / "tiny" / "3", signature, inputs, tmp_path)
    assert done.returncode == 0, done.stderr
    want = {name: value.numpy() for name, value in endpoint(**inputs).items()}
    with np.load(tmp_path / "out.npz") as got:
        parity.compare(endpoint, inputs, want, dict(got), "the C++ loader", "in a fresh process")


def test_a_half_written_model_is_refused_with_the_loaders_message(served, tmp_path):
    shutil.copytree(served / "tiny" / "3", tmp_path / "model")
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


ONE = {"support_x": np.ones((1, 2, 1)), "support_y": np.ones((1, 2, 1)), "support_size": [2], "query_x": np.ones((1, 3, 1))}


@pytest.fixture(scope="module")
def native(served):
    """The tiny learner in the C++ runtime, beside TensorFlow's Python package in this process."""
    model = NativeModel(served / "tiny" / "3")
    yield model
    model.close()


def test_threads_that_run_and_fail_at_once_get_their_own_answers_and_their_own_errors(native):
    wrong = []

    def ask(number):
        for query in range(1, 30):
            inputs = {**ONE, "query_x": np.full((1, query, 1), number)}
            if query % 3 == 0:
                try:
                    native.run("serving_default", {**inputs, "support_y": np.ones((1, 5, 1))})
                    wrong.append("no error")
                except NativeError as error:
                    wrong.extend([error] if error.code != 3 else [])
            got = native.run("serving_default", inputs)["prediction"]
            if got.shape != (1, query, 1) or not np.allclose(got, want[number], atol=1e-5):
                wrong.append(got)

    want = [
        native.run("serving_default", {**ONE, "query_x": np.full((1, 1, 1), number)})["prediction"].item() for number in range(8)
    ]
    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len(set(want)) > 1


def test_runs_that_fail_and_models_that_close_keep_no_memory(native, served):
    large = np.ones((1, 250_000, 1))  # a megabyte
    failing = {**ONE, "support_x": large, "query_x": large}

    def fail():
        with pytest.raises(NativeError):
            native.run("serving_default", failing)
        with pytest.raises(KeyError, match="lack query_x, support_size"):
            native.run("serving_default", {"support_x": large, "support_y": large})
        NativeModel(served / "wave" / "1").close()
        with pytest.raises(NativeError, match="Could not find SavedModel"):
            NativeModel(served)

    for _ in range(10):
        fail()
    gc.collect()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(40):
        fail()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40_000  # kilobytes; 160 MB were fed


WORDS = [b"", b"elm", "Äpfel".encode(), b"in\0side", b"longer than what is kept inside of a string", b"\xff", b"end\0"]


@pytest.fixture(scope="module")
def words(tmp_path_factory):
    """A model that answers with strings: `at [M] -> word [M]`, and one and all words."""
    import tensorflow as tf

    module = tf.Module()
    module.call = tf.function(
        lambda at: {"word": tf.gather(WORDS, at), "one": tf.constant("one"), "square": tf.reshape(WORDS[:4], [2, 2])},
        input_signature=[tf.TensorSpec([None], tf.int32)],
    )
    path = tmp_path_factory.mktemp("words") / "model"
    tf.saved_model.save(module, str(path), signatures=module.call)
    return path


def test_strings_are_read_byte_by_byte(words):
    model = NativeModel(words)
    got = model.run("serving_default", {"at": np.arange(7)})
    assert got["word"].tolist() == WORDS
    assert (got["one"].shape, got["one"].item()) == ((), b"one")
    assert got["square"].tolist() == [WORDS[:2], WORDS[2:4]]
    assert {value.dtype for value in got.values()} == {np.dtype(object)}
    assert model.run("serving_default", {"at": []})["word"].shape == (0,)
    with pytest.raises(NativeError, match="is not in"):
        model.run("serving_default", {"at": [7]})


def test_strings_are_freed(words):
    model = NativeModel(words)
    many = np.full(100_000, 4)

    def ask():
        assert model.run("serving_default", {"at": many})["word"][-1] == WORDS[4]

    for _ in range(5):
        ask()
    gc.collect()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(40):
        ask()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40_000  # kilobytes; 300 MB came


def test_strings_go_to_a_file_without_pickle(words, tmp_path):
    done = run(words, "serving_default", {"at": np.arange(6)}, tmp_path)
    assert done.returncode == 0, done.stderr
    with np.load(tmp_path / "out.npz") as got:
        assert got["word"].tolist() == WORDS[:6]
        assert got["one"].item() == b"one"


def test_types_that_no_signature_of_the_zoo_uses_are_refused_not_misread(tmp_path):
    import tensorflow as tf

    module = tf.Module()
    module.call = tf.function(lambda x: {"y": x}, input_signature=[tf.TensorSpec([None], tf.string)])
    tf.saved_model.save(module, str(tmp_path / "text"), signatures=module.call)
    with pytest.raises(NativeError, match="has data type 7"):
        NativeModel(tmp_path / "text").run("serving_default", {"x": ["a"]})
