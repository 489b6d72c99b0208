"""A few-shot classifier: an encoder embeds every example, and a head learns a task from embeddings only.

Labels are one-hot over the classes of a task, so one set of weights serves any number of classes and of examples of each. Outside
training, adapt and apply embed one example as if there were no other. Training embeds support and query in one call, because
batch normalisation takes its statistics from both together (J. Snell et al., "Prototypical networks for few-shot learning", 2017,
as its authors' code does): `training_forward` is that call, and the only place where the moving averages change.
"""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, final

import keras
import numpy as np
import tensorflow as tf

from zoo.learners.capabilities.calibrates import Calibration
from zoo.learners.capabilities.refines import STEPS
from zoo.learners.class_learner import ClassLearner
from zoo.learners.embedded_classifier import for_evaluation
from zoo.learners.embedder import Embedder
from zoo.learners.endpoint import Tensors
from zoo.learners.fine_tuning import Refiner, fine_tuned
from zoo.learners.graphs import compiled
from zoo.learners.halves import encoder_of
from zoo.learners.heads.head import Head
from zoo.learners.parts import in_parts, rows_at_once
from zoo.learners.shape import Shape
from zoo.learners.together import embedded_together

LEAVE_ONE_OUT = 5.0  # a task's own spread counts as much as training's once so many examples could be left out


