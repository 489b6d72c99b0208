"""SNAIL: the paper's sizes, one step behind a sequence, growing tasks, and a training that learns to recall."""

import keras
import numpy as np
import pytest

from zoo.models.snail import Snail, SnailConfig
from zoo.utils.errors import ZooError

G = np.random.default_rng(0)
X = G.uniform(size=[6, 8, 8, 1]).astype(np.float32)
Y = ["b", "a", "c", "a", "b", "b"]
SMALL = {
    "size": 8,
    "filters": (4, 6),
    "shrink": ("pool", "pool"),
    "width": 5,
    "convolutions": 3,
    "keys": (4, 5),
    "values": (3, 4),
}


@pytest.fixture(scope="module")
def learner():
    keras.utils.set_random_seed(0)
    return Snail(SnailConfig(**SMALL, ways=3, length=8))


@pytest.mark.parametrize(("ways", "length", "weights"), [(5, 6, 3_097_406), (5, 26, 6_224_190), (20, 21, None), (20, 101, None)])
def test_blocks_have_the_channels_and_weights_of_the_paper(ways, length, weights):
    network = Snail(SnailConfig(ways=ways, length=length))
    layers = (length - 1).bit_length()  # ceil(log2 length)
    channels, found = 64 + ways, []
    for keys, values in ((64, 32), (256, 128), (512, 256)):
        if keys > 64:
            channels += 128 * layers
            found.append(channels)
        channels += values
        found.append(channels)
    shape, got = (None, None, 64 + ways), []
    for block in network.blocks:
        shape = block.compute_output_shape(shape)
        got.append(shape[-1])
    assert got == found
    assert network.encoder.compute_output_shape((None, 28, 28, 1))[-1] == 256
    if weights:
        assert sum(int(np.prod(each.shape)) for layer in (*network.blocks, network.readout) for each in layer.weights) == weights


def test_a_grown_task_is_the_task_of_all_examples_in_this_order(learner):
    grown = learner.learn(X[:4], Y[:4]).update(X[4:], Y[4:])
    whole = learner.learn(X, Y)
    assert set(grown.classes) == set(whole.classes) == {"a", "b", "c"}
    np.testing.assert_allclose(grown.learned["embedded"], whole.learned["embedded"], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(grown.predict_proba(X), whole.predict_proba(X), rtol=1e-4, atol=1e-6)
    late = learner.learn(X[1:2], Y[1:2]).update(X[[0]], ["b"])  # in the other order
    assert np.abs(late.predict_proba(X) - learner.learn(X[:2], Y[:2]).predict_proba(X)).max() > 1e-5


def test_more_classes_than_it_tells_apart_are_refused_on_one_line(learner):
    with pytest.raises(ZooError, match=r"y holds 4 classes, but .* tells 3 apart"):
        learner.learn(X, [0, 1, 2, 3, 0, 1])
    with pytest.raises(ZooError, match=r"y holds 4 classes, but .* tells 3 apart"):
        learner.learn(X, Y).update(X[:1], ["d"])


def test_a_sequence_longer_than_the_convolutions_see_is_read_by_attention():
    keras.utils.set_random_seed(0)
    both = Snail(SnailConfig(**SMALL, ways=3, length=4))
    x, y = G.uniform(size=[12, 8, 8, 1]).astype(np.float32), [0, 1, 2] * 4
    want = both.learn(x, y).logits(X)
    assert np.isfinite(want).all()
    changed = x.copy()
    changed[0] = 1.0 - changed[0]  # far beyond the reach of the convolutions
    assert np.abs(both.learn(changed, y).logits(X) - want).max() > 1e-6


def test_training_learns_to_recall_the_label_of_a_picture_seen_before():
    """The class of a query is told by the pictures of its own episode alone, so nothing else can be learned by heart."""
    keras.utils.set_random_seed(0)
    config = SnailConfig(size=4, filters=(16,), shrink=("none",), width=16, ways=3, length=4, keys=(16, 16), values=(16, 16))
    learner = Snail(config)
    learner.compile(keras.optimizers.Adam(3e-3), keras.losses.CategoricalCrossentropy(from_logits=True))
    generator = np.random.default_rng(1)

    def episodes(tasks=64):
        x = generator.uniform(size=[tasks, 3, 4, 4, 1]).astype(np.float32)
        classes = np.stack([generator.permutation(3) for _ in range(tasks)])
        y = np.eye(3, dtype=np.float32)[classes]
        return {"support_x": x, "support_y": y, "support_size": np.full([tasks], 3, np.int32), "query_x": x}, y

    before = [weight.numpy() for weight in learner.trainable_weights]
    losses = [learner.train_on_batch(*episodes()) for _ in range(60)]
    assert np.mean(losses[-5:]) < 0.5 * np.mean(losses[:5])
    for weight, old in zip(learner.trainable_weights, before, strict=True):
        if weight.name != "key_bias":  # it adds the same to all that a place may read
            assert np.abs(weight.numpy() - old).max() > 1e-4, weight.path
