"""TensorFlow's C++ runtime by `zoo.serving.native` against `tf.saved_model`: one request, and eight threads.

    .venv/bin/python benchmarks/serving_runtime.py MODEL
MODEL is the folder of a learner's SavedModel. Each way runs in a process of its own.
"""

import json
import multiprocessing
import sys
import threading
import time
from collections.abc import Iterator

import numpy as np

THREADS = 8
WAYS = {
    "tf.saved_model": None,
    "native, TensorFlow's own threads": {"intra": 0, "inter": 0},
    "native, in the caller's thread": {"intra": 0, "inter": -1},
    "native, in the caller's thread, one core an operation": {"intra": 1, "inter": -1},
}


def runner(path: str, way: dict[str, int] | None):
    """A function of named arrays."""
    if way is not None:
        from zoo.serving.native import NativeModel

        model = NativeModel(path, **way)
        return lambda inputs: model.run("serving_default", inputs)
    import tensorflow as tf

    loaded = tf.saved_model.load(path)
    signature = loaded.signatures["serving_default"]

    def run(inputs):
        outputs = signature(**{name: tf.constant(value) for name, value in inputs.items()})
        return {name: value.numpy() for name, value in outputs.items()}

    run.keep = loaded
    return run


def measure(path: str, way: dict[str, int] | None, tasks: int, seconds: float) -> dict[str, float]:
    """Seconds to load, median microseconds of one thread, requests a second of eight."""
    start = time.perf_counter()
    run = runner(path, way)
    loaded = time.perf_counter() - start
    x = np.tile(np.linspace(-4, 4, 10, dtype=np.float32)[None, :, None], (tasks, 1, 1))
    inputs = {"support_x": x, "support_y": np.sin(x), "support_size": np.full(tasks, 10, np.int32), "query_x": x}
    for _ in range(20):
        run(inputs)
    spent = []
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        begin = time.perf_counter()
        run(inputs)
        spent.append(time.perf_counter() - begin)
    counts, used = [0] * THREADS, time.process_time()
    until = time.perf_counter() + seconds

    def loop(number: int) -> None:
        while time.perf_counter() < until:
            run(inputs)
            counts[number] += 1

    threads = [threading.Thread(target=loop, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    used = time.process_time() - used
    return {
        "load_seconds": loaded,
        "p50_microseconds": 1e6 * float(np.median(spent)),
        "per_second": sum(counts) / seconds,
        "cpu_microseconds": 1e6 * used / sum(counts),
    }


def rows(path: str, seconds: float) -> Iterator[dict]:
    """Measure every way with one task a call and with 32."""
    for tasks in (1, 32):
        for title, way in WAYS.items():
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                yield {"tasks": tasks, "way": title, **pool.apply(measure, (path, way, tasks, seconds))}


if __name__ == "__main__":
    for row in rows(sys.argv[1], 3.0):
        print(json.dumps(row))
