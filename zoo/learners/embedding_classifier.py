"""A few-shot classifier: one network embeds every example, and what is learned of a task is made of embeddings only.

Labels are one-hot over the classes of a task, so one set of weights serves any number of classes and of examples of each. Outside
training, adapt and apply embed one example as if there were no other. Training embeds support and query in one call, because
batch normalisation takes its statistics from both together (J. Snell et al., "Prototypical networks for few-shot learning", 2017,
as its authors' code does): `training_forward` here is that call, and the only place where the moving averages change.
"""

import abc
import functools
from dataclasses import dataclass
from typing import Any, final

import keras
import tensorflow as tf

from zoo.learners import fine_tuning
from zoo.learners.class_learner import ClassLearner
from zoo.learners.endpoint import Tensors

LEAVE_ONE_OUT = 5.0  # a task's own spread counts as much as training's once so many examples could be left out


@dataclass(frozen=True)
class Calibration:
    """Calibration parameters, measured after training and kept with the weights (see `zoo.evaluation.calibration`).

    Attributes:
        temperature: the logits of a task of one shot are divided by it.
        spread: mean squared distance of an example to its class, as leaving one out tells it; 0 where a learner keeps none.
        ood_threshold: an example whose largest logit is below minus this is of none of the classes.
    """

    temperature: float = 1.0
    spread: float = 0.0
    ood_threshold: float = float("inf")


