"""Which attention kernel `matching_omniglot` should take: each is trained alike, and evaluated on validation characters.

    .venv/bin/python benchmarks/kernels.py [--steps 300] [--tasks 300] [--work DIR]

Training sees the training characters only, for fewer steps than the entry's own recipe; test characters play no part in the
choice. Every kernel is trained on the same episodes, of the same seed.
"""

import argparse
import dataclasses
import os
import tempfile
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from zoo.datasets.labelled import TRAINING, VALIDATION
from zoo.evaluation.scores import measured, score
from zoo.hub import registry
from zoo.hub.entry import Entry
from zoo.layers.attention_kernel import KERNELS
from zoo.training import trainer
from zoo.utils import machine

NAME, SEED = "matching_omniglot", 1


def main() -> None:
    """Parse, train, measure, print."""
    parser = argparse.ArgumentParser("benchmarks/kernels.py", description=__doc__.partition("\n")[0])
    parser.add_argument("--steps", type=int, default=300, help="a multiple of 10")
    parser.add_argument("--tasks", type=int, default=300)
    parser.add_argument("--work", help="folder that keeps the runs, so that a killed one goes on")
    options = parser.parse_args()
    folder = Path(options.work or tempfile.mkdtemp())
    entry = _shortened(registry.entry(NAME), options.steps)
    conditions = [condition for condition in entry.benchmark.conditions() if "within" not in condition]
    tasks = [entry.benchmark.draw(options.tasks, SEED, part=VALIDATION, **condition) for condition in conditions]
    print(", ".join(f"{key} {value}" for key, value in machine.description().items()))
    print(f"error rate in per cent on validation characters after {options.steps} steps, {options.tasks} tasks, seed {SEED}\n")
    titles = ["{ways}-way {shots}-shot".format(**condition) for condition in conditions]
    print(f"{'':20}" + "".join(f"{title:>16}" for title in titles))
    for kernel in KERNELS:
        config = dataclasses.replace(entry.config, kernel=kernel)
        path = folder / kernel / "model.keras"
        if not path.exists():
            trainer.train(dataclasses.replace(entry, config=config), folder / kernel, progress=False)
        learner = registry.load(str(path))
        print(f"{kernel:20}" + "".join(f"{_cell(learner, entry, each):>16}" for each in tasks), flush=True)


def _shortened(entry: Entry, steps: int) -> Entry:
    """The entry, trained for fewer steps on training characters alone."""
    recipe = dataclasses.replace(entry.recipe, steps=steps, epochs=1)
    return dataclasses.replace(entry, recipe=recipe, benchmark=dataclasses.replace(entry.benchmark, training_splits=(TRAINING,)))


def _cell(learner, entry: Entry, tasks) -> str:
    found = score(entry.benchmark, {}, measured(learner, entry.benchmark, tasks)[0][1])
    return f"{100 * found.mean:.2f} ± {100 * found.interval:.2f}"


if __name__ == "__main__":
    main()
