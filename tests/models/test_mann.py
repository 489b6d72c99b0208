"""MANN: the paper's sizes, an LSTM without a memory, and a training that learns to bind a label that comes a step late."""

import keras
import numpy as np
import pytest

from zoo.models import mann
from zoo.models.mann import Mann, MannConfig

G = np.random.default_rng(0)


def test_the_paper_s_sizes_have_the_paper_s_weights():
    network = Mann()
    sizes = {layer.name: sum(int(np.prod(weight.shape)) for weight in layer.weights) for layer in network.layers}
    assert sum(sizes[name] for name in ("looked", "told", "recalled", "recurrent")) == 612_800
    assert sizes["memory"] == 32_964 and sizes["readout"] == 1_805
    assert sum(int(np.prod(weight.shape)) for weight in network.weights) == 647_569
    state = network.begin(2)
    assert {name: tuple(part.shape[1:]) for name, part in state.items()} == {
        "hidden": (200,),
        "cell": (200,),
        "read": (160,),
        "memory": (128, 40),
        "read_weights": (4, 128),
        "usage": (128,),
    }
    np.testing.assert_array_equal(network.looked.bias, np.repeat([0, 1, 0, 0], 200))


def test_without_slots_it_is_an_lstm():
    keras.utils.set_random_seed(0)
    network = Mann(MannConfig(size=3, ways=2, controller=4, memory=0))
    assert set(network.begin(1)) == {"hidden", "cell"}
    x, y = G.uniform(size=[2, 5, 3, 3, 1]).astype(np.float32), np.eye(2, dtype=np.float32)[G.integers(2, size=[2, 5])]
    late = np.concatenate([np.zeros([2, 1, 2], np.float32), y[:, :-1]], axis=1)
    lstm = keras.layers.LSTM(4, return_sequences=True)
    joint = np.concatenate([x.reshape(2, 5, 9), late], axis=2)
    lstm.build(joint.shape)
    lstm.set_weights(
        [np.concatenate([network.looked.kernel, network.told.kernel]), network.recurrent.kernel, network.looked.bias]
    )
    np.testing.assert_allclose(network.answer_stream(x, y), network.readout(lstm(joint)), rtol=1e-4, atol=1e-5)


def test_balanced_pictures_are_centred_and_of_one_length_and_labels_are_heard():
    numbers = 9
    network, plain = (made(balanced=balanced) for balanced in (True, False))
    np.testing.assert_allclose(network.told.kernel, 10.0 * plain.told.kernel, rtol=1e-6)
    x = G.uniform(size=[2, 5, numbers]).astype(np.float32)
    network.center.assign(x.mean(axis=(0, 1)))
    centred = x - x.mean(axis=(0, 1))
    rows = centred / np.linalg.norm(centred, axis=2, keepdims=True) * numbers**0.5
    want = rows @ network.looked.kernel.numpy() + network.looked.bias.numpy()
    np.testing.assert_allclose(network.seen(x), want, rtol=1e-4, atol=1e-5)
    network.center.assign(np.zeros(numbers))
    network.seen(x, training=True)
    np.testing.assert_allclose(network.center, 0.1 * x.mean(axis=(0, 1)), rtol=1e-4)


def made(**options):
    keras.utils.set_random_seed(0)
    return Mann(MannConfig(size=3, ways=2, controller=4, memory=0, **options))


def test_an_encoder_in_front_is_not_trained():
    network = mann.tiny()["embedded"]
    assert network.encoder.variables and not network.encoder.trainable_variables
    x = G.uniform(size=[2, 3, 6, 6, 1]).astype(np.float32)
    np.testing.assert_allclose(network.embedded(x)[1, 2], network.encoder(x[1])[2], rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("memory", [16, 0])
def test_training_by_streams_learns_what_only_labels_before_can_tell(memory):
    """Two pictures, the same in every stream, whose labels are drawn anew: after the first of each, all is known."""
    keras.utils.set_random_seed(0)
    network = Mann(MannConfig(size=2, ways=2, controller=32, memory=memory, width=8, heads=2))
    network.compile(keras.optimizers.Adam(1e-2), keras.losses.CategoricalCrossentropy(from_logits=True))
    generator, pictures = np.random.default_rng(1), np.array([[[1, 0], [0, 1]], [[0, 1], [1, 0]]], np.float32)[..., None]

    def streams(tasks=64, length=8):
        which, swapped = generator.integers(2, size=[tasks, length]), generator.integers(2, size=[tasks, 1])
        y = np.eye(2, dtype=np.float32)[which ^ swapped]
        return {"stream_x": pictures[which], "stream_y": y}, y

    before = [weight.numpy() for weight in network.trainable_weights]
    losses = [network.train_on_batch(*streams()) for _ in range(120)]
    assert losses[0] > 0.6 and np.mean(losses[-5:]) < 0.3  # ln 2 at the first step is an eighth of 0.69
    inputs, y = streams()
    right = network.answers(inputs).numpy().argmax(axis=2) == y.argmax(axis=2)
    assert right[:, 4:].mean() > 0.95 and right[:, 0].mean() < 0.75
    assert all(np.abs(weight.numpy() - old).max() > 1e-4 for weight, old in zip(network.trainable_weights, before, strict=True))
