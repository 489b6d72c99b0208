import csv
import dataclasses

import numpy as np
import pictures
import pytest
from PIL import Image

from zoo import ZooError
from zoo.datasets import LakeTrials, NWay, Omniglot
from zoo.evaluation.scores import measured, score
from zoo.figures import episode, images, omniglot
from zoo.hub import registry
from zoo.models.matching import MatchingConfig, MatchingNetwork
from zoo.utils import machine

NAME = "pixels_omniglot"
STROKES = dataclasses.replace(omniglot.VINYALS, source=pictures.strokes(28))


@pytest.fixture
def few(monkeypatch):
    """Few tasks of strokes, and two entries: one whose card holds what is asked for, one that must be measured."""
    monkeypatch.setattr(omniglot, "TASKS", 6)
    monkeypatch.setattr(omniglot, "SEEDS", range(1, 3))
    monkeypatch.setattr(omniglot, "VINYALS", STROKES)
    monkeypatch.setattr(omniglot, "LAKE", LakeTrials(STROKES))
    monkeypatch.setattr(omniglot, "names", lambda: [NAME])


def test_writes_one_table_of_what_was_measured(few, tmp_path):
    assert images.draw(tmp_path / "table", progress=False) == [NAME]
    text = (tmp_path / "table/README.md").read_text(encoding="utf-8")
    with open(tmp_path / "table/omniglot.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["episodes"] for row in rows] == [kind.name for kind in omniglot.kinds()[:5]]  # not trained on Lake's split
    drawn = STROKES.draw(6, 1, ways=5, shots=1), STROKES.draw(6, 2, ways=5, shots=1)
    each = [measured(registry.load(NAME), STROKES, tasks)[0][1] for tasks in drawn]
    assert float(rows[0]["error rate"]) == pytest.approx((each[0].mean() + each[1].mean()) / 2, abs=1e-6)
    assert f"| `{NAME}` | {100 * float(rows[0]['error rate']):.2f} ± " in text
    assert "| people |  |  |  |  | 4.5 |" in text
    assert f"on {machine.description()['date']}, {machine.description()['hardware']}, TensorFlow" in text
    assert (tmp_path / "table/omniglot.png").stat().st_size > 10_000
    with pytest.raises(ZooError, match="exists"):
        images.draw(tmp_path / "table")


def test_takes_from_a_card_what_it_holds(monkeypatch):
    monkeypatch.setattr(registry, "load", lambda name: pytest.fail("measured again"))
    rows = [row for row in registry.card(NAME)["evaluation"]["seeds"] if row["condition"] == {"ways": 20, "shots": 1}]
    found = omniglot.measured(NAME, omniglot.kinds()[:5])
    mean, interval = found["20-way 1-shot"]
    assert mean == pytest.approx(sum(row["mean"] for row in rows) / 5)
    assert 0.4 < interval / rows[0]["interval"] < 0.5  # five times the tasks
    assert len(found) == 5


def test_intervals_of_parts_make_that_of_the_whole():
    per_task = np.random.default_rng(0).uniform(size=[5, 40])
    mean, interval = omniglot.pooled([score(STROKES, {}, part).to_json() for part in per_task])
    whole = score(STROKES, {}, per_task.ravel())
    assert (mean, interval) == pytest.approx((whole.mean, whole.interval))


def test_knows_which_cards_are_of_these_episodes():
    kinds = omniglot.kinds()
    entry = registry.entry(NAME)
    assert [kind.held_by(entry) for kind in kinds] == [True] * 5 + [False]
    lake = dataclasses.replace(entry, benchmark=omniglot.LAKE)
    assert [kind.held_by(lake) for kind in kinds] == [False] * 5 + [True]
    other = dataclasses.replace(entry, benchmark=NWay(Omniglot("lake"), rotations=True))
    assert not any(kind.held_by(other) for kind in kinds)


def test_tasks_come_as_large_as_an_entry_takes_them():
    larger = [kind.sized(56) for kind in omniglot.kinds()]
    assert all(kind.benchmark.source == Omniglot("vinyals", 56) for kind in larger[:5])
    assert larger[5].benchmark.training.source == Omniglot("lake", 56)
    entry = dataclasses.replace(registry.entry(NAME), benchmark=larger[5].benchmark)
    assert [kind.held_by(entry) for kind in larger] == [False] * 5 + [True]
    assert [kind.sized(28) for kind in omniglot.kinds()] == omniglot.kinds()


def test_draws_an_episode_with_its_mistakes(tmp_path, monkeypatch):
    monkeypatch.setattr(episode, "TRIED", 3)
    matching = MatchingNetwork(MatchingConfig(filters=(4,), shrink=("pool",)))
    for number, (learner, episodes) in enumerate(((registry.load(NAME), STROKES), (matching, LakeTrials(STROKES)))):
        path = tmp_path / f"{number}.png"
        episode.draw(learner, episodes, path)
        assert 5_000 < path.stat().st_size < 60_000
        with Image.open(path) as picture:
            colors = np.array([color for _, color in picture.convert("RGB").getcolors()])
        assert np.abs(colors - (209, 73, 91)).max(axis=1).min() < 30  # the red of a mistake, or nearly