class EmbeddingClassifier(ClassLearner):
    """An encoder times a head: a subclass makes both in `__init__`, and hands them to `compose`.

    A query's prediction is its logits, `[B, M, ways]`: the softmax of them are the probabilities of the classes. Training sees
    them as the head gives them; everywhere else they are divided by the task's temperature.
    """

    reads_unlabelled: ClassVar[bool] = True
    embedder: Embedder
    task_head: Head

    def __init__(self, config: Any = None, **kwargs: Any):
        super().__init__(config, **kwargs)
        self._calibration = self.add_weight(
            name="calibration", shape=(3,), dtype="float32", trainable=False, initializer=_unknown
        )

    @final
    def compose(self, embedder: Embedder, head: Head) -> None:
        """Set how examples are embedded, and what is made of embeddings; the last line of a subclass's `__init__`."""
        self.embedder, self.task_head = embedder, head
        self.built = True

    @property
    @final
    def example(self) -> Shape:
        return self.embedder.example

    @final
    def embed(self, x: tf.Tensor, training: bool = False) -> tf.Tensor:
        """Embed examples: `[rows, ...] -> [rows, D]`; with statistics of the batch, which also move the averages, in training."""
        return self.embedder(x, training)

    @final
    def adapt(self, support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> Tensors:
        return self.adapt_embedded(self.embedded(support_x), support_y, support_size)

    @final
    def adapt_embedded(self, embedded: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> Tensors:
        """As `adapt`, of embeddings `[B, N, D]`."""
        return self.task_head.adapt(embedded, support_y, support_size)

    @final
    def apply(self, task: Tensors, query_x: tf.Tensor) -> tf.Tensor:
        return self.calibrated(task, self.embedded(query_x))

    @final
    def embedded(self, x: tf.Tensor) -> tf.Tensor:
        """Examples of many tasks, `[B, N, ...] -> [B, N, D]`, each on its own."""
        x = tf.convert_to_tensor(x)
        rows = self.embed(tf.reshape(x, [-1, *self.example.sizes]), training=False)
        return tf.reshape(rows, [tf.shape(x)[0], tf.shape(x)[1], rows.shape[1]])

    @final
    def calibrated(self, task: Tensors, query: tf.Tensor) -> tf.Tensor:
        """Logits of embedded queries `[B, M, D]`, divided by the temperature."""
        return self.task_head.logits(task, query) / self.temperature(task)

    @final
    def temperature(self, task: Tensors) -> tf.Tensor:
        """What the logits of a task are divided by, `[B, 1, 1]` or a number.

        That of one shot grows in proportion to the spread of the classes. An example lies 1 + 1/n times as far from the mean of n
        others as from the true one, in squares, so that more shots make it smaller, to half. What is known of the spread of
        training's classes stands in where examples are few: with one shot of each class it is all there is.
        """
        one_shot, usual = self._calibration[0], self._calibration[1]
        found = self.task_head.leave_one_out(task)
        if found is None:
            return one_shot
        spread, examples, share = found
        own = (spread + LEAVE_ONE_OUT * usual) / (examples + LEAVE_ONE_OUT)
        known = own / tf.maximum(usual, 1e-30) * (1.0 + share) / 2.0
        return tf.reshape(one_shot * tf.where(usual > 0.0, known, tf.ones_like(known)), [-1, 1, 1])

    def training_forward(self, episode: Tensors) -> tf.Tensor:
        """Adapt and apply with one embedding of all real rows, which XLA cannot compile; see `embedded_together`."""
        support_y, size = (tf.convert_to_tensor(episode[f"support_{part}"]) for part in ("y", "size"))
        support, query = embedded_together(lambda rows: self.embed(rows, training=True), self.example.sizes, episode)
        for loss in self.task_head.auxiliary_losses(support, support_y, size):
            self.add_loss(loss)
        return self.task_head.training_logits(self.task_head.adapt(support, support_y, size), query)

    @property
    @final
    def adapt_steps(self) -> int:
        return self.task_head.adapt_steps

    @final
    def refiners(self) -> dict[str, Refiner]:
        return self.task_head.refiners(self.adapt, self.embedded)

    @final
    def extended(self, task: Tensors, support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> Tensors:
        return self.merge(task, self.adapt(support_x, support_y, support_size))

    @final
    def merge(self, task: Tensors, other: Tensors) -> Tensors:
        """The learned tasks of the examples of two together; both have the same classes, with or without examples."""
        return self.task_head.merge(task, other)

    @final
    def task_axes(self) -> dict[str, tuple[str | None, ...]]:
        return self.task_head.task_axes()

    @final
    def adapt_and_summarise(self, support_x: Any, support_y: Any, support_size: Any) -> tuple[Tensors, Tensors]:
        if self._at_once(support_x):
            return super().adapt_and_summarise(support_x, support_y, support_size)
        return self.graphs.adapt_embedded(self._embedded(support_x), support_y, support_size), {}

    @final
    def steps_taken(self, on: str, support: tuple[np.ndarray, np.ndarray, np.ndarray], steps: np.ndarray) -> Tensors:
        if self._at_once(support[0]):
            return super().steps_taken(on, support, steps)
        return self.graphs.fine_tuned_embedded[on](self._embedded(support[0]), *support[1:], steps)

    @final
    def learned_from_more(self, task: Tensors, support: tuple[np.ndarray, np.ndarray, np.ndarray]) -> Tensors:
        if self._at_once(support[0]):
            return super().learned_from_more(task, support)
        return self.graphs.update_embedded(task, self._embedded(support[0]), *support[1:])

    def _at_once(self, support_x: np.ndarray) -> bool:
        """Whether a support is embedded in one part, and so in the graph that learns from it."""
        return len(support_x) > 1 or len(support_x[0]) <= rows_at_once(support_x[0])

    def _embedded(self, support_x: np.ndarray) -> np.ndarray:
        """The support of one task, embedded a part at a time: `[1, N, ...] -> [1, N, D]`."""
        return in_parts(self.graphs.embed, support_x[0])[None]

    def functions(self) -> Mapping[str, Callable[[], Any]]:
        """Beside those of every learner `embed`, float32 `[rows, ...] -> [rows, D]`, and the rest of embedded examples."""
        spec = tf.TensorSpec([None, *self.example.sizes], tf.float32)
        label_and_size = list(self.support_spec.values())[1:]

        def embeddings() -> tf.TensorSpec:
            return tf.TensorSpec([None, None, self.embedding_width()], tf.float32)

        def update(task: Tensors, *support: tf.Tensor) -> Tensors:
            return self.merge(task, self.task_head.adapt(*support))

        def refined() -> dict[str, Callable]:
            ways = self.task_head.refiners(self.task_head.adapt, tf.identity)
            signature = embeddings(), *label_and_size, STEPS
            return {on: compiled(lambda *given, way=way: fine_tuned(way, *given), *signature) for on, way in ways.items()}

        return {
            **super().functions(),
            "embed": lambda: compiled(lambda x: self.embed(x, training=False), spec),
            "adapt_embedded": lambda: compiled(self.task_head.adapt, embeddings(), *label_and_size),
            "update_embedded": lambda: compiled(update, self.graphs.task_spec, embeddings(), *label_and_size),
            "apply_embedded": lambda: compiled(self.calibrated, self.graphs.task_spec, embeddings()),
            "fine_tuned_embedded": refined,
        }

    @final
    def embedding_width(self) -> int:
        """Numbers of one embedding; no property, as Keras' saving would ask for it, and so trace the encoder."""
        return self.graphs.embed.get_concrete_function().structured_outputs.shape[1]

    @final
    def encoder_only(self) -> Any:
        """The encoder alone, to export beside heads of tasks: examples to embeddings, see `zoo.learners.halves`."""
        return encoder_of(self)

    @final
    def for_evaluation(self, benchmark: Any, many: bool = False) -> tuple[Any, Any]:
        """This classifier and a benchmark, of examples that are embedded once each; the weights must stay as they are."""
        return for_evaluation(self, benchmark, many)

    @final
    def leave_one_out(self, task: Tensors) -> Any:
        """See `Head.leave_one_out`."""
        return self.task_head.leave_one_out(task)

    @property
    def calibration(self) -> Calibration:
        """Calibration parameters; those of a learner just made change no logit, and call nothing out of distribution."""
        return Calibration(*self._calibration.numpy().tolist())

    @calibration.setter
    def calibration(self, known: Calibration) -> None:
        self._calibration.assign([known.temperature, known.spread, known.ood_threshold])

    @property
    def ood_threshold(self) -> float:  # type: ignore[override]
        return self.calibration.ood_threshold

    def save_own_variables(self, store: Any) -> None:
        store["calibration"] = self._calibration.numpy()
        for number, variable in enumerate(self._own_variables):
            store[str(number)] = variable.numpy()

    def load_own_variables(self, store: Any) -> None:
        if "calibration" in store:  # weights of before there was one have none
            self._calibration.assign(store["calibration"])
        for number, variable in enumerate(self._own_variables):
            variable.assign(store[str(number)])

    @property
    def _own_variables(self) -> list:
        own = [*self._trainable_variables, *self._non_trainable_variables]
        return [variable for variable in own if variable is not self._calibration]


def _unknown(shape: tuple[int, ...], dtype: Any = None) -> tf.Tensor:
    known = Calibration()
    return keras.ops.convert_to_tensor([known.temperature, known.spread, known.ood_threshold], dtype)
