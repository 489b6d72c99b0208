import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from zoo.layers import SetPooling, clear_padding, is_among, real_rows
from zoo.layers.set_pooling import largest, limb_sums

MODES = ["max", "mean"]
numbers = st.floats(-(2.0**16), 2.0**16, width=32, allow_subnormal=False)
sets = st.tuples(st.integers(1, 4), st.integers(1, 12), st.integers(1, 3)).flatmap(
    lambda shape: hnp.arrays(np.float32, shape, elements=numbers)
)


def pool(mode, rows, sizes):
    return SetPooling(mode)(rows, np.asarray(sizes, np.int32)).numpy()


@pytest.mark.parametrize("mode", MODES)
@settings(deadline=None, max_examples=60)
@given(rows=sets, seed=st.integers(0, 2**16))
def test_order_changes_no_bit(mode, rows, seed):
    sizes = [rows.shape[1]] * len(rows)
    shuffled = np.random.default_rng(seed).permutation(rows, axis=1)
    np.testing.assert_array_equal(pool(mode, rows, sizes), pool(mode, shuffled, sizes))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("garbage", [np.nan, np.inf, -np.inf, 3e38])
@settings(deadline=None, max_examples=30)
@given(rows=sets, data=st.data())
def test_padding_changes_no_bit(mode, garbage, rows, data):
    size = data.draw(st.integers(1, rows.shape[1]))
    padded = rows.copy()
    padded[:, size:] = garbage
    sizes = [size] * len(rows)
    np.testing.assert_array_equal(pool(mode, padded, sizes), pool(mode, rows[:, :size], sizes))


@settings(deadline=None, max_examples=60)
@given(rows=sets)
def test_is_numpys_max_and_mean(rows):
    sizes = [rows.shape[1]] * len(rows)
    np.testing.assert_array_equal(pool("max", rows, sizes), rows.max(axis=1))
    scale = np.abs(rows).max() + 1e-30
    np.testing.assert_allclose(
        pool("mean", rows, sizes), rows.mean(axis=1, dtype=np.float64), rtol=1e-6, atol=2**-28 + 1e-7 * scale
    )


@pytest.mark.parametrize("mode", MODES)
def test_gradient_skips_padding_and_has_no_nan(mode):
    rows = tf.constant([[[1.0], [2.0], [np.nan]]])
    with tf.GradientTape() as tape:
        tape.watch(rows)
        total = tf.reduce_sum(SetPooling(mode)(rows, np.array([2], np.int32)))
    want = {"max": [0.0, 1.0, 0.0], "mean": [0.5, 0.5, 0.0]}[mode]
    np.testing.assert_array_equal(tape.gradient(total, rows)[0, :, 0], want)


@pytest.mark.parametrize("mode", MODES)
def test_a_task_without_rows_pools_to_zero(mode):
    assert pool(mode, np.full((1, 2, 3), np.nan, np.float32), [0]).tolist() == [[0.0, 0.0, 0.0]]


@pytest.mark.parametrize("jit_compile", [False, True])
def test_limb_sums_of_parts_add_up_to_that_of_the_union_at_the_stated_bounds(jit_compile):
    generator = np.random.default_rng(0)
    rows = generator.normal(size=(2, 8192, 3)) * 10.0 ** generator.uniform(-9, 2, (2, 8192, 1))
    rows = (rows * (2**20 - 2**8) / np.abs(rows).sum(axis=1, keepdims=True)).astype(np.float32)
    total = tf.function(limb_sums, jit_compile=jit_compile)
    want = total(rows)
    np.testing.assert_array_equal(total(rows[:, generator.permutation(8192)]), want)
    for at in (1, 100, 5000):
        np.testing.assert_array_equal(total(rows[:, :at]) + total(rows[:, at:]), want)
    np.testing.assert_allclose(
        np.sum(want, axis=1, dtype=np.float64), rows.sum(axis=1, dtype=np.float64), rtol=0, atol=8192 * 2**-29
    )


def test_beyond_the_bounds_a_sum_stays_close():
    rows = np.random.default_rng(0).normal(scale=1e30, size=(1, 50, 3)).astype(np.float32)
    want = rows.sum(axis=1, dtype=np.float64)
    np.testing.assert_allclose(pool("mean", rows, [50]) * 50, want, atol=1e-6 * np.abs(rows).sum())


def test_limb_sums_pass_the_gradient_of_a_plain_sum():
    rows = tf.constant([[[0.3], [1e-4]]])
    with tf.GradientTape() as tape:
        tape.watch(rows)
        total = tf.reduce_sum(SetPooling("mean")(rows, np.array([2], np.int32)) * 7.0)
    assert tape.gradient(total, rows).numpy().ravel().tolist() == [3.5, 3.5]


@pytest.mark.parametrize("mode", MODES)
@settings(deadline=None, max_examples=40)
@given(rows=sets, data=st.data())
def test_summaries_of_parts_merge_into_that_of_the_union(mode, rows, data):
    layer, sizes = SetPooling(mode), lambda size: np.full(len(rows), size, np.int32)
    at = data.draw(st.integers(0, rows.shape[1]))
    garbage = np.full_like(rows, np.nan)
    first, second = (np.concatenate([part, garbage], axis=1) for part in (rows[:, :at], rows[:, at:]))
    left, right = sizes(at), sizes(rows.shape[1] - at)
    got = layer.merge(layer.summary(first, left), left, layer.summary(second, right), right)
    for name, want in layer.summary(rows, left + right).items():
        np.testing.assert_array_equal(got[name], want)


