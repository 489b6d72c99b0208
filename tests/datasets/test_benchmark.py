"""What every benchmark has: defaults that say that it has none of the optional parts, and embeddings in place of examples."""

import dataclasses
from dataclasses import dataclass

import numpy as np
import pytest
import tensorflow as tf

from zoo.datasets import (
    BallVideo,
    Batch,
    Benchmark,
    BouncingBall,
    ClassBatches,
    DescribedClasses,
    FixedSinusoids,
    FreshSinusoids,
    InMemory,
    Labelled,
    LakeTrials,
    NWay,
    Tasks,
)
from zoo.datasets.benchmark import episode, numbered
from zoo.utils.errors import ZooError

EPISODES = NWay(InMemory(Labelled.of(np.zeros([4, 2]), [0, 0, 1, 1])))
EVERY = (
    *(FreshSinusoids(), FixedSinusoids(), BouncingBall(), BallVideo(), DescribedClasses()),
    *(EPISODES, LakeTrials(EPISODES), ClassBatches(EPISODES)),
)


@dataclass(frozen=True)
class Doubled(Benchmark):
    """Tasks whose labels are twice their examples, and nothing that a benchmark need not have."""

    size: int = 2
    metric = "absolute error"
    horizon = 3
    test_tasks = 7
    input_range = (0.0, 1.0)

    def stream(self, tasks_per_step, seed, start=0):
        return numbered(lambda block: tf.fill([2, tasks_per_step], 10 * block + seed), 2, start)

    def conditions(self):
        return [{"scale": 1.0}, {"scale": 2.0}]

    def draw(self, tasks, seed, scale=1.0):
        x = scale * np.random.default_rng(seed).random([tasks, self.size, 2, 2], np.float32)
        return Tasks(x, 2 * x[..., 0], np.full(tasks, self.size, np.int32), x + 1, 2 * x[..., 0] + 2)

    def score(self, answers, drawn):
        return [({}, np.abs(answers - drawn.query_y).mean(axis=(1, 2)))]


def embed(x):
    """Sums of rows `[rows, 2, 2]` to `[rows, 2]`."""
    return x.sum(axis=2)


@pytest.mark.parametrize("benchmark", EVERY, ids=lambda benchmark: type(benchmark).__name__)
def test_a_benchmark_is_a_value_that_names_its_metric(benchmark):
    assert isinstance(benchmark, Benchmark)
    assert dataclasses.replace(benchmark) == benchmark
    assert hash(dataclasses.replace(benchmark)) == hash(benchmark)
    assert benchmark.metric and benchmark.horizon >= 1 and benchmark.test_tasks >= 1
    assert benchmark.input_range[0] < benchmark.input_range[1]
    with pytest.raises(dataclasses.FrozenInstanceError):
        benchmark.test_tasks = 1


def test_what_a_benchmark_need_not_have():
    plain = Doubled()
    assert plain.validation_condition() == {"scale": 1.0}
    assert plain.calibration_tasks() == []
    assert plain.baselines(plain.draw(2, 1)) == {}
    assert plain.questions(2, 1) is None
    assert plain.training_classes == 0


def test_the_score_is_the_mean_and_its_interval_that_of_the_standard_error():
    mean, interval = Doubled().summarise(np.array([1.0, 2.0, 3.0, 4.0]))
    assert mean == 2.5
    assert interval == pytest.approx(1.96 * np.sqrt(1.25) / 2)


def test_inputs_are_all_but_the_truth():
    drawn = Doubled().draw(3, 1)
    assert list(drawn.inputs) == ["support_x", "support_y", "support_size", "query_x"]
    assert drawn.inputs["query_x"] is drawn.query_x
    assert list(Batch(np.zeros(2), np.ones(2)).inputs) == ["x"]


def test_embedded_tasks_are_those_of_the_benchmark_embedded():
    plain = Doubled()
    embedded = plain.embedded(embed)
    drawn, same = plain.draw(3, 1, scale=2.0), embedded.draw(3, 1, scale=2.0)
    np.testing.assert_array_equal(same.support_x, drawn.support_x.sum(axis=3))
    np.testing.assert_array_equal(same.query_x, drawn.query_x.sum(axis=3))
    np.testing.assert_array_equal(same.query_y, drawn.query_y)
    np.testing.assert_allclose(embedded.score(drawn.query_y + 1, same)[0][1], np.ones(3), rtol=1e-6)
    assert embedded.conditions() == plain.conditions()
    assert embedded.validation_condition() == plain.validation_condition()
    assert embedded.summarise(np.ones(4)) == (1.0, 0.0)
    assert embedded.calibration_tasks() == []
    assert (embedded.metric, embedded.horizon, embedded.test_tasks) == (plain.metric, 3, 7)
    assert embedded.input_range is None
    with pytest.raises(ZooError, match="for evaluation only"):
        embedded.stream(1, 1)


def test_steps_are_numbered_wherever_a_stream_starts():
    whole = [step.numpy().tolist() for step in Doubled().stream(3, 5).take(6)]
    assert whole == [[5] * 3, [5] * 3, [15] * 3, [15] * 3, [25] * 3, [25] * 3]
    assert [step.numpy().tolist() for step in Doubled().stream(3, 5, start=3).take(3)] == whole[3:]


def test_an_episode_names_its_parts():
    inputs, query_y, weight = episode(*(tf.constant(number) for number in range(6)))
    assert {name: int(part) for name, part in inputs.items()} == {
        "support_x": 0,
        "support_y": 1,
        "support_size": 2,
        "query_x": 3,
    }
    assert (int(query_y), int(weight)) == (4, 5)
