"""The task network of encoded pictures: one encoder, a dense layer for every task, and the same column for all classes."""

import keras
import numpy as np

from zoo.layers import ConvolutionalEncoder
from zoo.learners.networks.encoded_pictures import EncodedPictures, classified
from zoo.learners.pictures import Pictures

LABELS = np.zeros([2, 3, 4], np.float32)


def make():
    keras.utils.set_random_seed(2)
    encoder = ConvolutionalEncoder((5,), "stride")
    encoder.build((None, 4, 4, 1))
    return EncodedPictures(Pictures(4, 1, encoder), 20)


def test_every_task_has_a_dense_layer_of_its_own():
    network, generator = make(), np.random.default_rng(0)
    pictures = generator.uniform(size=(2, 3, 4, 4, 1)).astype(np.float32)
    task = {"kernel_out": generator.normal(size=(2, 20, 4)), "bias_out": generator.normal(size=(2, 4))}
    task = {name: value.astype(np.float32) for name, value in task.items()}
    logits = network.run(task, pictures)
    for one in range(2):
        want = network.embedder(pictures[one]) @ task["kernel_out"][one] + task["bias_out"][one]
        np.testing.assert_allclose(logits[one], want, rtol=1e-5, atol=1e-5)


def test_a_common_column_changes_no_difference_between_classes():
    network, embedded = make(), np.random.default_rng(1).normal(size=(2, 3, 20)).astype(np.float32)
    start = network.initial(LABELS)
    column = np.random.default_rng(2).normal(size=(2, 20, 1)).astype(np.float32)
    moved = {**start, "kernel_out": start["kernel_out"] + column}
    before, after = (classified(task, embedded).numpy() for task in (start, moved))
    apart = [logits - logits.mean(axis=2, keepdims=True) for logits in (before, after)]
    np.testing.assert_allclose(apart[0], apart[1], atol=1e-5)


def test_what_a_task_is_of():
    network = make()
    assert network.example.sizes == (4, 4, 1) and network.labels.ways is None
    assert network.task_axes() == {"kernel_out": ("tasks", None, "ways"), "bias_out": ("tasks", "ways")}
    assert {name: value.shape.as_list() for name, value in network.initial(LABELS).items()} == {
        "kernel_out": [2, 20, 4],
        "bias_out": [2, 4],
    }
