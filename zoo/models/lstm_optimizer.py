"""The LSTM optimizer: a recurrent network, trained on many small problems, that proposes the steps of others.

M. Andrychowicz, M. Denil, S. Gomez, M. W. Hoffman, D. Pfau, T. Schaul, B. Shillingford, N. de Freitas, "Learning to learn by
gradient descent by gradient descent", 2016. Trained by truncated back-propagation: a training step is a segment of 20 steps on
a batch of problems, and weights and state are carried on to the next segment. Departure: the loss of a segment is the mean over
its terms and not their sum, which Adam does not tell apart.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, final

import keras
import tensorflow as tf

from zoo.datasets.optimizees.optimizees import SEGMENT, split_inputs
from zoo.layers import CoordinatewiseLSTM
from zoo.learners.endpoint import Endpoint, Tensors
from zoo.learners.learned_optimizer import LearnedOptimizer
from zoo.learners.unrolled import Unrolled, segment
from zoo.learners.zoo_model import ZooModel
from zoo.utils.errors import ZooError


@dataclass(frozen=True)
class LSTMOptimizerConfig:
    """Hyper-parameters of the LSTM optimizer, by default the paper's for networks; `RELEASE` has those of the authors' code.

    Attributes:
        units, layers: of the LSTMs.
        preprocessing: p of `zoo.layers.log_and_sign`; None to read gradients as they are, as the paper does on quadratics.
        scale: factor on the output.
    """

    units: int = 20
    layers: int = 2
    preprocessing: float | None = 10.0
    scale: float = 0.1


RELEASE = LSTMOptimizerConfig(preprocessing=5.0, scale=0.01)


@final
@keras.saving.register_keras_serializable("zoo")
class LSTMOptimizer(ZooModel):
    """Gradients of any number of coordinates and their state in, what to add to the weights and the next state out."""

    config_class = LSTMOptimizerConfig
    carries: ClassVar[bool] = True

    def __init__(self, config: LSTMOptimizerConfig | None = None, **kwargs: Any):
        super().__init__(config, **kwargs)
        c = self.config
        self.rule = CoordinatewiseLSTM(c.units, c.layers, c.preprocessing, c.scale, dtype=self.dtype_policy, name="rule")
        self.rule.build()
        self.carried: keras.layers.Layer | None = None
        self.unrolled = Unrolled(self.rule)
        self.built = True

    def optimizer(self, learning_rate: Any = 1.0, **kwargs: Any) -> LearnedOptimizer:
        """A Keras optimizer of these weights, for any model's `compile`.

        Once this model itself was compiled, Keras keeps the optimizer of *its* training under the same name.

        Args:
            learning_rate: factor on what is proposed; 1 is what training used.
            **kwargs: of every Keras optimizer, such as `clipnorm`.
        """
        c = self.config
        made = LearnedOptimizer(c.units, c.layers, c.preprocessing, c.scale, learning_rate, **kwargs)
        made.rule.set_weights(self.rule.get_weights())
        return made

    def forward(self, episode: Tensors) -> tf.Tensor:
        """What to add to the weights: of `gradient [B, P]` and `state [B, P, S]`, `[B, P]`."""
        return self.rule(episode["gradient"], episode["state"])[0]

    def for_evaluation(self, benchmark: Any, many: bool = False) -> tuple[Any, Any]:
        """Runs on the optimizees of a benchmark."""
        return self.unrolled.on(benchmark), benchmark

    def prepare(self, benchmark: Any, tasks_per_step: int) -> None:
        """What one segment leaves to the next: weights and state of so many problems."""
        self.unrolled.on(benchmark)
        self.trained_on = benchmark.optimizees[0]
        shape = (tasks_per_step, self.trained_on.size)
        self.carried = keras.layers.Layer(name="carried")
        for name, size in (("weights", shape), ("memory", (*shape, self.rule.state_size))):
            setattr(self.carried, f"last_{name}", self.carried.add_weight(size, "zeros", "float32", trainable=False, name=name))
        self.carried.built = True

    def training_forward(self, episode: Tensors) -> tf.Tensor:
        """The losses of a segment, `[B, 21]`; see `zoo.datasets.optimizees.optimizees` for what it is given.

        Raises:
            ZooError: before `prepare`, which says what problems are.
        """
        if self.carried is None:
            raise ZooError(f"{self.title} is trained on optimizees: call prepare(benchmark, tasks_per_step) before fit.")
        start, instances = split_inputs(episode)
        fresh = tf.expand_dims(episode["fresh"] > 0.0, 1)  # [B, 1]
        weights = tf.where(fresh, start, tf.convert_to_tensor(self.carried.last_weights))
        memory = tf.where(tf.expand_dims(fresh, 2), 0.0, tf.convert_to_tensor(self.carried.last_memory))
        losses, weights, memory = segment(self.rule, self.trained_on, instances, weights, memory, SEGMENT)
        self.carried.last_weights.assign(weights)
        self.carried.last_memory.assign(memory)
        return losses

    def objective(self, outputs: tf.Tensor, truth: Any) -> tf.Tensor:
        """The mean loss of a segment."""
        return tf.reduce_mean(outputs)

    def endpoints(self) -> dict[str, Endpoint]:
        """`init`: the state before any step. `step`, which is the default too: an update and the next state."""
        rows = ("tasks", "coordinates")
        vector, state = (tf.TensorSpec([None, None, *more], tf.float32) for more in ((), (self.rule.state_size,)))
        axes = {"weights": rows, "gradient": rows, "state": (*rows, None)}
        step = Endpoint(self._step, {"gradient": vector, "state": state}, axes)
        return {"serving_default": step, "init": Endpoint(self._init, {"weights": vector}, axes), "step": step}

    def _init(self, weights: tf.Tensor) -> Tensors:
        return {"state": self.rule.start(weights)}

    def _step(self, gradient: tf.Tensor, state: tf.Tensor) -> Tensors:
        update, after = self.rule(gradient, state)
        return {"update": update, "next_state": after}


def tiny() -> dict[str, LSTMOptimizer]:
    """The smallest of every variant of the graph."""
    return {
        "preprocessed": LSTMOptimizer(LSTMOptimizerConfig(units=3)),
        "plain": LSTMOptimizer(LSTMOptimizerConfig(units=3, layers=1, preprocessing=None, scale=1.0)),
    }
