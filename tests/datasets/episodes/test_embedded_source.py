"""Embedding a source gives the tasks that embedding the drawn tasks gives, and embeds every example once."""

import dataclasses

import numpy as np
import pytest

from zoo.datasets import Augmentation, ClassBatches, InMemory, Labelled, LakeTrials, NWay
from zoo.datasets.benchmark import embedded_tasks
from zoo.datasets.episodes import embedded_source
from zoo.datasets.episodes.embedded_source import EmbeddedSource

KERNEL = np.random.default_rng(0).normal(size=[16, 3]).astype(np.float32)


class Embed:
    """A linear map of each row on its own, so that equal rows have equal embeddings to the last bit; counts rows and calls."""

    def __init__(self):
        self.sizes = []

    def __call__(self, x):
        assert x.dtype == np.float32
        self.sizes.append(len(x))
        return (x.reshape(len(x), 16, 1) * KERNEL).sum(axis=1)


def pictures(classes, seed, dtype=np.uint8):
    x = np.random.default_rng(seed).integers(0, 256, [classes * 8, 4, 4, 1]).astype(dtype)
    groups = [f"group {seed}-{number // 20}" for number in range(classes)]
    return Labelled(x, tuple(f"{seed}-{number}" for number in range(classes)), np.full(classes, 8), tuple(groups))


SOURCE = InMemory(pictures(24, 0), pictures(24, 1), pictures(21, 2))
EPISODES = NWay(SOURCE, rotations=True, mirrors=True, augment=Augmentation(), evaluation_conditions=((5, 1), (20, 2)))
BENCHMARKS = {
    "rotated": EPISODES,
    "upright": dataclasses.replace(EPISODES, rotations=False),
    "within a group": dataclasses.replace(EPISODES, rotations=False, evaluation_within_group=True),
    "floats": NWay(InMemory(pictures(5, 0, np.float32), pictures(20, 1, np.float32)), rotations=True),
    "all trained on": dataclasses.replace(EPISODES, training_splits=("train", "validation")),
    "trials": LakeTrials(EPISODES),
    "batches": ClassBatches(EPISODES),
}


def same(one, other):
    for name in one._fields:
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)


@pytest.mark.parametrize("name", BENCHMARKS)
def test_tasks_are_those_that_are_drawn_and_then_embedded(name):
    benchmark, embed = BENCHMARKS[name], Embed()
    embedded = benchmark.embedded(embed)
    assert type(embedded) is type(benchmark)
    assert embedded.conditions() == benchmark.conditions()
    assert embedded.validation_condition() == benchmark.validation_condition()
    conditions = benchmark.conditions() + [condition for condition in [benchmark.validation_condition()] if condition]
    for condition in conditions:
        condition = condition | ({"shots": 1} if condition["ways"] == 20 else {})
        queries = {} if name == "trials" or "within" in condition else {"queries": 3}
        drawn = benchmark.draw(6, 3, **condition, **queries)
        same(embedded.draw(6, 3, **condition, **queries), embedded_tasks(drawn, Embed()))


@pytest.mark.parametrize("name", BENCHMARKS)
def test_calibration_tasks_are_those_that_are_drawn_and_then_embedded(name):
    benchmark = BENCHMARKS[name]
    drawn, embedded = benchmark.calibration_tasks(), benchmark.embedded(Embed()).calibration_tasks()
    assert len(drawn) == len(embedded) > 0
    for one, other in zip(drawn, embedded, strict=True):
        same(embedded_tasks(one, Embed()), other)


def test_every_example_is_embedded_once_whatever_is_drawn(monkeypatch):
    monkeypatch.setattr(embedded_source, "CHUNK", 500)
    embed = Embed()
    embedded = EPISODES.embedded(embed)
    for seed in range(3):
        embedded.draw(20, seed, queries=3)
    assert embed.sizes == [500, 268]  # 24 classes of 8 examples in four rotations


def test_a_source_keeps_names_counts_and_groups():
    source = EmbeddedSource(SOURCE, Embed())
    data, plain = source.load("test"), SOURCE.load("test")
    assert (data.names, data.groups, source.largest_group) == (plain.names, plain.groups, 20)
    np.testing.assert_array_equal(data.counts, plain.counts)
    np.testing.assert_array_equal(data.x, Embed()(plain.x * np.float32(1 / 255)))
    assert source != EmbeddedSource(SOURCE, source.embed)  # its weights may be others by now
