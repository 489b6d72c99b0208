"""Lake's own 20 runs as a benchmark, for evaluation only: 400 trials of 20 classes and one example each, the same for everybody.

B. Lake, R. Salakhutdinov, J. Tenenbaum, "Human-level concept learning through probabilistic program induction", 2015, where
people err on 4.5 %. The drawings come from a file that a user has, see `zoo.datasets.images.one_shot_runs`.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tensorflow as tf

from zoo.datasets.benchmark import Benchmark, Condition, Tasks
from zoo.datasets.episodes.error_rates import METRIC, error_rates
from zoo.datasets.images.hausdorff import modified_hausdorff_of_all
from zoo.datasets.images.omniglot import SIDE, shrunk
from zoo.datasets.images.one_shot_runs import RUNS, WAYS, read_runs
from zoo.utils.errors import ZooError

PIXELS, HAUSDORFF = "pixels", "modified Hausdorff distance"


@dataclass(frozen=True)
class LakeRuns(Benchmark):
    """The 20 runs, each a task of 20 classes, one example and one query of each.

    Evaluate each learner once, and choose nothing on them: 400 trials that all have seen are soon learned by choosing.

    Attributes:
        path: of `all_runs.zip` in the folder one-shot-classification of the Omniglot repository.
        size: pixels of a side that a learner sees; the drawings have 105, and are shrunk as those of `Omniglot` are.
    """

    path: str | Path
    size: int = 28

    metric = METRIC
    input_range = (0.0, 1.0)
    test_tasks = RUNS
    apart = "Lake's own runs"

    def __post_init__(self) -> None:
        if not 1 <= self.size <= SIDE:
            raise ZooError(f"size={self.size}: the drawings of the runs have {SIDE} pixels a side; choose from 1 to {SIDE}.")

    def stream(self, tasks_per_step: int, seed: int, start: int = 0) -> tf.data.Dataset:
        """Not available.

        Raises:
            ZooError: always.
        """
        raise ZooError("Lake's runs are for evaluation only; train on Omniglot('lake').")

    def conditions(self) -> list[Condition]:
        """Twenty characters, one drawing of each; these runs, which no other condition is the same as."""
        return [{"ways": WAYS, "shots": 1, "runs": "Lake's own"}]

    def validation_condition(self) -> None:
        """None: nothing is chosen on these runs."""
        return

    def draw(self, tasks: int = RUNS, seed: int = 1, ways: int = WAYS, shots: int = 1, runs: str = "Lake's own") -> Tasks:
        """The runs in order, with ink as 1: float32 `[20, 20, size, size, 1]`.

        Args:
            tasks: 20, all of them.
            seed: of no effect, as nothing is drawn at random.
            ways, shots, runs: as `conditions` says.

        Raises:
            ZooError: if the file is not the 20 runs, or anything else is asked for.
        """
        asked = {"ways": ways, "shots": shots, "runs": runs}
        if tasks != RUNS or asked != self.conditions()[0]:
            raise ZooError(f"tasks={tasks} of {asked}: Lake's runs are {RUNS}, of {self.conditions()[0]}.")
        found = read_runs(self.path)
        support_x, query_x = (self._seen(ink) for ink in (found.training, found.test))
        labels = np.eye(WAYS, dtype=np.float32)
        support_y = np.broadcast_to(labels, [RUNS, WAYS, WAYS]).copy()
        return Tasks(support_x, support_y, np.full(RUNS, WAYS, np.int32), query_x, labels[found.answer])

    def score(self, answers: np.ndarray, drawn: Tasks) -> list[tuple[Condition, np.ndarray]]:
        """Error rate of every run, `[B]`; the interval of their mean is thus over runs."""
        return error_rates(answers, drawn.query_y)

    def baselines(self, drawn: Tasks) -> dict[str, np.ndarray]:
        """Error rates of the runs, `[20]`, of the nearest drawing at full size: in pixels, and by the Hausdorff distance."""
        found = read_runs(self.path)
        by_name = {PIXELS: _differing_pixels, HAUSDORFF: modified_hausdorff_of_all}
        return {
            name: error_rates(-np.stack([distance(*run) for run in zip(found.test, found.training, strict=True)]), drawn.query_y)[
                0
            ][1]
            for name, distance in by_name.items()
        }

    def _seen(self, ink: np.ndarray) -> np.ndarray:
        """Drawings `[20, 20, 105, 105]` as learners of Omniglot see them."""
        paper = np.where(ink, 0, 255).astype(np.uint8).reshape(-1, SIDE, SIDE, 1)
        tones = shrunk(paper, self.size).reshape(RUNS, WAYS, self.size, self.size, 1)
        return tones * np.float32(1 / 255)


def _differing_pixels(some: np.ndarray, others: np.ndarray) -> np.ndarray:
    """How many pixels differ: the squared distance of drawings of ink and paper, `[n, h, w]` and `[m, h, w]` to `[n, m]`."""
    one, other = (ink.reshape(len(ink), -1).astype(np.float64) for ink in (some, others))
    return one.sum(axis=1)[:, None] + other.sum(axis=1) - 2.0 * one @ other.T
