"""What tests of exports share: a model with few signatures, as converting all takes long, and a small one that holds a loop."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.learners.endpoint import Endpoint


class Part:
    """A model with some of its signatures only; the promises of models hold all of them."""

    def __init__(self, model, *kept):
        self.model, self.kept = model, kept
        for name in ("title", "weights_in_order", "input_range", "classes", "ood_threshold", "licence", "learned", "columns"):
            setattr(self, name, getattr(model, name))

    def endpoints(self):
        return {name: endpoint for name, endpoint in self.model.endpoints().items() if name in self.kept}

    served_endpoints = endpoints


class Descent:
    """What a fine-tuned learner has and little else: a weight, and a loop with a gradient in it."""

    title, classes, ood_threshold, licence, input_range, learned, columns = "descent", (), float("inf"), "", None, None, None

    def __init__(self):
        self.weights_in_order = [keras.Variable(np.array([[0.5]], np.float32), name="start")]

    def endpoints(self):
        specs = {"support_x": tf.TensorSpec([None, None, 1], tf.float32), "steps": tf.TensorSpec([None], tf.int32)}
        axes = {"support_x": ("tasks", "support"), "steps": ("tasks",)}
        return {"serving_default": Endpoint(self.descended, specs, axes)}

    served_endpoints = endpoints

    def descended(self, support_x, steps):
        def step(i, moved):
            with tf.GradientTape() as tape:
                tape.watch(moved)
                loss = tf.reduce_sum(tf.square(tf.square(moved)))  # not every format has gradients of more
            rate = tf.where(i < steps[:, None, None], 0.1, 0.0)
            return i + 1, moved - rate * (tape.gradient(loss, moved) - support_x)  # which the loop's condition does not read

        start = support_x @ self.weights_in_order[0].value
        _, moved = tf.while_loop(lambda i, _: i < tf.reduce_max(steps), step, (0, start))
        return {"prediction": moved}


@pytest.fixture(scope="session")
def part():
    """Leave a model some of its signatures: `part(model, "adapt", "apply")`."""
    return Part


@pytest.fixture(scope="session")
def predicting(tiny):
    """The tiny learner with `serving_default` only."""
    return Part(tiny, "serving_default")


@pytest.fixture(scope="session")
def descent():
    """A model of one weight that takes gradient steps in a loop."""
    return Descent()


@pytest.fixture
def count_on():
    """Move every counter of TensorFlow's process on, as other exports would."""
    return lambda: tf.function(lambda x: tf.while_loop(lambda x: x < 3, lambda x: (x + 1,), (x,))).get_concrete_function(
        tf.TensorSpec([], tf.int32)
    )


@pytest.fixture
def padded_and_trimmed(predicting):
    """Inputs with NaN and huge numbers in the padding of the support, and the same without padding."""
    from zoo.export import parity

    inputs = parity.example(predicting.endpoints()["serving_default"], {"tasks": 2, "support": 5, "query": 3}, seed=1)
    real = inputs["support_size"][0]
    assert np.isnan(inputs["support_x"][:, real:]).any()
    return inputs, inputs | {name: inputs[name][:, :real] for name in ("support_x", "support_y")}
