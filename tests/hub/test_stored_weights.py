"""Weights of a file find their layers as Keras' own loading does."""

import zipfile

import keras
import numpy as np
import pytest

from zoo.hub import keras_file, stored_weights


@keras.saving.register_keras_serializable("tests")
class Nested(keras.Model):
    """Layers as attributes, in lists, in dicts and in each other, and weights of its own; `extra` makes another model."""

    def __init__(self, extra=None, **kwargs):
        super().__init__(**kwargs)
        self.one = keras.layers.Dense(2)
        self.same = self.one
        self.several = [keras.layers.Dense(3), keras.layers.BatchNormalization(), keras.layers.Dense(4)]
        self.named = {"z": keras.layers.Conv2DTranspose(2, 3), "a": keras.layers.Dense(5)}
        self.deep = [[keras.layers.Dense(2)], [keras.layers.Dense(3), [keras.layers.Dense(6)]]]
        self.inside = keras.Sequential([keras.layers.Dense(2), keras.layers.Dropout(0.5)])
        self.scale = self.add_weight((3,), "random_normal", name="scale")
        if extra == "weights":
            self.other = self.add_weight((2,), name="other")
        if extra == "layer":
            self.another = keras.layers.Dense(2)
        for layer in [*keras.tree.flatten([self.one, self.several, self.deep, self.inside]), self.named["a"]]:
            layer.build((None, 2))
        self.named["z"].build((None, 4, 4, 1))
        if extra == "layer":
            self.another.build((None, 2))
        self.built = True


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A model with weights at random, trained for a step so that its file holds an optimiser, and that file's weights."""
    model, path = Nested(), tmp_path_factory.mktemp("saved") / "model.keras"
    model.compile("adam", "mse")
    model.optimizer.build(model.trainable_variables)
    generator = np.random.default_rng(0)
    for variable in model.weights:
        variable.assign(generator.normal(size=variable.shape))
    model.save(path)
    with zipfile.ZipFile(path) as archive:
        return model, path, archive.read(keras_file.WEIGHTS)


def test_weights_are_those_that_keras_loads(saved):
    model, path, weights = saved
    got, want = Nested(), Nested()
    stored_weights.restore(got, weights)
    want.load_weights(path)
    assert len(got.weights) > 15
    for one, other, origin in zip(got.weights, want.weights, model.weights, strict=True):
        np.testing.assert_array_equal(one.numpy(), other.numpy(), err_msg=one.path)
        np.testing.assert_array_equal(one.numpy(), origin.numpy(), err_msg=one.path)


@pytest.mark.parametrize("extra", ["weights", "layer"])
def test_a_model_of_more_weights_is_refused(saved, extra):
    with pytest.raises((ValueError, KeyError)):
        stored_weights.restore(Nested(extra), saved[2])


def test_a_model_without_a_layer_of_the_file_is_refused(saved):
    other = keras.Sequential([keras.layers.Dense(2)])
    other.build((None, 2))
    with pytest.raises((AttributeError, KeyError)):
        stored_weights.restore(other, saved[2])


def test_a_learner_whose_checksum_is_known_is_the_one_that_was_saved(tiny, tmp_path):
    tiny.save(tmp_path / "model.keras")
    known = keras_file.load(tmp_path / "model.keras", known=True)
    for one, other in zip(known.weights, tiny.weights, strict=True):
        np.testing.assert_array_equal(one.numpy(), other.numpy(), err_msg=one.path)
