import numpy as np
import pytest
import tensorflow as tf

from zoo.learners.endpoint import Endpoint
from zoo.serving.publishing import boundary
from zoo.serving.publishing.publish import publish
from zoo.utils.errors import ZooError


class Model:
    """A model of one endpoint, `x [B, 2] -> y`."""

    title, weights_in_order, input_range, classes, ood_threshold = "model", [], None, (), float("inf")
    learned = columns = None
    licence = ""

    def __init__(self, function, dtype=tf.float32, shape=(None, 2)):
        spec = {"x": tf.TensorSpec(list(shape), dtype)}
        self.made = {"serving_default": Endpoint(lambda x: {"y": function(x)}, spec, {"x": ("tasks",)})}

    def endpoints(self):
        return self.made

    served_endpoints = endpoints


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (Model(tf.reduce_sum), r"output 'y' has the shape \[\], but needs 1 to 6 axes"),
        (Model(lambda x: tf.ones([3, 2]) + 0 * tf.reduce_sum(x)), r"output 'y' has the shape \[3, 2\], but needs"),
        (Model(lambda x: tf.cast(x, tf.float64)), "output 'y' is double, but served are float32 and int32"),
        (Model(lambda x: tf.cast(x, tf.float16)), "output 'y' is half, but served"),
        (Model(lambda x: tf.cast(x, tf.int64)), "output 'y' is int64, but served"),
        (Model(lambda x: tf.cast(x, tf.float32), tf.float64), "input 'x' is double, but served"),
        (Model(tf.strings.length, tf.string), "input 'x' is string, but served are float32 and int32, and strings as outputs"),
        (Model(lambda x: x, shape=(4, 2)), r"input 'x' has the shape \[4, 2\], but needs"),
        (Model(lambda x: x, shape=(None, *[2] * 6)), r"input 'x' has the shape \[-1, 2, 2, 2, 2, 2, 2\], but needs 1 to 6 axes"),
    ],
)
def test_what_cannot_be_served_is_refused_and_nothing_appears(model, message, tmp_path):
    with pytest.raises(ZooError, match=rf"signature 'serving_default': {message}"):
        publish(model, tmp_path, "wrong")
    assert list((tmp_path / "wrong").iterdir()) == []
    assert [child.name for child in tmp_path.iterdir()] == ["wrong"]


def test_strings_may_come_out(tmp_path):
    published = publish(Model(lambda x: tf.strings.as_string(tf.round(x[:, 0]))), tmp_path, "words")
    assert published.differences == {"serving_default": 0.0}
    guide = (published.path / "SIGNATURES.md").read_text()
    assert "| out | `y` | string | `[tasks]` |" in guide
    assert "Every tensor is float32 or int32, except the names of classes in outputs, which are strings in UTF-8; " in guide


def test_an_answer_must_be_as_long_as_the_batch_and_finite():
    inputs = {"x": np.zeros((4, 2), np.float32)}
    boundary.check_batch("adapt", inputs, {"y": np.zeros((4,)), "z": np.zeros((4, 9)), "word": np.full(4, b"a", object)})
    for shape in ((), (3,), (2, 4)):
        with pytest.raises(ZooError, match=r"'adapt': output 'y' has the shape .* for a batch of 4"):
            boundary.check_batch("adapt", inputs, {"y": np.zeros(shape)})
    with pytest.raises(ZooError, match="holds NaN or infinity"):
        boundary.check_batch("adapt", inputs, {"y": np.array([1, 2, np.nan, 3])})
