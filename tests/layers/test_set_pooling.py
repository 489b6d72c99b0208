import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from zoo.layers import SetPooling, clear_padding, real_rows
from zoo.layers.set_pooling import order_free_sum

MODES = ["max", "mean"]
numbers = st.floats(-1e6, 1e6, width=32, allow_subnormal=False)
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
    np.testing.assert_allclose(pool("mean", rows, sizes), rows.mean(axis=1, dtype=np.float64), rtol=1e-6, atol=1e-7 * scale)


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
def test_order_free_sum_keeps_its_promise_when_compiled(jit_compile):
    generator = np.random.default_rng(0)
    rows = (generator.normal(size=(4, 50, 9)) * 10.0 ** generator.uniform(-6, 6, (4, 50, 9))).astype(np.float32)
    total = tf.function(order_free_sum, jit_compile=jit_compile)
    count = tf.fill([4, 1], 50.0)
    np.testing.assert_array_equal(total(rows, count), total(rows[:, generator.permutation(50)], count))
    plain = np.abs(rows).sum(axis=1, dtype=np.float64)
    assert np.all(np.abs(total(rows, count) - rows.sum(axis=1, dtype=np.float64)) <= 1e-6 * plain)


def test_real_rows_and_clear_padding():
    assert real_rows(np.array([0, 2], np.int32), 3)[:, :, 0].numpy().tolist() == [[False] * 3, [True, True, False]]
    cleared = clear_padding(tf.constant([[[1.0], [np.nan]]]), np.array([1], np.int32))
    assert cleared.numpy().tolist() == [[[1.0], [0.0]]]


def test_unknown_mode_is_refused():
    with pytest.raises(ValueError, match="choose 'max' or 'mean'"):
        SetPooling("median")
