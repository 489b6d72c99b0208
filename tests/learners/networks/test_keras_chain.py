"""Which Keras models are a chain of layers, and the same layers built of plain data."""

import json

import keras
import numpy as np
import pytest

from zoo.learners.networks.keras_chain import built, chain_of, described
from zoo.utils.errors import ZooError

layers = keras.layers


def functional(*chain, **options):
    given = keras.Input((4,))
    answer = given
    for layer in chain:
        answer = layer(answer)
    return keras.Model(given, answer, **options)


def test_a_chain_is_found_in_sequential_and_functional_models():
    for model in (
        keras.Sequential([keras.Input((4,)), layers.Dense(3, name="one"), layers.ReLU(name="two")]),
        functional(layers.Dense(3, name="one"), layers.ReLU(name="two")),
    ):
        assert [layer.name for layer in chain_of(model)] == ["one", "two"]
    late = keras.Sequential([layers.Dense(3)])
    late.build((None, 4))
    assert len(chain_of(late)) == 1


def test_layers_of_another_model_may_be_used_again():
    base = functional(layers.Dense(3), layers.ReLU())
    keras.Sequential([keras.Input((4,)), *base.layers[1:]])
    assert len(chain_of(functional(*base.layers[1:], layers.Dense(2)))) == 3


def branched():
    given = keras.Input((4,))
    hidden = layers.Dense(4, name="hidden")(given)
    return keras.Model(given, [hidden, layers.Dense(2)(hidden)])


def called_twice():
    twice = layers.Dense(4, name="twice")
    return functional(twice, twice)


def called_with(**options):
    given = keras.Input((4,))
    return keras.Model(given, layers.BatchNormalization(name="fixed")(given, **options))


class Own(keras.Model):
    """Computes what its code says."""

    def call(self, x):
        return x


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (Own(), "Own: give a keras.Sequential"),
        (3, "int: give a keras.Sequential"),
        (keras.Sequential([layers.Dense(3)]), "inputs of shape unknown; begin it with one keras.Input"),
        (keras.Sequential([keras.Input((None, None, 1)), layers.Conv2D(3, 3)]), "every size is known"),
        (called_twice(), "layer 'twice' does not read"),
        (branched(), "more outputs than that of its last layer"),
        (called_with(training=False), "layer 'fixed' is called with .*training"),
        (keras.Sequential([keras.Input((4,)), layers.Dropout(0.5, name="drop")]), "layer 'drop' is of class Dropout"),
    ],
)
def test_anything_else_is_refused(model, words):
    with pytest.raises(ZooError, match=words):
        chain_of(model)


def test_two_inputs_are_refused():
    one, two = keras.Input((4,)), keras.Input((4,))
    with pytest.raises(ZooError, match="begin it with one"):
        chain_of(keras.Model([one, two], layers.Add()([one, two])))


def test_a_branch_that_leads_back_is_refused():
    given = keras.Input((4,))
    hidden = layers.Dense(4, name="hidden")(given)
    with pytest.raises(ZooError, match="layer 'sum' is of class Add"):
        chain_of(keras.Model(given, layers.Add(name="sum")([given, hidden])))


def test_a_layer_of_the_users_own_is_refused():
    class Dense(layers.Dense):
        """Computes who knows what."""

    with pytest.raises(ZooError, match="layer 'mine' is of class Dense of your own"):
        chain_of(keras.Sequential([keras.Input((4,)), Dense(3, name="mine")]))


def test_layers_come_back_of_plain_data():
    chain = [layers.Conv2D(3, (2, 1), activation="silu", name="maps", trainable=False), layers.Flatten(), layers.Dense(2)]
    keras.Sequential([keras.Input((5, 4, 1)), *chain])
    plain = json.loads(json.dumps([described(layer) for layer in chain]))
    again, sizes = built(plain, (5, 4, 1))
    assert sizes == (2,)
    assert [described(layer) for layer in again] == plain
    assert again[0].name == "maps" and not again[0].trainable
    assert [weight.shape for weight in again[0].get_weights()] == [weight.shape for weight in chain[0].get_weights()]
    assert not np.array_equal(again[2].get_weights()[0], chain[2].get_weights()[0])


def test_what_a_file_asks_for_is_checked_before_it_is_made():
    evil = {"module": "os", "class_name": "system", "config": {"name": "harmless"}, "registered_name": None}
    with pytest.raises(ZooError, match="layer 'harmless' is of class system"):
        built([evil], (3,))
