"""One-shot trials within an alphabet: twenty characters by one drawer, each to be found among the same twenty by another.

B. Lake, R. Salakhutdinov, J. Tenenbaum, "Human-level concept learning through probabilistic program induction", 2015, sampled as
in G. Koch, R. Zemel, R. Salakhutdinov, "Siamese neural networks for one-shot image recognition", 2015. People err on 4.5 %.
"""

import dataclasses
from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from zoo.datasets.benchmark import Benchmark, Condition, Embed, Tasks
from zoo.datasets.episodes.error_rates import METRIC, error_rates
from zoo.datasets.episodes.n_way import NWay
from zoo.datasets.episodes.sampling import loaded
from zoo.datasets.episodes.trials import WAYS, draw_trials
from zoo.datasets.labelled import TEST, VALIDATION
from zoo.utils.errors import ZooError


@dataclass(frozen=True)
class LakeTrials(Benchmark):
    """Training on N-way episodes, evaluation on trials within an alphabet.

    The trials are of the alphabets that are in the test part with 20 characters or more: all 20 evaluation alphabets of
    `Omniglot("lake")`; of `Omniglot("vinyals")` the 12 that its training has seen nothing of.

    Attributes:
        training: the episodes; their source must have groups, and its examples their drawer as number within the class.
    """

    training: NWay

    metric = METRIC
    input_range = NWay.input_range
    apart = "Lake's trials"

    def stream(self, tasks_per_step: int, seed: int, start: int = 0) -> tf.data.Dataset:
        """Endless training episodes."""
        return self.training.stream(tasks_per_step, seed, start)

    @property
    def n_way(self) -> NWay:
        return self.training

    def conditions(self) -> list[Condition]:
        """Twenty characters, one drawing of each."""
        return [{"ways": WAYS, "shots": 1}]

    def validation_condition(self) -> Condition | None:
        """Trials of validation alphabets; None where none is large enough or training draws from them."""
        if VALIDATION in self.training.training_splits:
            return None
        try:
            groups = loaded(self.training.source, (VALIDATION,), False).runs()
        except ZooError:
            return None
        return self.conditions()[0] | {"part": VALIDATION} if any(size >= WAYS for *_, size in groups) else None

    def draw(self, tasks: int, seed: int, ways: int = WAYS, shots: int = 1, part: str = TEST) -> Tasks:
        """Trials, as many from every alphabet (one more or less where the number does not divide).

        Args:
            tasks: how many trials; each has one query for each character.
            seed: the same seed, the same trials.
            ways: characters of a trial.
            shots: drawers whose drawings are the support; the queries are by one more.
            part: "test", or "validation" if training leaves it out.

        Raises:
            ZooError: if no alphabet has so many characters, or there are too few drawers, or training draws from that part.
        """
        if part in self.training.training_splits:
            raise ZooError(f"part={part!r} is trained on; evaluate on another, such as {TEST!r}.")
        data = loaded(self.training.source, (part,), False)
        return draw_trials(data, tasks, seed, ways, shots)

    def score(self, answers: np.ndarray, drawn: Tasks) -> list[tuple[Condition, np.ndarray]]:
        """Error rate of every trial, `[B]`."""
        return error_rates(answers, drawn.query_y)

    def calibration_tasks(self) -> list[Tasks]:
        """Those of the N-way episodes."""
        return self.training.calibration_tasks()

    def embedded(self, embed: Embed) -> "LakeTrials":
        """The same trials of embeddings."""
        return dataclasses.replace(self, training=self.training.embedded(embed))
