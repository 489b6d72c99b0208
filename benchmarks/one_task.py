"""One new task, ten support and ten query points: microseconds to adapt and predict in each runtime."""

import tempfile
import time
from pathlib import Path

import numpy as np
import tensorflow as tf

import zoo
from zoo.export import as_litert, as_onnx

REPEATS = 400


def ways(folder: Path) -> dict:
    """Every way to run the same thing, as a function without arguments."""
    learner = zoo.load("mela_sinusoid_paper")
    x = np.linspace(-4, 4, 10, dtype=np.float32)
    y = np.sin(x)
    episode = {"support_x": x[None, :, None], "support_y": y[None, :, None], "support_size": np.array([10], np.int32)}
    episode["query_x"] = episode["support_x"]
    tensors = {name: tf.constant(value) for name, value in episode.items()}
    task = learner.learn(x, y)
    query = {"query_x": x[:, None]}

    zoo.export.saved_model(learner, folder / "learner")
    zoo.export.onnx(learner, folder / "learner.onnx")
    zoo.export.litert(learner, folder / "learner.tflite")
    zoo.export.onnx(task, folder / "task.onnx")
    zoo.export.litert(task, folder / "task.tflite")
    signature = tf.saved_model.load(str(folder / "learner")).signatures["serving_default"]
    compiled = tf.function(learner)
    onnx, litert = as_onnx.runner(folder / "learner.onnx"), as_litert.runner(folder / "learner.tflite")("serving_default")
    task_onnx, task_litert = as_onnx.runner(folder / "task.onnx"), as_litert.runner(folder / "task.tflite")("serving_default")
    return {
        "Keras call": lambda: learner(tensors),
        "learn, then predict": lambda: learner.learn(x, y).predict(x),
        "tf.function": lambda: compiled(tensors),
        "SavedModel": lambda: signature(**tensors),
        "ONNX Runtime": lambda: onnx(episode),
        "LiteRT": lambda: litert(episode),
        "baked task, ONNX Runtime": lambda: task_onnx(query),
        "baked task, LiteRT": lambda: task_litert(query),
    }


def microseconds() -> dict[str, float]:
    """Median time of each way."""
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        return {name: _median(call) for name, call in ways(Path(folder)).items()}


def _median(call) -> float:
    for _ in range(20):
        call()
    spent = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        call()
        spent.append(time.perf_counter() - start)
    return 1e6 * float(np.median(spent))
