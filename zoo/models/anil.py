"""ANIL: MAML whose gradient steps move the last layer only, so that a learned task is that layer.

A. Raghu, M. Raghu, S. Bengio, O. Vinyals, "Rapid learning or feature reuse? Towards understanding the effectiveness of MAML",
2020, section 4. Departures: all classes start from one column, so that a task may have any number of them; batch normalisation
takes the statistics of support and queries together in training, and their averages elsewhere, so that answers do not depend on
what else is asked and a task keeps none; the inner loss is that of `PictureMAML`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, final

import keras
import tensorflow as tf

from zoo.layers import ConvolutionalEncoder
from zoo.learners.capabilities.refines import STEPS
from zoo.learners.embedded_classifier import for_evaluation
from zoo.learners.endpoint import Tensors
from zoo.learners.fine_tuning import Refiner, RuleRefiner, fine_tuned
from zoo.learners.graphs import compiled
from zoo.learners.halves import encoder_of
from zoo.learners.meta_learner import support_of
from zoo.learners.network_learner import NetworkLearner
from zoo.learners.networks.encoded_pictures import EncodedPictures, classified
from zoo.learners.padding import clear_rows
from zoo.learners.pictures import Pictures
from zoo.learners.rules.descent import Descent
from zoo.learners.steps_on_embedded import StepsOnEmbedded
from zoo.learners.together import embedded_together


@dataclass(frozen=True)
class ANILConfig:
    """Hyper-parameters of ANIL, by default those of MAML on 5-way Omniglot.

    Attributes:
        size, channels: of a picture.
        filters, shrink, kernel: of the blocks of the encoder, see `ConvolutionalEncoder`.
        training_steps: gradient steps of training.
        inner_steps: gradient steps that `adapt` takes.
        inner_rate: their learning rate (alpha), for the loss summed over the classes of a task and averaged over the examples of
            each, so that an example counts the same whatever the number of classes.
        first_order: if true, training takes inner gradients for constants.
    """

    size: int = 28
    channels: int = 1
    filters: tuple[int, ...] = (64, 64, 64, 64)
    shrink: tuple[str, ...] = ("stride", "stride", "stride", "stride")
    kernel: int = 3
    training_steps: int = 1
    inner_steps: int = 3
    inner_rate: float = 0.4
    first_order: bool = False


@final
@keras.saving.register_keras_serializable("zoo")
class ANIL(NetworkLearner):
    """Learned task: the last layer after `inner_steps` steps, see `EncodedPictures`."""

    config_class = ANILConfig
    reads_unlabelled = True

    def __init__(self, config: ANILConfig | None = None, **kwargs: Any):
        super().__init__(config, **kwargs)
        c = self.config
        self.encoder = ConvolutionalEncoder(c.filters, c.shrink, c.kernel, dtype=self.dtype_policy, name="encoder")
        pictures = (None, c.size, c.size, c.channels)
        self.encoder.build(pictures)
        self.width = self.encoder.compute_output_shape(pictures)[-1]
        self.embedder = Pictures(c.size, c.channels, self.encoder)
        self.network = EncodedPictures(self.embedder, self.width)
        self.task_network = self.network
        self.rule = Descent(c.inner_rate, first_order=c.first_order)
        self.built = True

    @property
    def adapt_steps(self) -> int:
        return self.config.inner_steps

    def adapt(self, support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> Tensors:
        return self.adapt_embedded(self.network.embedded(support_x), support_y, support_size)

    def adapt_embedded(self, embedded: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> Tensors:
        """As `adapt`, of embeddings `[B, N, D]`."""
        return self.from_embedded(embedded, support_y, support_size, self.adapt_steps)

    def embed(self, x: tf.Tensor, training: bool = False) -> tf.Tensor:
        """Embed pictures, `[rows, ...] -> [rows, D]`; see `zoo.learners.capabilities.Embeds`."""
        return self.embedder(x, training)

    def embedding_width(self) -> int:
        """D, numbers of one embedding."""
        return self.width

    def calibrated(self, task: Tensors, embedded: tf.Tensor) -> tf.Tensor:
        """Logits of embedded pictures `[B, M, D]`, as they are: steps on the last layer bring their own scale."""
        return classified(task, embedded)

    def encoder_only(self) -> Any:
        """The encoder alone, to export beside heads of tasks: pictures to embeddings, see `zoo.learners.halves`."""
        return encoder_of(self)

    def refiners(self) -> dict[str, Refiner]:
        """One way: the inner steps themselves, counted from the common start."""
        return {"inner": StepsOnEmbedded(self.network.embedded, self.inner_loop())}

    def training_forward(self, episode: Tensors) -> tf.Tensor:
        """The predictions of adapted tasks, with one embedding of all real rows; see `embedded_together`."""
        embedded, query = embedded_together(lambda rows: self.embedder(rows, training=True), self.example.sizes, episode)
        return classified(self.from_embedded(embedded, *support_of(episode)[1:], self.config.training_steps), query)

    def from_embedded(self, embedded: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor, steps: int) -> Tensors:
        """The learned tasks of embedded supports `[B, N, D]` after so many steps."""
        inner = self.inner_loop()
        support = clear_rows(embedded, support_size), clear_rows(support_y, support_size), support_size
        state = inner.start(*support)
        for _ in range(steps):
            state = inner.step(state, *support)
        return inner.task(state, *support)

    def inner_loop(self) -> RuleRefiner:
        """The steps of the rule on the last layer, of embedded supports."""
        return RuleRefiner(
            begin=lambda embedded, support_y, size: self.network.initial(support_y),
            predict=lambda moved, embedded, size: classified(moved, embedded),
            finish=lambda moved, embedded, size: moved,
            slope=self._slope,
            rule=self.rule,
        )

    def functions(self) -> Mapping[str, Callable[[], Any]]:
        """Beside those of every learner `embed`, float32 `[rows, ...] -> [rows, D]`, and the rest of embedded examples."""
        pictures = tf.TensorSpec([None, *self.example.sizes], tf.float32)
        embedded = tf.TensorSpec([None, None, self.width], tf.float32)
        support = embedded, *list(self.support_spec.values())[1:]

        def refined() -> dict[str, Callable]:
            return {"inner": compiled(lambda *given: fine_tuned(self.inner_loop(), *given), *support, STEPS)}

        return {
            **super().functions(),
            "embed": lambda: compiled(self.embedder, pictures),
            "adapt_embedded": lambda: compiled(self.adapt_embedded, *support),
            "apply_embedded": lambda: compiled(self.calibrated, self.graphs.task_spec, embedded),
            "fine_tuned_embedded": refined,
        }

    def for_evaluation(self, benchmark: Any, many: bool = False) -> tuple[Any, Any]:
        """This learner and a benchmark, of examples that are embedded once each; the weights must stay as they are."""
        return for_evaluation(self, benchmark, many)

    def _slope(self, answers: tf.Tensor, labels: tf.Tensor, support_size: tf.Tensor) -> tf.Tensor:
        ways = tf.cast(tf.shape(labels)[-1], answers.dtype)
        return ways * self.labels.slope(answers, labels, support_size)


def tiny() -> dict[str, ANIL]:
    """The smallest of every variant of the graph."""
    small: dict[str, Any] = {"size": 12, "filters": (4, 6), "shrink": ("stride", "padded_pool"), "inner_rate": 0.1}
    return {"two steps": ANIL(ANILConfig(**small, inner_steps=2))}
