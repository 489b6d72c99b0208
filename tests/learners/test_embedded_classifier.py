"""In evaluation a classifier answers the same of examples that are embedded already."""

import keras
import numpy as np
import pytest

from zoo.learners import made
from zoo.learners.capabilities import Calibrates
from zoo.models.prototypical import PrototypicalConfig, PrototypicalNetwork


class Drawn(dict):
    """Tasks as a benchmark gives them, cut down to what is embedded."""

    support_x, query_x = property(lambda self: self["support_x"]), property(lambda self: self["query_x"])

    def _replace(self, **parts):
        return Drawn(self | parts)


class Few:
    """A benchmark of the tasks made here; says how often it was asked to embed all that it is drawn from."""

    def __init__(self, learner):
        self.drawn, self.asked = Drawn(made.episode(learner, (6, 4))), 0

    def draw(self, tasks, seed, **condition):
        return self.drawn

    def embedded(self, embed):
        self.asked += 1
        return self


@pytest.fixture(scope="module")
def learner():
    keras.utils.set_random_seed(0)
    return PrototypicalNetwork(PrototypicalConfig(size=8, filters=(4,), shrink=("pool",)))


def test_answers_are_those_of_the_examples_themselves(learner):
    answering, benchmark = learner.for_evaluation(few := Few(learner))
    drawn = benchmark.draw(2, 1)
    assert drawn["support_x"].shape == (2, 6, 64)
    assert few.asked == 0
    for _, how in (({}, {}), *learner.variants((2,))):
        np.testing.assert_allclose(answering.answers(drawn, **how), learner.answers(few.drawn, **how), rtol=1e-4, atol=1e-5)
    assert answering.variants((0, 2)) == learner.variants((0, 2))
    np.testing.assert_array_equal(benchmark.prepared(few.drawn)["query_x"], drawn["query_x"])


def test_learned_tasks_are_those_of_the_examples_themselves(learner):
    answering, benchmark = learner.for_evaluation(few := Few(learner))
    want = learner.graphs.adapt(*(few.drawn[f"support_{part}"] for part in ("x", "y", "size")))
    for name, value in answering.adapt(benchmark.draw(2, 1)).items():
        np.testing.assert_allclose(value, want[name], rtol=1e-4, atol=1e-5)
    assert learner.offers(Calibrates)


def test_of_many_tasks_the_benchmark_embeds_all_that_they_are_drawn_from(learner):
    few = Few(learner)
    assert learner.for_evaluation(few, many=True)[1] is few
    assert few.asked == 1
