"""The worked example of `docs/food_world_cup.md`, measured: a learner trained on cuisines beside simple baselines.

    python benchmarks/food_world_cup.py --csv food-world-cup-data.csv --folder runs/food [--steps 2000]

Runs the page's own blocks on the CSV, whose source the page names, and then `zoo train`. Errors are of the test cuisines of the
card, 1,000 episodes of each number of ratings; an episode asks for ten ratings of a cuisine by people that were not shown.
"""

import argparse
import contextlib
import os
import re
import shutil
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

PAGE = Path(__file__).resolve().parents[1] / "docs/food_world_cup.md"
ENTRY, TABLE, RUN = "mela_sinusoid", "cuisines.parquet", "cuisines"
EPISODES, SEED = 1_000, 1


def make_table() -> None:
    """Run the first block of the page, which reads the CSV and writes the table."""
    block = re.search(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    exec(block[1], {})


def answers(drawn) -> dict[str, np.ndarray]:
    """What needs no training, of `Tasks`: `[B, M, 1]` by name."""
    real = (np.arange(drawn.support_x.shape[1]) < drawn.support_size[:, None])[..., None]

    def mean(values: np.ndarray) -> np.ndarray:
        return (values * real).sum(axis=1, keepdims=True) / drawn.support_size[:, None, None]

    return {
        "mean of the cuisine's ratings": np.broadcast_to(mean(drawn.support_y), drawn.query_y.shape),
        "mean of the person's other ratings": drawn.query_x,
        "both: the person's mean, and what the cuisine gets over it": drawn.query_x + mean(drawn.support_y - drawn.support_x),
    }


def report() -> str:
    """A table of errors by the number of ratings shown, in Markdown."""
    from zoo.datasets import TaskTable
    from zoo.evaluation.scores import measured, score
    from zoo.hub import registry

    benchmark = TaskTable.of([TABLE], (1,), 1)
    learners = {"trained on cuisines": registry.load(RUN), f"`{ENTRY}` as shipped": registry.load(ENTRY)}
    sizes = [1, 3, 5, 10]
    found: dict[str, list[str]] = {}
    for size in sizes:
        drawn = benchmark.draw(EPISODES, SEED, support=size)
        each = {name: benchmark.score(answer, drawn)[0][1] for name, answer in answers(drawn).items()}
        each = {name: measured(learner, benchmark, drawn)[0][1] for name, learner in learners.items()} | each
        for name, errors in each.items():
            one = score(benchmark, {"support": size}, errors).to_json()
            found.setdefault(name, []).append(f"{one['mean']:.3f} ± {one['interval']:.3f}")
    head = ["ratings shown", *map(str, sizes)]
    return "\n".join(
        f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *([name, *row] for name, row in found.items())]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--csv", type=Path, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=2000)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(options.csv, options.folder / "food-world-cup-data.csv")
    with contextlib.chdir(options.folder):
        make_table()
        from zoo import cli

        if not Path(RUN, "card.json").exists():
            assert cli.main(["train", ENTRY, "--tasks", TABLE, "--out", RUN, "--steps", str(options.steps)]) == 0
        print(report())


if __name__ == "__main__":
    main()
