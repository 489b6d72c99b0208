"""Calibration on a background: the centre, what it is worth, what the tasks are, and what is refused."""

import keras
import numpy as np
import pytest

import zoo
from zoo.datasets.labelled import Labelled
from zoo.evaluation.background import calibrate, tasks_of
from zoo.evaluation.calibration import expected_calibration_error
from zoo.learners.embedded_classifier import EmbeddedClassifier
from zoo.models.prototypical import PrototypicalConfig, PrototypicalNetwork
from zoo.utils.errors import ZooError
from zoo.utils.logits import softmax


def classes(number, examples, seed, width=24, noise=1.2):
    """Examples around means at random, far from zero."""
    generator = np.random.default_rng(seed)
    x = generator.normal(size=[number, 1, width]) + noise * generator.normal(size=[number, examples, width]) + 4.0
    return x.reshape(-1, width).astype(np.float32), np.repeat([f"{seed} {each}" for each in range(number)], examples)


def test_the_centre_is_the_mean_of_class_means():
    learner = zoo.encoded(None, shape=24)
    x, y = classes(10, 6, seed=1)
    x, y = x[:-3], y[:-3]  # one class has fewer
    calibrate(learner, x, y)
    means = [x[y == each].mean(axis=0) for each in np.unique(y)]
    np.testing.assert_allclose(learner.center, np.mean(means, axis=0), rtol=1e-4)
    assert np.allclose(np.linalg.norm(learner.graphs.embed(x), axis=1), 1.0, atol=1e-4)


def test_one_shot_probabilities_hold_and_most_known_examples_pass():
    learner = zoo.encoded(None, shape=24)
    x, y = classes(60, 15, seed=2)
    tasks = tasks_of(Labelled.of(*classes(40, 15, seed=3)), seed=4)[:1]  # of five classes and one example of each
    assert tasks[0].support_y.shape[1:] == (5, 5)

    def answers():
        prepared = [each._replace(support_x=embed(each.support_x), query_x=embed(each.query_x)) for each in tasks]
        return np.asarray(EmbeddedClassifier(learner).answers(prepared[0].inputs))

    def embed(rows):
        return learner.graphs.embed(rows.reshape(-1, 24)).numpy().reshape(*rows.shape[:2], -1)

    before = answers()
    found = calibrate(learner, x, y)
    after, truth = answers(), tasks[0].query_y
    assert expected_calibration_error(softmax(after), truth) < min(0.05, expected_calibration_error(softmax(before), truth))
    assert np.mean(-after.max(axis=-1) > found.ood_threshold) < 0.12
    assert (after.argmax(-1) == truth.argmax(-1)).mean() > (before.argmax(-1) == truth.argmax(-1)).mean()  # by the centre
    assert learner.learn(x[::15][:3], list("abc")).is_calibrated
    assert learner.origin == {}


def test_tasks_have_as_many_classes_and_examples_as_there_are():
    data = Labelled.of(np.arange(30, dtype=np.float32)[:, None], np.repeat(np.arange(10), 3))
    drawn = tasks_of(data)
    sizes = [(each.support_y.shape[2], each.support_y.shape[1] // each.support_y.shape[2]) for each in drawn]
    assert sizes == [(5, 1), (5, 2), (10, 1), (10, 2)]
    for each in drawn:
        assert each.query_x.shape[1] == each.support_y.shape[2] * (2 if each.support_size[0] == each.support_y.shape[2] else 1)
        own = np.einsum("bnk,bnd->bkd", each.support_y, each.support_x // 3) / each.support_y.sum(axis=1)[..., None]
        np.testing.assert_array_equal(np.einsum("bmk,bkd->bmd", each.query_y, own), each.query_x // 3)
        assert not any(set(one.ravel()) & set(other.ravel()) for one, other in zip(each.support_x, each.query_x, strict=True))
    np.testing.assert_array_equal(drawn[0].support_x, tasks_of(data)[0].support_x)


def test_a_folder_of_pictures_is_a_background(tmp_path):
    from PIL import Image

    generator = np.random.default_rng(0)
    for each in range(10):
        (tmp_path / f"class {each}").mkdir()
        for number in range(3):
            Image.fromarray(generator.integers(0, 256, (12, 12, 3), np.uint8)).save(tmp_path / f"class {each}" / f"{number}.png")
    keras.utils.set_random_seed(1)
    learner = PrototypicalNetwork(PrototypicalConfig(size=12, channels=3, filters=(4, 6), shrink=("pool", "pool")))
    found = calibrate(learner, tmp_path)
    assert found == learner.calibration and found.spread > 0 and np.isfinite(found.ood_threshold)


def test_what_is_no_background_is_refused(tiny):
    learner = zoo.encoded(None, shape=24)
    x, y = classes(12, 2, seed=1)
    with pytest.raises(ZooError, match="the background has 0 classes of three examples"):
        calibrate(learner, x, y)
    with pytest.raises(ZooError, match="labels=None"):
        calibrate(learner, x)
    with pytest.raises(ZooError, match=r"reads examples of \[24\] and no square pictures"):
        calibrate(learner, "pictures")
    with pytest.raises(ZooError, match="embeds no examples of classes"):
        calibrate(tiny, x, y)
    with pytest.warns(UserWarning, match="a background of 3 classes tells little"):
        calibrate(learner, *classes(3, 6, seed=1))
