"""What every model of the zoo has: one config, an objective that trains it, and endpoints; of one without a support set."""

import dataclasses
from dataclasses import dataclass

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.learners.capabilities import Calibrates, RollsOut
from zoo.learners.endpoint import Endpoint
from zoo.learners.zoo_model import ZooModel
from zoo.utils.errors import ZooError

X = np.random.default_rng(0).normal(size=[8, 3]).astype(np.float32)


@dataclass(frozen=True)
class ScalerConfig:
    start: float = 0.5
    widths: tuple[int, ...] = (3,)


@keras.saving.register_keras_serializable("tests")
class Scaler(ZooModel):
    """Multiplies by a weight, which learns to make of an example the example itself, whatever the truth."""

    config_class = ScalerConfig

    def __init__(self, config=None, **kwargs):
        super().__init__(config, **kwargs)
        self.factor = self.add_weight((), keras.initializers.Constant(self.config.start), name="factor")
        self.built = True

    def endpoints(self):
        spec = tf.TensorSpec([None, *self.config.widths], tf.float32)
        return {"encode": Endpoint(lambda x: {"code": self.forward({"x": x})}, {"x": spec}, {"x": ("rows",)})}

    def forward(self, episode):
        return self.factor * episode["x"]

    def training_forward(self, episode):
        self.add_loss(0.01 * tf.square(self.factor))
        return self.forward(episode), episode["x"]

    def objective(self, outputs, truth):
        made, wanted = outputs
        return tf.reduce_mean(tf.square(made - wanted))


def test_an_objective_of_its_own_trains_it_with_any_truth_or_none():
    for truth in (None, np.full([8, 1], 1e6, np.float32)):
        model = Scaler()
        model.compile(keras.optimizers.SGD(0.2), run_eagerly=True)
        losses = [model.train_on_batch({"x": X}, truth) for _ in range(20)]
        assert losses[0] == pytest.approx(0.25 * np.square(X).mean() + 0.01 * 0.25, rel=1e-4)  # and the losses it adds
        assert float(model.factor) == pytest.approx(1.0, abs=0.05)


def test_outside_training_the_loss_is_that_of_compile():
    model = Scaler()
    model.compile(loss="mae")
    assert model.evaluate({"x": X}, X, verbose=0) == pytest.approx(0.5 * np.abs(X).mean(), rel=1e-4)


def test_a_call_is_forward_or_the_forward_pass_of_training():
    model = Scaler()
    np.testing.assert_array_equal(model({"x": X}), 0.5 * X)
    assert not model.losses
    made, wanted = model({"x": X}, training=True)
    np.testing.assert_array_equal(made, 0.5 * X)
    np.testing.assert_array_equal(wanted, X)
    assert len(model.losses) == 1
    np.testing.assert_array_equal(model.answers({"x": X}), 0.5 * X)


def test_a_config_goes_through_a_file_with_its_tuples(tmp_path):
    model = Scaler(ScalerConfig(0.25, (3, 2)), name="odd")
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    assert loaded.config == model.config
    assert (loaded.name, loaded.dtype_policy.name) == ("odd", "float32")
    again = Scaler.from_config(model.get_config())
    assert again.config == model.config
    assert Scaler.from_config(Scaler(dtype="mixed_bfloat16").get_config()).dtype_policy.name == "mixed_bfloat16"


def test_a_config_is_frozen_and_has_defaults():
    assert Scaler().config == ScalerConfig()
    with pytest.raises(dataclasses.FrozenInstanceError):
        Scaler().config.start = 3.0


def test_a_model_without_a_support_set_offers_nothing_of_one():
    model = Scaler(name="scaler")
    assert (model.title, model.learned, model.classes, model.ood_threshold) == ("scaler", None, (), float("inf"))
    assert (model.origin, model.input_range, model.tells_classes) == ({}, None, False)
    assert model.variants((0, 1)) == [({}, {})]
    assert model.task_models(None) == []
    assert model.for_evaluation("benchmark", many=True) == (model, "benchmark")
    assert not model.offers(RollsOut)
    assert list(model.served_endpoints()) == list(model.endpoints()) == ["encode"]
    assert [weight.numpy() for weight in model.weights_in_order] == [0.5]


def test_offers_what_it_has_the_methods_of(tiny):
    assert not tiny.offers(Calibrates)
    model = Scaler()
    model.past_outputs, model.rollout = 1, lambda task, query_x, steps: None
    assert model.offers(RollsOut)


def test_is_abstract():
    with pytest.raises(TypeError, match="abstract"):
        ZooModel()


# Weights of samples and classes.


def test_a_weight_of_each_task_is_one_of_all_its_queries(tiny):
    from zoo.learners import made
    from zoo.models.mela import MeLA

    episode, truth = made.episode(tiny, sizes=(3, 2, 2)), np.ones([3, 5, 1], np.float32)
    weights = np.array([1.0, 0.0, 2.0], np.float32)
    losses = []
    for given in (weights, np.repeat(weights[:, None], 5, axis=1)):
        model = MeLA(tiny.config)
        model.set_weights(tiny.get_weights())
        model.compile(loss="mse", run_eagerly=True)
        losses.append(model.evaluate(episode, truth, sample_weight=given, verbose=0))
    assert losses[0] == pytest.approx(losses[1], rel=1e-6)
    with pytest.raises(ZooError, match=r"sample_weight has shape .*give one of each task"):
        model.evaluate(episode, truth, sample_weight=np.ones([3, 5, 1, 1], np.float32), verbose=0)
    with pytest.raises(ZooError, match="class_weight: class 0 of one task is another one"):
        model.fit(episode, truth, class_weight={0: 1.0})


def test_a_weight_beside_an_objective_of_its_own_is_refused():
    model = Scaler()
    model.compile("sgd", run_eagerly=True)
    with pytest.raises(ZooError, match="objective of its own, which has no weights"):
        model.train_on_batch({"x": X}, X, sample_weight=np.ones(8, np.float32))
