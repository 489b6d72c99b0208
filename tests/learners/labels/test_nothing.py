"""No labels: the loss is minus the mean answer."""

import numpy as np

from zoo.learners.labels import Nothing


def test_without_labels_the_error_and_the_loss_are_minus_the_mean_answer():
    answers = np.array([[[1.0], [2.0]], [[-1.0], [-3.0]]])
    np.testing.assert_array_equal(Nothing().error(answers, np.zeros([2, 2, 0])), [-1.5, 2.0])
    assert float(Nothing().loss(np.zeros([2, 2, 0]), answers)) == 0.25
