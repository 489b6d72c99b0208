import keras
import numpy as np
import pytest
from zoo.evaluation.embeddings import Embeddings

from zoo.evaluation.scores import errors, evaluate


def test_errors_are_those_of_learn_and_predict(tiny_pictures):
    keras.utils.set_random_seed(0)
    learner, episodes = tiny_pictures.build(), tiny_pictures.benchmark
    drawn = episodes.draw(6, 1, ways=3, shots=2, queries=4)
    ((condition, found),) = errors(learner, episodes, drawn)
    assert condition == {"steps": 0}
    for task in range(6):
        learned = learner.learn(drawn.support_x[task], drawn.support_y[task].argmax(axis=1))
        wrong = learned.predict(drawn.query_x[task]) != drawn.query_y[task].argmax(axis=1)
        assert found[task] == pytest.approx(wrong.mean())
    assert 0 < found.mean() < 2 / 3  # better than chance, and not perfect


def test_every_distinct_example_is_embedded_once(tiny_pictures, monkeypatch):
    learner = tiny_pictures.build()
    x = np.random.default_rng(1).uniform(size=[7, 8, 8, 1]).astype(np.float32)
    embeddings = Embeddings(learner)
    monkeypatch.setattr("zoo.evaluation.embeddings.CHUNK", 3)
    shown = x[np.array([[0, 1, 2, 0], [3, 4, 5, 6]])]
    got = embeddings(shown)
    assert len(embeddings.rows) == 7
    np.testing.assert_allclose(got[1], learner.embed(x[3:]), rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(embeddings(shown[::-1]), got[::-1])
    assert len(embeddings.rows) == 7


def test_gradient_steps_are_scored_under_the_headline(tiny_pictures):
    scores = evaluate(tiny_pictures.build(), tiny_pictures.benchmark, tasks=3, progress=False)
    conditions = [score.condition for score in scores]
    assert conditions[:2] == [{"ways": 3, "shots": 2, "steps": 0}, {"ways": 3, "shots": 2, "steps": 1, "on": "prototypes"}]
    assert conditions[-1] == {"ways": 4, "shots": 1, "steps": 0}
