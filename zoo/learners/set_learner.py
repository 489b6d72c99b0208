"""Learners that read a set: how much each example counted, which example to ask for next, and sets that grow.

Wu et al., "Meta-learning autoencoders for few-shot prediction" (2018): influence is equation 4, asking equations 5 and 6. As in
the authors' code, of the two factors of the derivative that by the code is taken at the code of what is known, once for all
candidates, and that of the code at each enlarged set. Taking both at the enlarged set asked worse questions in every entry.
"""

import abc
import functools
from dataclasses import dataclass
from typing import Any, ClassVar, final

import numpy as np
import tensorflow as tf
from keras import ops

from zoo.layers import SetEncoder, is_among, size_of_determinant
from zoo.learners.endpoint import Endpoint, Tensors
from zoo.learners.fine_tuning import AdamRefiner
from zoo.learners.meta_learner import MetaLearner
from zoo.learners.task_model import TaskModel
from zoo.utils.errors import ZooError

WIDEST_ASKED = 8  # numbers in a label up to which a learner asks: every candidate is encoded once for each of them


@dataclass(frozen=True)
class Asked:
    """The answer to `SetLearner.ask`.

    Attributes:
        scores: float32 `[C]`, how strongly the prediction hangs on the label of each candidate; 0 for an example already known.
        index: the candidate with the highest score, the first one where several tie.
        best: that candidate, as it was given.
    """

    scores: np.ndarray
    index: int
    best: Any


