"""Semi-supervised prototypical networks: pictures without a label move prototypes, by name and by None, and train them."""

import keras
import numpy as np
import pytest

from zoo import ZooError
from zoo.models.prototypical import PrototypicalConfig, PrototypicalNetwork
from zoo.models.semi_supervised import REFINEMENTS, SemiSupervisedConfig, SemiSupervisedPrototypicalNetwork

GENERATOR = np.random.default_rng(0)
X = GENERATOR.uniform(size=[8, 8, 8, 1]).astype(np.float32)
Y = ["a", "b", None, "a", None, None, "b", None]
SMALL = {"size": 8, "filters": (4, 6), "shrink": ("pool", "pool")}
each_kind = pytest.mark.parametrize("refinement", REFINEMENTS)


def make(refinement="masked", **options):
    keras.utils.set_random_seed(0)
    return SemiSupervisedPrototypicalNetwork(SemiSupervisedConfig(**SMALL | options, refinement=refinement))


def test_the_defaults_are_the_published_network_and_what_each_refinement_adds():
    sizes = {kind: SemiSupervisedPrototypicalNetwork(SemiSupervisedConfig(refinement=kind)) for kind in REFINEMENTS}
    added = {kind: sum(np.prod(each.shape) for each in one.trainable_weights) - 111_680 for kind, one in sizes.items()}
    assert added == {"soft": 0, "cluster": 1, "masked": 162}
    with pytest.raises(ZooError, match="'hard': choose one of 'soft', 'cluster', 'masked'"):
        SemiSupervisedConfig(refinement="hard")


@each_kind
def test_pictures_without_a_label_refine_and_all_labelled_are_an_ordinary_network(refinement):
    learner, plain = make(refinement), PrototypicalNetwork(PrototypicalConfig(**SMALL))
    plain.set_weights(learner.get_weights()[: len(plain.weights)])
    known = [row for row, name in enumerate(Y) if name]
    names = [Y[row] for row in known]
    task, ordinary = learner.learn(X[known], names), plain.learn(X[known], names)
    np.testing.assert_allclose(task.learned["prototype"], ordinary.learned["prototype"], rtol=1e-5, atol=1e-6)
    scale = 0.5 if refinement == "cluster" else 1.0
    np.testing.assert_allclose(task.logits(X), scale * ordinary.logits(X), rtol=1e-3, atol=1e-5)
    more = learner.learn(X, Y)
    assert more.classes == ("a", "b") and more.size == 8
    assert np.abs(more.learned["prototype"] - task.learned["prototype"]).max() > 1e-4
    told = np.array([name is not None for name in Y])
    assert not more.learned["weights"][0, told].any() and more.learned["weights"][0, ~told].all()


def test_none_nan_and_an_empty_text_are_no_label():
    learner = make()
    want = learner.learn(X, Y)
    for other in (["a", "b", "", "a", "", "", "b", ""], np.array(["a", "b", None, "a", None, float("nan"), "b", None], object)):
        np.testing.assert_array_equal(learner.learn(X, other).logits(X), want.logits(X))
    numbers = learner.learn(X, [0, 1, None, 0, None, None, 1, None])
    assert numbers.predict(X).tolist() == [["a", "b"].index(name) for name in want.predict(X)]
    with pytest.raises(ZooError, match="y names no class"):
        learner.learn(X, [None] * 8)
    with pytest.raises(ZooError, match=r"y is missing \(None\) in row 2"):
        PrototypicalNetwork(PrototypicalConfig(**SMALL)).learn(X, Y)


@each_kind
def test_more_pictures_without_a_label_update_a_task(refinement):
    learner = make(refinement)
    grown = learner.learn(X[:4], Y[:4]).update(X[4:6], [None, None]).update(X[6:], ["b", None])
    np.testing.assert_allclose(grown.logits(X), learner.learn(X, Y).logits(X), rtol=1e-4, atol=1e-5)
    assert grown.classes == ("a", "b")


@each_kind
def test_the_endpoint_refine_gives_prototypes_weights_and_distractor_scores(refinement):
    learner = make(refinement)
    task = learner.learn(X, Y)
    _, _, support = learner.given(X, Y)
    found = learner.endpoints()["refine"](**dict(zip(learner.support_spec, support, strict=True)))
    assert set(found) == {"prototype", "weights", "distractor_score"}
    for name, value in found.items():
        np.testing.assert_allclose(value, task.learned[name], rtol=1e-4, atol=1e-5, err_msg=name)


@each_kind
def test_training_lowers_the_loss_through_pictures_without_a_label(refinement):
    learner = make(refinement, filters=(8,), shrink=("pool",), radius=2.0)
    learner.compile(keras.optimizers.Adam(1e-2), keras.losses.CategoricalCrossentropy(from_logits=True))
    label = np.array([[name == "a", name == "b"] for name in Y], np.float32)
    query, truth = GENERATOR.uniform(size=[4, 8, 8, 1]).astype(np.float32), np.eye(2, dtype=np.float32)[[0, 1, 0, 1]]
    batch = {
        "support_x": X[None],
        "support_y": label[None],
        "support_size": np.array([8], np.int32),
        "query_x": query[None],
    }
    before = [weight.numpy() for weight in learner.trainable_weights]
    losses = learner.fit(batch, truth[None], epochs=40, verbose=0).history["loss"]
    assert losses[-1] < 0.5 * losses[0]
    for weight, was in zip(learner.trainable_weights, before, strict=True):
        assert not np.array_equal(weight.numpy(), was), weight.path


def test_the_cluster_of_distractors_is_a_class_more_in_the_loss():
    learner = make("cluster", radius=2.0)
    truth, outputs = np.eye(2, dtype=np.float32)[[[0, 1]]], np.array([[[1.0, 2.0, 3.0], [0.0, 1.0, -1.0]]], np.float32)
    want = -np.log([np.exp(1) / np.exp([1, 2, 3]).sum(), np.exp(1) / np.exp([0, 1, -1]).sum()]).mean()
    assert float(learner.objective(outputs, truth)) == pytest.approx(want, rel=1e-5)
    assert make("soft").objective(outputs, truth) is None
