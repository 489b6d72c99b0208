"""A classifier through the seam: the one call that training makes, and how sure it may be."""

import keras
import numpy as np
import pytest

import zoo
from zoo.learners.capabilities.calibrates import Calibration
from zoo.learners.embedding_classifier import LEAVE_ONE_OUT
from zoo.learners.ways import pad_ways
from zoo.models.prototypical import PrototypicalConfig, PrototypicalNetwork

GENERATOR = np.random.default_rng(0)
X = GENERATOR.uniform(size=[9, 8, 8, 1]).astype(np.float32)
NAMES = ["oak", "elm", "ash", "elm", "oak", "ash", "elm", "elm", "oak"]


@pytest.fixture(scope="module")
def learner():
    keras.utils.set_random_seed(0)
    return PrototypicalNetwork(PrototypicalConfig(size=8, filters=(4, 6), shrink=("pool", "stride")), name="small")


@pytest.fixture(scope="module")
def task(learner):
    return learner.learn(X, NAMES)


def episode(sizes, rows=6, ways=3):
    x = GENERATOR.uniform(size=[len(sizes), rows, 8, 8, 1]).astype(np.float32)
    y = np.eye(ways, dtype=np.float32)[GENERATOR.integers(ways, size=[len(sizes), rows])]
    for number, size in enumerate(sizes):
        x[number, size:] = y[number, size:] = np.nan
    return {"support_x": x, "support_y": y, "support_size": np.array(sizes, np.int32), "query_x": np.abs(np.nan_to_num(x[:, :2]))}


def test_steps_on_embedded_examples_are_those_on_the_examples(learner):
    given = episode([6, 2])
    support = [given[f"support_{part}"] for part in ("x", "y", "size")]
    embedded = learner.embed(np.nan_to_num(support[0]).reshape(-1, 8, 8, 1)).numpy().reshape(2, 6, -1)
    np.testing.assert_allclose(learner.graphs.embed(np.nan_to_num(support[0][0])), embedded[0], rtol=1e-5, atol=1e-6)
    for name, value in learner.graphs.adapt(*support).items():
        np.testing.assert_allclose(learner.graphs.adapt_embedded(embedded, *support[1:])[name], value, rtol=1e-4, atol=1e-5)
    assert list(learner.graphs.fine_tuned_embedded) == list(learner.graphs.fine_tuned) == ["prototypes"]
    want = learner.graphs.fine_tuned["prototypes"](*support, [5, 3])
    got = learner.graphs.fine_tuned_embedded["prototypes"](embedded, *support[1:], [5, 3])
    for name, value in want.items():
        np.testing.assert_allclose(got[name], value, rtol=1e-4, atol=1e-5)
    start = learner.graphs.adapt(*support)["prototype"]
    assert not np.allclose(got["prototype"], start, atol=1e-3)


def test_training_embeds_support_and_query_together_and_no_padding(learner):
    """The moving averages tell: one call on all real rows, padding of NaN left out."""
    given = episode([6, 2])
    encoder = learner.encoder.normalisations[0]
    before = encoder.moving_mean.numpy()
    real = [given["support_x"][0], given["support_x"][1, :2], *given["query_x"]]
    maps = learner.encoder.convolutions[0](np.concatenate(real))
    want = 0.9 * before + 0.1 * np.mean(maps, axis=(0, 1, 2))
    prediction = learner(given, training=True)
    assert np.isfinite(prediction).all()
    np.testing.assert_allclose(encoder.moving_mean, want, rtol=1e-4, atol=1e-6)
    learner(given)
    np.testing.assert_allclose(encoder.moving_mean, want, rtol=1e-4, atol=1e-6)


def test_training_lowers_the_loss_below_chance_at_any_number_of_ways_and_shots():
    keras.utils.set_random_seed(1)
    learner = PrototypicalNetwork(PrototypicalConfig(size=8, filters=(8,), shrink=("pool",), pairs=1.0))
    learner.compile(keras.optimizers.Adam(1e-2), keras.losses.CategoricalCrossentropy(from_logits=True))
    given = episode([6, 5])
    label = np.nan_to_num(given["support_y"][:, :2])
    losses = [learner.train_on_batch(given, label) for _ in range(50)]
    assert losses[-1] < 0.5 * np.log(3) < losses[0]
    other = episode([9], rows=9, ways=5)
    assert learner(other).shape == (1, 2, 5)


