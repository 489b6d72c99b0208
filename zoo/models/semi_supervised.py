"""Semi-supervised prototypical networks: examples without a label refine the prototypes, and some may be of no class at all.

M. Ren, E. Triantafillou, S. Ravi, J. Snell, K. Swersky, J. Tenenbaum, H. Larochelle, R. Zemel, "Meta-learning for semi-supervised
few-shot classification", 2018: soft k-means, soft k-means with a cluster of distractors, masked soft k-means. A row of the
support whose label is all zero is an example without a label. Departures: the masks weigh once, as equation 9 says, unless
`mask_power` is 2, as in the authors' code; a query is scored against the classes only, while in training the cluster of
distractors is one class more, as there; all are embedded outside training as if alone.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, final

import keras
import tensorflow as tf

from zoo.layers import ConvolutionalEncoder, DistractorCluster, PrototypeLogits, SoftAssignment, SoftMask
from zoo.learners.embedding_classifier import EmbeddingClassifier
from zoo.learners.endpoint import Endpoint, Tensors
from zoo.learners.heads.refined_prototypes import REFINED, RefinedPrototypes
from zoo.learners.padding import clamped
from zoo.learners.pictures import Pictures
from zoo.utils.errors import ZooError

REFINEMENTS = ("soft", "cluster", "masked")


@dataclass(frozen=True)
class SemiSupervisedConfig:
    """Hyper-parameters of the network.

    Attributes:
        size, channels: of a picture.
        filters, shrink, kernel: of the blocks of the encoder, see `ConvolutionalEncoder`.
        views: if above 0, outside training an embedding is the mean over the picture and its four shifts by so many pixels.
        refinement: "soft" for soft k-means, "cluster" with a cluster of distractors, "masked" with masks.
        mask_power: of the masks in a weight, see `SoftMask`.
        radius: of the cluster of distractors before training.
        fix_last_row: whether that cluster stays at the origin in training, see `RefinedPrototypes`.
    """

    size: int = 28
    channels: int = 1
    filters: tuple[int, ...] = (64, 64, 64, 64)
    shrink: tuple[str, ...] = ("pool", "pool", "pool", "pool")
    kernel: int = 3
    views: int = 0
    refinement: str = "masked"
    mask_power: int = 1
    radius: float = 100.0
    fix_last_row: bool = True

    def __post_init__(self) -> None:
        if self.refinement not in REFINEMENTS:
            raise ZooError(f"refinement={self.refinement!r}: choose one of {', '.join(map(repr, REFINEMENTS))}.")


@final
@keras.saving.register_keras_serializable("zoo")
class SemiSupervisedPrototypicalNetwork(EmbeddingClassifier):
    """A convolutional encoder, and prototypes that unlabelled pictures refine; for the learned task see `RefinedPrototypes`."""

    config_class = SemiSupervisedConfig
    reads_unlabelled = False  # as if they were not there: they move the prototypes
    uses_unlabelled: ClassVar[bool] = True
    task_head: RefinedPrototypes

    def __init__(self, config: SemiSupervisedConfig | None = None, **kwargs: Any):
        super().__init__(config, **kwargs)
        c = self.config
        self.encoder = ConvolutionalEncoder(c.filters, c.shrink, c.kernel, dtype=self.dtype_policy, name="encoder")
        shape = (None, c.size, c.size, c.channels)
        self.encoder.build(shape)
        # Distances are differences of large numbers, which half precision would not see.
        self.logits = PrototypeLogits(dtype="float32", name="logits")
        self.weigh = {
            "soft": lambda: SoftAssignment(dtype="float32", name="weigh"),
            "cluster": lambda: DistractorCluster(c.radius, dtype="float32", name="weigh"),
            "masked": lambda: SoftMask(c.mask_power, dtype="float32", name="weigh"),
        }[c.refinement]()
        self.weigh.build()
        head = RefinedPrototypes(self.weigh, self.logits, c.fix_last_row)
        self.compose(Pictures(c.size, c.channels, self.encoder, c.views), head)

    def objective(self, outputs: tf.Tensor, truth: tf.Tensor) -> tf.Tensor | None:
        """With a cluster of distractors the cross-entropy over the classes and that cluster; else the usual one."""
        if self.config.refinement != "cluster":
            return None
        label = tf.concat([truth, tf.zeros_like(truth[:, :, :1])], axis=2)
        return tf.reduce_mean(keras.losses.categorical_crossentropy(label, outputs, from_logits=True))

    def further_endpoints(self) -> dict[str, Endpoint]:
        """`refine`: a support to `prototype [B, ways, D]`, `weights [B, N, ways]` and `distractor_score [B, N]`."""

        def refine(support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> Tensors:
            task = self.adapt(support_x, support_y, clamped(support_size, support_x))
            return {name: task[name] for name in REFINED}

        axes: dict[str, tuple[str | None, ...]] = {
            "support_x": ("tasks", "support"),
            "support_y": ("tasks", "support", *self.labels.shape.names),
            "support_size": ("tasks",),
        }
        return {"refine": Endpoint(refine, self.support_spec, axes)}


def tiny() -> dict[str, SemiSupervisedPrototypicalNetwork]:
    """The smallest of every variant of the graph."""
    small: dict[str, Any] = {"size": 12, "filters": (4, 6), "shrink": ("stride", "padded_pool")}
    more: dict[str, dict[str, Any]] = {"soft": {"views": 1}, "cluster": {"radius": 2.0}, "masked": {"mask_power": 2}}
    return {
        name: SemiSupervisedPrototypicalNetwork(SemiSupervisedConfig(**small, refinement=name, **options))
        for name, options in more.items()
    }
