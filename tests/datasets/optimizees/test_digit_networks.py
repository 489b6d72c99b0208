"""Networks of digits: sizes, the loss beside Keras' own, images of training and of the test, and what is scored."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.datasets.optimizees import digit_networks
from zoo.datasets.optimizees.digit_networks import TRAINING_IMAGES, TRANSFER, DigitNetwork, DigitNetworks

GENERATOR = np.random.default_rng(0)


@pytest.fixture(autouse=True)
def images(monkeypatch):
    """Noise in place of MNIST, which a test need not have."""
    x, y = GENERATOR.integers(0, 256, (50, 784), np.uint8), GENERATOR.integers(0, 10, 50, np.int32)
    monkeypatch.setattr(digit_networks, "_images", lambda: (tf.constant(x), tf.constant(y)))
    return x, y


def test_the_network_of_the_paper_has_its_number_of_weights():
    assert DigitNetwork().size == 15_910
    assert [DigitNetwork(**condition).size for condition in TRANSFER] == [15_910, 31_810, 16_330, 15_910]


@pytest.mark.parametrize("condition", TRANSFER[1:], ids=str)
def test_the_loss_is_that_of_keras(condition, images):
    network = DigitNetwork(**condition)
    weights = (0.1 * GENERATOR.normal(size=[2, network.size])).astype(np.float32)
    rows = GENERATOR.integers(0, 50, (2, 3, 7), np.int32)
    hidden = [keras.layers.Dense(condition["units"], condition["activation"]) for _ in range(condition["layers"])]
    model = keras.Sequential([keras.Input((784,)), *hidden, keras.layers.Dense(10)])
    for instance in range(2):
        parts = np.split(weights[instance], np.cumsum([weight.numpy().size for weight in model.weights])[:-1])
        model.set_weights([part.reshape(weight.shape) for part, weight in zip(parts, model.weights, strict=True)])
        shown = rows[instance, 1]
        want = keras.losses.sparse_categorical_crossentropy(images[1][shown], model(images[0][shown] / 255.0), from_logits=True)
        got = network.loss(tf.constant(weights), {"rows": tf.constant(rows)}, 1)[instance]
        np.testing.assert_allclose(got, np.mean(want), rtol=1e-5)


def test_training_sees_the_images_of_training_only_and_each_segment_has_batches_of_its_own():
    benchmark = DigitNetworks(batch=4)
    steps = list(benchmark.stream(1, 1).take(5).as_numpy_iterator())
    assert steps[0]["rows"].shape == (1, 21, 4) and steps[0]["start"].shape == (1, 15_910)
    assert max(step["rows"].max() for step in steps) < TRAINING_IMAGES
    assert not np.array_equal(steps[0]["rows"], steps[1]["rows"])
    drawn = benchmark.draw(3, 1)
    assert drawn.rows.shape == (3, 201, 4) and drawn.rows.min() >= TRAINING_IMAGES


def test_every_condition_is_a_network_of_its_own():
    benchmark = DigitNetworks(batch=4)
    for number, condition in enumerate(benchmark.conditions()):
        drawn = benchmark.draw(2, 1, **condition)
        assert drawn.optimizee.tolist() == [number, number]
        assert drawn.start.shape == (2, benchmark.optimizees[number].size)
        assert benchmark.optimizees[number] == DigitNetwork(**condition)


def test_a_run_is_scored_by_its_last_steps():
    answers = np.tile(np.arange(201.0), [2, 1])
    found = DigitNetworks().score(answers, None)
    assert [condition for condition, _ in found] == [{"updates": 100}, {"updates": 200}]
    assert [values.tolist() for _, values in found] == [[90.0, 90.0], [190.0, 190.0]]
