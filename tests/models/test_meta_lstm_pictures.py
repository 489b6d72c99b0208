"""The meta-learner LSTM on pictures: frozen gates beside MAML, any number of classes, and training that lowers the loss."""

import keras
import numpy as np
import pytest

from zoo.learners import made
from zoo.learners.meta_learner import support_of
from zoo.models.maml_pictures import PictureMAML, PictureMAMLConfig
from zoo.models.meta_lstm_pictures import PictureMetaLSTM, PictureMetaLSTMConfig
from zoo.utils.errors import ZooError

SMALL = {"size": 9, "filters": (4, 5), "inner_steps": 3}


def make(**options):
    keras.utils.set_random_seed(0)
    return PictureMetaLSTM(PictureMetaLSTMConfig(**SMALL, **options))


def episode(learner):
    truth = np.eye(3, dtype=np.float32)[np.arange(10).reshape(2, 5) % 3]
    return made.episode(learner, (6, 6), queries=5, seed=0), truth


@pytest.mark.parametrize("ways", [None, 3])
def test_with_frozen_gates_it_is_maml(ways):
    gated = make(ways=ways, shrink="stride")
    for name, logit in (("input", np.log(0.1 / 0.9)), ("forget", 20.0)):
        getattr(gated.gates, f"{name}_kernel").assign(np.zeros([22, 1]))
        getattr(gated.gates, f"{name}_bias").assign([logit])
    plain = PictureMAML(PictureMAMLConfig(**SMALL, inner_rate=0.1, finish="flatten", ways=ways))
    plain.encoder.set_weights(gated.encoder.get_weights())
    support = support_of(episode(gated)[0])
    got, want = gated.adapt(*support), plain.adapt(*support)
    assert got.keys() == want.keys()
    for name, value in want.items():
        np.testing.assert_allclose(got[name], value, rtol=1e-4, atol=1e-5, err_msg=name)


def test_a_task_may_have_any_number_of_classes_unless_columns_are_fixed():
    x, y = np.zeros((4, 9, 9, 1), np.float32), list("abcd")
    assert make().learn(x, y).classes == ("a", "b", "c", "d")
    with pytest.raises(ZooError, match="3"):
        make(ways=3).learn(x, y)


def test_training_lowers_the_loss_and_moves_gates_and_weights():
    learner = make()
    before = [weight.numpy() for weight in learner.trainable_weights]
    learner.compile(keras.optimizers.Adam(1e-2, global_clipnorm=1.0), learner.labels.loss)
    parts, truth = episode(learner)
    losses = [float(learner.train_on_batch(parts, truth)) for _ in range(40)]
    assert losses[-1] < losses[0] - 0.1
    assert all(np.any(weight.numpy() != old) for weight, old in zip(learner.trainable_weights, before, strict=True))
