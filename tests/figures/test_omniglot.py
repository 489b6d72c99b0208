"""What a table of characters takes from cards, and what it measures; strokes in place of characters."""

import dataclasses
import types

import numpy as np
import pictures
import pytest

from zoo.datasets import LakeTrials, NWay, Omniglot
from zoo.evaluation import scores
from zoo.figures import omniglot
from zoo.hub import registry

NAME = "pixels_omniglot"
ENTRY = registry.entry(NAME)
STROKES = dataclasses.replace(omniglot.VINYALS, source=pictures.strokes(28))


def rows(seeds, tasks=omniglot.TASKS, condition=None):
    known = {"condition": condition or {"ways": 5, "shots": 1}, "interval": 0.02, "tasks": tasks}
    return [{"seed": seed, "mean": seed / 10, **known} for seed in seeds]


@pytest.fixture
def card(monkeypatch):
    """Give the entry a card with these rows of seeds."""
    return lambda held: monkeypatch.setattr(registry, "card", lambda name: {"evaluation": {"seeds": held}})


def test_takes_from_a_card_what_it_holds(monkeypatch):
    monkeypatch.setattr(registry, "load", lambda name: pytest.fail("measured again"))
    held = [row for row in registry.card(NAME)["evaluation"]["seeds"] if row["condition"] == {"ways": 20, "shots": 1}]
    found = omniglot.measured(NAME, omniglot.kinds()[:5])
    mean, interval = found["20-way 1-shot"]
    assert mean == pytest.approx(sum(row["mean"] for row in held) / 5)
    assert 0.4 < interval / held[0]["interval"] < 0.5  # five times the tasks
    assert len(found) == 5


def test_of_a_card_with_more_seeds_those_of_the_table_count(card, monkeypatch):
    monkeypatch.setattr(registry, "load", lambda name: pytest.fail("measured again"))
    card(rows(range(1, 9)))
    assert omniglot.measured(NAME, omniglot.kinds()[:1])["5-way 1-shot"][0] == pytest.approx(0.3)


@pytest.mark.parametrize(
    "held", [rows(range(1, 3)), rows(range(6, 11)), rows(range(1, 6), tasks=6), rows(range(1, 6), condition={"ways": 20})]
)
def test_what_a_card_does_not_hold_is_measured_on_every_seed(held, card, monkeypatch, shipped):
    learner = shipped(NAME)
    monkeypatch.setattr(registry, "load", lambda name: learner)
    monkeypatch.setattr(omniglot, "TASKS", 4)
    monkeypatch.setattr(omniglot, "SEEDS", range(1, 4))
    kind = dataclasses.replace(omniglot.kinds()[0], benchmark=STROKES)
    monkeypatch.setattr(omniglot.Kind, "sized", lambda self, size: self)
    card(held)
    mean, interval = omniglot.measured(NAME, [kind])["5-way 1-shot"]
    each = [scores.measured(learner, STROKES, STROKES.draw(4, seed, ways=5, shots=1))[0][1] for seed in range(1, 4)]
    assert mean == pytest.approx(np.mean(each), abs=1e-6)
    assert interval == pytest.approx(1.96 * np.std(each) / 12**0.5, abs=1e-6)


def test_what_was_measured_before_is_not_measured_again_and_a_card_counts_more(card, monkeypatch):
    monkeypatch.setattr(registry, "load", lambda name: pytest.fail("measured again"))
    known = {kind.name: (0.7, 0.01) for kind in omniglot.kinds()}
    card(rows(range(1, 6)))
    found = omniglot.measured(NAME, omniglot.kinds(), known)
    assert found.pop("5-way 1-shot")[0] == pytest.approx(0.3)
    assert found == {kind.name: (0.7, 0.01) for kind in omniglot.kinds()[1:5]}


