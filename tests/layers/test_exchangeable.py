"""A block over the cells of a table: rows, columns and classes in another order give the same in that order."""

import keras
import numpy as np
import pytest

from zoo.layers.exchangeable import ExchangeableBlock, sigmoid_linear, through

H = np.random.default_rng(0).normal(size=[2, 5, 4, 6]).astype(np.float32)
REAL, VARIES = np.ones([2, 5], np.float32), np.ones([2, 4], np.float32)
LABELS = np.eye(3, dtype=np.float32)[[[0, 1, 2, 0, 1], [2, 2, 1, 0, 0]]]


@pytest.fixture(scope="module")
def block():
    keras.utils.set_random_seed(0)
    made = ExchangeableBlock()
    made.build((None, None, None, 6))
    return made


def run(block, h=H, real=REAL, varies=VARIES, labels=LABELS):
    share = labels / (labels.sum(axis=1, keepdims=True) + 0.5)
    return block(h, real, varies, labels * real[..., None], share * real[..., None]).numpy()


def test_orders_do_not_matter(block):
    want = run(block)
    rows, columns, classes = [3, 1, 4, 0, 2], [2, 0, 3, 1], [1, 2, 0]
    got = run(block, H[:, rows][:, :, columns], labels=LABELS[:, rows][:, :, classes])
    np.testing.assert_allclose(got, want[:, rows][:, :, columns], rtol=1e-4, atol=1e-5)


def test_rows_and_columns_that_do_not_count_change_nothing(block):
    real, varies = REAL.copy(), VARIES.copy()
    real[:, 4:], varies[:, 3:] = 0, 0
    garbage = H.copy()
    garbage[:, 4:], garbage[:, :, 3:] = 9, -9
    labels = LABELS.copy()
    labels[:, 4:] = 0
    want = run(block, H[:, :4, :3], REAL[:, :4], VARIES[:, :3], LABELS[:, :4])
    np.testing.assert_allclose(run(block, garbage, real, varies, labels)[:, :4, :3], want, rtol=1e-4, atol=1e-5)


def test_a_cell_hears_of_the_rows_of_its_class(block):
    other = LABELS.copy()
    other[0, 4] = [1, 0, 0]
    assert np.abs(run(block, labels=other)[0, 0] - run(block)[0, 0]).max() > 1e-3


def test_it_is_saved_by_its_arguments(block):
    again = ExchangeableBlock.from_config(ExchangeableBlock(wider=3).get_config())
    assert again.wider == 3


def test_small_parts_are_what_they_say():
    kernel = np.arange(6, dtype=np.float32).reshape(2, 3)
    np.testing.assert_allclose(through(H[..., :2], kernel), H[..., :2] @ kernel, rtol=1e-5)
    np.testing.assert_allclose(sigmoid_linear(np.float32([-9.0, 0.0, 9.0])), [0.0, 0.0, 9.0], atol=1e-5)
