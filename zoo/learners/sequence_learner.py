"""A learner that reads its examples one after the other: a fold with a carried state, which is the learned task.

An example meets the label of the one before it (S. Hochreiter, A. Younger, P. Conwell, "Learning to learn using gradient
descent", 2001), so that a stream can be answered as it comes, each example before its label. To learn is to fold over the
support, to grow is to go on folding, and a query is one step more, whose state is thrown away: no query sees another.
"""

import abc
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, final

import tensorflow as tf

from zoo.layers import without_empty
from zoo.learners.appearance import appearance
from zoo.learners.class_learner import ClassLearner
from zoo.learners.endpoint import Tensors
from zoo.learners.fine_tuning import Refiner
from zoo.learners.folds import folded, unfolded
from zoo.learners.graphs import compiled
from zoo.learners.padding import clear_rows

SLOT, LABEL = "slot", "label"  # names in a learned task


class SequenceLearner(ClassLearner):
    """Learned task: the state of the subclass after the last example, and what every such learner has beside it.

    `slot [B, ways, slots]`, which class has which of a fixed number of slots, one-hot, in the order in which they appeared; and
    `label [B, slots]`, that of the last example, which the next step meets. Rows without a label change nothing.
    """

    ordered: ClassVar[bool] = True
    reads_unlabelled: ClassVar[bool] = True

    @property
    @abc.abstractmethod
    def slots(self) -> int:
        """How many classes a task may have."""

    @abc.abstractmethod
    def begin(self, tasks: tf.Tensor) -> Tensors:
        """The state of so many tasks before their first example: dict of `[B, ...]` of known sizes."""

    @abc.abstractmethod
    def embed(self, x: tf.Tensor) -> tf.Tensor:
        """What is made of examples before any training of this learner: `[rows, ...] -> float32 [rows, E]`."""

    @abc.abstractmethod
    def seen(self, embedded: tf.Tensor, training: bool = False) -> tf.Tensor:
        """What of a step depends on the example alone, of all examples at once: `[B, N, E] -> [B, N, D]`.

        Only with `training` may state change.
        """

    @abc.abstractmethod
    def step(self, state: Tensors, seen: tf.Tensor, label: tf.Tensor) -> tuple[Tensors, tf.Tensor]:
        """One example `[B, D]`, and the label of the one before it `[B, slots]`: the state after, and logits `[B, slots]`."""

    @final
    def adapt(self, support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> Tensors:
        tasks = tf.shape(support_x)[0]
        nothing = {SLOT: tf.zeros(tf.stack([tasks, tf.shape(support_y)[2], self.slots])), LABEL: tf.zeros([tasks, self.slots])}
        return self.extended(self.begin(tasks) | nothing, support_x, support_y, support_size)

    @final
    def extended(self, task: Tensors, support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> Tensors:
        y = tf.maximum(clear_rows(tf.cast(support_y, tf.float32), support_size), 0.0)
        slot = appearance(y, self.slots, task[SLOT])
        label = tf.matmul(y, slot)  # [B, N, slots]
        seen, real = (
            self.seen(self.embedded(clear_rows(support_x, support_size))),
            tf.reduce_sum(label, axis=2, keepdims=True) > 0.0,
        )
        state = {name: part for name, part in task.items() if name != SLOT}

        def advance(at: tf.Tensor, state: Tensors) -> Tensors:
            after, _ = self._advanced(state, tf.gather(seen, at, axis=1), tf.gather(label, at, axis=1))
            now = tf.gather(real, at, axis=1)  # [B, 1]
            return {name: tf.where(_wide(now, part), after[name], part) for name, part in state.items()}

        return {SLOT: slot, **folded(advance, state, support_y)}

    @final
    def apply(self, task: Tensors, query_x: tf.Tensor) -> tf.Tensor:
        tasks, queries = tf.shape(query_x)[0], tf.shape(query_x)[1]
        seen = self.seen(self.embedded(query_x))
        of_task = tf.reshape(tf.zeros([1, queries], tf.int32) + tf.expand_dims(tf.range(tasks), 1), [-1])  # [B M]
        state = {name: tf.gather(part, of_task) for name, part in task.items() if name != SLOT}
        last = state.pop(LABEL)
        _, logits = self.step(state, tf.reshape(seen, [-1, seen.shape[2]]), last)
        logits = tf.reshape(logits, tf.stack([tasks, queries, self.slots]))
        return without_empty(tf.matmul(logits, task[SLOT], transpose_b=True), tf.reduce_sum(task[SLOT], axis=2))

    @final
    def answer_stream(self, stream_x: tf.Tensor, stream_y: tf.Tensor) -> tf.Tensor:
        """See `Streams`. A class has the slot of its column; those beyond the slots are never answered, nor read."""
        return self.answer_embedded(self.embedded(stream_x), stream_y)

    @final
    def answer_embedded(self, embedded: tf.Tensor, stream_y: tf.Tensor) -> tf.Tensor:
        """As `answer_stream`, of embedded examples `[B, T, E]`."""
        column = self._column(stream_y)
        seen, label = self.seen(embedded), _as_slots(stream_y, column)
        where = tf.reshape(tf.range(tf.shape(stream_y)[1]), [1, -1, 1])

        def advance(at: tf.Tensor, state: Tensors) -> Tensors:
            answers = state.pop("answers")
            after, logits = self._advanced(state, tf.gather(seen, at, axis=1), tf.gather(label, at, axis=1))
            return after | {"answers": tf.where(tf.equal(where, at), tf.expand_dims(logits, 1), answers)}

        state = self._before(tf.shape(seen)[0]) | {"answers": tf.zeros_like(label)}
        return _as_classes(folded(advance, state, stream_y)["answers"], column)

    @final
    def training_forward(self, episode: Tensors) -> tf.Tensor:
        """The answers of a stream, each of which training compares with its label; those to the queries of an episode.

        Examples of a stream may be embedded already, see `for_training`.
        """
        if "stream_x" not in episode:
            return self.forward(episode)
        x, y = (tf.convert_to_tensor(episode[f"stream_{part}"]) for part in ("x", "y"))
        column = self._column(y)
        seen = self.seen(self.embedded(x) if x.shape[2:] == self.example.sizes else x, training=True)
        answers = unfolded(self._advanced, self._before(tf.shape(x)[0]), seen, _as_slots(y, column))
        return _as_classes(answers, column)

    @final
    def embedded(self, x: tf.Tensor) -> tf.Tensor:
        """Examples of many tasks, `[B, N, ...] -> [B, N, E]`, each on its own."""
        x = tf.convert_to_tensor(x)
        rows = self.embed(tf.reshape(x, [-1, *self.example.sizes]))
        return tf.reshape(rows, tf.stack([tf.shape(x)[0], tf.shape(x)[1], rows.shape[1]]))

    def functions(self) -> Mapping[str, Callable[[], Any]]:
        """Beside those of every learner `embedded_stream`, answers to embedded examples, and `embed_rows`."""
        rows, label = tf.TensorSpec([None, *self.example.sizes], tf.float32), self.support_spec["support_y"]

        def answers() -> Any:
            width = self.graphs.embed_rows.get_concrete_function().structured_outputs.shape[1]
            return compiled(self.answer_embedded, tf.TensorSpec([None, None, width], tf.float32), label)

        return {**super().functions(), "embed_rows": lambda: compiled(self.embed, rows), "embedded_stream": answers}

    @final
    def refiners(self) -> dict[str, Refiner]:
        """None: a state is gone on from, not improved."""
        return {}

    def task_axes(self) -> dict[str, tuple[str | None, ...]]:
        return super().task_axes() | {SLOT: ("tasks", "ways", None)}

    def _before(self, tasks: tf.Tensor) -> Tensors:
        """The state before the first example of a stream."""
        return self.begin(tasks) | {LABEL: tf.zeros([tasks, self.slots])}

    def _column(self, stream_y: tf.Tensor) -> tf.Tensor:
        """Which class of a stream has which slot: ones and zeros `[kinds, slots]`."""
        kinds = tf.expand_dims(tf.range(tf.shape(stream_y)[2]), 1)
        return tf.cast(tf.equal(kinds, tf.expand_dims(tf.range(self.slots), 0)), tf.float32)

    def _advanced(self, state: Tensors, seen: tf.Tensor, label: tf.Tensor) -> tuple[Tensors, tf.Tensor]:
        """A step whose label is shown after it, for the next one."""
        before = {name: part for name, part in state.items() if name != LABEL}
        after, logits = self.step(before, seen, state[LABEL])
        return after | {LABEL: label}, logits


def _as_slots(stream_y: tf.Tensor, column: tf.Tensor) -> tf.Tensor:
    """Labels of a stream by slot: `[B, T, kinds], [kinds, slots] -> [B, T, slots]`."""
    flat = tf.reshape(tf.maximum(tf.cast(stream_y, tf.float32), 0.0), tf.stack([-1, tf.shape(stream_y)[2]]))
    return tf.reshape(tf.matmul(flat, column), tf.stack([-1, tf.shape(stream_y)[1], column.shape[1]]))


def _as_classes(answers: tf.Tensor, column: tf.Tensor) -> tf.Tensor:
    """Answers by class: `[B, T, slots], [kinds, slots] -> [B, T, kinds]`."""
    flat = tf.matmul(tf.reshape(answers, [-1, column.shape[1]]), column, transpose_b=True)
    classes = tf.reshape(flat, tf.stack([tf.shape(answers)[0], tf.shape(answers)[1], tf.shape(column)[0]]))
    return without_empty(classes, tf.expand_dims(tf.reduce_sum(column, axis=1), 0))


def _wide(real: tf.Tensor, part: tf.Tensor) -> tf.Tensor:
    """`[B, 1]` with as many axes as a part of a state."""
    return tf.reshape(real, [-1, *[1] * (len(part.shape) - 1)])
