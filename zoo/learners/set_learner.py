"""Learners that read a set: how much each example counted, which example to ask for next, and sets that grow.

Wu et al., "Meta-learning autoencoders for few-shot prediction" (2018): influence is equation 4, asking equations 5 and 6. As in
the authors' code, of the two factors of the derivative that by the code is taken at the code of what is known, once for all
candidates, and that of the code at each enlarged set. Taking both at the enlarged set asked worse questions in every entry.
"""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, final

import numpy as np
import tensorflow as tf
from keras import ops

from zoo.layers import HyperDense, SetEncoder, absolute_determinant, generate_network, is_among
from zoo.learners.asked import Asked
from zoo.learners.capabilities import asks
from zoo.learners.endpoint import Endpoint, Tensors
from zoo.learners.fine_tuning import Refiner
from zoo.learners.graphs import compiled
from zoo.learners.network_learner import NetworkLearner
from zoo.learners.padding import clamped
from zoo.learners.rules.adam import Adam
from zoo.learners.task_model import TaskModel
from zoo.utils.errors import ZooError

SIZE = tf.TensorSpec([None], tf.int32)


class SetLearner(NetworkLearner):
    """A learner that reads the set of its examples into a code, and writes the weights of a task network from it.

    A subclass makes `recognition`, the encoder of the set, `generators`, one for each layer of the task network, and
    `task_network`, whose `pair` says how the encoder reads an example. The pure functions here take any number of tasks at once;
    `influence`, `ask`, and a task model's `influence` and `update`, take a user's own arrays.
    """

    recognition: SetEncoder
    generators: list[HyperDense]
    code_rate: ClassVar[float] = 3e-3  # of Adam on the code; the paper's 1e-3 on the weights makes the best entries worse

    @final
    def pair(self, x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
        """Examples beside their labels, as the encoder reads them: `[B, N, ...], [B, N, n] -> [B, N, d]`."""
        return self.task_network.pair(x, y)

    @final
    def generate(self, code: tf.Tensor) -> Tensors:
        """Theta = g(z): `[B, code] -> dict of kernel_l [B, in, out] and bias_l [B, out]`."""
        return generate_network(self.generators, code)

    @final
    def encode(self, support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> tf.Tensor:
        """The code of a set: `[B, N, ...], [B, N, n], int32 [B] -> [B, code]`."""
        return self.recognition(self.pair(support_x, support_y), support_size)

    @final
    def adapt(self, support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> Tensors:
        return self.generate(self.encode(support_x, support_y, support_size))

    @final
    def refiners(self) -> dict[str, Refiner]:
        """Adam on the code, which moves all weights together, and on the weights themselves."""

        def encoded(*support: tf.Tensor) -> Tensors:
            return {"code": ops.cast(self.encode(*support), "float32")}

        on_code = self.steps_on(encoded, lambda moved: self.generate(moved["code"]), Adam(self.code_rate))
        return {"code": on_code, **super().refiners()}

    @final
    def summarize(self, support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> Tensors:
        """What is kept of a set, of a size that does not grow with it: dict of `[B, ...]`, see `SetPooling`."""
        return self.recognition.summary(self.pair(support_x, support_y), support_size)

    @final
    def update(
        self, summary: Tensors, summary_size: tf.Tensor, support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor
    ) -> tuple[Tensors, tf.Tensor, Tensors]:
        """Learn from the union of a set that was summarised and new examples.

        Args:
            summary, summary_size: from `summarize` or `update`, and int32 `[B]`, how many examples it stands for; with size 0
                it is that of no examples, whatever its numbers.
            support_x, support_y, support_size: the new examples, as for `adapt`.

        Returns:
            Summary and size of the union, and the learned task.
        """
        more = self.summarize(support_x, support_y, support_size)
        summary = self.recognition.merge(summary, summary_size, more, support_size)
        size = tf.add(summary_size, support_size)
        return summary, size, self.generate(self.recognition.code(summary, size))

    @final
    def influence_of(self, support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> tf.Tensor:
        """Influence of every example on the code, `[B, N]` in [0, 1]; those of real examples add up to 1, padding has 0."""
        summary = self.summarize(support_x, support_y, support_size)
        return self.recognition.shares(summary, support_size, ops.shape(support_x)[1])

    @final
    def query_scores(
        self, support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor, candidate_x: tf.Tensor, target_x: tf.Tensor
    ) -> tf.Tensor:
        """How strongly the prediction at a target hangs on the label of each candidate.

        Every candidate joins the support with the label y' predicted for it; its score is |det (dy*/dz dz/dy')|, with y* the
        prediction at the target and z the code. All candidates go through the encoder forward and backward once, n times each for
        labels of width n, so that the pass yields all rows of their n x n matrices. A code narrower than a label makes all 0.

        Args:
            support_x, support_y, support_size: as for `adapt`.
            candidate_x: `[B, C, ...]`.
            target_x: `[B, ...]`, where the prediction is wanted.

        Returns:
            `[B, C]`; 0 for a candidate that is in the support already.
        """
        width, count = self._width, tf.shape(candidate_x)[1]
        summary = self.summarize(support_x, support_y, support_size)
        code = self.recognition.code(summary, support_size)
        guess = self.apply(self.generate(code), candidate_x)  # [B, C, n]

        def alone(rows: tf.Tensor) -> tf.Tensor:  # [B, C, ...] -> [B * C * n, 1, ...]: every candidate a set of its own, n times
            return tf.repeat(tf.reshape(rows, [-1, 1, *rows.shape[2:]]), width, axis=0)

        def beside(part: tf.Tensor) -> tf.Tensor:  # [B, ...] -> [B * C * n, ...]: what all candidates of a task share
            return tf.repeat(part, count * width, axis=0)

        x, y, size = alone(candidate_x), alone(guess), beside(support_size)
        known = {name: beside(part) for name, part in summary.items()}
        one = tf.ones_like(size)
        with tf.GradientTape() as tape:
            tape.watch(y)
            enlarged = self.recognition.merge(known, size, self.summarize(x, y, one), one)
            enlarged_code = self.recognition.code(enlarged, tf.add(size, one))  # [B * C * n, code]
        by_code = tf.repeat(self._by_code(code, target_x), count, axis=0)  # [B * C, n, code]
        pick = tf.reshape(by_code, [-1, code.shape[1]])  # each of the n copies of a candidate yields one row of its matrix
        by_label = tape.gradient(enlarged_code, y, output_gradients=pick)  # [B * C * n, 1, n]
        jacobian = tf.reshape(by_label, [-1, width, width])
        score = tf.reshape(absolute_determinant(jacobian), [-1, count])
        return tf.where(is_among(candidate_x, support_x, support_size), tf.zeros_like(score), score)

    def _by_code(self, code: tf.Tensor, target_x: tf.Tensor) -> tf.Tensor:
        """Derivative of the prediction at a target by the code: `[B, code], [B, ...] -> [B, n, code]`, in one backward pass."""
        width = self._width
        codes, target = tf.repeat(code, width, axis=0), tf.expand_dims(tf.repeat(target_x, width, axis=0), 1)
        with tf.GradientTape() as tape:
            tape.watch(codes)
            answer = self.apply(self.generate(codes), target)  # [B * n, 1, n]
        pick = tf.tile(tf.expand_dims(tf.eye(width), 1), [tf.shape(code)[0], 1, 1])  # one row of the identity each
        return tf.reshape(tape.gradient(answer, codes, output_gradients=pick), [-1, width, code.shape[1]])

    @final
    def influence(self, x: Any, y: Any) -> np.ndarray:
        """How much each example counts when a task is learned from all of them, float32 `[N]`, adding up to 1.

        For a pool of maxima, it is the fraction of pool columns that the example decides.

        Args:
            x, y: as for `learn`, and the same errors and warning.
        """
        return self.graphs.influence(*self.support(x, y, self.labels.given(y))).numpy()[0]

    @final
    def ask(self, x: Any, y: Any, *, candidates: Any, at: Any) -> Asked:
        """Ask for the example whose label would tell most about the prediction at one place.

        Args:
            x, y: what is known, as for `learn`.
            candidates: examples `[C, *example]` that could be labelled; a plain list where an example is one number.
            at: one example, where the prediction matters; a plain number where an example is one.

        Raises:
            ZooError: for wrong shapes, no candidates, NaN or infinity anywhere, or a learner of labels wider than `asks.WIDEST`.

        Warns:
            UserWarning: where an example, a candidate or `at` lies outside `input_range`.
        """
        if not asks.offered(self):
            raise ZooError(f"{self.title} cannot ask: its labels hold {self._width} numbers, and {asks.WIDEST} is the most.")
        support = self.support(x, y, self.labels.given(y))
        rows, target = self.examples("candidates", candidates), self.examples("at", [at])
        score = self.graphs.query_scores(*support, rows[None], target).numpy()[0]
        return Asked.of(score, candidates)

    @final
    def adapt_and_summarise(self, support_x: Any, support_y: Any, support_size: Any) -> tuple[Tensors, Tensors]:
        return self.graphs.adapt_and_summarise(support_x, support_y, support_size)

    @final
    def updated(self, task: TaskModel, x: Any, y: Any) -> TaskModel:
        support = self.support(x, y, task.given, task.columns)
        summary, size, learned = self.graphs.update(task.summary, np.array([task.size], np.int32), *support)
        return self.learned_from(learned, summary, task.given, support, int(size[0]), task.columns)

    @final
    def shares_of(self, task: TaskModel) -> np.ndarray:
        return self.recognition.shares(task.summary, np.array([task.size], np.int32), task.size).numpy()[0]

    def functions(self) -> Mapping[str, Callable[[], Any]]:
        """Beside those of every learner `adapt_and_summarise`, and `summary_spec`, names, shapes and dtypes of a summary."""

        def summary_spec() -> dict[str, tf.TensorSpec]:
            _, kept = self.graphs.adapt_and_summarise.get_concrete_function().structured_outputs
            return {name: tf.TensorSpec([None, *spec.shape[1:]], spec.dtype) for name, spec in kept.items()}

        return {
            **super().functions(),
            "adapt_and_summarise": lambda: compiled(self._adapt_and_summarise, *self.support_spec.values()),
            "summary_spec": summary_spec,
        }

    @final
    def update_functions(self) -> Mapping[str, Callable[[], Any]]:
        return {"update": lambda: compiled(self._update, self.graphs.summary_spec, SIZE, *self.support_spec.values())}

    @final
    def update_endpoint(self, shared: Endpoint) -> Endpoint:
        """Of a summary and its size, which may be 0; the task of the union comes with the summary of the union."""
        summary = {f"summary_{name}": spec for name, spec in self.graphs.summary_spec.items()} | {"summary_size": SIZE}

        def update(
            summary_size: tf.Tensor, support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor, **summary: tf.Tensor
        ) -> Tensors:
            known = {name.removeprefix("summary_"): part for name, part in summary.items()}
            known, size, task = self._update(known, summary_size, support_x, support_y, support_size)
            # Named otherwise than the inputs: a file of ONNX holds every name once.
            return task | {f"updated_summary_{name}": part for name, part in known.items()} | {"updated_summary_size": size}

        axes = {**shared.axes, **dict.fromkeys(summary, ("tasks",))}
        return Endpoint(update, summary | self.support_spec, axes, in_parts=("updated_summary_sum",))

    @property
    def _width(self) -> int:
        """Numbers in a label."""
        return self.labels.shape.numbers or 0

    def _adapt_and_summarise(
        self, support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor
    ) -> tuple[Tensors, Tensors]:
        size = clamped(support_size, support_x)
        summary = self.summarize(support_x, support_y, size)
        return self.generate(self.recognition.code(summary, size)), summary

    def _update(
        self, summary: Tensors, summary_size: tf.Tensor, support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor
    ) -> tuple[Tensors, tf.Tensor, Tensors]:
        return self.update(summary, tf.maximum(summary_size, 0), support_x, support_y, clamped(support_size, support_x))
