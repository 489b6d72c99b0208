import numpy as np

from zoo.utils.logits import softmax


def test_probabilities_are_those_of_the_exponentials_and_large_logits_do_no_harm():
    logits = np.array([[[0.0, np.log(3.0)], [1e4, -1e4]]], np.float32)
    np.testing.assert_allclose(softmax(logits), [[[0.25, 0.75], [1.0, 0.0]]], rtol=1e-6)
