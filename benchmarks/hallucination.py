"""What imagined examples are worth: three bases with a generator and without, and what less than a generator would give.

    python benchmarks/hallucination.py [--seeds 3] [--tasks 600] [--part test]

Every row is trained by the recipe of `hallucination_omniglot` from each seed and answers the same tasks: 100 characters, 1, 2 and
5 drawings of each. Differences are those of the same tasks, to the same base without a generator.
"""

import argparse
import dataclasses
import os
from itertools import product
from typing import Any

import numpy as np
from tqdm import tqdm

ROWS = (
    ("prototypes", "none"),
    ("prototypes", "noise"),
    ("prototypes", "no_noise"),
    ("prototypes", "shift"),
    ("matching", "none"),
    ("matching", "noise"),
    ("prototype_matching", "none"),
    ("prototype_matching", "noise"),
)
SHOTS = (1, 2, 5)
WAYS, QUERIES, SEED = 100, 5, 11


def main() -> None:
    """Parse, train, measure, print."""
    parser = argparse.ArgumentParser("benchmarks/hallucination.py", description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--tasks", type=int, default=600)
    parser.add_argument("--part", default="test", choices=("test", "validation"), help="classes that tasks are drawn from")
    parser.add_argument("--bases", nargs="*", default=sorted({base for base, _ in ROWS}), help="by default all")
    options = parser.parse_args()
    from zoo.utils import machine

    print(", ".join(f"{key} {value}" for key, value in machine.description().items()))
    print(f"load of the last minute: {os.getloadavg()[0]:.1f}\n")
    rows = [row for row in ROWS if row[0] in options.bases]
    runs = list(product(rows, range(1, options.seeds + 1)))
    wrong: dict[tuple[str, str], list[dict[int, np.ndarray]]] = {row: [] for row in rows}
    for row, seed in tqdm(runs, desc="trainings"):
        wrong[row].append(errors(*row, seed, options.tasks, options.part))
    print("\n".join(table(wrong)))


def errors(base: str, generator: str, seed: int, tasks: int, part: str) -> dict[int, np.ndarray]:
    """Error rate of every task, by the number of drawings of a class."""
    from zoo.entries.imagined._shared import imagining
    from zoo.evaluation.scores import measured

    entry = imagining(base, generator)
    learner = trained(dataclasses.replace(entry, recipe=dataclasses.replace(entry.recipe, seed=seed)))
    answering, benchmark = learner.for_evaluation(entry.benchmark, many=True)  # every picture is embedded once
    found = {}
    for shots in SHOTS:
        drawn = benchmark.draw(tasks, SEED, ways=WAYS, shots=shots, queries=QUERIES, part=part)
        found[shots] = measured(answering, benchmark, drawn)[0][1]
    return found


def trained(entry: Any) -> Any:
    """A learner trained as `zoo train` would, without a folder."""
    from zoo.training import recipe as recipes
    from zoo.training.trainer import untrained

    learner, recipe = untrained(entry), entry.recipe
    options = {"jit_compile": recipe.jit, "steps_per_execution": recipe.steps_per_execution}
    learner.compile(recipes.optimizer(recipe), recipes.loss(recipe), **options)
    (episodes,) = learner.for_training([entry.benchmark])
    learner.fit(episodes.stream(recipe.tasks_per_step, recipe.seed), steps_per_epoch=recipe.steps, shuffle=False, verbose=0)
    return learner


def table(wrong: dict[tuple[str, str], list[dict[int, np.ndarray]]]) -> list[str]:
    """Right answers in per cent, and points more than without a generator with the half-width of the 95 % interval."""
    heading = " | ".join(f"{shots} drawing{'s' * (shots > 1)} | gain" for shots in SHOTS)
    lines = [f"| base | generator | {heading} |", "|---|---|" + "---:|---:|" * len(SHOTS)]
    for (base, generator), runs in wrong.items():
        cells = []
        for shots in SHOTS:
            own, other = (np.mean([run[shots] for run in of], axis=0) for of in (runs, wrong[base, "none"]))
            gain = 100 * (other - own)
            half = 1.96 * gain.std(ddof=1) / len(gain) ** 0.5
            cells += [f"{100 * (1 - own.mean()):.2f}", "" if generator == "none" else f"{gain.mean():+.2f} ± {half:.2f}"]
        lines.append(f"| {base.replace('_', ' ')} | {generator.replace('_', ' ')} | {' | '.join(cells)} |")
    return lines


if __name__ == "__main__":
    main()
