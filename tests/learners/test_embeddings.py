"""Every distinct example is embedded once, whatever the shape, the order and the call that it comes in."""

import numpy as np

from zoo.learners.embeddings import Embeddings

X = np.random.default_rng(1).uniform(size=[7, 8, 8, 1]).astype(np.float32)


def test_every_distinct_example_is_embedded_once_in_chunks(monkeypatch):
    monkeypatch.setattr("zoo.learners.embeddings.CHUNK", 3)
    asked = []

    def embed(rows):
        asked.append(len(rows))
        return rows.reshape(len(rows), -1).sum(axis=1, keepdims=True)

    embeddings, shown = Embeddings(embed), X[[0, 1, 2, 0, 3, 4, 5, 6]]
    got = embeddings(shown)
    assert asked == [3, 3, 1]
    np.testing.assert_allclose(got, shown.sum(axis=(1, 2)), rtol=1e-5)
    np.testing.assert_array_equal(embeddings(shown[::-1]), got[::-1])
    np.testing.assert_array_equal(embeddings(shown.astype(np.float64)[::2]), got[::2])  # float64 of the same numbers
    assert sum(asked) == 7
