"""The endpoints of a task model: its learner's `apply`, with the learned task inside as constants."""

from collections import UserDict
from typing import Any

import tensorflow as tf

from zoo.learners.endpoint import Endpoint, Tensors
from zoo.learners.meta_learner import MetaLearner
from zoo.learners.outside import Outside
from zoo.learners.task_model import TaskModel
from zoo.utils.errors import ZooError


class Constants(UserDict[str, Any]):
    """Arrays by name, each a constant of the graph that reads it: what a task keeps to learn from more leaves with no export."""

    def __getitem__(self, name: str) -> tf.Tensor:
        return tf.constant(self.data[name])


def endpoints(task: TaskModel) -> dict[str, Endpoint]:
    """One endpoint, `query_x [M, ...] -> prediction [M, n]`.

    Raises:
        ZooError: for a task that was opened without its learner.
    """
    learner = task.learner
    if not isinstance(learner, MetaLearner):
        raise ZooError(f"{task.title} was opened to predict only; open it by zoo.load_task to export it.")
    query = learner.query
    sizes, names = (query.sizes, query.names) if task.columns is None else ((task.columns.width,), ())
    spec = tf.TensorSpec([None, *sizes], tf.float32)

    def predict(query_x: tf.Tensor) -> Tensors:
        learned: Any = Constants(task.learned)
        return {"prediction": tf.squeeze(learner.apply(learned, tf.expand_dims(query_x, 0)), 0)}

    return {"serving_default": Endpoint(predict, {"query_x": spec}, {"query_x": ("query", *names)})}


def served_endpoints(task: TaskModel) -> dict[str, Endpoint]:
    """Those of `endpoints`, and of a classifier `classify`, `query_x [M, ...]` to what `TaskModel.classify` says of each.

    That is `class [M]`, the name of the most likely one, a string, which of all formats SavedModel alone can hold;
    `probability [M, ways]`; and `ood_score [M]`.
    """
    found = endpoints(task)
    if not task.classes or len(task.learner.labels.shape.axes) > 1:  # a mask has no one name
        return found
    return found | {"classify": named(found["serving_default"], task.classes, Outside.of(task))}


def named(default: Endpoint, classes: tuple, outside: Outside | None = None) -> Endpoint:
    """What `classify` answers, of an endpoint whose prediction is the logits of classes; see `served_endpoints`."""
    names = tuple(str(name).encode(errors="replace") for name in classes)

    def classify(query_x: tf.Tensor) -> Tensors:
        answers = default(query_x=query_x)["prediction"]
        known = answers if answers.shape[1] is None else answers[:, : len(names)]  # a fixed head may have more columns
        logits = tf.ensure_shape(known, [None, len(names)])
        best = tf.gather(tf.constant(names), tf.argmax(logits, axis=1))
        odd = -tf.reduce_max(logits, axis=1) if outside is None else outside.score(query_x, tf.experimental.numpy)
        return {"class": best, "probability": tf.nn.softmax(logits), "ood_score": odd}

    return Endpoint(classify, default.inputs, default.axes, names={"class": ("probability", names)})
