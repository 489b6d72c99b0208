"""The promises hold over models that a test makes itself, and one that breaks a promise is caught by it."""

from dataclasses import dataclass

import keras
import promises
import pytest
import tensorflow as tf

from zoo.learners.endpoint import Endpoint
from zoo.learners.labels import Classes, Numbers
from zoo.learners.meta_learner import MetaLearner
from zoo.learners.padding import clear_rows
from zoo.learners.shape import Shape
from zoo.learners.zoo_model import ZooModel


@dataclass(frozen=True)
class MeanConfig:
    fault: str = ""


@keras.saving.register_keras_serializable("tests")
class Mean(MetaLearner):
    """The mean label of the support, and a linear function of the query; with a fault, if the config names one."""

    config_class = MeanConfig

    def __init__(self, config=None, **kwargs):
        super().__init__(config, **kwargs)
        self.dense = keras.layers.Dense(self.labels.shape.sizes[0] or 1, name="dense")
        self.dense.build((None, None, 2))
        self.calls = self.add_weight((), "zeros", trainable=False, name="calls")
        self.built = True

    @property
    def example(self):
        return Shape((2,))

    @property
    def labels(self):
        return Numbers(1)

    def adapt(self, support_x, support_y, support_size):
        fault, size = self.config.fault, tf.cast(support_size, tf.float32)[:, None]
        if fault == "padding":
            return {"mean": tf.reduce_sum(support_y, axis=1) / size}
        if fault == "state":
            self.calls.assign_add(1.0)
        label = clear_rows(support_y, support_size)
        mean = tf.reduce_sum(label, axis=1) / size
        if fault == "order":
            mean += support_y[:, 0]
        if fault == "tasks":
            mean -= tf.reduce_mean(mean, axis=0, keepdims=True)
        return {"mean": mean + self.calls}

    def refiners(self):
        return {}

    def apply(self, task, query_x):
        if self.config.fault == "python":
            query_x = tf.ensure_shape(tf.numpy_function(lambda x: x, [query_x], tf.float32), [None, None, 2])
        answer = tf.expand_dims(task["mean"], 1) + self.dense(query_x)
        return answer - tf.reduce_mean(answer, axis=1, keepdims=True) if self.config.fault == "queries" else answer


class Ordered(Mean):
    """What comes first counts most, and the class says so."""

    ordered = True


class Votes(Mean):
    """The share of every class among all rows of the support, with a label or without one."""

    @property
    def labels(self):
        return Classes()

    def adapt(self, support_x, support_y, support_size):
        label = tf.maximum(clear_rows(support_y, support_size), 0.0)
        return {"mean": tf.reduce_sum(label, axis=1) / tf.cast(support_size, tf.float32)[:, None]}

    def task_axes(self):
        return {"mean": ("tasks", "ways")}


class Abstaining(Votes):
    """Says that rows without a label count."""

    reads_unlabelled = False


@keras.saving.register_keras_serializable("tests")
class Codes(ZooModel):
    """A model without a support set: a linear code and back."""

    config_class = MeanConfig

    def __init__(self, config=None, **kwargs):
        super().__init__(config, **kwargs)
        self.encoder, self.decoder = keras.layers.Dense(2, name="encoder"), keras.layers.Dense(3, name="decoder")
        self.encoder.build((None, 3))
        self.decoder.build((None, 2))
        self.built = True

    def forward(self, episode):
        code = self.encoder(episode["x"])
        return self.decoder(code - tf.reduce_mean(code, axis=0) if self.config.fault == "tasks" else code)

    def endpoints(self):
        spec, axes = {"x": tf.TensorSpec([None, 3], tf.float32)}, {"x": ("tasks", None)}
        return {
            "serving_default": Endpoint(lambda x: {"prediction": self.forward({"x": x})}, spec, axes),
            "encode": Endpoint(lambda x: {"code": self.encoder(x)}, spec, axes),
        }


@pytest.fixture(autouse=True)
def seeded():
    keras.utils.set_random_seed(0)


def broken(hold, model, **options):
    """The promise that a model breaks."""
    with pytest.raises(Exception) as caught:
        hold(model, **options)
    return caught.value.__notes__[-1].partition("breaks a promise: ")[2]


def test_a_learner_of_a_test_keeps_every_promise(hold):
    hold(Mean())


def test_a_model_without_a_support_set_keeps_those_that_are_about_it(hold):
    x = tf.random.stateless_uniform([4, 3], [0, 0])
    hold(Codes(), batch=({"x": x}, x), loss="mse")


@pytest.mark.parametrize(
    ("fault", "group", "promise"),
    [
        ("state", "answers", "a call leaves nothing behind"),
        ("tasks", "answers", "a row alone is answered as in a batch"),
        ("queries", "answers", "a query is answered as if it were alone"),
        ("padding", "supports", "rows of padding change nothing"),
        ("order", "supports", "the order of the support changes nothing"),
    ],
)
def test_a_broken_promise_is_named(hold, fault, group, promise):
    assert broken(hold, Mean(MeanConfig(fault)), groups=(group,)) == promise


def test_what_does_not_leave_python_is_caught(hold):
    assert broken(hold, Mean(MeanConfig("python")), groups=("exports",)).startswith("every signature of a model")
    assert broken(hold, Codes(MeanConfig("tasks")), groups=("answers",)) == "a row alone is answered as in a batch"


def test_a_promise_is_renounced_in_the_body_of_a_class_and_nowhere_else(hold):
    hold(Ordered(MeanConfig("order")), groups=("answers", "supports"))
    assert broken(hold, Votes(), groups=("answers", "supports")) == "a row without a label changes nothing"
    hold(Abstaining(), groups=("answers", "supports"))


def test_every_promise_has_a_group():
    held = [promise for group in promises.GROUPS.values() for promise in group]
    assert len(held) > 25
    assert {promise.unless for promise in held} - {None} == {("ordered", True), ("reads_unlabelled", False)}
