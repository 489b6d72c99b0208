"""An encoder of tables: tokens follow their columns, whatever the order of rows and classes."""

import keras
import numpy as np
import pytest

from zoo.layers.table_encoder import TableEncoder

T = np.random.default_rng(0).normal(size=[2, 6, 4]).astype(np.float32)
REAL, VARIES = np.ones([2, 6], np.float32), np.ones([2, 4], np.float32)
LABELS = np.eye(2, dtype=np.float32)[[[0, 1, 1, 0, 1, 0], [1, 1, 1, 0, 0, 1]]]


@pytest.fixture(scope="module", params=[False, True], ids=["classes", "numbers"])
def encoder(request):
    keras.utils.set_random_seed(0)
    made = TableEncoder(width=6, blocks=2, basis=3, numbers=request.param)
    made.build()
    return made


def labels_of(encoder):
    return LABELS[..., :1] * 2 - 1 if encoder.numbers else LABELS


def test_tokens_follow_their_columns_and_rows_may_come_in_any_order(encoder):
    y = labels_of(encoder)
    tokens, table = encoder(T, 0.5 * T, y, REAL, VARIES)
    assert tokens.shape == (2, 4, 12)
    assert table.shape == (2, 12)
    rows, columns = [5, 2, 0, 1, 4, 3], [3, 1, 0, 2]
    turned = T[:, rows][:, :, columns]
    again, same = encoder(turned, 0.5 * turned, y[:, rows], REAL, VARIES)
    np.testing.assert_allclose(again, tokens.numpy()[:, columns], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(same, table, rtol=1e-4, atol=1e-5)


def test_labels_tell_the_encoder_something(encoder):
    y = labels_of(encoder)
    tokens, _ = encoder(T, T, y, REAL, VARIES)
    other, _ = encoder(T, T, y[:, ::-1], REAL, VARIES)
    assert np.abs(tokens - other).max() > 1e-3


def test_it_is_saved_and_loaded(encoder, tmp_path):
    inputs = [keras.Input(shape) for shape in ((6, 4), (6, 4), (6, labels_of(encoder).shape[2]), (6,), (4,))]
    model = keras.Model(inputs, encoder(*inputs))
    model.save(tmp_path / "encoder.keras")
    given = [T, T, labels_of(encoder), REAL, VARIES]
    np.testing.assert_allclose(keras.saving.load_model(tmp_path / "encoder.keras")(given)[0], model(given)[0], rtol=1e-5)
