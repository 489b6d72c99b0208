"""Zero-shot learning on a synthetic world: classes with binary attributes, and examples with features.

Examples of a class that training never showed are recognised by a description of the class. Real data, such as the birds of
CUB-200, may not be redistributed; this world is drawn from a seed. An example shows the attributes of its class imperfectly, and
its features are a random two-layer network of what it shows, plus noise: no linear map leads from one to the other.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from zoo.datasets.benchmark import Benchmark, Condition, Tasks, episode, numbered
from zoo.datasets.episodes.choosing import distinct
from zoo.datasets.episodes.error_rates import METRIC, error_rates
from zoo.datasets.labelled import PARTS, TEST, TRAINING, no_part
from zoo.utils.errors import ZooError

BLOCK = 50  # steps drawn at once
SHARES = {"train": (0, 100), "validation": (100, 150), "test": (150, 200)}  # classes of each part, as of CUB-200
CLASSES, EXAMPLES = 200, 60
FEATURE_NOISE = 0.1  # standard deviation; that of the features themselves is 1
_TRAINING, _EVALUATION = 1 << 36, 2 << 36  # the two never share a random number


@dataclass(frozen=True)
class DescribedClasses(Benchmark):
    """Benchmark of classes, each described by one row of attributes.

    support_x is `[B, ways, attributes]`, query_x `[B, ways * queries, features]`. Of 200 classes 100 are for training, 50 for
    validation and 50 for the test; each has 60 examples.

    Attributes:
        attributes: binary attributes of a class, each 0 or 1.
        hidden, features: widths of the network that turns what an example shows of them into features.
        noise: standard deviation of what an example shows of an attribute, whose two values are 2 apart there.
        ways: classes of a training episode.
        queries: examples of each class in an episode.
        training_splits: the parts that training draws from.
        world: seed of attributes, network and noise; the same for all parts.
    """

    attributes: int = 32
    hidden: int = 64
    features: int = 64
    noise: float = 1.5
    ways: int = 50
    queries: int = 10
    training_splits: tuple[str, ...] = (TRAINING,)
    world: int = 0

    metric = METRIC
    input_range = (0.0, 1.0)

    def __post_init__(self) -> None:
        if TEST in self.training_splits or not self.training_splits:
            raise ZooError(
                f"training_splits={self.training_splits}: training draws from one part or more, and never from {TEST!r}."
            )
        if not 2 <= self.ways <= len(_classes(self.training_splits)):
            raise ZooError(f"ways={self.ways}: training has {len(_classes(self.training_splits))} classes; ask for 2 to so many.")

    def stream(self, tasks_per_step: int, seed: int, start: int = 0) -> tf.data.Dataset:
        """Endless training episodes."""
        described, examples = (tf.constant(part[_classes(self.training_splits)]) for part in made(self))
        tasks, ways, rows = BLOCK * tasks_per_step, self.ways, self.ways * self.queries

        def make(block: tf.Tensor) -> tuple[Any, ...]:
            words = [tf.stack([tf.constant(_TRAINING + (at << 32) + seed, tf.int64), block]) for at in range(3)]
            chosen = distinct(tf.fill([tasks], len(described)), ways, words[0])
            items = distinct(tf.fill([tasks, ways], EXAMPLES), self.queries, words[1])
            label = tf.tile(tf.repeat(tf.range(ways), self.queries)[None], [tasks, 1])
            places = tf.stack([tf.repeat(chosen, self.queries, axis=1), tf.reshape(items, [tasks, rows])], axis=2)
            query = tf.gather_nd(examples, places)
            names = tf.one_hot(tf.tile(tf.range(ways)[None], [tasks, 1]), ways)
            parts = (tf.gather(described, chosen), names, tf.fill([tasks], ways), query, tf.one_hot(label, ways))
            return episode(*(tf.reshape(part, [BLOCK, tasks_per_step, *part.shape[1:]]) for part in parts))

        return numbered(make, BLOCK, start)

    def conditions(self) -> list[Condition]:
        """All 50 classes of the test, as published for CUB-200, and 10 of them."""
        return [{"ways": 50}, {"ways": 10}]

    def validation_condition(self) -> Condition | None:
        """The headline on validation classes; None where training draws from them."""
        return None if "validation" in self.training_splits else self.conditions()[0] | {"part": "validation"}

    def draw(self, tasks: int, seed: int, ways: int = 50, part: str = TEST) -> Tasks:
        """Tasks of classes that training never shows: one row of attributes of each class, and `queries` examples.

        Raises:
            ZooError: if the part has too few classes, or training draws from it.
        """
        if part in self.training_splits:
            raise ZooError(f"part={part!r} is trained on; evaluate on another, such as {TEST!r}.")
        if part not in PARTS:
            raise no_part(self, part)
        described, examples = (each[_classes((part,))] for each in made(self))
        if not 2 <= ways <= len(described):
            raise ZooError(f"ways={ways}: that part has {len(described)} classes; ask for 2 to so many.")
        generator = np.random.default_rng(_EVALUATION + seed)
        chosen = generator.permuted(np.tile(np.arange(len(described)), [tasks, 1]), axis=1)[:, :ways]
        every = np.tile(np.arange(EXAMPLES), [tasks, ways, 1])
        items = generator.permuted(every, axis=2)[..., : self.queries]
        query = examples[chosen[..., None], items].reshape(tasks, ways * self.queries, self.features)
        names = np.eye(ways, dtype=np.float32)
        label = np.tile(np.repeat(names, self.queries, axis=0), [tasks, 1, 1])
        support_y, size = np.tile(names, [tasks, 1, 1]), np.full(tasks, ways, np.int32)
        return Tasks(described[chosen], support_y, size, query, label)

    def score(self, answers: np.ndarray, drawn: Tasks) -> list[tuple[Condition, np.ndarray]]:
        """Error rate of every task, `[B]`."""
        return error_rates(answers, drawn.query_y)

    def baselines(self, drawn: Tasks) -> dict[str, np.ndarray]:
        """Error of every task, `[B]`, by least squares on all training examples.

        "to attributes": a linear map of features to attributes; the class nearest in attributes wins. "to features": a linear map
        of attributes to features; the class nearest in features wins.
        """
        described, examples = (part[_classes(self.training_splits)] for part in made(self))
        y, x = np.repeat(described, EXAMPLES, axis=0), examples.reshape(-1, self.features)
        to_attributes, to_features = _linear(x, y), _linear(y, x)
        answers = {
            "least squares to attributes": _nearest(to_attributes(drawn.query_x), drawn.support_x),
            "least squares to features": _nearest(drawn.query_x, to_features(drawn.support_x)),
        }
        return {name: self.score(logits, drawn)[0][1] for name, logits in answers.items()}


@functools.lru_cache(maxsize=4)
def made(world: DescribedClasses) -> tuple[np.ndarray, np.ndarray]:
    """Attributes of every class, float32 `[200, attributes]`, and its examples, float32 `[200, 60, features]`."""
    generator = np.random.default_rng(world.world)
    described = generator.integers(0, 2, [CLASSES, world.attributes]).astype(np.float32)
    first = generator.normal(0, 2 / world.attributes**0.5, [world.attributes, world.hidden])
    bias = generator.normal(0, 0.5, world.hidden)
    second = generator.normal(0, 1, [world.hidden, world.features])
    shown = (2 * described - 1)[:, None] + generator.normal(0, world.noise, [CLASSES, EXAMPLES, world.attributes])
    features = np.maximum(shown @ first + bias, 0) @ second
    features = (features - features.mean(axis=(0, 1))) / features.std(axis=(0, 1))
    return described, (features + generator.normal(0, FEATURE_NOISE, features.shape)).astype(np.float32)


def _classes(parts: tuple[str, ...]) -> np.ndarray:
    return np.concatenate([np.arange(*SHARES[part]) for part in parts])


def _linear(x: np.ndarray, y: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """The linear map with a constant that has the least squared error."""
    weights = np.linalg.lstsq(np.pad(x, [(0, 0), (0, 1)], constant_values=1.0), y, rcond=None)[0].astype(np.float32)
    return lambda rows: rows @ weights[:-1] + weights[-1]


def _nearest(query: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Minus the squared distance of every pair, up to a constant of each query: `[B, M, n], [B, N, n] -> [B, M, N]`."""
    return 2 * query @ rows.transpose(0, 2, 1) - np.square(rows).sum(axis=2)[:, None]
