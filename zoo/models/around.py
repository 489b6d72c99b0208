"""MAML, ANIL and Reptile around a small Keras model of the user's own: a start from which a few gradient steps learn any task.

C. Finn, P. Abbeel, S. Levine, "Model-agnostic meta-learning for fast adaptation of deep networks", 2017, with its first order;
A. Raghu, M. Raghu, S. Bengio, O. Vinyals, "Rapid learning or feature reuse? Towards understanding the effectiveness of MAML",
2020 (ANIL); A. Nichol, J. Achiam, J. Schulman, "On first-order meta-learning algorithms", 2018, algorithm 2. Departures: the norm
of a task's inner gradient is clipped; batch normalisation takes the moments of a task's support, for queries too.
"""

from dataclasses import dataclass
from typing import Any, final

import keras
import tensorflow as tf

from zoo.learners.endpoint import Tensors
from zoo.learners.gradient_learner import GradientLearner
from zoo.learners.labels import Classes, Labels, Numbers
from zoo.learners.networks.keras_chain import built, chain_of, described
from zoo.learners.networks.keras_network import KerasNetwork
from zoo.learners.rules.descent import Descent
from zoo.learners.towards import half_squared_distance, way_to_adapted
from zoo.utils.errors import ZooError, cut

METHODS = ("maml", "fomaml", "anil", "reptile")
LABELS = ("classes", "numbers")


@dataclass(frozen=True)
class AroundKerasConfig:
    """What `maml` was called with.

    Attributes:
        sizes: of an example.
        layers: of the network, in order, as Keras serialises them.
        method: "maml", "fomaml" for its first order, "anil" where a task moves the last layer only, or "reptile".
        labels: "classes", as many as the last layer has units, or "numbers".
        training_steps: gradient steps of training; of "reptile" each on one of as many batches of a task's examples.
        inner_steps: gradient steps that `adapt` takes.
        inner_rate: their learning rate (alpha), for the mean loss of a task's examples.
        clip: the norm of a task's inner gradient is clipped to this.

    Raises:
        ZooError: for an unknown method or kind of label, no step, or one training step of "reptile".
    """

    sizes: tuple[int, ...]
    layers: tuple[dict[str, Any], ...]
    method: str = "maml"
    labels: str = "classes"
    training_steps: int = 5
    inner_steps: int = 5
    inner_rate: float = 0.01
    clip: float = 10.0

    def __post_init__(self) -> None:
        for name, given, known in (("method", self.method, METHODS), ("labels", self.labels, LABELS)):
            if given not in known:
                raise ZooError(f"{name}={cut(repr(given))}: choose {', '.join(map(repr, known[:-1]))} or {known[-1]!r}.")
        least = 2 if self.method == "reptile" else 1  # one step of Reptile is ordinary training on all tasks at once
        if self.training_steps < least or self.inner_steps < 1:
            raise ZooError(
                f"training_steps={self.training_steps}, inner_steps={self.inner_steps}: {self.method} takes {least} or more in "
                "training, and 1 or more to adapt."
            )


@final
@keras.saving.register_keras_serializable("zoo")
class AroundKeras(GradientLearner):
    """Learned task: the weights that `KerasNetwork` says, after `inner_steps` steps, and the moments of its support."""

    config_class = AroundKerasConfig
    reads_unlabelled = False  # an example without a label still counts in the moments of a batch normalisation

    def __init__(self, config: AroundKerasConfig, **kwargs: Any):
        super().__init__(config, **kwargs)
        c = self.config
        self.chain, answer = built(c.layers, c.sizes)
        labels = _labels(c.labels, answer)
        self.task_network = KerasNetwork(self.chain, c.sizes, labels, c.method == "anil")
        self.rule = Descent(c.inner_rate, clip=c.clip, first_order=c.method == "fomaml")
        self.built = True

    @property
    def training_steps(self) -> int:
        return self.config.training_steps

    def training_forward(self, episode: Tensors) -> Any:
        if self.config.method == "reptile":
            return way_to_adapted(self, episode, self.training_steps)
        return super().training_forward(episode)

    def objective(self, outputs: Any, truth: tf.Tensor) -> tf.Tensor | None:
        return half_squared_distance(outputs, truth) if self.config.method == "reptile" else None

    def keras_model(self) -> keras.Sequential:
        """The start of all tasks as a Keras model of its own, with a copy of the weights as they are now.

        The moving averages of a batch normalisation are those of the model that `maml` was given.
        """
        copies = [keras.layers.deserialize(layer) for layer in self.config.layers]
        model = keras.Sequential([keras.Input(self.config.sizes), *copies])
        model.set_weights([weight for layer in self.chain for weight in layer.get_weights()])
        return model