@pytest.fixture
def calibrated(learner):
    """The learner with a calibration, which it loses again."""
    learner.calibration = Calibration(temperature=0.5, spread=0.25, ood_threshold=3.0)
    yield learner
    learner.calibration = Calibration()


def test_the_temperature_follows_spread_and_shots(calibrated, task):
    learned = task.learned
    spread, examples = learned["spread"].sum(), 9 - 3
    own = (spread + LEAVE_ONE_OUT * 0.25) / (examples + LEAVE_ONE_OUT) / 0.25
    shots = (1 + np.mean([1 / 2, 1 / 4, 1 / 3])) / 2
    assert float(calibrated.temperature(learned)[0, 0, 0]) == pytest.approx(0.5 * own * shots, rel=1e-4)
    once = calibrated.learn(X[:3], NAMES[:3])
    assert float(calibrated.temperature(once.learned)[0, 0, 0]) == pytest.approx(0.5, rel=1e-4)
    wider = pad_ways(once.learned, calibrated.task_axes(), 5)  # room for classes without examples changes nothing
    assert float(calibrated.temperature(wider)[0, 0, 0]) == pytest.approx(0.5, rel=1e-4)


def test_calibrated_logits_say_the_same_classes_with_other_odds(learner, task):
    plain = task.logits(X)
    learner.calibration = Calibration(temperature=0.5)
    np.testing.assert_allclose(task.logits(X), 2 * plain, rtol=1e-5)
    np.testing.assert_allclose(task.ood_score(X), -2 * plain.max(axis=1), rtol=1e-5)
    names, odds, strange = task.classify(X)
    np.testing.assert_array_equal(names, task.predict(X))
    np.testing.assert_array_equal(odds, task.predict_proba(X))
    np.testing.assert_array_equal(strange, task.ood_score(X))
    learner.calibration = Calibration()
    np.testing.assert_array_equal(task.logits(X), plain)
    assert task.ood_threshold == np.inf


def uncalibrated(learner, given):
    kept, learner.calibration = learner.calibration, Calibration()
    prediction = learner(given).numpy()
    learner.calibration = kept
    return prediction


def test_training_knows_no_temperature(calibrated):
    given = episode([6, 5])
    keras.utils.set_random_seed(0)
    fresh = PrototypicalNetwork(calibrated.config)
    weights = [fresh.get_weights() for _ in range(2)]
    want = fresh(given, training=True)
    fresh.set_weights(weights[0])
    fresh.calibration = calibrated.calibration
    np.testing.assert_array_equal(fresh(given, training=True), want)
    assert not np.allclose(fresh(given), uncalibrated(fresh, given), rtol=1e-3)


def test_a_calibration_is_kept_with_the_weights(calibrated, tmp_path):
    calibrated.save(tmp_path / "model.keras")
    assert zoo.load(str(tmp_path / "model.keras")).calibration == calibrated.calibration
    calibrated.save_weights(tmp_path / "some.weights.h5")
    fresh = PrototypicalNetwork(calibrated.config)
    assert fresh.calibration == Calibration(1.0, 0.0, np.inf)
    fresh.load_weights(tmp_path / "some.weights.h5")
    assert fresh.calibration == calibrated.calibration
    fresh.load_own_variables({})  # a file of before there were calibrations
    assert fresh.calibration == calibrated.calibration


def test_a_support_of_any_number_is_learned_in_parts_to_the_same_task(monkeypatch, same):
    from zoo.learners import parts
    from zoo.models import linear_head, matching, prototypical

    generator = np.random.default_rng(0)
    for made in (prototypical.tiny(), matching.tiny(), linear_head.tiny()):
        learner = next(iter(made.values()))
        x, y = generator.uniform(size=[30, *learner.example.sizes]).astype(np.float32), np.arange(30) % 3
        tuned = {"gradient_steps": 2} if learner.refiners() else {}

        def learned(learner=learner, x=x, y=y, tuned=tuned):
            return learner.learn(x, y), learner.learn(x[:3], y[:3]).update(x[3:], y[3:]), learner.learn(x, y, **tuned)

        whole = learned()
        with monkeypatch.context() as small:
            small.setattr(parts, "EXAMPLES", 7 * x[0].nbytes)
            for got, want in zip(learned(), whole, strict=True):
                for name, value in want.learned.items():
                    same(got.learned[name], value)