def test_a_column_of_a_split_is_of_entries_trained_on_it(card, monkeypatch):
    monkeypatch.setattr(registry, "load", lambda name: pytest.fail("measured"))
    lake = dataclasses.replace(ENTRY, benchmark=omniglot.LAKE)
    card(rows(range(1, 6), condition=omniglot.LAKE.conditions()[0]))
    assert omniglot.measured(NAME, omniglot.kinds()[5:]) == {}
    monkeypatch.setattr(registry, "entry", lambda name: lake)
    assert list(omniglot.measured(NAME, omniglot.kinds()[5:])) == ["within 20 alphabets"]


def test_a_learner_of_fewer_classes_has_no_column_of_more(card, monkeypatch):
    monkeypatch.setattr(registry, "load", lambda name: pytest.fail("measured"))
    five = dataclasses.replace(ENTRY, benchmark=dataclasses.replace(omniglot.VINYALS, evaluation_conditions=((5, 1), (5, 5))))
    monkeypatch.setattr(registry, "entry", lambda name: five)
    card([row for shots in (1, 5) for row in rows(range(1, 6), condition={"ways": 5, "shots": shots})])
    assert list(omniglot.measured(NAME, omniglot.kinds())) == ["5-way 1-shot", "5-way 5-shot"]


def test_intervals_of_parts_make_that_of_the_whole():
    per_task = np.random.default_rng(0).uniform(size=[5, 40])
    mean, interval = omniglot.pooled([scores.score(STROKES, {}, part).to_json() for part in per_task])
    whole = scores.score(STROKES, {}, per_task.ravel())
    assert (mean, interval) == pytest.approx((whole.mean, whole.interval))


def test_columns_are_ways_and_shots_then_trials_within_alphabets():
    assert [kind.name for kind in omniglot.kinds()] == [
        *("5-way 1-shot", "5-way 5-shot", "20-way 1-shot", "20-way 5-shot", "within 12 alphabets", "within 20 alphabets")
    ]


def test_knows_which_cards_are_of_these_episodes():
    kinds = omniglot.kinds()
    assert [kind.held_by(ENTRY) for kind in kinds] == [True] * 5 + [False]
    lake = dataclasses.replace(ENTRY, benchmark=omniglot.LAKE)
    assert [kind.held_by(lake) for kind in kinds] == [False] * 5 + [True]
    other = dataclasses.replace(ENTRY, benchmark=NWay(Omniglot("lake"), rotations=True))
    assert not any(kind.held_by(other) for kind in kinds)


def test_tasks_come_as_large_as_an_entry_takes_them():
    larger = [kind.sized(56) for kind in omniglot.kinds()]
    assert all(kind.benchmark.source == Omniglot("vinyals", 56) for kind in larger[:5])
    assert larger[5].benchmark.training.source == Omniglot("lake", 56)
    entry = dataclasses.replace(ENTRY, benchmark=larger[5].benchmark)
    assert [kind.held_by(entry) for kind in larger] == [False] * 5 + [True]
    assert [kind.sized(28) for kind in omniglot.kinds()] == omniglot.kinds()


def test_entries_of_the_table_are_on_characters_and_have_a_card(monkeypatch, tmp_path):
    benchmarks = {"carded": omniglot.VINYALS, "trials": omniglot.LAKE, "strokes": STROKES, "uncarded": omniglot.VINYALS}
    waves = types.SimpleNamespace(n_way=None)
    entries = {name: types.SimpleNamespace(benchmark=found) for name, found in {**benchmarks, "waves": waves}.items()}
    monkeypatch.setattr(registry, "names", lambda: list(entries))
    monkeypatch.setattr(registry, "entry", entries.get)
    monkeypatch.setattr(registry, "CARDS", tmp_path)
    for name in entries.keys() - {"uncarded"}:
        (tmp_path / name).mkdir()
        (tmp_path / name / "card.json").touch()
    assert omniglot.names() == ["carded", "trials"]


def test_trials_of_another_split_are_not_those_of_the_table():
    vinyals = dataclasses.replace(ENTRY, benchmark=LakeTrials(NWay(Omniglot("vinyals"))))
    assert not any(kind.held_by(vinyals) for kind in omniglot.kinds())
