"""Prototypes refined by one step of k-means: what they are, what they keep, and that more examples make the task of all."""

import numpy as np
import pytest
import tensorflow as tf

from zoo.layers import DistractorCluster, PrototypeLogits, SoftAssignment, SoftMask, class_means
from zoo.learners.heads.refined_prototypes import RefinedPrototypes
from zoo.learners.ways import pad_ways

GENERATOR = np.random.default_rng(0)
LABEL = np.array([0, 1, -1, 0, -1, -1, 1, -1])  # -1 for no label
Y = np.where(LABEL[:, None] == np.arange(2), 1.0, 0.0)[None].astype(np.float32)
X = (GENERATOR.normal(size=[1, 8, 3]) + 2.0 * np.maximum(LABEL, 0)[None, :, None]).astype(np.float32)
SIZE = np.array([8], np.int32)
QUERY = GENERATOR.normal(size=[1, 5, 3]).astype(np.float32)
LAYERS = {"soft": SoftAssignment(), "cluster": DistractorCluster(2.0), "masked": SoftMask()}
for layer in LAYERS.values():
    layer.build()
each_kind = pytest.mark.parametrize("kind", LAYERS)


def head(kind, **options):
    return RefinedPrototypes(LAYERS[kind], PrototypeLogits(), **options)


@each_kind
def test_a_prototype_is_the_weighted_mean_of_labelled_and_unlabelled_examples(kind):
    task = head(kind).adapt(X, Y, SIZE)
    start, count = class_means(X, Y, SIZE)
    free = (LABEL < 0).astype(np.float32)[None]
    weight, odd = LAYERS[kind](start, count, X, free)
    np.testing.assert_allclose(task["weights"], weight, rtol=1e-5)
    np.testing.assert_allclose(task["distractor_score"], odd, rtol=1e-5)
    both = (Y + weight.numpy())[0]
    want = both.T @ X[0] / both.sum(axis=0)[:, None]
    np.testing.assert_allclose(task["prototype"][0], want, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(task["count"][0], both.sum(axis=0), rtol=1e-5)
    apart = np.square(X[0][:, None] - want).sum(axis=2)
    np.testing.assert_allclose(task["spread"][0], (both * apart).sum(axis=0), rtol=1e-4)
    assert np.abs(task["prototype"] - start).max() > 0.01


@each_kind
def test_without_unlabelled_examples_they_are_class_means(kind):
    known = LABEL >= 0
    task = head(kind).adapt(X[:, known], Y[:, known], np.array([4], np.int32))
    prototype, count = class_means(X[:, known], Y[:, known], np.array([4], np.int32))
    np.testing.assert_allclose(task["prototype"], prototype, rtol=1e-6)
    np.testing.assert_allclose(task["count"], count)
    assert not task["weights"].numpy().any()


def test_copies_of_the_support_without_labels_change_nothing_once_classes_lie_apart():
    x, y = X * np.float32(0.1) + 9.0 * Y[:, :, :1], Y
    known = LABEL >= 0
    twice, label = np.concatenate([x[:, known]] * 2, axis=1), np.concatenate([y[:, known], 0 * y[:, known]], axis=1)
    one = head("soft").adapt(x[:, known], y[:, known], np.array([4], np.int32))["prototype"]
    np.testing.assert_allclose(head("soft").adapt(twice, label, SIZE)["prototype"], one, rtol=1e-3, atol=1e-3)


@each_kind
def test_two_sets_together_are_the_task_of_all_examples_and_padding_is_none(kind):
    parts = [
        head(kind).adapt(
            np.concatenate([X[:, rows], np.full([1, 1, 3], np.nan, np.float32)], axis=1),
            np.concatenate([Y[:, rows], np.zeros([1, 1, 2], np.float32)], axis=1),
            np.array([4], np.int32),
        )
        for rows in (slice(0, 4), slice(4, 8))
    ]
    whole, merged = head(kind).adapt(X, Y, SIZE), head(kind).merge(*parts)
    for name in ("prototype", "count", "spread"):
        np.testing.assert_allclose(merged[name], whole[name], rtol=1e-4, atol=1e-5, err_msg=name)
    assert merged["real"].numpy().tolist() == [[1, 1, 1, 1, 0, 1, 1, 1, 1, 0]]
    assert set(whole) == set(head(kind).task_axes())


@each_kind
def test_room_for_classes_more_changes_no_answer(kind):
    task = {name: value.numpy() for name, value in head(kind).adapt(X, Y, SIZE).items()}
    nothing = head(kind).adapt(X[:, :1] * 0.0, np.zeros([1, 1, 4], np.float32), np.array([1], np.int32))
    nothing = {name: value * 0.0 for name, value in nothing.items()}
    wider = head(kind).merge(pad_ways(task, head(kind).task_axes(), 4), nothing)
    np.testing.assert_allclose(wider["prototype"][:, :2], task["prototype"], rtol=1e-4, atol=1e-5)
    logits = head(kind).logits(wider, QUERY)
    np.testing.assert_allclose(logits[..., :2], head(kind).logits(task, QUERY), rtol=1e-4, atol=1e-4)
    assert (logits.numpy()[..., 2:] < -1e5).all()


def test_queries_are_scored_by_half_the_distance_beside_a_cluster():
    for kind, share in (("soft", 1.0), ("masked", 1.0), ("cluster", 0.5)):
        task = head(kind).adapt(X, Y, SIZE)
        apart = np.square(QUERY[0][:, None] - task["prototype"].numpy()[0]).sum(axis=2)
        np.testing.assert_allclose(head(kind).logits(task, QUERY)[0], -share * apart, rtol=1e-4)
        assert head(kind).leave_one_out(task)[1].numpy()[0] > 2.0  # examples beyond the first of each class


def test_in_training_the_cluster_is_one_class_more_and_stays_at_the_origin_or_moves():
    task = head("cluster").adapt(X, Y, SIZE)
    fixed = head("cluster").training_logits(task, QUERY).numpy()
    np.testing.assert_array_equal(fixed[..., :2], head("cluster").logits(task, QUERY))
    np.testing.assert_allclose(fixed[0, :, 2], -np.square(QUERY[0]).sum(axis=1) / 8 - np.log(2), rtol=1e-4)
    odd = task["distractor_score"].numpy()[0]
    centre = odd @ X[0] / odd.sum()
    moved = head("cluster", fix_last_row=False).training_logits(task, QUERY).numpy()
    np.testing.assert_allclose(moved[0, :, 2], -np.square(QUERY[0] - centre).sum(axis=1) / 8 - np.log(2), rtol=1e-4)
    np.testing.assert_array_equal(moved[..., :2], fixed[..., :2])
    assert head("soft").training_logits(head("soft").adapt(X, Y, SIZE), QUERY).shape == (1, 5, 2)
    assert tf.reduce_all(task["weights"] >= 0.0)
