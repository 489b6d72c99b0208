"""Keras models as encoders: what is copied and how exactly, which models are one, and the one line that refuses the others."""

import keras
import numpy as np
import pytest

from zoo.learners.networks import keras_encoder
from zoo.learners.networks.keras_encoder import accepted, built, described, leading_rescaling, made
from zoo.utils.errors import ZooError

layers = keras.layers
X = np.random.default_rng(0).uniform(0, 1, (3, 8, 6, 3)).astype(np.float32)


def chain(*more, name=None):
    keras.utils.set_random_seed(1)
    return keras.Sequential([keras.Input((8, 6, 3)), *more], name=name)


def small(**options):
    return chain(layers.Conv2D(4, 3, name="convolution"), layers.GlobalAveragePooling2D(), **options)


@keras.saving.register_keras_serializable("tests")
class Forgets(keras.layers.Layer):
    """Its configuration leaves out what it multiplies by."""

    def __init__(self, by=1.0, **kwargs):
        super().__init__(**kwargs)
        self.by = by

    def call(self, x):
        return x * self.by

    def get_config(self):
        return {"name": self.name}


class Unknown(keras.layers.Dense):
    """Of no registered class."""


def test_the_copy_answers_as_the_model_and_leaves_it_alone():
    model = small()
    model.compile("adam", "mse")
    before = model.get_weights()
    found = accepted(model, None, None)
    assert found.sizes == (8, 6, 3) and "compile_config" not in found.plain
    copy = made(found)
    np.testing.assert_allclose(copy(X), model(X), rtol=1e-6, atol=1e-6)
    assert copy is not model
    for one, other in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(one, other)


def test_half_precision_becomes_float32_with_the_same_variables():
    keras.utils.set_random_seed(1)
    policy = keras.DTypePolicy("mixed_bfloat16")
    model = keras.Sequential(
        [keras.Input((8, 6, 3)), layers.Conv2D(4, 3, dtype=policy), layers.GlobalAveragePooling2D(dtype=policy)]
    )
    with pytest.warns(UserWarning, match="computes in half precision"):
        found = accepted(model, None, None)
    copy = made(found)
    assert {layer.dtype_policy.name for layer in copy.layers} == {"float32"}
    np.testing.assert_array_equal(copy.get_weights()[0], model.get_weights()[0])
    np.testing.assert_allclose(copy(X), keras.ops.cast(model(X), "float32"), atol=0.05)


def test_a_layer_inside_may_be_the_embedding_and_maps_are_averaged_with_a_word():
    model = small()
    with pytest.warns(UserWarning, match=r"answers with \[None, 6, 4, 4\]; an embedding is the mean"):
        found = accepted(model, "convolution", None)
    assert made(found)(X).shape == (3, 6, 4, 4)
    with pytest.raises(ZooError, match="no layer of that name, but convolution, "):
        accepted(model, "top", None)
    with pytest.raises(ZooError, match="only of a Sequential or functional"):
        model = keras.Model()
        model.top = layers.Dense(2, name="top")
        accepted(model, "top", None)


def test_an_open_shape_is_given_and_a_known_one_holds():
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((None, None, 3)), layers.Conv2D(4, 3), layers.GlobalAveragePooling2D()])
    assert accepted(model, None, 9).sizes == (9, 9, 3)
    assert accepted(model, None, (8, 6, 3)).sizes == (8, 6, 3)
    with pytest.raises(ZooError, match=r"leaves the shape of an example open \(\(None, None, 3\)\); give it"):
        accepted(model, None, None)
    with pytest.raises(ZooError, match=r"shape=9: the model reads examples of \[8, 6, 3\]"):
        accepted(small(), None, 9)
    with pytest.raises(ZooError, match="does not take examples of shape"):
        accepted(model, None, (2, 2, 3))
    assert accepted(layers.Dense(4), None, (5,)).sizes == (5,)


def test_a_model_that_ends_in_probabilities_is_warned_of():
    with pytest.warns(UserWarning, match="ends in a softmax over 5 classes"):
        accepted(chain(layers.Flatten(), layers.Dense(5, "softmax")), None, None)


def two_inputs():
    inputs = [keras.Input((2,)), keras.Input((2,))]
    return keras.Model(inputs, layers.Add()(inputs))


def two_outputs():
    inputs = keras.Input((2,))
    return keras.Model(inputs, [layers.Dense(2)(inputs), layers.Dense(3)(inputs)])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: "model.keras", "model is a str; give a keras.Model"),
        (two_inputs, "the model has 2 inputs, and an encoder has one; embed with it yourself"),
        (two_outputs, "answers with a list of arrays"),
        (lambda: chain(layers.Reshape((8, 6, 3, 1))), r"answers with \[None, 8, 6, 3, 1\]"),
        (lambda: keras.Sequential([keras.Input((4,), dtype="int32"), layers.Embedding(5, 2)]), "reads int32, such as"),
        (lambda: chain(layers.Lambda(lambda x: x * 2.0), layers.Flatten()), "cannot be made anew"),
        (lambda: chain(layers.Flatten(), Unknown(2)), "cannot be made anew"),
        (lambda: chain(layers.Flatten(), Forgets(3.0)), "made anew of its get_config it answers .* apart"),
    ],
)
def test_what_is_no_encoder_is_refused_on_one_line(make, message):
    with pytest.raises(ZooError, match=message) as raised:
        accepted(make(), None, None)
    assert "\n" not in str(raised.value)


def test_a_quantised_model_is_refused():
    model = chain(layers.Flatten(), layers.Dense(4))
    model.layers[-1].quantize("int8")
    with pytest.raises(ZooError, match="the model is quantised"):
        described(model)


def test_weights_of_another_number_are_refused():
    found = accepted(small(), None, None)
    other = keras_encoder.Accepted(found.plain, found.sizes, found.weights[:1])
    with pytest.raises(ZooError, match="it has other weights"):
        made(other)
    with pytest.raises(ZooError, match="cannot be made anew"):
        built({"class_name": "Nothing", "config": {}}, (3,))


def test_a_leading_rescaling_is_found_within_models():
    rescaling = layers.Rescaling(1 / 255)
    assert leading_rescaling(chain(chain(rescaling, layers.Flatten()))) == (pytest.approx(1 / 255), 0.0)
    assert leading_rescaling(small()) is None
    assert leading_rescaling(keras.Sequential([keras.Input((2,))])) is None
    assert leading_rescaling(chain(layers.Rescaling([1.0, 2.0, 3.0]))) is None
