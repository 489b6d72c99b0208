"""Prototypes that calibrate themselves: what leaving examples out says, that it is what it says, and when it says nothing."""

import numpy as np
import pytest
import tensorflow as tf

from zoo.evaluation.calibration import cross_entropy, expected_calibration_error
from zoo.layers import PrototypeLogits, unit_rows
from zoo.learners.heads.kept_prototypes import LOGARITHMS, SHARE, KeptPrototypes
from zoo.learners.ways import pad_ways
from zoo.utils.logits import softmax

HEAD = KeptPrototypes(PrototypeLogits(), lambda: tf.constant(0.0))


def drawn(tasks, shots, ways=4, width=64, noise=1.0, seed=0, queries=20):
    """Classes at random on a sphere, examples around them: support, labels, sizes, queries and their labels."""
    generator = np.random.default_rng(seed)
    centres = generator.normal(size=[tasks, ways, 1, width])
    x = centres + noise * generator.normal(size=[tasks, ways, shots + queries, width])
    x = (x / np.linalg.norm(x, axis=-1, keepdims=True)).astype(np.float32)
    label = np.broadcast_to(np.eye(ways, dtype=np.float32)[:, None], [tasks, ways, shots + queries, ways])
    support, y = (part[:, :, :shots].reshape(tasks, ways * shots, -1) for part in (x, label))
    query, truth = (part[:, :, shots:].reshape(tasks, ways * queries, -1) for part in (x, label))
    return support, y, np.full(tasks, ways * shots, np.int32), query, truth


def test_the_temperature_is_the_mean_by_how_likely_each_example_is_without_itself():
    """Its distance to its own class in squares 1 + 1/3 by 1 + 1/2 as large, as that of a new example to three would be."""
    support, y, size, *_ = drawn(1, 3, noise=1.5)
    task = HEAD.adapt(support, y, size)
    labels, likely = y[0].argmax(axis=1), np.zeros(len(LOGARITHMS))
    for left, way in enumerate(labels):
        rest = np.arange(len(labels)) != left
        means = np.stack([support[0, rest & (labels == each)].mean(axis=0) for each in range(4)])
        distance = np.square(support[0, left] - means).sum(axis=1)
        distance[way] *= (1 + 1 / 3) / (1 + 1 / 2)
        likely += [-cross_entropy(-distance[None] / np.exp(each), np.eye(4)[[way]]) for each in LOGARITHMS]
    spread = task["spread"].numpy().sum()
    likely -= np.square(LOGARITHMS - np.log(SHARE * (spread + 1) / (12 - 4 + 1)))
    weight = softmax(likely[None])[0]
    assert float(task["temperature"][0]) == pytest.approx(np.exp((weight * LOGARITHMS).sum()), rel=1e-3)
    assert task["calibrated"].numpy().tolist() == [1.0]


@pytest.mark.parametrize("noise", [0.8, 1.6, 2.4])
@pytest.mark.parametrize("shots", [2, 5])
def test_probabilities_hold_whatever_the_noise(noise, shots):
    """Nearer to how often answers are right than squared distances themselves, and likelier."""
    support, y, size, query, truth = drawn(60, shots, noise=noise)
    logits = HEAD.logits(HEAD.adapt(support, y, size), query).numpy()
    plain = HEAD.scores(query, HEAD.adapt(support, y, size)["prototype"]).numpy()
    assert cross_entropy(logits, truth) < cross_entropy(plain, truth)
    assert expected_calibration_error(softmax(logits), truth) < min(0.1, expected_calibration_error(softmax(plain), truth))


def test_one_example_of_each_class_tells_nothing_and_is_said_to():
    support, y, size, *_ = drawn(2, 1)
    task = HEAD.adapt(support, y, size)
    assert task["calibrated"].numpy().tolist() == [0.0, 0.0]
    np.testing.assert_allclose(task["temperature"], SHARE, rtol=0.05)
    one_class = HEAD.adapt(*(part[:, :1] for part in drawn(1, 3)[:2]), np.int32([1]))
    assert one_class["calibrated"].numpy().tolist() == [0.0]


def test_a_measured_calibration_stands_instead():
    support, y, size, *_ = drawn(2, 3)
    known = KeptPrototypes(PrototypeLogits(), lambda: tf.constant(0.4))
    task = known.adapt(support, y, size)
    assert task["temperature"].numpy().tolist() == [1.0, 1.0] == task["calibrated"].numpy().tolist()
    assert known.adapt(support[:, ::3], y[:, ::3], size // 3)["calibrated"].numpy().tolist() == [1.0, 1.0]


def test_two_sets_together_are_the_task_of_all_examples():
    support, y, size, *_ = drawn(2, 4)
    order = np.argsort(np.arange(16) % 4, kind="stable")
    support, y = support[:, order], y[:, order]
    parts = [HEAD.adapt(support[:, rows], y[:, rows], size // 2) for rows in (slice(0, 8), slice(8, 16))]
    for name, value in HEAD.adapt(support, y, size).items():
        np.testing.assert_allclose(HEAD.merge(*parts)[name], value, rtol=1e-4, atol=1e-5, err_msg=name)


def test_classes_without_examples_change_nothing():
    support, y, size, query, _ = drawn(1, 3)
    task = {name: value.numpy() for name, value in HEAD.adapt(support, y, size).items()}
    wider = HEAD.merge(pad_ways(task, HEAD.task_axes(), 6), HEAD.adapt(support[:, :1], np.zeros([1, 1, 6], np.float32), [1]))
    np.testing.assert_allclose(wider["temperature"], task["temperature"], rtol=1e-4)
    np.testing.assert_allclose(HEAD.logits(wider, query)[..., :4], HEAD.logits(task, query), rtol=1e-3, atol=1e-3)
    spread, examples, share = HEAD.leave_one_out(wider)
    assert (float(examples[0]), float(share[0])) == (8.0, pytest.approx(1 / 3))
    assert float(spread[0]) == pytest.approx(task["spread"].sum(), rel=1e-4)
    assert unit_rows(support).shape == support.shape
