"""The LSTM optimizer: presets, what it proposes, training by segments with a carried state, and its Keras optimizer."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.datasets import Quadratics
from zoo.evaluation.scores import measured
from zoo.hub.entry import Entry, Recipe
from zoo.learners.unrolled import segment
from zoo.models.lstm_optimizer import RELEASE, LSTMOptimizer, LSTMOptimizerConfig, tiny
from zoo.training import trainer
from zoo.utils.errors import ZooError

BENCHMARK = Quadratics(dimension=4)
GENERATOR = np.random.default_rng(0)


@pytest.fixture
def model():
    keras.utils.set_random_seed(0)
    return tiny()["plain"]


def test_the_presets_are_the_papers_and_the_authors_codes():
    assert LSTMOptimizer().count_params() == 5_141
    assert LSTMOptimizer(LSTMOptimizerConfig(preprocessing=None, scale=1.0)).count_params() == 5_061
    assert (RELEASE.preprocessing, RELEASE.scale, RELEASE.units, RELEASE.layers) == (5.0, 0.01, 20, 2)


def test_any_number_of_coordinates_goes_through_the_same_graph(model):
    endpoints = model.endpoints()
    init, step = endpoints["init"].traced(), endpoints["step"].traced()
    for coordinates in (1, 7):
        weights = GENERATOR.normal(size=[2, coordinates]).astype(np.float32)
        state = init(tf.constant(weights))["state"]
        found = step(tf.constant(weights), state)
        update, after = model.rule(weights, state)
        np.testing.assert_allclose(found["update"], update, rtol=1e-5, atol=1e-7)
        np.testing.assert_allclose(found["next_state"], after, rtol=1e-5, atol=1e-7)
        np.testing.assert_allclose(model({"gradient": weights, "state": state}), update, rtol=1e-5, atol=1e-7)


def test_weights_and_state_are_carried_from_one_segment_to_the_next(model):
    model.prepare(BENCHMARK, 3)
    steps = list(BENCHMARK.stream(3, 1).take(7))
    instances = {name: steps[0][name] for name in ("w", "y")}
    weights, memory = steps[0]["start"], model.rule.start(steps[0]["start"])
    for number, step in enumerate(steps):
        if number == 5:  # new problems
            instances = {name: step[name] for name in ("w", "y")}
            weights, memory = step["start"], model.rule.start(step["start"])
        want, weights, memory = segment(model.rule, BENCHMARK.optimizees[0], instances, weights, memory, 20)
        np.testing.assert_allclose(model.training_forward(step), want, rtol=1e-3, atol=1e-4)
        np.testing.assert_allclose(model.carried.last_weights.numpy(), weights, rtol=1e-3, atol=1e-4)
    assert [weight.name for weight in model.non_trainable_weights] == ["weights", "memory"]


def test_it_trains_by_fit_and_ships_nothing_of_what_was_carried(tmp_path):
    recipe = Recipe(steps=60, tasks_per_step=16, learning_rate=1e-2, clip_norm=1.0, loss=None, steps_per_execution=5, epochs=2)
    entry = Entry(LSTMOptimizer, LSTMOptimizerConfig(units=6, preprocessing=None, scale=1.0), BENCHMARK, recipe)
    keras.utils.set_random_seed(recipe.seed)
    drawn = BENCHMARK.draw(50, 1)
    before = measured(*entry.build().for_evaluation(BENCHMARK), drawn)[0][1].mean()
    trainer.train(entry, tmp_path / "made", progress=False)
    loaded = keras.saving.load_model(tmp_path / "made" / "model.keras", compile=False)
    assert len(loaded.weights) == len(entry.build().weights)
    assert measured(*loaded.for_evaluation(BENCHMARK), drawn)[0][1].mean() < 0.5 * before


def test_the_same_seed_gives_the_same_first_step():
    """Of what `fit` does with an objective of its own, as of every model."""
    found = []
    for _ in range(2):
        keras.utils.set_random_seed(3)
        model = tiny()["preprocessed"]
        model.prepare(BENCHMARK, 2)
        model.compile(keras.optimizers.Adam(1e-2), None)
        model.fit(BENCHMARK.stream(2, 1), steps_per_epoch=2, shuffle=False, verbose=0)
        found.append(model.rule.get_weights())
    for one, other in zip(*found, strict=True):
        np.testing.assert_array_equal(one, other)


def test_training_without_problems_is_refused(model):
    with pytest.raises(ZooError, match="call prepare"):
        model.training_forward({})


def test_the_keras_optimizer_takes_the_steps_of_the_graph(model):
    network = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, "sigmoid"), keras.layers.Dense(1)])
    network.compile(model.optimizer(), "mse")
    x, y = GENERATOR.normal(size=[6, 3]).astype(np.float32), GENERATOR.normal(size=[6, 1]).astype(np.float32)
    endpoints = model.endpoints()
    init, step = endpoints["init"].traced(), endpoints["step"].traced()

    def flat(parts):
        return tf.expand_dims(tf.concat([tf.reshape(part, [-1]) for part in parts], axis=0), 0)

    weights = flat([variable.numpy() for variable in network.trainable_variables])
    state = init(weights)["state"]
    for _ in range(5):
        with tf.GradientTape() as tape:
            loss = keras.losses.MeanSquaredError()(y, network(x))
        found = step(flat(tape.gradient(loss, network.trainable_variables)), state)
        weights, state = weights + found["update"], found["next_state"]
        network.train_on_batch(x, y)
        np.testing.assert_allclose(flat([v.numpy() for v in network.trainable_variables]), weights, rtol=1e-6, atol=1e-6)
