"""What learners by gradients on pictures share: one network, one inner loss, whatever the rule of their steps."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.models.maml_pictures import PictureMAML, PictureMAMLConfig
from zoo.models.mamlpp import MAMLPlusPlus, MAMLPlusPlusConfig
from zoo.models.meta_lstm_pictures import PictureMetaLSTM, PictureMetaLSTMConfig
from zoo.models.reptile_pictures import PictureReptile, PictureReptileConfig

SMALL = {"size": 9, "filters": (4, 5), "inner_steps": 2}
KINDS = [
    (PictureMAML, PictureMAMLConfig),
    (MAMLPlusPlus, MAMLPlusPlusConfig),
    (PictureMetaLSTM, PictureMetaLSTMConfig),
    (PictureReptile, PictureReptileConfig),
]


@pytest.fixture(params=KINDS, ids=lambda kind: kind[0].__name__)
def learner(request):
    keras.utils.set_random_seed(1)
    kind, config = request.param
    return kind(config(**SMALL))


def test_the_network_is_what_tasks_start_from(learner):
    assert learner.encoder is learner.convnet
    assert learner.convnet.filters == (4, 5)
    assert learner.convnet.scale is isinstance(learner, PictureReptile)  # only its tasks have scales of their own
    start = learner.task_network.initial(tf.zeros([1, 3, 3]))
    assert ("scale_0" in start) is isinstance(learner, PictureReptile)


def test_an_example_counts_the_same_whatever_the_number_of_classes(learner):
    """The slope of an example's own class, before any step: 1/ways - 1 of the softmax, over its one example, and no more."""
    for ways in (2, 4):
        labels, answers = tf.eye(ways)[None], tf.zeros([1, ways, ways])
        slope = learner.inner_slope(answers, labels, tf.constant([ways])).numpy()[0]
        np.testing.assert_allclose(np.diag(slope), 1.0 / ways - 1.0, rtol=1e-5)
