"""A small network for any small table: its features are written by an encoder of the table, its last layer is solved.

Written features follow D. Ha, A. Dai, Q. Le, "HyperNetworks", 2016, and A. Müller et al., "MotherNet", 2023; the solved last
layer L. Bertinetto et al., "Meta-learning with differentiable closed-form solvers", 2019, here by Böhning's bound for classes;
and learning from synthetic tables N. Hollmann et al., "TabPFN", 2023. Departures: the encoder sees cells and no rows as tokens,
treats classes alike as well as columns and rows, and writes only what is looked at and how much; the task is a network of a few
kilobytes.
"""

from dataclasses import dataclass
from typing import Any, final

import keras
import tensorflow as tf

from zoo.layers import across_workers, columns, solved
from zoo.layers.exchangeable import through
from zoo.layers.table_encoder import TableEncoder
from zoo.learners.endpoint import Tensors
from zoo.learners.fine_tuning import Refiner
from zoo.learners.labels import Classes, Labels, Numbers
from zoo.learners.meta_learner import MetaLearner
from zoo.learners.padding import clear_rows
from zoo.learners.shape import Shape

INTERCEPT = 1e-2  # precision of the prior of an intercept
SHUT = -1e4  # logit of a class that no row of the support has
MOST = 8.0  # of the cross-entropy of one query
HUBER = 3.0  # from which on the loss of numbers is linear; those of synthetic tables vary by about 1
TRUST = 4.0  # in errors of rows that are left out, before training
KERNEL_GAIN = 3.0  # of hidden units, whose gates add up to 1


@dataclass(frozen=True)
class TabularConfig:
    """Hyper-parameters.

    Attributes:
        regression: whether labels are numbers rather than classes.
        width: d, numbers of a cell.
        blocks: exchangeable blocks.
        hidden: H, hidden units that are written.
        basis: bumps that a number is seen through, each way.
        knots: quantiles that a column's normal scores are drawn between.
        steps: of the solver, in training as in use.
        reach: deviations at which the view that the last layer reads directly flattens; far out it goes on as a line would.
    """

    regression: bool = False
    width: int = 64
    blocks: int = 3
    hidden: int = 32
    basis: int = 8
    knots: int = 8
    steps: int = 8
    reach: float = columns.CLIP


