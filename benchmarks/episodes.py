"""Episodes per second from memory on one core:  python benchmarks/episodes.py [--seconds 5].

Characters of Omniglot's size are made of noise (4112 classes of 20 images 28 x 28), as only the sizes matter. The process is kept
on one core; on a busy machine the second figure, episodes for each second of processor time, is the one to compare.
"""

import argparse
import os
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})

import numpy as np
import tensorflow as tf

from zoo.datasets import Augmentation, InMemory, Labelled, NWay
from zoo.utils import machine

CLASSES, EACH, ALPHABETS = 4112, 20, 132
STEPS = 50  # read in one call

CASES = {
    "20-way 1-shot, 1 query": (1, {"ways": 20, "queries": 1}),
    "20-way 1-shot, 1 query, 16 a step": (16, {"ways": 20, "queries": 1}),
    "20-way 1-shot, 5 queries": (1, {"ways": 20}),
    "20-way 1-shot, 5 queries, 16 a step": (16, {"ways": 20}),
    "60-way 1-shot, 5 queries": (1, {"ways": 60}),
    "60-way 5-shot, 5 queries": (1, {"ways": 60, "shots": 5}),
    "60-way 1-shot, 5 queries, 3 alphabets of 20": (1, {"ways": 60, "hard": (3, 20)}),
    "20-way, 1 to 5 shots, 5 queries": (1, {"ways": 20, "shots": (1, 5)}),
    "5- to 20-way, 1 to 5 shots, 5 queries": (1, {"ways": (5, 20), "shots": (1, 5)}),
    "20-way 1-shot, 5 queries, each image distorted": (1, {"ways": 20, "augment": Augmentation()}),
}


def source() -> InMemory:
    """Noise of the size of Omniglot's training classes in four rotations."""
    x = np.random.default_rng(0).integers(0, 256, [CLASSES * EACH, 28, 28, 1], np.uint8)
    groups = [str(number * ALPHABETS // CLASSES) for number in range(CLASSES)]
    return InMemory(Labelled(x, tuple(range(CLASSES)), np.full(CLASSES, EACH), tuple(groups)))


def rate(episodes: NWay, tasks_per_step: int, seconds: float) -> tuple[float, float]:
    """Episodes per second, by the clock and by the processor."""
    stream = iter(episodes.stream(tasks_per_step, seed=1))

    @tf.function
    def read():  # as `fit` reads them with `steps_per_execution`
        total = 0.0
        for _ in tf.range(STEPS):
            inputs, query_y = next(stream)
            total += inputs["query_x"][0, 0, 0, 0, 0] + inputs["support_x"][0, 0, 0, 0, 0] + query_y[0, 0, 0]
        return total

    for _ in range(4):  # the first waits for the graph, and the next were made meanwhile
        read()
    count, clock, processor = 0, time.perf_counter(), time.process_time()
    while time.perf_counter() - clock < seconds:
        read()
        count += STEPS * tasks_per_step
    return count / (time.perf_counter() - clock), count / (time.process_time() - processor)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=5.0, help="measured time of each row")
    seconds = parser.parse_args().seconds
    print(", ".join(f"{key} {value}" for key, value in machine.description().items()), "\n")
    print(f"{'episodes per second on one core':50}{'clock':>10}{'processor':>12}")
    data = source()
    for name, (tasks_per_step, fields) in CASES.items():
        clock, processor = rate(NWay(data, **fields), tasks_per_step, seconds)
        print(f"{name:50}{clock:>10,.0f}{processor:>12,.0f}", flush=True)


if __name__ == "__main__":
    tf.config.threading.set_inter_op_parallelism_threads(1)
    tf.config.threading.set_intra_op_parallelism_threads(1)
    main()
