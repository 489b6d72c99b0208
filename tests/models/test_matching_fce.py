"""Full context embeddings: an example is seen among the others, in an order of its own."""

import keras
import numpy as np
import pytest

from zoo.models.matching_fce import FullContextConfig, FullContextMatchingNetwork

GENERATOR = np.random.default_rng(0)
X = GENERATOR.uniform(size=[6, 8, 8, 1]).astype(np.float32)
Y = [0, 1, 2, 0, 1, 1]


@pytest.fixture(scope="module")
def learner():
    keras.utils.set_random_seed(0)
    return FullContextMatchingNetwork(FullContextConfig(size=8, filters=(4, 6), shrink=("pool", "pool"), width=5, steps=2))


def test_the_paper_s_lstms_have_the_paper_s_weights():
    network = FullContextMatchingNetwork()
    sizes = [sum(np.prod(weight.shape) for weight in layer.weights) for layer in (network.support_context, network.query_context)]
    assert sizes == [66_048, 49_408]


def test_neither_the_order_nor_the_names_of_the_support_matter(learner):
    order = GENERATOR.permutation(6)
    want = learner.learn(X, Y).predict_proba(X)
    np.testing.assert_allclose(learner.learn(X[order], np.array(Y)[order]).predict_proba(X), want, rtol=1e-4, atol=1e-6)
    names = np.array(["c", "b", "a"])[Y]  # sorted the other way round
    np.testing.assert_allclose(learner.learn(X, names).predict_proba(X)[:, ::-1], want, rtol=1e-4, atol=1e-6)


def test_an_example_is_seen_in_the_context_of_the_others(learner):
    alone, among = learner.learn(X[:2], Y[:2]), learner.learn(X, Y)
    np.testing.assert_allclose(alone.learned["embedded"][0], among.learned["embedded"][0, :2], rtol=1e-5, atol=1e-6)
    assert np.abs(alone.learned["context"][0] - among.learned["context"][0, :2]).max() > 1e-3


def test_a_grown_task_is_the_task_of_all_examples(learner):
    grown = learner.learn(X[:4], Y[:4]).update(X[4:], [1, 7])
    whole = learner.learn(X, [0, 1, 2, 0, 1, 7])
    assert grown.classes == whole.classes == (0, 1, 2, 7)
    np.testing.assert_allclose(grown.learned["context"], whole.learned["context"], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(grown.predict_proba(X), whole.predict_proba(X), rtol=1e-4, atol=1e-6)


def test_attention_explains_the_vote_in_the_order_of_the_user_s_examples(learner):
    task = learner.learn(X, Y)
    weights = learner.attention(task.learned, X[None])[0]
    np.testing.assert_allclose(task.predict_proba(X), weights @ np.eye(3)[Y], rtol=1e-4, atol=1e-6)


def test_training_lowers_the_loss_and_reaches_both_lstms():
    keras.utils.set_random_seed(0)
    config = FullContextConfig(size=8, filters=(8,), shrink=("pool",), width=6, steps=2, kernel="scaled_cosine")
    learner = FullContextMatchingNetwork(config)
    learner.compile(keras.optimizers.Adam(1e-2), keras.losses.CategoricalCrossentropy(from_logits=True))
    label = np.eye(3, dtype=np.float32)[[Y]]
    noisy = np.clip(X + GENERATOR.normal(0, 0.1, X.shape), 0, 1).astype(np.float32)
    episode = {"support_x": X[None], "support_y": label, "support_size": np.array([6], np.int32), "query_x": noisy[None]}
    before = [weight.numpy() for weight in learner.trainable_weights]
    losses = [learner.train_on_batch(episode, label) for _ in range(30)]
    assert losses[-1] < 0.8 * losses[0]
    assert all(np.abs(weight.numpy() - old).max() > 1e-4 for weight, old in zip(learner.trainable_weights, before, strict=True))
