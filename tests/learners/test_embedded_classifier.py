"""In evaluation a classifier answers the same of examples that are embedded already, and each is embedded once."""

import dataclasses

import keras
import numpy as np
import pictures
import pytest

from zoo.datasets import LakeTrials, NWay, Omniglot
from zoo.datasets.benchmark import EmbeddedBenchmark
from zoo.evaluation.scores import measured
from zoo.models.prototypical import PrototypicalConfig, PrototypicalNetwork

NWAY = NWay(Omniglot(size=8), ways=5, rotations=True)
BENCHMARKS = {"turned": NWAY, "upright": dataclasses.replace(NWAY, rotations=False), "within": LakeTrials(NWAY)}


@pytest.fixture(scope="module")
def learner():
    keras.utils.set_random_seed(0)
    return PrototypicalNetwork(PrototypicalConfig(size=8, filters=(4,), shrink=("pool",)))


@pytest.mark.parametrize("many", [True, False], ids=["many", "few"])
@pytest.mark.parametrize("benchmark", BENCHMARKS.values(), ids=BENCHMARKS)
def test_a_benchmark_gives_the_same_tasks_embedded_and_the_same_errors(learner, benchmark, many):
    benchmark = pictures.in_place(benchmark)
    answering, embedded = learner.for_evaluation(benchmark, many)
    assert isinstance(embedded, EmbeddedBenchmark) is not many
    condition = benchmark.conditions()[-1]
    shown, drawn = (each.draw(4, 3, **condition) for each in (benchmark, embedded))
    for one, other in zip(shown[1:3], drawn[1:3], strict=True):
        np.testing.assert_array_equal(one, other)
    want = learner.graphs.embed(shown.query_x.reshape(-1, 8, 8, 1)).numpy()
    np.testing.assert_allclose(drawn.query_x.reshape(want.shape), want, rtol=1e-4, atol=1e-5)
    errors = [measured(*each)[0][1] for each in ((learner, benchmark, shown), (answering, embedded, drawn))]
    np.testing.assert_allclose(*errors, atol=1e-12)
    assert errors[0].mean() > 0


def test_answers_and_learned_tasks_are_those_of_the_examples_themselves(learner):
    benchmark = pictures.in_place(NWAY)
    answering, embedded = learner.for_evaluation(benchmark)
    shown = benchmark.draw(2, 1, ways=3, shots=2, queries=2)
    drawn = embedded.prepared(shown)
    for _, how in learner.variants((2,)):
        got, want = answering.answers(drawn.inputs, **how), learner.answers(shown.inputs, **how)
        np.testing.assert_allclose(got, want, rtol=1e-3, atol=1e-4)
    assert answering.variants((0, 2)) == learner.variants((0, 2))
    learned = learner.graphs.adapt(*shown[:3])
    for name, value in answering.adapt(drawn.inputs).items():
        np.testing.assert_allclose(value, learned[name], rtol=1e-4, atol=1e-5)
