"""Does asking pay? Which picture to label next, chosen by each rule or at random, and what is right after five.

    python benchmarks/asking.py [--entry protonet_omniglot] [--tasks 1000] [--part test] [--ways 5 20]

A task has one drawing of each class. Ten more of each, and ten of other characters, stand by without a label; five are asked for,
one after the other. A character that is none of the task's gets no label, and is not asked for again. `together` are
five at once, by the first rule.
"""

import argparse
import os

import numpy as np
from tqdm import tqdm

from zoo.learners import asking
from zoo.learners.over_embeddings import OverEmbeddings

POOL, STRANGERS, QUERIES, ASKED, SEED = 10, 10, 9, 5, 17
RANDOM, TOGETHER = "random", "together"


def main() -> None:
    """Parse, ask, print."""
    parser = argparse.ArgumentParser("benchmarks/asking.py", description=__doc__.partition("\n")[0])
    parser.add_argument("--entry", default="protonet_omniglot")
    parser.add_argument("--tasks", type=int, default=1000)
    parser.add_argument("--part", default="test", choices=("test", "validation"), help="classes that tasks are drawn from")
    parser.add_argument("--ways", type=int, nargs="*", default=[5, 20])
    parser.add_argument("--rules", nargs="*", default=list(asking.RULES))
    options = parser.parse_args()
    from zoo.hub import registry
    from zoo.utils import machine

    print(", ".join(f"{key} {value}" for key, value in machine.description().items()))
    print(f"load of the last minute: {os.getloadavg()[0]:.1f}\n")
    learner, entry = registry.load(options.entry), registry.entry(options.entry)
    _, benchmark = learner.for_evaluation(entry.benchmark, many=True)
    rows = (RANDOM, TOGETHER, *options.rules)
    for ways in options.ways:
        found: dict[str, list[tuple[float, int]]] = {row: [] for row in rows}
        drawn = benchmark.draw(options.tasks, SEED, ways=ways + STRANGERS, shots=1, queries=POOL + QUERIES, part=options.part)
        for number in tqdm(range(options.tasks), desc=f"{ways} ways"):
            episode = Episode(learner, drawn, number, ways)
            for row in rows:
                found[row].append(episode.after(row, np.random.default_rng([SEED, number])))
        print("\n".join(table(ways, found)))


class Episode:
    """One task of `ways` classes of embeddings, its pool, and its queries."""

    def __init__(self, learner, drawn, number: int, ways: int):
        support, named = drawn.support_x[number], drawn.support_y[number].argmax(axis=1)
        query, label = drawn.query_x[number], drawn.query_y[number].argmax(axis=1)
        of = {name: query[label == name] for name in range(ways + STRANGERS)}
        self.task = OverEmbeddings(learner).learn(
            np.stack([support[named == name][0] for name in range(ways)]), list(range(ways))
        )
        known = [(row, name) for name in range(ways) for row in of[name][:POOL]]
        pool = known + [(of[name][0], -1) for name in range(ways, ways + STRANGERS)]
        self.pool, self.labels = np.stack([row for row, _ in pool]), np.array([name for _, name in pool])
        self.queries = np.concatenate([of[name][POOL:] for name in range(ways)])
        self.truth = np.repeat(np.arange(ways), QUERIES)

    def after(self, row: str, generator: np.random.Generator) -> tuple[float, int]:
        """The share of right answers after asking by a row's rule, and how often it asked for a stranger."""
        task, left, strangers = self.task, np.arange(len(self.pool)), 0
        together = [at for at, _ in asking.ranked(task, self.pool, self.pool, ASKED)] if row == TOGETHER else []
        for _ in range(ASKED):
            if row == RANDOM:
                chosen = generator.choice(left)
            elif row == TOGETHER:
                chosen = together.pop(0)
            else:
                chosen = left[np.argmax(asking.scores(task, self.pool[left], self.pool[left], row))]
            left = left[left != chosen]
            if self.labels[chosen] < 0:
                strangers += 1
            else:
                task = task.update(self.pool[chosen][None], [int(self.labels[chosen])])
        return float(np.mean(task.predict(self.queries) == self.truth)), strangers


def table(ways: int, found: dict[str, list[tuple[float, int]]]) -> list[str]:
    """Right answers in per cent, points more than at random with the half-width of the 95 % interval, strangers asked for."""
    lines = [f"| {ways} ways: rule | right | more than at random | strangers asked for |", "|---|---:|---:|---:|"]
    random = np.array(found[RANDOM])
    for row, outcomes in found.items():
        right, strangers = np.array(outcomes).T
        gain = 100 * (right - random[:, 0])
        half = 1.96 * gain.std(ddof=1) / len(gain) ** 0.5
        more = "" if row == RANDOM else f"{gain.mean():+.2f} ± {half:.2f}"
        lines.append(f"| {row} | {100 * right.mean():.2f} | {more} | {100 * strangers.mean() / ASKED:.1f} % |")
    return [*lines, ""]


if __name__ == "__main__":
    main()
