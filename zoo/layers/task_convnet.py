"""A convolutional network of which every task has weights of its own, and the weights that all tasks start from.

C. Finn, P. Abbeel, S. Levine, "Model-agnostic meta-learning for fast adaptation of deep networks", 2017, section 5.2: four blocks
of a 3 x 3 convolution of stride 2, batch normalisation with an offset and no scale, and ReLU; the mean over all places; one dense
layer. Departure: the convolutions have no bias, since the normalisation would subtract it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import tensorflow as tf

from zoo.layers import activations
from zoo.layers.differentiable import scaled, sum_of_rows, task_dense
from zoo.layers.shapes import KerasShape, known_sizes
from zoo.layers.task_batch_normalization import task_moments, task_normalization
from zoo.layers.task_convolutions import KERNEL, task_convolution, task_pooling

SHRINK = ("stride", "pool", "none")
FINISH = ("mean", "flatten")
Weights = Mapping[str, tf.Tensor]


@keras.saving.register_keras_serializable("zoo")
class TaskConvnet(keras.layers.Layer):
    """Convolutional classifiers of many tasks at once, `[B, M, H, W, C] -> [B, M, ways]`, with weights `dict of [B, ...]`.

    `kernel_l [B, 9 C_l, F_l]` of every block l, `kernel_out [B, D, ways]` and `bias_out [B, ways]` are a task's own; with
    `scale`, so are `offset_l` and `scale_l [B, F_l]`, and otherwise all tasks share the offsets. `mean_l` and `variance_l
    [B, F_l]` are the moments of the task's support, by which its queries are normalised, each as if alone.

    Args:
        filters: of each block's convolution.
        shrink: how a block halves height and width: "stride" gives the convolution a stride of 2, "pool" takes the largest of
            2 x 2 and drops an odd row and column, "none" keeps the size. One word for all blocks, or one for each.
        finish: what the last dense layer sees: "mean" over all places, or "flatten" for all of them.
        ways: columns of the dense layer, one for each class of any task; None for one column that each class starts from, so
            that classes have no order and a task may have any number of them.
        scale: whether the normalisation has a scale, and a task its own offsets and scales.

    Raises:
        ValueError: if there is no block, a block has no filter, or `shrink` or `finish` has an unknown word; when it is built,
            if the size of the pictures is unknown or too small for so many blocks.
    """

    def __init__(
        self,
        filters: Sequence[int] = (64, 64, 64, 64),
        shrink: str | Sequence[str] = "stride",
        finish: str = "mean",
        ways: int | None = None,
        scale: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        modes = (shrink,) * len(filters) if isinstance(shrink, str) else tuple(shrink)
        if not filters or min(filters) < 1 or len(modes) != len(filters) or not set(modes) <= set(SHRINK) or finish not in FINISH:
            raise ValueError(
                f"TaskConvnet(filters={filters!r}, shrink={shrink!r}, finish={finish!r}): give the filters of one block or more, "
                f"for all or each of them one of {', '.join(map(repr, SHRINK))}, and {' or '.join(map(repr, FINISH))}."
            )
        self.filters, self.shrink, self.finish, self.ways, self.scale = tuple(filters), modes, finish, ways, scale

    def build(self, pictures_shape: KerasShape) -> None:
        height, width, channels = known_sizes(self, pictures_shape, 3)
        self.start: dict[str, keras.Variable] = {}
        for block, (out, mode) in enumerate(zip(self.filters, self.shrink, strict=True)):
            spread = keras.initializers.VarianceScaling(1.0, "fan_avg", "uniform")  # Glorot's, as of a convolution of 3 x 3
            kernel = self.add_weight((KERNEL, KERNEL, channels, out), spread, name=f"kernel_{block}")
            self.start[f"kernel_{block}"] = kernel
            self.start[f"offset_{block}"] = self.add_weight((out,), "zeros", name=f"offset_{block}")
            if self.scale:
                self.start[f"scale_{block}"] = self.add_weight((out,), "ones", name=f"scale_{block}")
            channels = out
            height, width = _halved(height, mode), _halved(width, mode)
        self.places = height * width
        if not self.places:
            raise ValueError(
                f"TaskConvnet: {len(self.shrink)} blocks shrink pictures of shape {tuple(pictures_shape[-3:])} to nothing; take "
                "fewer blocks or larger pictures."
            )
        features = channels * (self.places if self.finish == "flatten" else 1)
        self.start["kernel_out"] = self.add_weight((features, self.ways or 1), "glorot_uniform", name="kernel_out")
        self.start["bias_out"] = self.add_weight((self.ways or 1,), "zeros", name="bias_out")
        self.built = True

    def initial(self, tasks: tf.Tensor | int, ways: tf.Tensor | int) -> dict[str, tf.Tensor]:
        """The weights that so many tasks of so many classes start from: float32 `[B, ...]` by name."""
        own = {}
        for name, variable in self.start.items():
            if name.startswith("offset") and not self.scale:
                continue
            value = tf.cast(variable, tf.float32)
            if name.startswith("kernel_") and value.shape.rank == 4:
                value = tf.reshape(value, [-1, value.shape[-1]])  # [9 C, F]
            if name.endswith("_out") and self.ways is None:
                value = tf.repeat(value, ways, axis=-1)
            own[name] = tf.tile(tf.expand_dims(value, 0), [tasks, *[1] * value.shape.rank])
        return own

    def call(self, pictures: tf.Tensor, support_size: tf.Tensor) -> tf.Tensor:
        """What tasks answer before any step, to pictures normalised by their own moments; see `with_moments`."""
        answers = self.with_moments(pictures, self.initial(tf.shape(pictures)[0], self.ways or 1), support_size)[0]
        return tf.cast(answers, self.compute_dtype)

    def compute_output_shape(self, pictures_shape: KerasShape, support_size_shape: KerasShape | None = None) -> KerasShape:
        return (*pictures_shape[:2], self.ways or 1)

    def run(self, queries: tf.Tensor, weights: Weights) -> tf.Tensor:
        """Queries, normalised by the moments in `weights`: `[B, M, H, W, C] -> float32 [B, M, ways]`."""
        return self._forward(weights, queries, None)[0]

    def with_moments(self, pictures: tf.Tensor, weights: Weights, size: tf.Tensor) -> tuple[tf.Tensor, dict[str, tf.Tensor]]:
        """Pictures normalised by their own moments, of which the first `size [B]` of each task are real.

        Returns:
            `[B, M, ways]`, and the moments, `mean_l` and `variance_l [B, F_l]`.
        """
        return self._forward(weights, pictures, size)

    def _forward(self, weights: Weights, x: tf.Tensor, size: tf.Tensor | None) -> tuple[tf.Tensor, dict[str, tf.Tensor]]:
        x = tf.cast(x, tf.float32)
        tasks, pictures = tf.shape(x)[0], tf.shape(x)[1]
        found: dict[str, tf.Tensor] = {}
        for block, mode in enumerate(self.shrink):
            kernel = weights[f"kernel_{block}"]
            x = task_convolution(x, kernel, tf.zeros_like(kernel[:, 0]), 2 if mode == "stride" else 1)  # [B, M, h, w, F]
            _, _, high, wide, filters = x.shape
            rows = tf.reshape(x, [tasks, -1, filters])  # [B, M h w, F]
            if size is None:
                moments = weights[f"mean_{block}"], activations.relu(weights[f"variance_{block}"])  # whatever a client sends
            else:
                moments = task_moments(rows, tf.expand_dims(_real(size, pictures, high * wide), -1))
                found |= {f"mean_{block}": moments[0], f"variance_{block}": moments[1]}
            rows = task_normalization(rows, moments, self._own(weights, f"offset_{block}", tasks), weights.get(f"scale_{block}"))
            x = tf.reshape(rows, [tasks, pictures, high, wide, filters])
            # The ReLU comes after the pool: the same function, since both are monotonic, on a quarter of the numbers.
            x = activations.relu(task_pooling(x) if mode == "pool" else x)
        return task_dense(self._features(x), weights["kernel_out"], weights["bias_out"]), found

    def _own(self, weights: Weights, name: str, tasks: tf.Tensor) -> tf.Tensor:
        """A task's own weight, or that of all, `[B, ...]`."""
        if name in weights:
            return weights[name]
        return tf.tile(tf.expand_dims(tf.cast(self.start[name], tf.float32), 0), [tasks, 1])

    def _features(self, x: tf.Tensor) -> tf.Tensor:
        """`[B, M, h, w, F] -> [B, M, D]`."""
        tasks, pictures = tf.shape(x)[0], tf.shape(x)[1]
        filters = x.shape[-1]
        if self.finish == "flatten":
            return tf.reshape(x, [tasks, pictures, self.places * filters])
        means = scaled(sum_of_rows(tf.reshape(x, [-1, self.places, filters])), 1.0 / self.places)
        return tf.reshape(means, [tasks, pictures, filters])


def _halved(size: int, mode: str) -> int:
    return {"stride": -(-size // 2), "pool": size // 2, "none": size}[mode]


def _real(size: tf.Tensor, pictures: tf.Tensor, places: int) -> tf.Tensor:
    """Which rows `[B, M h w]` belong to a picture that is no padding."""
    return tf.sequence_mask(size * places, pictures * places)
