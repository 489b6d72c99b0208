"""Examples without a label, weighed: how much each counts for every class, and how likely it is of none of them.

M. Ren, E. Triantafillou, S. Ravi, J. Snell, K. Swersky, J. Tenenbaum, H. Larochelle, R. Zemel, "Meta-learning for semi-supervised
few-shot classification", 2018: soft k-means, a cluster of distractors, and masks (equations 7 to 9). All three layers take
prototypes, counts, rows, and which rows have no label; each gives weights and a distractor score.

Departures: statistics of distances whose variance is below 1e-6, where rounding is all there is, divide by 1, as the authors'
code does where it is 0; the second number of their mask's network, which one step of refinement never reads, is not there.
"""

import math

import keras
import tensorflow as tf

from zoo.layers.prototypes import without_empty
from zoo.layers.shapes import KerasShape

Weighed = tuple[tf.Tensor, tf.Tensor]
STATISTICS = 5  # of the distances to one class: least, most, variance, skewness, excess kurtosis
HIDDEN = 20  # units of the mask's network
START = 0.01  # standard deviation of its first weights
ROUNDING = 1e-6  # variance, of distances whose mean is 1, below which it is rounding
FAR = 1e9  # above any distance whose mean is 1


def squared_distances(rows: tf.Tensor, prototype: tf.Tensor) -> tf.Tensor:
    """Squared Euclidean distance of every pair, `[B, N, D], [B, ways, D] -> [B, N, ways]`, exact where two rows are the same."""
    return tf.reduce_sum(tf.square(tf.expand_dims(rows, 2) - tf.expand_dims(prototype, 1)), axis=3)


class _Weighing(keras.layers.Layer):
    """What the three have in common: shapes, and numbers of single precision within."""

    def call(self, prototype: tf.Tensor, count: tf.Tensor, rows: tf.Tensor, free: tf.Tensor) -> Weighed:
        """Weigh rows without a label.

        Args:
            prototype: of the labelled examples, `[B, ways, D]`.
            count: how many those are, `[B, ways]`; a class with none gets no weight.
            rows: all examples, `[B, N, D]`.
            free: above 0 where a row has no label, `[B, N]`; all others get no weight.

        Returns:
            weights `[B, N, ways]`, and distractor scores `[B, N]`, the higher the less a row is of the classes; 0 for others.
        """
        prototype, count, rows, free = (tf.cast(each, tf.float32) for each in (prototype, count, rows, free))
        weight, odd = self.weigh(prototype, count, rows, tf.cast(free > 0.0, tf.float32))
        return tf.cast(weight, self.compute_dtype), tf.cast(odd, self.compute_dtype)

    def weigh(self, prototype: tf.Tensor, count: tf.Tensor, rows: tf.Tensor, free: tf.Tensor) -> Weighed:
        """As `call`, in single precision, with `free` 0 or 1."""
        raise NotImplementedError

    def compute_output_shape(
        self, prototype_shape: KerasShape, count_shape: KerasShape, rows_shape: KerasShape, free_shape: KerasShape
    ) -> tuple[KerasShape, KerasShape]:
        return (*rows_shape[:2], prototype_shape[1]), rows_shape[:2]


@keras.saving.register_keras_serializable("zoo")
class SoftAssignment(_Weighing):
    """Soft k-means: an example belongs to the classes by the softmax of minus its squared distances to them.

    `[B, ways, D], [B, ways], [B, N, D], [B, N] -> [B, N, ways], [B, N]`. No gradient passes the weights, as in the authors' code.
    The paper has no distractor score for it; here it is the squared distance to the nearest prototype.

    Reference: Ren et al., "Meta-learning for semi-supervised few-shot classification", 2018, section 3.1.1.
    """

    def build(self, *shapes: KerasShape) -> None:
        self.built = True

    def weigh(self, prototype: tf.Tensor, count: tf.Tensor, rows: tf.Tensor, free: tf.Tensor) -> Weighed:
        logits = without_empty(-squared_distances(rows, prototype), count)  # [B, N, ways]
        weight = tf.stop_gradient(tf.nn.softmax(logits)) * tf.expand_dims(free, 2)
        return weight, -tf.reduce_max(logits, axis=2) * free


@keras.saving.register_keras_serializable("zoo")
class DistractorCluster(_Weighing):
    """Soft k-means with one cluster more, at the origin and of a learned radius r, for examples of no class.

    `[B, ways, D], [B, ways], [B, N, D], [B, N] -> [B, N, ways], [B, N]`: the softmax over the classes and that cluster of
    -d^2 / (2 r^2) - log r, a class's r being 1, as the authors' code has it; the paper omits the 2. The distractor score is the
    share of the cluster.

    Reference: Ren et al., "Meta-learning for semi-supervised few-shot classification", 2018, section 3.1.2.

    Args:
        radius: r before training.

    Raises:
        ValueError: for a radius of 0 or less.
    """

    def __init__(self, radius: float = 100.0, **kwargs: object) -> None:
        super().__init__(**kwargs)
        if not radius > 0.0:
            raise ValueError(f"DistractorCluster(radius={radius!r}): give a radius above 0.")
        self.radius = radius

    def build(self, *shapes: KerasShape) -> None:
        start = keras.initializers.Constant(math.log(self.radius))
        self.log_radius = self.add_weight(name="log_radius", shape=(), initializer=start, dtype="float32", autocast=False)
        self.built = True

    def column(self, rows: tf.Tensor, centre: tf.Tensor) -> tf.Tensor:
        """Logits of the cluster about a centre, `[B, N, D], [B, 1, D] -> [B, N, 1]`, beside classes' -d^2 / 2."""
        log_radius = tf.convert_to_tensor(self.log_radius)
        return -squared_distances(rows, centre) * tf.exp(-2.0 * log_radius) / 2.0 - log_radius

    def weigh(self, prototype: tf.Tensor, count: tf.Tensor, rows: tf.Tensor, free: tf.Tensor) -> Weighed:
        classes = without_empty(-squared_distances(rows, prototype) / 2.0, count)  # [B, N, ways]
        other = self.column(rows, tf.zeros_like(rows[:, :1]))  # [B, N, 1]
        share = tf.nn.softmax(tf.concat([classes, other], axis=2)) * tf.expand_dims(free, 2)  # [B, N, ways + 1]
        return share[:, :, :-1], share[:, :, -1]


