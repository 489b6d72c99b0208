"""One new task, five classes of one picture and five queries: milliseconds to adapt and predict, in each runtime on one core."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ENTRIES = (
    "maml_omniglot",
    "fomaml_omniglot",
    "mamlpp_omniglot",
    "anil_omniglot",
    "reptile_omniglot",
    "meta_lstm_omniglot",
    "snail_omniglot",
    "protonet_omniglot",
)
RUNTIMES = ("SavedModel", "ONNX Runtime", "LiteRT")
WAYS, SECONDS, WARM = 5, 1.0, 3


def names() -> list[str]:
    """Of the entries above, those that the zoo has."""
    from zoo.hub import registry

    return [name for name in ENTRIES if name in registry.names()]


def table(entries: list[str]) -> list[str]:
    """Lines of Markdown; each entry is measured in a process of its own, on one core."""
    lines = [f"| | {' | '.join(RUNTIMES)} |", f"|---|{'---:|' * len(RUNTIMES)}"]
    for name in entries:
        done = subprocess.run([sys.executable, __file__, name], capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"{name}: {done.stderr[-2000:]}")
        spent = json.loads(done.stdout.splitlines()[-1])
        lines.append(f"| `{name}` | {' | '.join(f'{spent[runtime]:.2f}' for runtime in RUNTIMES)} |")
    return lines


def milliseconds(name: str) -> dict[str, float]:
    """Median time of the processor, adapting to one task and predicting, by runtime."""
    import numpy as np
    import tensorflow as tf

    import zoo
    from zoo.export import as_litert, as_onnx

    learner = zoo.load(name)
    generator = np.random.default_rng(0)
    episode = {
        "support_x": learner.example.random(generator, (1, WAYS), (0.0, 1.0)),
        "support_y": np.eye(WAYS, dtype=np.float32)[None],
        "support_size": np.array([WAYS], np.int32),
        "query_x": learner.example.random(generator, (1, WAYS), (0.0, 1.0)),
    }
    tensors = {key: tf.constant(value) for key, value in episode.items()}
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        zoo.export.saved_model(learner, folder / "learner")
        zoo.export.onnx(learner, folder / "learner.onnx")
        zoo.export.litert(learner, folder / "learner.tflite")
        signature = tf.saved_model.load(str(folder / "learner")).signatures["serving_default"]
        onnx, litert = as_onnx.runner(folder / "learner.onnx"), as_litert.runner(folder / "learner.tflite")("serving_default")
        calls = (lambda: signature(**tensors), lambda: onnx(episode), lambda: litert(episode))
        return {runtime: _median(call) for runtime, call in zip(RUNTIMES, calls, strict=True)}


def _median(call) -> float:
    for _ in range(WARM):
        call()
    spent: list[float] = []
    end = time.perf_counter() + SECONDS
    while time.perf_counter() < end or not spent:
        start = time.process_time()
        call()
        spent.append(1000 * (time.process_time() - start))
    return statistics.median(spent)


if __name__ == "__main__":
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # before any pool of threads starts
    print(json.dumps(milliseconds(sys.argv[1])))
