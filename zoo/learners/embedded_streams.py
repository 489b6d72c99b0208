"""Streams whose examples are embedded already: what a frozen encoder makes of each is the same at every step of training."""

import functools
import hashlib
import weakref
from collections.abc import Sequence
from typing import Any, final

import numpy as np
import tensorflow as tf

from zoo.datasets.benchmark import Benchmark, EmbeddedBenchmark
from zoo.datasets.episodes.embedded_source import embedded_benchmarks
from zoo.learners.embeddings import Embeddings
from zoo.learners.endpoint import Tensors
from zoo.learners.zoo_model import Condition

_KNOWN: weakref.WeakKeyDictionary[Any, tuple[bytes, Embeddings]] = weakref.WeakKeyDictionary()


@final
class EmbeddedStreams:
    """Answers streams of embeddings `[B, T, E]` as a learner answers those of the examples.

    Args:
        learner: a `SequenceLearner`; the weights of its encoder must stay as they are.
    """

    def __init__(self, learner: Any):
        self.learner = learner

    def answers(self, episode: Tensors, horizon: int = 1) -> tf.Tensor:
        """As `MetaLearner.answers`."""
        return self.learner.graphs.embedded_stream(episode["stream_x"], episode["stream_y"])

    def variants(self, gradient_steps: Sequence[int] = ()) -> list[tuple[Condition, dict[str, Any]]]:
        """As the learner."""
        return self.learner.variants(gradient_steps)


def for_evaluation(learner: Any, benchmark: Benchmark, many: bool) -> tuple[EmbeddedStreams, Benchmark]:
    """A learner of streams and a benchmark of them, of examples that are embedded once each.

    Args:
        learner: a `SequenceLearner`; the weights of its encoder must stay as they are.
        benchmark: of streams.
        many: whether so many are drawn that embedding all that they are drawn from pays; else what is drawn is embedded.
    """
    known = _known(learner)
    return EmbeddedStreams(learner), benchmark.embedded(known) if many else EmbeddedBenchmark(benchmark, known)


def for_training(learner: Any, benchmarks: Sequence[Any]) -> list[Benchmark]:
    """Benchmarks of streams of embeddings, as the encoder of a learner makes them now, once for all that share a source."""
    return embedded_benchmarks(benchmarks, functools.partial(_embedded, learner))


def _known(learner: Any) -> Embeddings:
    """The embeddings of a learner, remembered for as long as its encoder's weights are the same."""
    now = hashlib.blake2b(b"".join(weight.tobytes() for weight in learner.encoder.get_weights())).digest()
    kept = _KNOWN.get(learner)
    if kept is None or kept[0] != now:
        # A weak reference, or a learner would never go: it is the key of what holds it.
        own = weakref.ref(learner)
        kept = _KNOWN[learner] = now, Embeddings(lambda rows: _embedded(own(), rows))
    return kept[1]


def _embedded(learner: Any, rows: np.ndarray) -> np.ndarray:
    return learner.graphs.embed_rows(np.asarray(rows, np.float32)).numpy()
