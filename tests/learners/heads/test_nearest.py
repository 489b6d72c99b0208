"""The nearest neighbour by the cosine."""

import numpy as np

from zoo.layers.prototypes import NO_EXAMPLE
from zoo.learners.heads.nearest import Nearest

GENERATOR = np.random.default_rng(0)
X, QUERY = (GENERATOR.normal(size=[1, rows, 4]).astype(np.float32) for rows in (6, 3))
LABEL = np.array([0, 1, 2, 0, 1, 1])


def test_a_class_scores_the_cosine_of_its_most_alike_example():
    head = Nearest()
    task = head.adapt(X, np.eye(4, dtype=np.float32)[LABEL][None], np.array([6], np.int32))
    rows, query = (each[0] / np.linalg.norm(each[0], axis=1, keepdims=True) for each in (X, QUERY))
    want = np.stack([(query @ rows.T)[:, way == LABEL].max(axis=1) for way in range(3)], axis=1)
    got = head.logits(task, QUERY).numpy()[0]
    np.testing.assert_allclose(got[:, :3], 10 * want, rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(got[:, 3], np.full(3, NO_EXAMPLE, np.float32))  # a class without an example
