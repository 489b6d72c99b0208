"""Meta-training `tabular`: tasks per second beside a transcription of the same step in PyTorch, in turn, in one run.

    .venv/bin/python benchmarks/tables_training.py [--seconds 3] [--rounds 5]

Both start from the same weights, and must answer alike. Every shape of the recipe is measured on the same synthetic tables, drawn
before, on one thread each, and counted per second of the processor's time, so that whatever else the machine does meets neither.
Prints a table for docs/benchmarks.md, or one line where PyTorch is missing (`pip install torch`, or its folder on PYTHONPATH).
"""

import argparse
import dataclasses
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf

from zoo.hub import registry
from zoo.training import recipe as recipes
from zoo.utils import machine

NAMES = ("support_x", "support_y", "support_size", "query_x")
BATCHES, WARM, SEED, ALIKE = 4, 3, 0, 1e-3
SHUT = -1e3  # logits below are of classes that a support lacks
ROW = "| {} x {}, {} | {:.0f} | {:.0f} | {:.2f}, {:.2f} to {:.2f} |"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=3.0, help="of one way in one round")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    if not importlib.util.find_spec("torch"):
        print("PyTorch cannot be imported here, so the training of tables is compared with nothing: pip install torch.")
        return
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    entry = registry.entry("tabular")
    keras.utils.set_random_seed(SEED)
    learner = entry.build()
    learner.compile(recipes.optimizer(entry.recipe), recipes.loss(entry.recipe), jit_compile=False)
    shapes = entry.benchmark.shapes
    batches = [drawn(entry, shape) for shape in shapes]
    with tempfile.TemporaryDirectory() as folder:
        given(Path(folder), learner, entry, batches)
        untrained = [np.asarray(learner(each[0][0])) for each in batches]
        command = [sys.executable, str(Path(__file__).with_name("tables_torch.py")), folder]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as worker:
            version = said(worker)["torch"]
            for number, want in enumerate(untrained):
                got = np.load(Path(folder) / f"answers_{number}.npy")
                apart = np.abs(want - got).max() / max(1.0, np.abs(want[want > SHUT]).max())
                if apart > ALIKE:
                    raise SystemExit(f"the transcription answers otherwise, by {apart:.2g}")
            print(", ".join(f"{key} {value}" for key, value in machine.description().items()), f"PyTorch {version}")
            print("\n| rows x columns, tasks a step | ours, tasks a second | PyTorch | over ours, lowest and highest |")
            print("|---|---:|---:|---:|")
            for number, shape in enumerate(shapes):
                print(row(number, shape, learner, batches[number], worker, options), flush=True)
            worker.stdin.close()


def drawn(entry, shape):
    """Batches of one shape, as `fit` takes them."""
    cells = entry.recipe.tasks_per_step * entry.benchmark.shapes[0][0] * entry.benchmark.shapes[0][1]
    only = dataclasses.replace(entry.benchmark, shapes=(shape,))
    return list(only.stream(max(4, cells // (shape[0] * shape[1])), SEED).take(BATCHES))


def given(folder, learner, entry, batches):
    """Put into a folder all that the transcription needs."""
    np.savez(folder / "weights.npz", **{each.path.replace("/", "_"): each.numpy() for each in learner.weights})
    for number, several in enumerate(batches):
        parts = {}
        for place, (inputs, truth) in enumerate(several):
            parts |= {f"{name}_{place}": np.asarray(inputs[name]) for name in NAMES} | {f"query_y_{place}": np.asarray(truth)}
        np.savez(folder / f"batches_{number}.npz", **parts)
    recipe = {key: getattr(entry.recipe, key) for key in ("learning_rate", "clip_norm", "average")}
    about = {"config": dataclasses.asdict(learner.config), "recipe": recipe, "shapes": len(batches), "batches": BATCHES}
    (folder / "about.json").write_text(json.dumps(about))


def row(number, shape, learner, batches, worker, options):
    """Measure both in turn, and put it into a line."""
    found = []
    for _ in range(options.rounds):
        worker.stdin.write(f"{number} {options.seconds}\n")
        worker.stdin.flush()
        theirs = said(worker)["rate"]
        found.append((rate(learner, batches, options.seconds), theirs))
    tasks = len(batches[0][1])
    ours, torch = (tasks * statistics.median(each) for each in zip(*found, strict=True))
    ratios = sorted(theirs / mine for mine, theirs in found)
    return ROW.format(*shape, tasks, ours, torch, statistics.median(ratios), ratios[0], ratios[-1])


def rate(learner, batches, seconds):
    """Steps per second of the processor, after some to warm up."""
    for inputs, truth in batches[:WARM]:
        learner.train_on_batch(inputs, truth)
    began, taken = time.process_time(), 0
    while time.process_time() - began < seconds or not taken:
        learner.train_on_batch(*batches[taken % BATCHES])
        taken += 1
    return taken / (time.process_time() - began)


def said(worker):
    """The next line of JSON of the worker."""
    for line in worker.stdout:
        if line.startswith("{"):
            return json.loads(line)
    raise SystemExit("the transcription ended before it answered, see above")


if __name__ == "__main__":
    main()
