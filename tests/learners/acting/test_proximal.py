"""Proximal policy optimisation: advantages by hand, the clipped loss, iterations in a state that resumes, and learning."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.datasets import Bandits, TabularMDPs
from zoo.hub.entry import Entry, Recipe
from zoo.learners.acting.played import play
from zoo.learners.acting.proximal import Proximal, advantages
from zoo.models.lstm_policy import LSTMPolicy, LSTMPolicyConfig
from zoo.models.snail_policy import tiny
from zoo.training import trainer

SMALL = LSTMPolicyConfig(actions=2, length=8, units=8, minibatches=2, passes=2)


def test_advantages_are_those_of_hand():
    reward, value = tf.constant([[1.0, 0.0, 2.0]]), tf.constant([[0.5, 1.0, 3.0]])
    deltas = [1 + 0.9 * 1 - 0.5, 0 + 0.9 * 3 - 1, 2 - 3]
    weight = 0.9 * 0.5
    want = [deltas[0] + weight * (deltas[1] + weight * deltas[2]), deltas[1] + weight * deltas[2], deltas[2]]
    np.testing.assert_allclose(advantages(reward, value, 0.9, 0.5)[0], want, rtol=1e-6)


def test_with_a_trace_of_one_they_are_what_was_gained_beyond_what_was_expected():
    generator = np.random.default_rng(0)
    reward, value = generator.normal(size=[2, 3, 7]).astype(np.float32)
    got = advantages(tf.constant(reward), tf.constant(value), 1.0, 1.0)
    np.testing.assert_allclose(got, reward[:, ::-1].cumsum(axis=1)[:, ::-1] - value, atol=1e-5)


@pytest.fixture(params=["bandit", "world"])
def made(request):
    keras.utils.set_random_seed(0)
    policy = tiny()[request.param]
    worlds = {"bandit": Bandits(3, 6), "world": TabularMDPs(4, 2, 2, 3)}[request.param]
    return policy, worlds, Proximal(policy, worlds, 3)


def test_learning_sees_what_acting_saw(made):
    """The probabilities of the actions that were taken, and the values, come out as they were when the trials were played."""
    policy, worlds, proximal = made
    happened = play(policy, worlds, worlds.trials(4, tf.constant([1, 2], tf.int64)))
    logits, value = policy.sequence(proximal._seen(happened))
    chance = tf.gather(tf.nn.log_softmax(logits), happened["action"], axis=2, batch_dims=2)
    np.testing.assert_allclose(chance, happened["chance"], atol=1e-5)
    np.testing.assert_allclose(value, happened["value"], atol=1e-4)


def test_an_iteration_is_played_once_and_every_pass_takes_each_trial_once(made):
    policy, _, proximal = made
    rows = []
    proximal._loss = lambda trials: rows.append(trials["chance"].numpy()[:, 0])
    for number in range(policy.config.passes * policy.config.minibatches):
        proximal.losses(tf.constant(number, tf.int64), tf.constant(1, tf.int64))
        if number == 0:
            played = proximal.carried.last_chance.numpy()
    np.testing.assert_array_equal(proximal.carried.last_chance.numpy(), played)
    of_pass = np.array(rows).reshape(policy.config.passes, -1)
    for one in of_pass:
        np.testing.assert_array_equal(np.sort(one), np.sort(played[:, 0]))
    assert not np.array_equal(of_pass[0], of_pass[1])
    proximal.losses(tf.constant(len(rows), tf.int64), tf.constant(1, tf.int64))
    assert not np.array_equal(proximal.carried.last_reward.numpy(), np.zeros_like(played))


def test_no_gradient_comes_from_beyond_the_clip():
    keras.utils.set_random_seed(0)
    policy, worlds = LSTMPolicy(SMALL), Bandits(2, 8)
    proximal = Proximal(policy, worlds, 4)
    happened = play(policy, worlds, worlds.trials(4, tf.constant([1, 2], tf.int64)))
    trials = happened | {"advantage": happened["reward"], "target": happened["value"]}
    good = trials["advantage"] > tf.reduce_mean(trials["advantage"])
    far = tf.where(good, -1.0, 1.0)  # as if every action had moved beyond the clip already, in the direction that is wanted
    with tf.GradientTape() as tape:
        policy.config = LSTMPolicyConfig(**{**vars(SMALL), "entropy": 0.0})
        loss = tf.reduce_mean(proximal._loss(trials | {"chance": happened["chance"] + far}))
    gradient = tape.gradient(loss, policy.to_actions.kernel)
    np.testing.assert_allclose(gradient, 0.0, atol=1e-7)


def test_training_learns_which_arm_pays(tmp_path):
    """Two arms, eight pulls: from chance most of the way to what Gittins' index gains; nothing carried is shipped."""
    worlds = Bandits(2, 8)
    config = LSTMPolicyConfig(actions=2, length=8, units=16, minibatches=2)
    recipe = Recipe(
        steps=240,
        tasks_per_step=128,
        learning_rate=2e-2,
        loss=None,
        steps_per_execution=8,
        jit=False,
        epochs=2,
        schedule="linear",
    )
    entry = Entry(LSTMPolicy, config, worlds, recipe)
    trainer.train(entry, tmp_path / "made", progress=False)
    policy = keras.saving.load_model(tmp_path / "made" / "model.keras", compile=False)
    assert len(policy.weights) == len(entry.build().weights)
    drawn = worlds.draw(2_000, 1)
    best = worlds.baselines(drawn)["Gittins index"].mean()
    answering, _ = policy.for_evaluation(worlds)
    gained = answering.answers(drawn.inputs).sum(axis=1).mean()
    assert gained > 4.0 + 0.5 * (best - 4.0), (gained, best)


def test_an_interrupted_run_resumes_to_the_same_weights(tmp_path):
    worlds = Bandits(2, 8)
    recipe = Recipe(steps=12, tasks_per_step=4, learning_rate=1e-2, loss=None, steps_per_execution=3, jit=False, epochs=4)
    entry = Entry(LSTMPolicy, SMALL, worlds, recipe)  # an epoch ends within an iteration of four steps
    whole = keras.saving.load_model(trainer.train(entry, tmp_path / "whole", progress=False), compile=False)

    class KilledError(Exception):
        pass

    kept, seen = trainer.Resume.on_epoch_end, []

    def killed(self, epoch, logs=None):
        kept(self, epoch, logs)
        seen.append(epoch)
        if len(seen) == 2:
            raise KilledError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trainer.Resume, "on_epoch_end", killed)
        with pytest.raises(KilledError):
            trainer.train(entry, tmp_path / "parts", progress=False)
    parts = keras.saving.load_model(trainer.train(entry, tmp_path / "parts", progress=False), compile=False)
    for one, other in zip(whole.get_weights(), parts.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