class Classifier(ClassLearner):
    """A learner of classes: how an example is embedded, what is kept of embedded examples, and how a query is compared with it.

    A query's prediction is its logits, `[B, M, ways]`: the softmax of them are the probabilities of the classes. Training sees
    them as the comparison gives them; everywhere else they are divided by the task's temperature.
    """

    def __init__(self, config: Any = None, **kwargs):
        super().__init__(config, **kwargs)
        self._calibration = self.add_weight(
            name="calibration", shape=(3,), dtype="float32", trainable=False, initializer=_unknown
        )

    @property
    def calibration(self) -> Calibration:
        """How sure the learner may be; that of a learner just made leaves the logits as they are, and finds nothing strange."""
        return Calibration(*self._calibration.numpy().tolist())

    @calibration.setter
    def calibration(self, known: Calibration) -> None:
        self._calibration.assign([known.temperature, known.spread, known.ood_threshold])

    def save_own_variables(self, store):
        store["calibration"] = self._calibration.numpy()
        for number, variable in enumerate(self._own_variables):
            store[str(number)] = variable.numpy()

    def load_own_variables(self, store):
        if "calibration" in store:  # weights of before there was one have none
            self._calibration.assign(store["calibration"])
        for number, variable in enumerate(self._own_variables):
            variable.assign(store[str(number)])

    @property
    def _own_variables(self) -> list:
        own = [*self._trainable_variables, *self._non_trainable_variables]
        return [variable for variable in own if variable is not self._calibration]

    @abc.abstractmethod
    def embed(self, x, training: bool = False):
        """Embed examples: `[rows, ...] -> [rows, D]`; with statistics of the batch, which also move the averages, in training."""

    @abc.abstractmethod
    def adapt_embedded(self, support, support_y, support_size) -> Tensors:
        """As `adapt`, of embedded examples `[B, N, D]`."""

    @abc.abstractmethod
    def apply_embedded(self, task: Tensors, query):
        """As `apply`, of embedded queries `[B, M, D]`."""

    def leave_one_out(self, task: Tensors) -> tuple | None:
        """What leaving out each example of the support in turn tells of a task; None where a learner does not keep it.

        Returns:
            the spread of all classes together (see `class_spreads`); the number of examples that could be left out, those beyond
            the first of each class; and the mean over the classes of one over their examples. Each `[B]`.
        """
        return None

    @final
    def temperature(self, task: Tensors):
        """What the logits of a task are divided by, `[B, 1, 1]` or a number.

        That of one shot grows in proportion to the spread of the classes. An example lies 1 + 1/n times as far from the mean of n
        others as from the true one, in squares, so that more shots make it smaller, to half. What is known of the spread of
        training's classes stands in where examples are few: with one shot of each class it is all there is.
        """
        one_shot, usual = self._calibration[0], self._calibration[1]
        found = self.leave_one_out(task)
        if found is None:
            return one_shot
        spread, examples, share = found
        own = (spread + LEAVE_ONE_OUT * usual) / (examples + LEAVE_ONE_OUT)
        known = own / tf.maximum(usual, 1e-30) * (1.0 + share) / 2.0
        return tf.reshape(one_shot * tf.where(usual > 0.0, known, tf.ones_like(known)), [-1, 1, 1])

    def auxiliary_losses(self, support, support_y, support_size) -> list:
        """Scalars that training adds to the loss, of the embedded support; none unless a learner says so."""
        return []

    def refiners_by(self, adapt, embed) -> dict[str, fine_tuning.Refiner]:
        """As `refiners`, of supports that `adapt` learns from and `embed` embeds; none unless a learner says so.

        They are the learner's own, or, for examples that are embedded already, `adapt_embedded` and nothing.
        """
        return {}

    @final
    def refiners(self):
        return self.refiners_by(self.adapt, self._embedded)

    @final
    def adapt(self, support_x, support_y, support_size):
        return self.adapt_embedded(self._embedded(support_x), support_y, support_size)

    @final
    def apply(self, task, query_x):
        return self.calibrated(task, self._embedded(query_x))

    @final
    def calibrated(self, task: Tensors, query):
        """As `apply_embedded`, divided by the temperature."""
        return self.apply_embedded(task, query) / self.temperature(task)

    def training_forward(self, episode):
        """Adapt and apply with one embedding of all real rows; how many there are varies, so XLA cannot compile it."""
        support_x, support_y, size = (tf.convert_to_tensor(episode[f"support_{part}"]) for part in ("x", "y", "size"))
        query_x = tf.convert_to_tensor(episode["query_x"])
        tasks, rows = tf.shape(support_x)[0], tf.shape(support_x)[1]
        real = tf.sequence_mask(size, rows)  # [B, N]
        together = tf.concat([tf.boolean_mask(support_x, real), tf.reshape(query_x, [-1, *self.example_shape])], axis=0)
        embedded = self.embed(together, training=True)
        support_count, width = tf.reduce_sum(size), embedded.shape[1]
        places = tf.cast(tf.where(real), tf.int32)
        support = tf.scatter_nd(places, embedded[:support_count], tf.stack([tasks, rows, width]))
        query = tf.reshape(embedded[support_count:], tf.stack([tasks, tf.shape(query_x)[1], width]))
        for lesson in self.auxiliary_losses(support, support_y, size):
            self.add_loss(lesson)
        task = self.adapt_embedded(support, support_y, size)
        return task, self.apply_embedded(task, query)

    def _embedded(self, x):
        """Examples of many tasks, `[B, N, ...] -> [B, N, D]`, each on its own."""
        x = tf.convert_to_tensor(x)
        rows = self.embed(tf.reshape(x, [-1, *self.example_shape]), training=False)
        return tf.reshape(rows, [tf.shape(x)[0], tf.shape(x)[1], rows.shape[1]])

    @functools.cached_property
    def compiled_embed(self):
        """`embed` outside training as one compiled function: float32 `[rows, ...] -> [rows, D]`."""
        spec = tf.TensorSpec([None, *self.example_shape], tf.float32)
        return tf.function(lambda x: self.embed(x, training=False), input_signature=[spec], autograph=False)

    @functools.cached_property
    def compiled_adapt_embedded(self):
        """`adapt_embedded`, compiled likewise."""
        specs = [self._embedded_spec, *list(self.support_spec.values())[1:]]
        return tf.function(self.adapt_embedded, input_signature=specs, autograph=False)

    @functools.cached_property
    def compiled_refined_embedded(self):
        """`compiled_refined` of a support that is embedded already."""
        specs = [self._embedded_spec, *list(self.support_spec.values())[1:], tf.TensorSpec([None], tf.int32)]
        return {
            name: tf.function(functools.partial(fine_tuning.refined, refiner), input_signature=specs, autograph=False)
            for name, refiner in self.refiners_by(self.adapt_embedded, tf.identity).items()
        }

    @functools.cached_property
    def compiled_apply_embedded(self):
        """`calibrated`, compiled likewise."""
        return tf.function(self.calibrated, input_signature=[self.task_spec, self._embedded_spec], autograph=False)

    @property
    def _embedded_spec(self) -> tf.TensorSpec:
        width = self.compiled_embed.get_concrete_function().structured_outputs.shape[1]
        return tf.TensorSpec([None, None, width], tf.float32)


def _unknown(shape, dtype=None):
    known = Calibration()
    return keras.ops.convert_to_tensor([known.temperature, known.spread, known.ood_threshold], dtype)
