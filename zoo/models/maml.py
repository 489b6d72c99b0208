"""MAML: learn weights from which a few plain gradient steps on a small support set make a good network for any task.

C. Finn, P. Abbeel, S. Levine, "Model-agnostic meta-learning for fast adaptation of deep networks", 2017; with `learned_rates`,
Z. Li, F. Zhou, F. Chen, H. Li, "Meta-SGD: Learning to learn quickly for few-shot learning", 2017. Departures: the norm of each
task's inner gradient is clipped, without which training on waves of amplitude 5 diverges; weights start Glorot-normal.
"""

from dataclasses import dataclass
from typing import final

import keras
import tensorflow as tf

from zoo.layers import MLP, activations, clear_padding, run_task_network, same_network
from zoo.layers.coordinates import coordinates
from zoo.learners.rollout import VectorLearner

LARGEST_ERROR = 1e12  # beyond it squares of gradients overflow float32; clipping leaves only their direction in any case


@dataclass(frozen=True)
class MAMLConfig:
    """Hyper-parameters of MAML; the names in brackets are the paper's.

    Attributes:
        inputs, outputs: width of an example and of a label.
        task_widths: hidden widths of the network.
        activation: between its layers.
        inner_steps: gradient steps that `adapt` takes.
        inner_rate: their learning rate (alpha); with `learned_rates` the rate that learning starts from.
        learned_rates: if true, every weight has a learned rate of its own (Meta-SGD).
        clip: the norm of a task's inner gradient is clipped to this.
        first_order: if true, training takes inner gradients for constants.
        history: how many past outputs an example starts with, oldest first; 0 where it is no time series.
        inertial: if true, the network sees positions as a body in flight does (see `zoo.layers.coordinates.Inertial`).
    """

    inputs: int = 1
    outputs: int = 1
    task_widths: tuple[int, ...] = (40, 40)
    activation: str = "relu"
    inner_steps: int = 5
    inner_rate: float = 0.01
    learned_rates: bool = False
    clip: float = 10.0
    first_order: bool = False
    history: int = 0
    inertial: bool = False


@final
@keras.saving.register_keras_serializable("zoo")
class MAML(VectorLearner):
    """Learned task: `kernel_l [B, d_(l-1), d_l]` and `bias_l [B, d_l]` of every layer l, after `inner_steps` steps."""

    config_class = MAMLConfig

    def __init__(self, config: MAMLConfig | None = None, **kwargs):
        super().__init__(config, **kwargs)
        c = self.config
        self.initial = MLP((*c.task_widths, c.outputs), c.activation, dtype=self.dtype_policy, name="initial")
        self.initial.build((None, c.inputs))
        self.rates = {}
        if c.learned_rates:
            shapes = {name: value.shape[1:] for name, value in same_network(self.initial, 1).items()}
            start = keras.initializers.Constant(c.inner_rate)
            self.rates = {name: self.add_weight(shape, start, name=f"rate_{name}") for name, shape in shapes.items()}
        self.coordinates = coordinates(c)
        self.task_activation = activations.get(c.activation)
        self.built = True

    @property
    def adapt_steps(self):
        return self.config.inner_steps

    def refiners(self):
        """One way: the inner steps themselves, counted from the initial weights."""
        return {"inner": _InnerSteps(self)}

    def adapt(self, support_x, support_y, support_size):
        inner = _InnerSteps(self)
        support = clear_padding(support_x, support_size), clear_padding(support_y, support_size), support_size
        state = inner.start(*support)
        for _ in range(self.config.inner_steps):
            state = inner.step(state, *support)
        return inner.task(state)

    def apply(self, task, query_x):
        seen = self.coordinates
        return seen.output(query_x, run_task_network(task, seen.example(query_x), self.task_activation))

    def inner_gradient(self, task, support_x, support_y, support_size):
        """Clipped gradient of each task's mean squared error over its real rows: dict of `[B, ...]`; padding must be zero."""
        with tf.GradientTape() as tape:
            tape.watch(task)
            prediction = self.apply(task, support_x)
        error = tf.clip_by_value(prediction - tf.cast(support_y, prediction.dtype), -LARGEST_ERROR, LARGEST_ERROR)
        count = tf.cast(tf.maximum(support_size, 1) * self.label_width, error.dtype)
        slope = 2.0 * clear_padding(error, support_size) / tf.reshape(count, [-1, 1, 1])
        gradient = tape.gradient(prediction, task, output_gradients=slope)
        squares = [tf.reduce_sum(tf.square(part), axis=list(range(1, part.shape.rank))) for part in gradient.values()]
        limit = self.config.clip
        shrink = limit * tf.math.rsqrt(tf.maximum(tf.add_n(squares), limit**2))  # [B], 1 up to the limit
        return {name: part * tf.reshape(shrink, [-1] + [1] * (part.shape.rank - 1)) for name, part in gradient.items()}


@dataclass(frozen=True)
class _InnerSteps:
    """MAML's inner loop as a `zoo.learners.fine_tuning.Refiner`: the state is the learned task."""

    learner: MAML

    def start(self, support_x, support_y, support_size):
        return same_network(self.learner.initial, tf.shape(support_size)[0])

    def step(self, state, support_x, support_y, support_size):
        c, rates = self.learner.config, self.learner.rates
        gradient = self.learner.inner_gradient(state, support_x, support_y, support_size)
        if c.first_order:
            gradient = {name: tf.stop_gradient(part) for name, part in gradient.items()}
        rate = {name: tf.expand_dims(tf.cast(rates[name], tf.float32), 0) if rates else c.inner_rate for name in state}
        return {name: value - rate[name] * gradient[name] for name, value in state.items()}

    def task(self, state):
        return state
