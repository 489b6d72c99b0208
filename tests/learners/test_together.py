"""Support and queries in one embedding: real rows only, each back at its place, padding zero."""

import numpy as np
import tensorflow as tf

from zoo.learners.together import embedded_together


def test_real_rows_are_embedded_once_and_padding_is_zero():
    seen = []

    def embed(rows):
        seen.append(rows.numpy())
        return tf.concat([rows, 10.0 * rows], axis=1)

    support = np.arange(1.0, 7.0, dtype=np.float32).reshape(2, 3, 1)
    query = np.arange(7.0, 11.0, dtype=np.float32).reshape(2, 2, 1)
    episode = {"support_x": support, "support_size": np.array([3, 1], np.int32), "query_x": query}
    embedded, asked = embedded_together(embed, (1,), episode)
    np.testing.assert_array_equal(np.concatenate(seen)[:, 0], [1, 2, 3, 4, 7, 8, 9, 10])
    np.testing.assert_array_equal(embedded[..., 0], [[1, 2, 3], [4, 0, 0]])
    np.testing.assert_array_equal(embedded[..., 1], [[10, 20, 30], [40, 0, 0]])
    np.testing.assert_array_equal(asked, np.concatenate([query, 10 * query], axis=2))