class SetLearner(MetaLearner):
    """A learner that learns a task by `generate(code of the set of its examples)`.

    A subclass makes `recognition`, the encoder of the set, and gives `pair` and `generate`. The pure functions here take any
    number of tasks at once; `influence`, `ask`, and a task model's `influence` and `update`, take a user's own arrays.
    """

    recognition: SetEncoder
    code_rate: ClassVar[float] = 3e-3  # of Adam on the code; the paper's 1e-3 on the weights makes the best entries worse

    @abc.abstractmethod
    def pair(self, x, y):
        """Examples beside their labels, as the encoder reads them: `[B, N, ...], [B, N, n] -> [B, N, d]`."""

    @abc.abstractmethod
    def generate(self, code) -> Tensors:
        """The learned task of a code: `[B, code] -> dict of [B, ...]`."""

    @final
    def encode(self, support_x, support_y, support_size):
        """The code of a set: `[B, N, ...], [B, N, n], int32 [B] -> [B, code]`."""
        return self.recognition(self.pair(support_x, support_y), support_size)

    @final
    def adapt(self, support_x, support_y, support_size):
        return self.generate(self.encode(support_x, support_y, support_size))

    def refiners(self):
        """Adam on the code, which moves all weights together, and on the weights themselves."""

        def encoded(*support):
            return {"code": ops.cast(self.encode(*support), "float32")}

        on_code = AdamRefiner(encoded, lambda moved: self.generate(moved["code"]), self.apply, self.code_rate)
        return {"code": on_code, **super().refiners()}

    @final
    def summarize(self, support_x, support_y, support_size) -> Tensors:
        """What is kept of a set, of a size that does not grow with it: dict of `[B, ...]`, see `SetPooling`."""
        return self.recognition.summary(self.pair(support_x, support_y), support_size)

    @final
    def grow(self, summary: Tensors, summary_size, support_x, support_y, support_size) -> tuple[Tensors, Any, Tensors]:
        """Learn from the union of a set that was summarised and new examples.

        Args:
            summary, summary_size: from `summarize` or `grow`, and int32 `[B]`, how many examples it stands for; with size 0 it is
                that of no examples, whatever its numbers.
            support_x, support_y, support_size: the new examples, as for `adapt`.

        Returns:
            Summary and size of the union, and the learned task.
        """
        more = self.summarize(support_x, support_y, support_size)
        summary = self.recognition.merge(summary, summary_size, more, support_size)
        size = tf.add(summary_size, support_size)
        return summary, size, self.generate(self.recognition.code(summary, size))

    @final
    def influence_of(self, support_x, support_y, support_size):
        """Influence of every example on the code, `[B, N]` in [0, 1]; those of real examples add up to 1, padding has 0."""
        summary = self.summarize(support_x, support_y, support_size)
        return self.recognition.shares(summary, support_size, ops.shape(support_x)[1])

    @final
    def query_scores(self, support_x, support_y, support_size, candidate_x, target_x):
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
        width, count = self.label_width, tf.shape(candidate_x)[1]
        summary = self.summarize(support_x, support_y, support_size)
        code = self.recognition.code(summary, support_size)
        guess = self.apply(self.generate(code), candidate_x)  # [B, C, n]

        def alone(rows):  # [B, C, ...] -> [B * C * n, 1, ...]: every candidate a set of its own, n times
            return tf.repeat(tf.reshape(rows, [-1, 1, *rows.shape[2:]]), width, axis=0)

        def beside(part):  # [B, ...] -> [B * C * n, ...]: what all candidates of a task share
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
        score = tf.reshape(size_of_determinant(jacobian), [-1, count])
        return tf.where(is_among(candidate_x, support_x, support_size), tf.zeros_like(score), score)

    def _by_code(self, code, target_x):
        """Derivative of the prediction at a target by the code: `[B, code], [B, ...] -> [B, n, code]`, in one backward pass."""
        width = self.label_width
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
        return self.compiled_influence(*self.support(x, y)).numpy()[0]

    @final
    def ask(self, x: Any, y: Any, *, candidates: Any, at: Any) -> Asked:
        """Ask for the example whose label would tell most about the prediction at one place.

        Args:
            x, y: what is known, as for `learn`.
            candidates: examples `[C, *example_shape]` that could be labelled; a plain list where an example is one number.
            at: one example, where the prediction matters; a plain number where an example is one.

        Raises:
            ZooError: for wrong shapes, no candidates, NaN or infinity anywhere, or a learner of labels wider than `WIDEST_ASKED`.

        Warns:
            UserWarning: where an example, a candidate or `at` lies outside `input_range`.
        """
        if self.label_width > WIDEST_ASKED:
            raise ZooError(f"{self.name} cannot ask: its labels hold {self.label_width} numbers, and {WIDEST_ASKED} is the most.")
        support = self.support(x, y)
        rows, target = self.examples("candidates", candidates), self.examples("at", [at])
        score = self.compiled_scores(*support, rows[None], target).numpy()[0]
        index = int(np.argmax(score))
        return Asked(score, index, np.asarray(candidates)[index])

    @final
    def most_influential(self, support_x, support_y, support_size, keep):
        """One task's `keep` examples that count most, in the order they came in; of equals the first ones.

        Raises:
            ZooError: for `keep` below 1 or above N.
        """
        count = int(support_size[0])
        if not 1 <= keep <= count:
            raise ZooError(f"keep={keep!r}, but there are {count} examples; keep between 1 and {count} of them.")
        influence = self.compiled_influence(support_x, support_y, support_size).numpy()[0]
        chosen = np.sort(np.argsort(-influence, kind="stable")[:keep])
        return support_x[:, chosen], support_y[:, chosen], np.array([keep], np.int32)

    @final
    def adapt_and_summarise(self, support_x, support_y, support_size):
        return self.compiled_adapt_and_summarise(support_x, support_y, support_size)

    @final
    def updated(self, task: TaskModel, support_x, support_y, support_size) -> TaskModel:
        """The task model of a task model's support and more examples; see `TaskModel.update`."""
        old_size = np.array([task.size], np.int32)
        summary, size, learned = self.compiled_grow(task.summary, old_size, support_x, support_y, support_size)
        kept = {name: part.numpy() for name, part in summary.items()}
        return TaskModel(self, {name: part.numpy() for name, part in learned.items()}, task.flat, kept, int(size[0]))

    @final
    def shares_of(self, task: TaskModel) -> np.ndarray:
        """The influence of the examples that a task model was learned from; see `TaskModel.influence`."""
        return self.recognition.shares(task.summary, np.array([task.size], np.int32), task.size).numpy()[0]

    @functools.cached_property
    def compiled_adapt_and_summarise(self):
        """The learned task and the summary of a set, as one compiled function for every number of tasks and examples."""

        def adapt_and_summarise(support_x, support_y, support_size):
            summary = self.summarize(support_x, support_y, support_size)
            return self.generate(self.recognition.code(summary, support_size)), summary

        return self._compiled(adapt_and_summarise, self.support_spec)

    @functools.cached_property
    def compiled_influence(self):
        """`influence_of`, compiled likewise."""
        return self._compiled(self.influence_of, self.support_spec)

    @functools.cached_property
    def compiled_scores(self):
        """`query_scores`, compiled likewise."""
        return self._compiled(self.query_scores, self.support_spec | self.candidate_spec)

    @functools.cached_property
    def compiled_grow(self):
        """`grow`, compiled likewise."""
        size = tf.TensorSpec([None], tf.int32)
        return tf.function(self.grow, [self.summary_spec, size, *self.support_spec.values()], autograph=False)

    def _compiled(self, function, spec):
        return tf.function(function, list(spec.values()), autograph=False)

    @functools.cached_property
    def summary_spec(self) -> dict[str, tf.TensorSpec]:
        """Name, shape `[None, ...]` and dtype of every tensor of a summary."""
        _, kept = self.compiled_adapt_and_summarise.get_concrete_function().structured_outputs
        return {name: tf.TensorSpec([None, *spec.shape[1:]], spec.dtype) for name, spec in kept.items()}

    @property
    def candidate_spec(self) -> dict[str, tf.TensorSpec]:
        """Name, shape and dtype of what `query_scores` takes beside the support."""
        return {
            "candidate_x": tf.TensorSpec([None, None, *self.example_shape], tf.float32),
            "target_x": tf.TensorSpec([None, *self.example_shape], tf.float32),
        }

    def endpoints(self) -> dict[str, Endpoint]:
        """Those of every learner, `influence`, `update`, and where labels are narrow `query_scores`."""
        endpoints = super().endpoints()
        summary = {f"summary_{name}": spec for name, spec in self.summary_spec.items()}
        summary["summary_size"] = tf.TensorSpec([None], tf.int32)
        axes = {
            **endpoints["adapt"].axes,
            **dict.fromkeys([*summary, "target_x"], ("tasks",)),
            "candidate_x": ("tasks", "candidates"),
        }
        endpoints |= {
            "influence": Endpoint(self._influence, self.support_spec, axes),
            "update": Endpoint(self._update, summary | self.support_spec, axes, in_parts=("updated_summary_sum",)),
        }
        if self.label_width <= WIDEST_ASKED:
            endpoints["query_scores"] = Endpoint(
                self._query_scores, self.support_spec | self.candidate_spec, axes, choices={"best": "score"}
            )
        return endpoints

    def _influence(self, **support) -> Tensors:
        return {"influence": self.influence_of(**support)}

    def _update(self, summary_size, support_x, support_y, support_size, **summary) -> Tensors:
        known = {name.removeprefix("summary_"): part for name, part in summary.items()}
        known, size, task = self.grow(known, summary_size, support_x, support_y, support_size)
        # Named otherwise than the inputs: a file of ONNX holds every name once.
        return task | {f"updated_summary_{name}": part for name, part in known.items()} | {"updated_summary_size": size}

    def _query_scores(self, **inputs) -> Tensors:
        score = self.query_scores(**inputs)
        return {"score": score, "best": tf.argmax(score, axis=1, output_type=tf.int32)}