def maml(
    model: keras.Model,
    method: str = "maml",
    *,
    labels: str = "classes",
    inner_steps: int = 5,
    inner_rate: float = 0.01,
    training_steps: int | None = None,
    clip: float = 10.0,
) -> AroundKeras:
    """A learner around a small Keras model: `fit` trains the weights that tasks start from, `learn` takes gradient steps.

    The model is left as it is; the learner begins with a copy of its weights. Its layers are Dense, Conv2D, BatchNormalization,
    MaxPooling2D and AveragePooling2D of 2 x 2, GlobalAveragePooling2D, Flatten, Activation, ReLU and LeakyReLU, one after the
    other, with the activations linear, relu, leaky_relu, tanh, sigmoid, silu and softplus. Layers with `trainable=False` stay as
    they are.

    Args:
        model: a `keras.Sequential`, or a `keras.Model` of one input and one chain of layers, whose shapes are known. It answers
            with one vector: of classes logits, so no softmax.
        method: "maml"; "fomaml", its first order; "anil", where a task moves the last layer with weights only; or "reptile",
            which is compiled with `keras.optimizers.SGD` and no loss: it has its own.
        labels: "classes", as many as the model has outputs, or "numbers".
        inner_steps: gradient steps of `learn`.
        inner_rate: their learning rate, for the mean cross-entropy of a task's examples, or the mean squared error.
        training_steps: gradient steps of training; as many as `inner_steps` by default.
        clip: the norm of a task's gradient is clipped to this.

    Raises:
        ZooError: for a layer, or one of its options, that is not supported, by name; a model that is no chain, has no known
            shapes or answers with maps; and as `AroundKerasConfig`.
    """
    layers = chain_of(model)
    learner = AroundKeras(
        AroundKerasConfig(
            sizes=tuple(model.input_shape[1:]),
            layers=tuple(described(layer) for layer in layers),
            method=method,
            labels=labels,
            training_steps=inner_steps if training_steps is None else training_steps,
            inner_steps=inner_steps,
            inner_rate=inner_rate,
            clip=clip,
        )
    )
    for own, given in zip(learner.chain, layers, strict=True):
        own.set_weights(given.get_weights())
    return learner


def _labels(kind: str, answer: tuple[int, ...]) -> Labels:
    """What a label is, of a network whose answers have such a shape.

    Raises:
        ZooError: where they are no vectors, or of a single class.
    """
    least = 2 if kind == "classes" else 1
    if len(answer) != 1 or answer[0] < least:
        raise ZooError(
            f"the model answers with an array of shape {list(answer)} for each example; of {kind} it has to be one vector of "
            f"{least} or more numbers: end it with Flatten or GlobalAveragePooling2D, and Dense."
        )
    return Classes(answer[0]) if kind == "classes" else Numbers(answer[0])


def tiny() -> dict[str, AroundKeras]:
    """The smallest of every variant of the graph."""
    layers = keras.layers
    two: dict[str, Any] = {"inner_steps": 2, "inner_rate": 0.1}
    vectors = keras.Sequential([keras.Input((3,)), layers.Dense(5, "tanh"), layers.BatchNormalization(), layers.Dense(2)])
    pictures = keras.Sequential(
        [
            keras.Input((7, 6, 1)),
            layers.Conv2D(3, (3, 2), strides=(2, 1), padding="valid", use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(3),
        ]
    )
    means = keras.Sequential(
        [
            keras.Input((6, 6, 2)),
            layers.Conv2D(3, 2, padding="same", activation="silu"),
            layers.AveragePooling2D(2),
            layers.LeakyReLU(),
            layers.GlobalAveragePooling2D(),
            layers.Dense(4, "softplus"),
            layers.Dense(3, "sigmoid"),
        ]
    )
    return {
        "numbers, reptile": maml(vectors, "reptile", labels="numbers", **two),
        "pictures": maml(pictures, **two),
        "head only": maml(pictures, "anil", **two),
        "first order": maml(means, "fomaml", **two),
    }
