"""Figures of streams: curves by instance come from the run's file, and reads are those of the stream's own steps."""

import csv
import dataclasses

import keras
import numpy as np
import pictures
import pytest

from zoo.datasets import ClassStreams, Omniglot
from zoo.figures import streams
from zoo.hub.entry import Entry, Recipe
from zoo.models.mann import Mann, MannConfig

BENCHMARK = pictures.in_place(ClassStreams(Omniglot(size=6), ways=3, length=7))
RECIPE = Recipe(steps=40, tasks_per_step=2, learning_rate=0.1, steps_per_execution=20, epochs=2)
CONFIG = MannConfig(size=6, ways=3, controller=5, memory=8, width=3, heads=2)
CURVE = """epoch,seconds,loss,validation,validation instance 1,validation instance 5
1,60,1.5,0.8,0.75,0.6
2,120,1.0,0.3,0.65,0.1
"""


@pytest.fixture
def learner():
    keras.utils.set_random_seed(0)
    return Mann(CONFIG)


@pytest.fixture
def drawn(monkeypatch, tmp_path, learner):
    """With a memory that had an easier start, and an LSTM."""
    easier = ((dataclasses.replace(BENCHMARK, length=5), 1),)
    entries = {
        "memory": Entry(Mann, CONFIG, BENCHMARK, RECIPE, curriculum=easier),
        "lstm": Entry(Mann, dataclasses.replace(CONFIG, memory=0), BENCHMARK, RECIPE),
        "other": Entry(Mann, CONFIG, None, RECIPE),
        "no card": Entry(Mann, CONFIG, BENCHMARK, RECIPE),
    }
    for name in ("memory", "lstm", "other"):
        (tmp_path / "cards" / name).mkdir(parents=True)
        (tmp_path / "cards" / name / "training.csv").write_text(CURVE)
        (tmp_path / "cards" / name / "card.json").write_text("{}")
    monkeypatch.setattr(streams.registry, "CARDS", tmp_path / "cards")
    monkeypatch.setattr(streams.registry, "names", lambda: sorted(entries))
    monkeypatch.setattr(streams.registry, "entry", entries.get)
    monkeypatch.setattr(streams.registry, "load", lambda name: learner)
    assert streams.draw(tmp_path / "out") == ["training_lstm", "training_memory", "reads_memory"]
    return tmp_path / "out"


def rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def test_a_curve_is_right_answers_by_instance_and_updates(drawn):
    head, *found = rows(drawn / "training_memory.csv")
    assert head == ["instance", "updates", "right answers, %"]
    got = {(int(instance), int(updates)): round(float(right), 6) for instance, updates, right in found}
    assert got == {(1, 20): 25.0, (1, 40): 35.0, (2, 20): 20.0, (2, 40): 70.0, (5, 20): 40.0, (5, 40): 90.0}
    page = (drawn / "README.md").read_text(encoding="utf-8")
    assert page.count("easier streams") == 1 and page.count("![") == 3


def test_reads_are_shares_of_every_step_and_answers_are_the_stream_s(drawn, learner):
    head, *found = rows(drawn / "reads_memory.csv")
    assert head == ["step", "class", "right", *(f"slot {at}" for at in range(8))] and len(found) == 7
    np.testing.assert_allclose([sum(map(float, row[3:])) for row in found], 1.0, atol=1e-3)
    one = BENCHMARK.draw(1, streams.SEED, **BENCHMARK.conditions()[0])
    want = learner.answers(one.inputs).numpy()[0].argmax(axis=1) == one.stream_y[0].argmax(axis=1)
    assert [row[2] == "True" for row in found] == want.tolist()
