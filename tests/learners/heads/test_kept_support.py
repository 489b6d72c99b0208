import numpy as np

from zoo.models.matching import MatchingConfig, MatchingNetwork


def test_padding_is_kept_as_zeros_and_counts_for_nothing():
    learner = MatchingNetwork(MatchingConfig(size=8, filters=(3,), shrink=("pool",)))
    x = np.random.default_rng(0).uniform(size=[1, 5, 8, 8, 1]).astype(np.float32)
    y = np.eye(3, dtype=np.float32)[[[0, 1, 2, 0, 1]]]
    x[:, 3:], y[:, 3:] = np.nan, np.inf
    task = learner.adapt(x, y, np.array([3], np.int32))
    for part in task.values():
        np.testing.assert_array_equal(part[:, 3:], np.zeros_like(part[:, 3:]))
    alone = learner.adapt(x[:, :3], y[:, :3], np.array([3], np.int32))
    query = x[:, :2]
    np.testing.assert_allclose(learner.apply(task, query), learner.apply(alone, query), rtol=1e-5, atol=1e-6)


def test_a_new_class_makes_room_in_the_labels():
    learner = MatchingNetwork(MatchingConfig(size=8, filters=(3,), shrink=("pool",)))
    learned = {"embedded": np.ones([1, 2, 4]), "label": np.ones([1, 2, 3])}
    wider = learner.pad_ways(learned, 5)
    assert wider["label"].shape == (1, 2, 5)
    assert wider["label"][:, :, 3:].sum() == 0
    assert wider["embedded"] is learned["embedded"]
