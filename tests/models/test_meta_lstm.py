"""The meta-learner LSTM: its parameters, its steps one by one, frozen gates beside MAML, and training that lowers the loss."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.datasets import FreshSinusoids
from zoo.layers import same_network
from zoo.learners import made
from zoo.learners.meta_learner import support_of
from zoo.learners.rules.flat import flat
from zoo.models.maml import MAML, MAMLConfig
from zoo.models.meta_lstm import MetaLSTM, MetaLSTMConfig

SMALL = {"task_widths": (6,), "inner_steps": 4}


def learner(**options):
    keras.utils.set_random_seed(0)
    return MetaLSTM(MetaLSTMConfig(**SMALL, **options))


def test_it_has_the_parameters_of_network_and_gates():
    assert MetaLSTM().count_params() == 1_761 + 2_000 + 46


@pytest.mark.parametrize("feedback", ["sigmoid", "logit"])
def test_with_frozen_gates_it_is_plain_descent(feedback):
    """That of MAML's inner loop from the same weights."""
    gated = learner(feedback=feedback)
    for name, logit in (("input", np.log(0.01 / 0.99)), ("forget", 20.0)):
        getattr(gated.gates, f"{name}_kernel").assign(np.zeros([22, 1]))
        getattr(gated.gates, f"{name}_bias").assign([logit])
    plain = MAML(MAMLConfig(**SMALL, inner_rate=0.01, clip=float("inf")))
    plain.initial.set_weights(gated.initial.get_weights())
    support = support_of(made.episode(gated))
    got, want = gated.adapt(*support), plain.adapt(*support)
    for name, value in want.items():
        np.testing.assert_allclose(got[name], value, rtol=1e-5, atol=1e-6, err_msg=name)


def test_adapt_takes_the_steps_of_the_gates_along_the_gradient_of_the_loss():
    gated = learner()
    x, y = made.support(gated)
    weights, memory = same_network(gated.initial, 1), None
    for _ in range(4):
        with tf.GradientTape() as tape:
            tape.watch(weights)
            loss = tf.reduce_mean(tf.square(gated.task_network.run(weights, tf.constant(x[None])) - y[None]))
        gradient = flat(tape.gradient(loss, weights))
        memory = gated.gates.start(gradient) if memory is None else memory
        after, memory = gated.gates(gradient, tf.reshape(loss, [1, 1]), flat(weights), memory)
        sizes = {name: value.shape for name, value in weights.items()}
        parts = tf.split(after, [int(np.prod(sizes[name])) for name in sorted(sizes)], axis=1)
        weights = {name: tf.reshape(part, sizes[name]) for name, part in zip(sorted(sizes), parts, strict=True)}
    learned = gated.adapt(tf.constant(x[None]), tf.constant(y[None], tf.float32), tf.constant([len(x)]))
    for name, value in weights.items():
        np.testing.assert_allclose(learned[name], value, rtol=1e-4, atol=1e-5)


def test_training_lowers_the_loss_and_moves_gates_and_weights():
    """On the same ten waves again and again."""
    model = learner()
    before = [weight.numpy() for weight in model.trainable_weights]
    model.compile(keras.optimizers.Adam(1e-2, global_clipnorm=1.0), "mse")
    episode = next(iter(FreshSinusoids().stream(10, 1)))
    found = [float(model.train_on_batch(*episode)) for _ in range(60)]
    assert found[-1] < 0.9 * found[0]
    assert all(np.any(weight.numpy() != old) for weight, old in zip(model.trainable_weights, before, strict=True))
