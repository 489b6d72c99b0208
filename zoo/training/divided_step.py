"""A step of training on a part of a batch: forward and backward here, one mean of all gradients, then clipping and optimiser.

P. Goyal et al., "Accurate, large minibatch SGD: training ImageNet in 1 hour", 2017, section 3. The pass is compiled by XLA where
it asks nothing of other workers, and so is the step of the optimiser, which is the same for all of them; the mean lies between.
"""

from collections.abc import Callable
from typing import Any, final

import keras
import tensorflow as tf

from zoo.layers import across_workers
from zoo.learners.zoo_model import ZooModel


@final
class DividedStep:
    """One step of training, of which this worker computes a part.

    Args:
        learner: a compiled model whose optimiser is built.
        mean: a vector to its mean over all workers, the same bits for each.
    """

    def __init__(self, learner: ZooModel, mean: Callable[[tf.Tensor], tf.Tensor]):
        self.learner, self.mean = learner, mean
        self.asked = False  # whether the forward pass asks for means over all workers, which XLA cannot
        self.used: list[int] = []  # numbers of the variables that have a gradient
        self.run = tf.function(self._run, autograph=False)
        self._apply = tf.function(self._applied, autograph=False, jit_compile=bool(learner.jit_compile))

    def _run(self, iterator: tf.data.Iterator) -> dict[str, tf.Tensor]:
        batch = iterator.get_next()
        gradients, loss = self._part()(batch)
        parts = [tf.cast(loss, tf.float32), *gradients]
        flat = self.mean(tf.concat([tf.reshape(part, [-1]) for part in parts], axis=0))
        sizes = [part.shape.num_elements() for part in parts]
        averaged = [tf.reshape(each, part.shape) for each, part in zip(tf.split(flat, sizes), parts, strict=True)]
        self._apply(averaged[1:])
        self.learner.metrics[0].update_state(averaged[0])
        return self.learner.get_metrics_result()

    def _part(self) -> Callable[[Any], Any]:
        """The pass over this worker's part, in one program of XLA where that can be."""
        plain = tf.function(self._passed, autograph=False)
        if not self.learner.jit_compile:
            return plain

        def chosen(batch: Any) -> Any:
            self.asked = False
            plain.get_concrete_function(batch)
            return plain(batch) if self.asked else tf.function(self._passed, autograph=False, jit_compile=True)(batch)

        return chosen

    def _passed(self, batch: Any) -> tuple[list[tf.Tensor], tf.Tensor]:
        """Gradients and loss of one part of a batch: `Model.train_step` of Keras, up to there."""
        x, y, weight = keras.utils.unpack_x_y_sample_weight(batch)
        variables = self.learner.trainable_variables
        with across_workers.workers(self._over), tf.GradientTape() as tape:
            outputs = self.learner(x, training=True)
            loss = self.learner.compute_loss(x=x, y=y, y_pred=outputs, sample_weight=weight, training=True)
        with across_workers.workers(self._over):
            found = tape.gradient(loss, variables)
        self.used = [number for number, gradient in enumerate(found) if gradient is not None]
        return [tf.convert_to_tensor(found[number]) for number in self.used], loss

    def _over(self, value: tf.Tensor) -> tf.Tensor:
        self.asked = True
        return self.mean(value)

    def _applied(self, gradients: list[tf.Tensor]) -> None:
        variables = self.learner.trainable_variables
        self.learner.optimizer.apply_gradients(
            [(gradient, variables[number]) for number, gradient in zip(self.used, gradients, strict=True)]
        )
