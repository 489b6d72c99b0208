"""A learned optimizer as one of Keras': for any model's `compile`.

M. Andrychowicz et al., "Learning to learn by gradient descent by gradient descent", 2016.
"""

import math
from typing import Any, final

import keras
import tensorflow as tf

from zoo.layers import CoordinatewiseLSTM


@final
@keras.saving.register_keras_serializable("zoo")
class LearnedOptimizer(keras.optimizers.Optimizer):
    """An LSTM proposes the change of every weight; its own weights do not change, and are saved with the optimizer's state.

    Args:
        units, layers, preprocessing, scale: of the `CoordinatewiseLSTM`.
        learning_rate: factor on what it proposes; 1 is what it was trained with.
        **kwargs: of every Keras optimizer, such as `clipnorm`.
    """

    def __init__(
        self,
        units: int = 20,
        layers: int = 2,
        preprocessing: float | None = 10.0,
        scale: float = 0.1,
        learning_rate: Any = 1.0,
        name: str = "learned_optimizer",
        **kwargs: Any,
    ):
        super().__init__(learning_rate=learning_rate, name=name, **kwargs)
        self.rule = CoordinatewiseLSTM(units, layers, preprocessing, scale, name="rule")
        self.rule.trainable = False
        self.rule.build()
        for variable in self.rule.variables:
            self._track_variable(variable)

    def build(self, variables: Any) -> None:
        """A state for every number of every variable: zeros."""
        if self.built:
            return
        super().build(variables)
        self.memories = [
            self.add_variable((1, math.prod(variable.shape), self.rule.state_size), name=f"memory_{number}")
            for number, variable in enumerate(variables)
        ]

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        memory = self.memories[self._get_variable_index(variable)]
        flat = tf.reshape(tf.cast(gradient, tf.float32), [1, -1])  # one problem of P coordinates
        update, state = self.rule(flat, tf.convert_to_tensor(memory))
        self.assign(memory, state)
        change = tf.cast(learning_rate, update.dtype) * tf.reshape(update, variable.shape)
        self.assign_add(variable, tf.cast(change, variable.dtype))

    def get_config(self) -> dict[str, Any]:
        rule = self.rule
        own = {"units": rule.units, "layers": rule.layers, "preprocessing": rule.preprocessing, "scale": rule.scale}
        return super().get_config() | own
