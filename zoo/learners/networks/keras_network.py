"""The task network of a chain of Keras layers: a small model of the user's own, with weights of its own for every task."""

from collections.abc import Sequence
from typing import Any, final

import keras
import tensorflow as tf

from zoo.layers import activations, task_moments
from zoo.learners.endpoint import Tensors
from zoo.learners.labels import Labels
from zoo.learners.networks.keras_steps import Sizes, Step, step_of
from zoo.learners.networks.task_network import TaskNetwork
from zoo.learners.shape import Shape
from zoo.utils.errors import ZooError


@final
class KerasNetwork(TaskNetwork):
    """What a chain of built layers computes, `[B, M, *sizes] -> [B, M, n]`, in float32.

    A learned task has `kernel_l [B, in, out]`, of a convolution `[B, h w C, F]`, and `bias_l`, `offset_l` and `scale_l [B, F]` of
    layer l, counted from 0, if the layer has them and a task moves them; all tasks share those that no task moves. `mean_l` and
    `variance_l [B, F]` of a normalisation are moments of the task's support, by which its queries are normalised, each as if
    alone; the moving averages of the layers are not read.

    Args:
        layers: built, in order; the model that made them owns them. Layers with `trainable=False` are moved by no task.
        sizes: of an example.
        labels: what a label is.
        head_only: whether a task moves the last layer that has weights only.

    Raises:
        ZooError: for a layer that has no step, see `keras_steps`; and where a task would move nothing.
    """

    def __init__(self, layers: Sequence[keras.Layer], sizes: Sizes, labels: Labels, head_only: bool = False):
        self._sizes, self._labels = sizes, labels
        self.steps: list[Step] = []
        for layer in layers:
            self.steps.append(step_of(layer, sizes))
            sizes = tuple(layer.compute_output_shape((None, *sizes))[1:])
        weighty = [place for place, step in enumerate(self.steps) if step.weights]
        if head_only:
            weighty = weighty[-1:]
        self.moved = {place for place in weighty if layers[place].trainable}
        if not self.moved:
            raise ZooError(
                "a task would move no weight: no layer has weights that are trainable"
                f"{', or the last one that has some is not trainable' if head_only else ''}; give one a task can move."
            )

    @property
    def takes_statistics(self) -> bool:
        return any(step.normalises for step in self.steps)

    @property
    def example(self) -> Shape:
        return Shape(self._sizes)

    @property
    def labels(self) -> Labels:
        return self._labels

    def initial(self, support_y: tf.Tensor) -> Tensors:
        tasks = tf.shape(support_y)[0]
        return {
            f"{name}_{place}": tf.tile(value, [tasks, *[1] * (value.shape.rank - 1)])
            for place in sorted(self.moved)
            for name, value in _shared(self.steps[place]).items()
        }

    def run(self, task: Tensors, x: tf.Tensor) -> tf.Tensor:
        return self._forward(task, x, None)[0]

    def training_run(self, task: Tensors, x: tf.Tensor, size: tf.Tensor) -> tf.Tensor:
        return self._forward(task, x, size)[0]

    def settled(self, weights: Tensors, x: tf.Tensor, size: tf.Tensor) -> Tensors:
        return {**weights, **self._forward(weights, x, size)[1]} if self.takes_statistics else weights

    def transductive_run(self, task: Tensors, x: tf.Tensor) -> tf.Tensor:
        return self._forward(task, x, tf.fill([tf.shape(x)[0]], tf.shape(x)[1]))[0]

    def _forward(self, task: Tensors, x: tf.Tensor, size: tf.Tensor | None) -> tuple[tf.Tensor, Tensors]:
        """Answers; and the moments of x, whose first `size [B]` rows are real, where it is given."""
        x = tf.cast(x, tf.float32)
        lead = tasks, rows = tf.shape(x)[0], tf.shape(x)[1]
        found: Tensors = {}
        for place, step in enumerate(self.steps):
            if place in self.moved or step.normalises:
                own = self._own(task, place, tasks)
                if step.normalises:
                    moments = _moments(task, place) if size is None else _measured(x, lead, size)
                    own |= dict(zip(("mean", "variance"), moments, strict=True))
                    found |= {f"mean_{place}": moments[0], f"variance_{place}": moments[1]}
                x = step.run(x, own, lead)
            elif step.weights:  # all rows of all tasks as those of one, so that no weight is repeated
                together = step.run(tf.reshape(x, [1, -1, *x.shape[2:]]), _shared(step), (1, tasks * rows))
                x = tf.reshape(together, [tasks, rows, *together.shape[2:]])
            else:
                x = step.run(x, {}, lead)
        return x, found

    def _own(self, task: Tensors, place: int, tasks: tf.Tensor) -> dict[str, tf.Tensor]:
        """The weights of one layer, those of the task where it moves them: by what they are, `[B, ...]`."""
        step = self.steps[place]
        if place in self.moved:
            return {name: task[f"{name}_{place}"] for name in step.weights}
        return {name: tf.tile(value, [tasks, *[1] * (value.shape.rank - 1)]) for name, value in _shared(step).items()}


def _shared(step: Step) -> dict[str, tf.Tensor]:
    """The weights that all tasks start from, as of one task: `[1, ...]`; kernels as matrices."""
    values = {name: tf.cast(variable, tf.float32) for name, variable in step.weights.items()}
    flat = {name: tf.reshape(value, [-1, value.shape[-1]]) if name == "kernel" else value for name, value in values.items()}
    return {name: tf.expand_dims(value, 0) for name, value in flat.items()}


def _moments(task: Tensors, place: int) -> tuple[tf.Tensor, tf.Tensor]:
    return task[f"mean_{place}"], activations.relu(task[f"variance_{place}"])  # whatever a client sends


def _measured(x: tf.Tensor, lead: tuple[tf.Tensor, tf.Tensor], size: tf.Tensor) -> Any:
    """Moments over all places of the real rows of each task."""
    features = x.shape[-1]
    places = x.shape[2:-1].num_elements()
    real = tf.sequence_mask(size * places, lead[1] * places)
    return task_moments(tf.reshape(x, [lead[0], -1, features]), tf.expand_dims(real, -1))