@keras.saving.register_keras_serializable("zoo")
class SoftMask(_Weighing):
    """Masked soft k-means: an example counts for a class the less, the farther from it, by a threshold and a slope.

    `[B, ways, D], [B, ways], [B, N, D], [B, N] -> [B, N, ways], [B, N]`: assignments as of soft k-means times masks
    sigmoid(gamma (beta - d)), d being the squared distance over its mean. A small network says beta and gamma of each class from
    five statistics of d, through which no gradient passes. The distractor score is 1 minus the largest mask.

    Reference: Ren et al., "Meta-learning for semi-supervised few-shot classification", 2018, equations 7 to 9.

    Args:
        power: of the mask in a weight: 1 as in equation 9, or 2, as the authors' code has it and so their published numbers.

    Raises:
        ValueError: for another power.
    """

    def __init__(self, power: int = 1, **kwargs: object) -> None:
        super().__init__(**kwargs)
        if power not in (1, 2):
            raise ValueError(f"SoftMask(power={power!r}): choose 1, as in the paper, or 2, as in its authors' code.")
        self.power = power

    def build(self, *shapes: KerasShape) -> None:
        start, options = keras.initializers.RandomNormal(0.0, START), {"dtype": "float32", "autocast": False}
        self.hidden_kernel = self.add_weight(name="hidden_kernel", shape=(STATISTICS, HIDDEN), initializer=start, **options)
        self.hidden_bias = self.add_weight(name="hidden_bias", shape=(HIDDEN,), initializer="zeros", **options)
        self.kernel = self.add_weight(name="kernel", shape=(HIDDEN, 2), initializer=start, **options)
        self.bias = self.add_weight(name="bias", shape=(2,), initializer="zeros", **options)
        self.built = True

    def weigh(self, prototype: tf.Tensor, count: tf.Tensor, rows: tf.Tensor, free: tf.Tensor) -> Weighed:
        distance, free_rows = squared_distances(rows, prototype), tf.expand_dims(free, 2)  # [B, N, ways], [B, N, 1]
        assigned = tf.nn.softmax(without_empty(-distance, count))
        number = tf.maximum(tf.reduce_sum(free_rows, axis=1, keepdims=True), 1.0)  # [B, 1, 1]
        known = distance * free_rows  # others may lie far beyond, and their squares would be infinite
        scaled = known / tf.maximum(tf.reduce_sum(known, axis=1, keepdims=True) / number, 1e-12)
        mask = self._mask(scaled, statistics(scaled, free_rows))
        mask *= free_rows * tf.cast(tf.expand_dims(count, 1) > 0.0, tf.float32)
        weight = assigned * (mask if self.power == 1 else tf.square(mask))
        return weight, (1.0 - tf.reduce_max(mask, axis=2)) * free

    def _mask(self, scaled: tf.Tensor, told: tf.Tensor) -> tf.Tensor:
        """Masks `[B, N, ways]` from distances and their statistics `[B, ways, 5]`."""
        shape = tf.shape(told)[:2]
        hidden = tf.matmul(tf.reshape(told, [-1, STATISTICS]), tf.convert_to_tensor(self.hidden_kernel))
        hidden = tf.tanh(hidden + tf.convert_to_tensor(self.hidden_bias))
        both = tf.exp(tf.matmul(hidden, tf.convert_to_tensor(self.kernel)) + tf.convert_to_tensor(self.bias))  # [B ways, 2]
        beta, gamma = (tf.expand_dims(tf.reshape(each, shape), 1) for each in tf.unstack(both, axis=1))  # [B, 1, ways]
        return tf.sigmoid(gamma * (beta - scaled))


def statistics(scaled: tf.Tensor, free: tf.Tensor) -> tf.Tensor:
    """Least, most, variance, skewness and excess kurtosis over the rows that are free, without a gradient.

    Args:
        scaled: distances over their mean, `[B, N, ways]`.
        free: 0 or 1, `[B, N, 1]`.

    Returns:
        `[B, ways, 5]`; of no rows zeros, but for the kurtosis, -3.
    """
    number = tf.maximum(tf.reduce_sum(free, axis=1), 1.0)  # [B, 1]
    some = tf.reduce_max(free, axis=1)  # [B, 1]

    def mean(numbers: tf.Tensor) -> tf.Tensor:
        return tf.reduce_sum(numbers * free, axis=1) / number  # [B, ways]

    least = some * tf.reduce_min(scaled * free + FAR * (1.0 - free), axis=1)
    most = tf.reduce_max(scaled * free, axis=1)
    apart = scaled - tf.expand_dims(mean(scaled), 1)
    square = tf.square(apart)
    variance = mean(square)
    by = tf.where(variance > ROUNDING, variance, tf.ones_like(variance))
    skewness = mean(square * apart) / (by * tf.sqrt(by))
    kurtosis = mean(tf.square(square)) / tf.square(by) - 3.0
    return tf.stop_gradient(tf.stack([least, most, variance, skewness, kurtosis], axis=2))
