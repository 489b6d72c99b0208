"""One-shot trials within an alphabet: twenty characters by one drawer, each to be found among the same twenty by another.

B. Lake, R. Salakhutdinov, J. Tenenbaum, "Human-level concept learning through probabilistic program induction", 2015, sampled as
in G. Koch, R. Zemel, R. Salakhutdinov, "Siamese neural networks for one-shot image recognition", 2015. People err on 4.5 %.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import tensorflow as tf

from zoo.datasets.benchmark import Tasks
from zoo.datasets.episodes.n_way import METRIC, NWay, error_rates
from zoo.datasets.episodes.sampling import loaded
from zoo.datasets.episodes.trials import WAYS, draw_trials
from zoo.datasets.labelled import TEST, VALIDATION
from zoo.utils.errors import ZooError


@dataclass(frozen=True)
class LakeTrials:
    """Train as any N-way episodes, be evaluated on trials within an alphabet.

    The trials are of the alphabets that are in the test part with 20 characters or more: all 20 evaluation alphabets of
    `Omniglot("lake")`; of `Omniglot("vinyals")` the 12 that its training has seen nothing of.

    Attributes:
        training: what is learned from; its source must have groups, and its examples their drawer as number within the class.
    """

    training: NWay

    metric: ClassVar[str] = METRIC
    horizon: ClassVar[int] = 1
    test_tasks: ClassVar[int] = 1_000
    input_range: ClassVar[tuple[float, float]] = NWay.input_range

    def stream(self, tasks_per_step: int, seed: int, start: int = 0) -> tf.data.Dataset:
        """Endless training episodes."""
        return self.training.stream(tasks_per_step, seed, start)

    def conditions(self) -> list[dict[str, Any]]:
        """Twenty characters, one drawing of each."""
        return [{"ways": WAYS, "shots": 1}]

    def validation_condition(self) -> dict[str, Any] | None:
        """What the training curve is drawn on: trials of validation alphabets; None where training has left none out."""
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
            shots: drawers whose drawings are learned from; the queries are by one more.
            part: "test", or "validation" to watch training with.

        Raises:
            ZooError: if no alphabet has so many characters, or there are too few drawers, or training draws from that part.
        """
        if part in self.training.training_splits:
            raise ZooError(f"part={part!r} is trained on; judge on another, such as {TEST!r}.")
        data = loaded(self.training.source, (part,), False)
        return draw_trials(data, tasks, seed, ways, shots)

    errors = staticmethod(error_rates)
