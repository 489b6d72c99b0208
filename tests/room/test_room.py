"""There is room: three learners of new kinds, each one file beside this one, without a line changed elsewhere.

Five-way classification by gradient steps with a fixed head; an autoencoder without a support set; masks over examples with any
number of columns. They keep every promise that shipped models keep, and go all the way: training, card, exports, server.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from autoencoder import Autoencoder, AutoencoderConfig
from five_ways import FiveWays, FiveWaysConfig
from masks import Masks, MasksConfig

from zoo.datasets.benchmark import Batch, Benchmark, Tasks, episode, numbered
from zoo.evaluation import card as measuring
from zoo.hub import registry
from zoo.hub.entry import Entry, Recipe
from zoo.learners import made
from zoo.serving.native import NativeModel
from zoo.serving.publishing.publish import publish
from zoo.training import trainer

LEARNERS = {"five_ways": FiveWays, "masks": Masks, "autoencoder": Autoencoder}
RECIPE = Recipe(steps=60, tasks_per_step=8, learning_rate=1e-2, steps_per_execution=5, epochs=2, jit=False)


@dataclass(frozen=True)
class Curves(Benchmark):
    """Six numbers that lie on a circle in a plane."""

    metric = "mean squared error of a number"
    test_tasks = 40

    def _points(self, shape, seed):
        angle = tf.random.stateless_uniform([*shape, 1], seed, 0, 6.28)
        return tf.concat([np.float32(k) * tf.sin(angle + np.float32(k)) for k in range(1, 7)], axis=-1)

    def stream(self, tasks_per_step, seed, start=0):
        def make(block):
            x = self._points([10, tasks_per_step], tf.stack([tf.constant(seed, tf.int64), block]))
            return {"x": x}, x

        return numbered(make, 10, start)

    def conditions(self):
        return [{}]

    def draw(self, tasks, seed, **condition):
        x = self._points([tasks], [1 << 40, seed]).numpy()
        return Batch(x, x)

    def score(self, answers, drawn):
        return [({}, np.square(answers - drawn.y).mean(axis=1, dtype=np.float64))]


@dataclass(frozen=True)
class Blobs(Benchmark):
    """Five classes of points in space, each around a centre of its own task."""

    metric = "share of wrong answers"
    test_tasks = 40

    def _episode(self, shape, seed, shots=3):
        u = tf.random.stateless_normal([*shape, 5, 1 + 2 * shots, 3], seed)
        x = tf.reshape(2.0 * u[..., :1, :] + 0.3 * u[..., 1:, :], [*shape, 5, 2, shots, 3])
        label = tf.zeros([*shape, 1, 1]) + tf.repeat(tf.eye(5), shots, axis=0)
        support, query = (tf.reshape(x[..., part, :, :], [*shape, 5 * shots, 3]) for part in (0, 1))
        return support, label, tf.fill(shape, 5 * shots), query, label

    def stream(self, tasks_per_step, seed, start=0):
        def make(block):
            return episode(*self._episode([10, tasks_per_step], tf.stack([tf.constant(seed, tf.int64), block])))

        return numbered(make, 10, start)

    def conditions(self):
        return [{"shots": 3}]

    def draw(self, tasks, seed, shots=3):
        return Tasks(*(np.asarray(part) for part in self._episode([tasks], [1 << 40, seed], shots)))

    def score(self, answers, drawn):
        return [({}, FiveWays().labels.error(answers, drawn.query_y))]


ENTRIES = {
    "autoencoder": Entry(Autoencoder, AutoencoderConfig(), Curves(), RECIPE),
    "five_ways": Entry(FiveWays, FiveWaysConfig(), Blobs(), RECIPE),
}


@pytest.mark.parametrize("name", LEARNERS)
def test_a_learner_is_a_file_of_sixty_lines(name):
    assert len((Path(__file__).parent / f"{name}.py").read_text(encoding="utf-8").splitlines()) <= 60


@pytest.mark.parametrize("name", ENTRIES)
def test_it_trains_and_has_a_card(name, tmp_path):
    entry = ENTRIES[name]
    trainer.train(entry, tmp_path / name, command=f"zoo train {name}", progress=False)
    loaded = registry.load(str(tmp_path / name))
    card = measuring.measure(name, entry, loaded, tmp_path / name, tasks=20, seed=2, progress=False)
    written = json.loads(measuring.write(card, tmp_path / name).read_text(encoding="utf-8"))
    assert written["evaluation"]["metric"].startswith(entry.benchmark.metric)
    assert max(written["parity"].values()) < 1e-4
    assert ("task" in written) == (name == "five_ways")
    keras.utils.set_random_seed(1)
    fresh = entry.build()
    before, after = (measuring.scores(*one.for_evaluation(entry.benchmark), 20, 2, False)[0].mean for one in (fresh, loaded))
    assert after == pytest.approx(written["evaluation"]["scores"][0]["mean"], rel=1e-4)
    assert after < 0.9 * before


@pytest.mark.parametrize("name", LEARNERS)
def test_it_is_published_and_served(name, tmp_path):
    """Published as `zoo export` does, which compares it with the live model, and answered by TensorFlow's C++ loader."""
    keras.utils.set_random_seed(2)
    model = LEARNERS[name]()
    done = publish(model, tmp_path, name, progress=False)
    assert set(done.signatures) == set(model.served_endpoints())
    served = NativeModel(done.path)
    if name == "autoencoder":
        x = np.random.default_rng(0).normal(size=(3, 6)).astype(np.float32)
        code = served.run("encode", {"x": x})["code"]
        np.testing.assert_allclose(served.run("decode", {"code": code})["decoded"], model.forward({"x": x}), rtol=1e-4, atol=1e-5)
    else:
        given = made.episode(model)
        np.testing.assert_allclose(served.run("serving_default", given)["prediction"], model(given), rtol=1e-4, atol=1e-5)
    served.close()


def test_a_mask_comes_back_in_the_names_it_was_given_in():
    model = Masks(MasksConfig())
    x = np.zeros([2, 4, 5, 2], np.float32)
    x[:, :2] = 1.0  # the upper half is bright
    mask = np.where(x[..., 0] > 0, "sky", "ground")
    task = model.learn(x, mask)
    wider = np.concatenate([x, x], axis=2)[:1]
    assert task.classes == ("ground", "sky")
    np.testing.assert_array_equal(task.predict(wider)[0], np.where(wider[0, ..., 0] > 0, "sky", "ground"))