@pytest.mark.parametrize("mode", MODES)
def test_the_summary_of_no_rows_is_ignored_whatever_it_holds(mode):
    layer, one, none = SetPooling(mode), np.array([1], np.int32), np.array([0], np.int32)
    kept = layer.summary(tf.constant([[[-3.0]]]), one)
    for nothing in (np.nan, np.inf, 9.0):
        garbage = {name: tf.fill(part.shape, tf.cast(nothing if name != "row" else 7, part.dtype)) for name, part in kept.items()}
        for got in (layer.merge(garbage, none, kept, one), layer.merge(kept, one, garbage, none)):
            for name in kept:
                np.testing.assert_array_equal(got[name], kept[name])
        assert layer.pooled(layer.merge(garbage, none, garbage, none), none).numpy().tolist() == [[0.0]]


def shares(mode, rows, size):
    layer, size = SetPooling(mode), np.array([size], np.int32)
    return layer.shares(layer.summary(tf.constant(rows), size), size, len(rows[0])).numpy()[0].tolist()


def test_shares_are_columns_won_the_first_row_of_several_and_never_padding():
    rows = [[[1.0, 0.0, 5.0, -1.0], [1.0, 2.0, 5.0, -2.0], [0.0, 2.0, 1.0, -3.0], [np.nan, 9.0, 9.0, 9.0]]]
    assert shares("max", rows, 3) == [0.75, 0.25, 0.0, 0.0]
    assert shares("mean", rows, 2) == [0.5, 0.5, 0.0, 0.0]
    for mode in MODES:
        assert shares(mode, rows, 0) == [0.0] * 4
        assert shares(mode, rows, 1) == [1.0, 0.0, 0.0, 0.0]


@pytest.mark.parametrize("mode", MODES)
@settings(deadline=None, max_examples=40)
@given(rows=sets, data=st.data())
def test_shares_add_up_to_one_over_the_real_rows(mode, rows, data):
    layer, size = SetPooling(mode), np.full(len(rows), data.draw(st.integers(1, rows.shape[1])), np.int32)
    got = layer.shares(layer.summary(rows, size), size, rows.shape[1]).numpy()
    assert np.all((got >= 0) & (got <= 1))
    np.testing.assert_allclose(got.sum(axis=1), 1.0, rtol=1e-6)
    assert not got[:, size[0] :].any()


def test_real_rows_and_clear_padding():
    assert real_rows(np.array([0, 2], np.int32), 3)[:, :, 0].numpy().tolist() == [[False] * 3, [True, True, False]]
    cleared = clear_padding(tf.constant([[[1.0], [np.nan]]]), np.array([1], np.int32))
    assert cleared.numpy().tolist() == [[[1.0], [0.0]]]


@pytest.mark.parametrize("mode", MODES)
def test_a_negative_support_size_means_no_row(mode):
    rows = np.array([[[1.0], [2.0]]], np.float32)
    assert pool(mode, rows, [-1]).tolist() == [[0.0]]
    assert shares(mode, rows, -1) == [0.0, 0.0]
    assert not real_rows(np.array([-1], np.int32), 2).numpy().any()


def test_a_support_size_above_the_rows_means_all_of_them_but_is_what_a_mean_divides_by():
    """As the module says; learners clamp it, layers do not."""
    rows = np.array([[[1.0], [3.0]]], np.float32)
    assert real_rows(np.array([8], np.int32), 2).numpy().all()
    assert clear_padding(rows, np.array([8], np.int32)).numpy().tolist() == rows.tolist()
    assert pool("max", rows, [8]).tolist() == [[3.0]]
    assert shares("max", rows, 8) == [0.0, 1.0]
    assert pool("mean", rows, [8]).tolist() == [[0.5]]
    assert shares("mean", rows, 8) == [0.125, 0.125]


def test_rows_that_tie_share_the_gradient_of_the_maximum():
    rows = tf.constant([[[2.0], [1.0], [2.0]]])
    with tf.GradientTape() as tape:
        tape.watch(rows)
        top = largest(rows)
    assert tape.gradient(top, rows, output_gradients=[[3.0]]).numpy().ravel().tolist() == [1.5, 0.0, 1.5]


def test_candidates_among_the_real_rows():
    support = np.array([[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]], np.float32)
    candidates = np.array([[[3.0, 4.0], [1.0, 4.0], [5.0, 6.0], [1.0, 2.0]]], np.float32)
    for size, want in ((2, [True, False, False, True]), (3, [True, False, True, True]), (0, [False] * 4)):
        assert is_among(candidates, support, np.array([size], np.int32)).numpy().tolist() == [want]


def test_unknown_mode_is_refused():
    with pytest.raises(ValueError, match="choose 'max' or 'mean'"):
        SetPooling("median")
