"""A classifier whose examples are embedded already: the same answers to the same tasks, at a tenth of the work."""

import functools
from collections.abc import Sequence
from typing import Any, final

import numpy as np
import tensorflow as tf

from zoo.datasets.benchmark import EmbeddedBenchmark
from zoo.datasets.episodes.embedded_source import embedded_benchmarks
from zoo.learners.embeddings import Embeddings
from zoo.learners.endpoint import Tensors
from zoo.learners.zoo_model import Condition


@final
class EmbeddedClassifier:
    """Answers in evaluation as a classifier does, of embeddings `[B, N, D]`.

    Args:
        learner: an `EmbeddingClassifier`.
    """

    def __init__(self, learner: Any):
        self.learner = learner

    def adapt(self, episode: Tensors) -> Tensors:
        """The learned tasks of embedded supports."""
        return self.learner.graphs.adapt_embedded(*(episode[f"support_{part}"] for part in ("x", "y", "size")))

    def answers(self, episode: Tensors, horizon: int = 1, on: str | None = None, steps: int = 0) -> tf.Tensor:
        """As `MetaLearner.answers`."""
        query = episode["query_x"]
        if on is None:
            task = self.adapt(episode)
        else:
            support = (episode[f"support_{part}"] for part in ("x", "y", "size"))
            task = self.learner.graphs.fine_tuned_embedded[on](*support, tf.fill([len(query)], steps))
        return self.learner.graphs.apply_embedded(task, query)

    def variants(self, gradient_steps: Sequence[int] = ()) -> list[tuple[Condition, dict[str, Any]]]:
        """As the classifier."""
        return self.learner.variants(gradient_steps)


def for_evaluation(learner: Any, benchmark: Any, many: bool) -> tuple[EmbeddedClassifier, Any]:
    """A classifier and a benchmark, of examples that are embedded once each.

    Args:
        learner: an `EmbeddingClassifier`; its weights must stay as they are.
        benchmark: see `zoo.datasets.Benchmark`.
        many: whether so many tasks are drawn that embedding all that they are drawn from pays; else what is drawn is embedded.
    """
    known = Embeddings(functools.partial(_embedded, learner))
    return EmbeddedClassifier(learner), benchmark.embedded(known) if many else EmbeddedBenchmark(benchmark, known)


def for_training(learner: Any, benchmarks: Sequence[Any]) -> list[Any]:
    """Benchmarks of embeddings, for a classifier whose encoder training leaves as it is."""
    return embedded_benchmarks(benchmarks, functools.partial(_embedded, learner))


def _embedded(learner: Any, rows: np.ndarray) -> np.ndarray:
    return learner.graphs.embed(np.asarray(rows, np.float32)).numpy()