@final
@keras.saving.register_keras_serializable("zoo")
class Tabular(MetaLearner):
    """Learned task of C columns and K classes: an ordinary network of one hidden layer on two views of each column.

    The views are t, softly clipped deviations, and u, normal scores; hidden units read v = t + mix (u - t):

        logits = relu(v kernel + bias) hidden + w straight + u ranked + intercept

    where w is t of a longer reach for numbers, and t for classes.

    `shift`, `scale`, `mix [B, C]`, `knots [B, C, Q]`, `kernel [B, C, H]`, `bias [B, H]`, `hidden [B, H, K]`, `straight` and
    `ranked [B, C, K]`, `intercept [B, K]`. Rows without a label count for nothing.
    """

    config_class = TabularConfig
    reads_unlabelled = True
    most_rows, most_classes = 500, 10  # beyond these nothing was measured

    def __init__(self, config: TabularConfig | None = None, **kwargs: Any):
        super().__init__(config, **kwargs)
        c = self.config
        self.encoder = TableEncoder(c.width, c.blocks, c.basis, c.regression, dtype=self.dtype_policy, name="encoder")
        self.encoder.build()
        self.gate = self._dense("gate", c.hidden, 2.0)
        self.weight = self._dense("weight", c.hidden)
        self.offset = self._dense("offset", c.hidden)
        self.view = self._dense("view", 3, 0.1)  # the mix, and how much each view counts
        self.strength = self._dense("strength", c.hidden, 0.1)
        # Precision, and a temperature of classes; of numbers how strengths of the prior are chosen.
        self.prior = self._dense("prior", 2 + len(solved.STRENGTHS) if c.regression else 2, 0.1)
        self.built = True

    def _dense(self, name: str, units: int, gain: float = 1.0) -> keras.layers.Dense:
        """A layer on tokens."""
        rows = 2 * self.config.width
        start = keras.initializers.RandomNormal(stddev=gain / rows**0.5)
        layer = keras.layers.Dense(units, kernel_initializer=start, dtype=self.dtype_policy, name=name)
        layer.build((None, rows))
        return layer

    @property
    def example(self) -> Shape:
        return Shape(("columns",), missing=True)

    @property
    def labels(self) -> Labels:
        return Numbers(1) if self.config.regression else Classes()

    def refiners(self) -> dict[str, Refiner]:
        """None: the last layer is solved already."""
        return {}

    def task_axes(self) -> dict[str, tuple[str | None, ...]]:
        ways = None if self.config.regression else "ways"
        axes: dict[str, tuple[str | None, ...]] = {name: ("tasks", "columns") for name in ("shift", "scale", "mix")}
        axes |= {name: ("tasks", "columns", None) for name in ("knots", "kernel")} | {"bias": ("tasks", None)}
        axes |= {name: ("tasks", "columns", ways) for name in ("straight", "ranked")}
        return axes | {"hidden": ("tasks", None, ways), "intercept": ("tasks", ways)}

    def adapt(self, support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> Tensors:
        real = tf.sequence_mask(support_size, tf.shape(support_x)[1], tf.float32)  # [B, N]
        y = clear_rows(tf.cast(support_y, tf.float32), support_size)  # [B, N, K]
        level = spread = None
        if self.config.regression:
            y, level, spread = _standard(y, real)
        else:
            y = tf.maximum(y, 0.0)
            real *= tf.minimum(tf.reduce_sum(y, axis=2), 1.0)
        row = tf.expand_dims(real, 2)
        x = tf.where(row > 0.0, support_x, tf.zeros_like(support_x))
        shift, scale = columns.standardisation(x, row)
        z = columns.standardised(x, shift, scale) * row
        knots = columns.quantiles(z, row, self.config.knots)
        t, u = columns.softly_clipped(z), columns.normal_scores(z, knots)  # [B, N, C]
        varies = tf.cast(scale > 0.0, tf.float32)
        tokens, table = self.encoder(t, u, y, real, varies)
        written = self._written(tokens, table, varies)
        solved_weights = self._solved(self._straight(z, t), t, u, y, real, written)
        if level is not None:
            solved_weights = {name: part * tf.expand_dims(spread, 2) for name, part in solved_weights.items()}
            solved_weights["intercept"] += tf.expand_dims(level, 2)
        intercept = {"intercept": tf.squeeze(solved_weights.pop("intercept"), 1)}
        kept = {name: written[name] for name in ("mix", "kernel", "bias")}
        return {"shift": shift, "scale": scale, "knots": knots} | kept | solved_weights | intercept

    def apply(self, task: Tensors, query_x: tf.Tensor) -> tf.Tensor:
        z = columns.standardised(query_x, task["shift"], task["scale"])
        t, u = columns.softly_clipped(z), columns.normal_scores(z, task["knots"])
        answer = tf.matmul(_hidden(t, u, task), task["hidden"]) + tf.expand_dims(task["intercept"], 1)
        return answer + tf.matmul(self._straight(z, t), task["straight"]) + tf.matmul(u, task["ranked"])

    def objective(self, outputs: Any, truth: tf.Tensor) -> tf.Tensor:
        """Huber's loss of numbers, which vary by 1; of classes cross-entropy of queries that have one, none above `MOST`."""
        if self.config.regression:
            apart = tf.abs(outputs - truth)
            return tf.reduce_mean(tf.where(apart < HUBER, tf.square(apart), HUBER * (2.0 * apart - HUBER)))
        labelled = tf.reduce_sum(truth, axis=-1)
        loss = tf.minimum(tf.nn.softmax_cross_entropy_with_logits(truth, outputs), MOST)
        return tf.reduce_sum(loss * labelled) / tf.maximum(across_workers.mean(tf.reduce_sum(labelled)), 1.0)

    def _straight(self, z: tf.Tensor, t: tf.Tensor) -> tf.Tensor:
        """The view that the last layer reads directly, `[B, M, C]`."""
        return t if self.config.reach == columns.CLIP else columns.softly_clipped(z, self.config.reach)

    def _written(self, tokens: tf.Tensor, table: tf.Tensor, varies: tf.Tensor) -> Tensors:
        """What is written from tokens `[B, C, 2 d]` and `[B, 2 d]`: hidden units, mixes, and how much everything counts."""
        gate = tf.nn.softmax(
            _on(self.gate, tokens) + (tf.expand_dims(varies, 2) - 1.0) * 1e4, axis=1
        )  # the columns a unit looks at
        view = _on(self.view, tokens)  # [B, C, 3]
        counts = tf.exp(tf.clip_by_value(view[..., 1:], -4.0, 2.0)) * tf.expand_dims(varies, 2)
        prior = _on(self.prior, table)
        return {
            "kernel": KERNEL_GAIN * gate * _on(self.weight, tokens),
            "bias": tf.reduce_sum(gate * _on(self.offset, tokens), axis=1),
            "mix": tf.sigmoid(view[..., 0]),
            "counts": counts,
            "strength": tf.exp(tf.clip_by_value(_on(self.strength, table), -4.0, 3.0)),
            "precision": tf.exp(tf.clip_by_value(prior[:, :1], -3.0, 3.0)),
            "temperature": tf.exp(tf.clip_by_value(prior[:, 1:2], -1.0, 1.0)),
            "lean": prior[:, 2:],
        }

    def _solved(self, w: tf.Tensor, t: tf.Tensor, u: tf.Tensor, y: tf.Tensor, real: tf.Tensor, written: Tensors) -> Tensors:
        """The last layer, from features of the support: `straight`, `ranked`, `hidden` and `intercept [B, 1, K]`."""
        row, counts = tf.expand_dims(real, 2), written["counts"]
        parts = [tf.ones_like(row), w * tf.expand_dims(counts[..., 0], 1), u * tf.expand_dims(counts[..., 1], 1)]
        parts.append(_hidden(t, u, written) * tf.expand_dims(written["strength"], 1))
        features = tf.concat(parts, axis=2) * row  # [B, N, 1 + 2 C + H]
        ones = tf.ones_like(features[:, 0, 1:])
        precision = tf.concat([tf.fill(tf.shape(ones[:, :1]), INTERCEPT), ones * written["precision"]], axis=1)
        if self.config.regression:
            trust = TRUST * written["temperature"]
            weights = solved.ridge(features, y, precision, written["lean"], trust, self.config.steps)
        else:
            known = tf.cast(tf.reduce_sum(y, axis=1, keepdims=True) > 0.0, tf.float32)
            weights = solved.logistic(features, y, precision, known, self.config.steps) * tf.expand_dims(
                written["temperature"], 2
            )
        across = tf.shape(t)[2]
        intercept, straight, ranked, hidden = tf.split(weights, tf.stack([1, across, across, self.config.hidden]), axis=1)
        if not self.config.regression:
            intercept += (1.0 - known) * SHUT
        return {
            "straight": straight * counts[..., :1],
            "ranked": ranked * counts[..., 1:],
            "hidden": hidden * tf.expand_dims(written["strength"], 2),
            "intercept": intercept,
        }


def _on(layer: keras.layers.Dense, tokens: tf.Tensor) -> tf.Tensor:
    return through(tokens, layer.kernel) + tf.convert_to_tensor(layer.bias)


def _hidden(t: tf.Tensor, u: tf.Tensor, network: Tensors) -> tf.Tensor:
    """Hidden units, `[B, M, H]`."""
    mixed = t + tf.expand_dims(network["mix"], 1) * (u - t)
    return tf.nn.relu(tf.matmul(mixed, network["kernel"]) + tf.expand_dims(network["bias"], 1))


def _standard(y: tf.Tensor, real: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Numbers `[B, N, 1]` as deviations, and their mean and deviation `[B, 1]`."""
    count = tf.maximum(tf.reduce_sum(real, axis=1, keepdims=True), 1.0)
    level = tf.reduce_sum(y[:, :, 0], axis=1, keepdims=True) / count
    apart = (y[:, :, 0] - level) * real
    spread = tf.sqrt(tf.reduce_sum(tf.square(apart), axis=1, keepdims=True) / count) + 1e-6
    return tf.expand_dims(apart / spread, 2), level, spread


def tiny() -> dict[str, Tabular]:
    """The smallest of every variant of the graph."""
    small: dict[str, Any] = {"width": 6, "blocks": 1, "hidden": 4, "basis": 3, "knots": 4, "steps": 3}
    return {"classes": Tabular(TabularConfig(**small)), "numbers": Tabular(TabularConfig(regression=True, reach=16.0, **small))}
