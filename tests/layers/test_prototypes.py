import numpy as np
import pytest

from zoo.layers import (
    PrototypeLogits,
    class_means,
    class_spreads,
    merge_means,
    merge_spreads,
    unit_rows,
    without_empty,
)
from zoo.layers.prototypes import COSINE_SCALE, DISTANCES, negative_squared_distances

GENERATOR = np.random.default_rng(0)
QUERY, PROTOTYPE = (GENERATOR.normal(size=[2, rows, 3]).astype(np.float32) for rows in (5, 4))


def brute_force(distance, f, c):
    if distance == "cosine":
        return COSINE_SCALE * f @ c / np.linalg.norm(f) / np.linalg.norm(c)
    return -np.abs(f - c).sum() if distance == "manhattan" else -np.square(f - c).sum()


@pytest.mark.parametrize("distance", DISTANCES)
def test_logits_are_those_of_every_pair(distance):
    logits = PrototypeLogits(distance)(QUERY, PROTOTYPE)
    for task, row, way in np.ndindex(2, 5, 4):
        want = brute_force(distance, QUERY[task, row], PROTOTYPE[task, way])
        np.testing.assert_allclose(logits[task, row, way], want, rtol=1e-4, atol=1e-4)


def test_a_prototype_classifier_is_a_linear_one():
    """Section 2.4: weights 2 c, biases -|c|^2, and a term that is the same for every class."""
    linear = 2 * QUERY @ PROTOTYPE.transpose(0, 2, 1) - np.square(PROTOTYPE).sum(axis=2)[:, None]
    difference = PrototypeLogits()(QUERY, PROTOTYPE) - linear
    np.testing.assert_allclose(difference, np.broadcast_to(difference[..., :1], difference.shape), atol=1e-4)


def test_a_prototype_is_the_mean_of_the_real_examples_of_its_class():
    rows = QUERY.copy()
    rows[:, 4:] = np.nan
    label = np.eye(4, dtype=np.float32)[[[0, 1, 0, 0, 2]] * 2]
    label[:, 4:] = np.inf
    prototype, count = class_means(rows, label, np.array([4, 2]))
    np.testing.assert_array_equal(count, [[3, 1, 0, 0], [1, 1, 0, 0]])
    np.testing.assert_allclose(prototype[0, 0], QUERY[0, [0, 2, 3]].mean(axis=0), rtol=1e-5)
    np.testing.assert_allclose(prototype[1, :2], QUERY[1, :2], rtol=1e-6)
    np.testing.assert_array_equal(prototype[:, 2:], np.zeros([2, 2, 3]))


def test_rows_without_a_label_are_ignored_and_weights_are_respected():
    label = np.array([[[1, 0], [0, 0], [3, 0], [-1, 0], [0, 2]]] * 2, np.float32)
    prototype, count = class_means(QUERY, label, np.array([5, 5]))
    np.testing.assert_array_equal(count, [[4, 2]] * 2)
    np.testing.assert_allclose(prototype[:, 0], (QUERY[:, 0] + 3 * QUERY[:, 2]) / 4, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(prototype[:, 1], QUERY[:, 4], rtol=1e-6)


@pytest.mark.parametrize(("size", "want"), [(0, [0, 0]), (-1, [0, 0]), (9, [3, 2])])
def test_support_sizes_out_of_range_mean_no_row_or_all(size, want):
    label = np.eye(2, dtype=np.float32)[[[0, 1, 0, 0, 1]] * 2]
    prototype, count = class_means(QUERY, label, np.array([size] * 2))
    np.testing.assert_array_equal(count, [want] * 2)
    assert np.any(prototype) == bool(size > 0)


def test_means_of_parts_merge_into_the_mean_of_all():
    label = np.eye(3, dtype=np.float32)[[[0, 1, 0, 1, 1]] * 2]
    sizes = np.array([5, 5])
    whole = class_means(QUERY, label, sizes)
    parts = [class_means(QUERY[:, some], label[:, some], sizes - 5 + len(QUERY[0, some])) for some in (slice(0, 2), slice(2, 5))]
    for merged, want in zip(merge_means(*parts[0], *parts[1]), whole, strict=True):
        np.testing.assert_allclose(merged, want, rtol=1e-5, atol=1e-6)


def test_a_spread_gives_the_leave_one_out_distances():
    rows = np.concatenate([QUERY, np.full([2, 1, 3], np.nan, np.float32)], axis=1)
    label = np.eye(4, dtype=np.float32)[[[0, 1, 0, 0, 1, 3]] * 2]
    sizes = np.array([5, 5])
    spread = class_spreads(rows, label, sizes, class_means(rows, label, sizes)[0])
    for task, own in ((0, [0, 2, 3]), (1, [0, 2, 3])):
        others = [[each for each in own if each != left] for left in own]
        means = [rows[task, rest].mean(axis=0) for rest in others]
        distances = [np.square(rows[task, left] - mean).sum() for left, mean in zip(own, means, strict=True)]
        # Leaving one of n out makes its distance n / (n - 1) times what it was, and the square of a new one's 1 + 1 / (n - 1).
        np.testing.assert_allclose(spread[task, 0] / (3 - 1), np.mean(distances) * (3 - 1) / 3, rtol=1e-5)
    np.testing.assert_array_equal(spread[:, 2:], np.zeros([2, 2]))


def test_spreads_of_parts_merge_into_the_spread_of_all():
    label = np.eye(4, dtype=np.float32)[[[0, 1, 0, 1, 2]] * 2]  # the last class has no example, the third none in the first part

    def kept(some):
        sizes = np.full(2, len(range(5)[some]))
        prototype, count = class_means(QUERY[:, some], label[:, some], sizes)
        return {
            "prototype": prototype,
            "count": count,
            "spread": class_spreads(QUERY[:, some], label[:, some], sizes, prototype),
        }

    merged = merge_spreads(kept(slice(0, 2)), kept(slice(2, 5)))
    np.testing.assert_allclose(merged, kept(slice(0, 5))["spread"], rtol=1e-4, atol=1e-5)


def test_a_class_without_examples_is_never_predicted():
    logits = without_empty(np.full([1, 2, 3], -9.0, np.float32), np.array([[1.0, 0.0, 4.0]], np.float32))
    np.testing.assert_array_equal(logits, [[[-9, -1e6, -9]] * 2])


def test_unit_rows_have_length_one_and_zeros_stay_zeros():
    rows = np.array([[[3.0, 4.0], [0.0, 0.0]]], np.float32)
    np.testing.assert_allclose(unit_rows(rows), [[[0.6, 0.8], [0.0, 0.0]]], rtol=1e-6)


def test_the_distance_of_a_row_to_itself_is_zero():
    got = negative_squared_distances(np.array([[[1.0, 2.0]]], np.float32), np.array([[[1.0, 2.0], [4.0, 6.0]]], np.float32))
    np.testing.assert_array_equal(got, [[[0.0, -25.0]]])


def test_an_unknown_distance_is_refused():
    with pytest.raises(ValueError, match="choose one of 'squared_euclidean'"):
        PrototypeLogits("euclid")
