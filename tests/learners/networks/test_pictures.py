"""The task network of pictures: the moments of a support go with a task, and queries may be normalised by their own instead."""

import keras
import numpy as np

from zoo.layers import TaskConvnet
from zoo.learners.networks.pictures import PictureClassifiers

LABELS = np.eye(3, dtype=np.float32)[[[0, 1, 2], [2, 1, 0]]]  # [2, 3, 3]
SIZE = np.array([3, 3], np.int32)


def make(ways=None):
    keras.utils.set_random_seed(2)
    convnet = TaskConvnet((4,), ways=ways)
    convnet.build((None, None, 6, 6, 1))
    return PictureClassifiers(6, 1, convnet)


def pictures(seed=0):
    return np.random.default_rng(seed).uniform(size=(2, 3, 6, 6, 1)).astype(np.float32)


def test_a_settled_task_has_the_moments_of_its_support():
    network, x = make(), pictures()
    weights = network.initial(LABELS)
    task = network.settled(weights, x, SIZE)
    assert set(task) - set(weights) == {"mean_0", "variance_0"}
    np.testing.assert_allclose(network.run(task, x), network.training_run(weights, x, SIZE), rtol=1e-5, atol=1e-6)


def test_queries_normalised_by_their_own_moments_depend_on_each_other():
    network = make()
    task = network.settled(network.initial(LABELS), pictures(), SIZE)
    query = pictures(seed=1)
    together = network.transductive_run(task, query)
    np.testing.assert_allclose(together, network.training_run(task, query, SIZE), rtol=1e-6)
    assert np.abs(together[:, :1] - network.transductive_run(task, query[:, :1])).max() > 1e-3
    np.testing.assert_allclose(network.run(task, query)[:, :1], network.run(task, query[:, :1]), rtol=1e-5, atol=1e-6)


def test_classes_are_any_number_or_those_of_the_last_layer():
    assert make().labels.ways is None and make().task_axes()["bias_out"] == ("tasks", "ways")
    assert make(ways=3).labels.ways == 3 and make(ways=3).task_axes() == {}
    assert make().initial(LABELS)["kernel_out"].shape == (2, 4, 3)
