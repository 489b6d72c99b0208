"""The catalogue is made of cards: those of a small zoo of its own, and the shipped ones."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from zoo import ZooError
from zoo.figures import catalogue
from zoo.hub import registry

DOCS = Path(__file__).resolve().parents[2] / "docs"


def score(mean, **condition):
    published = {"published": condition.pop("published")} if "published" in condition else {}
    return {"condition": condition, "mean": mean, "interval": mean / 10, "tasks": 100} | published


def card(*scores, bytes_of_task=None, metric="mean error"):
    return {
        "weights": {"bytes": 1_234_567},
        "training": {"minutes": 12.4},
        "evaluation": {"metric": f"{metric}; interval is something else", "scores": scores},
    } | ({"task": {"bytes": bytes_of_task}} if bytes_of_task else {})


CARDS = {
    "worse": card(
        score(0.25, shots=1, steps=0, published=0.3), score(0.2, shots=5, steps=0), score(0.1, shots=1, steps=5, on="w")
    ),
    "better": card(score(0.125, shots=1, steps=0), bytes_of_task=4_321),
    "tenth": card(score(0.1, noise=0.5, steps=3)),
    "on_other_tasks": card(score(0.01, shots=1, steps=0), metric="largest error"),
}


@pytest.fixture
def small_zoo(tmp_path, monkeypatch):
    """Two shelves of five entries, of which four have a card, and one is evaluated on tasks of its own."""
    for path, text in {
        "a_shelf/__init__.py": '"""Entries on waves that rise.\n\n*Shots* are points."""\n',
        "a_shelf/on_other_tasks.py": '"""The one apart."""\n',
        "a_shelf/better.py": '"""The better one."""\n',
        "a_shelf/worse.py": '"""The worse one.\n\nAt length."""\n',
        "a_shelf/without_a_card.py": '"""Never measured."""\n',
        "b_shelf/__init__.py": "",
        "b_shelf/tenth.py": '"""Another kind."""\n',
    }.items():
        file = tmp_path / "entries" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    for name, held in CARDS.items():
        (tmp_path / "cards" / name).mkdir(parents=True)
        (tmp_path / "cards" / name / "card.json").write_text(json.dumps(held), encoding="utf-8")
    monkeypatch.setattr(registry, "ENTRIES", tmp_path / "entries")
    monkeypatch.setattr(registry, "CARDS", tmp_path / "cards")
    apart = {"on_other_tasks": "of its own"}

    def entry(name):
        return SimpleNamespace(benchmark=SimpleNamespace(apart=apart.get(name, ""), higher_is_better=False))

    monkeypatch.setattr(registry, "entry", entry)
    monkeypatch.setattr(registry, "_files", registry._files.__wrapped__)  # what it remembers is the shipped zoo


def test_a_shelf_is_a_table_of_its_cards_the_best_entry_first_and_those_on_other_tasks_in_a_column_of_their_own(small_zoo):
    assert (
        catalogue.text().removeprefix(catalogue.TEXT + "\n")
        == """\
## Waves that rise

Mean error; of `on_other_tasks` the largest error.

*Shots* are points.

| entry | what | shots 1 | shots 1, of its own | shots 5 | published | weights | a task | trained in |
| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
| `better` | The better one. | 0.125 ± 0.013 |  |  |  | 1,235 kB | 4,321 bytes | 12 min |
| `worse` | The worse one. | 0.25 ± 0.025 |  | 0.2 ± 0.02 | 0.3 | 1,235 kB |  | 12 min |
| `on_other_tasks` | The one apart. |  | 0.01 ± 0.001 |  |  | 1,235 kB |  | 12 min |

## B_shelf

Mean error.

| entry | what | noise 0.5 | published | weights | a task | trained in |
| --- | --- | ---: | ---: | ---: | ---: | ---: |
| `tenth` | Another kind. | 0.1 ± 0.01 |  | 1,235 kB |  | 12 min |
"""
    )


def test_what_has_the_weights_of_others_stands_at_the_end_if_it_has_a_card(small_zoo, tmp_path):
    before = catalogue.text()
    held = card(score(0.4, pictures="stamps", shots=1))
    del held["training"]
    (tmp_path / "cards" / "photos").mkdir()
    (tmp_path / "cards" / "photos" / "card.json").write_text(json.dumps(held), encoding="utf-8")
    title, about, head, _, row = catalogue.text().removeprefix(before).strip().replace("\n\n", "\n").splitlines()
    assert title == "## With weights of others" and about.startswith("Mean error. Loaded and used like an entry")
    assert head == "| entry | what | pictures stamps, shots 1 | published | weights | a task | trained in |"
    assert row == f"| `photos` | {registry.summary('photos')} | 0.4 ± 0.04 |  | 1,235 kB |  |  |"
    assert "photos" not in catalogue.carded()


def test_an_entry_without_a_card_is_left_out(small_zoo):
    assert catalogue.carded() == ["better", "on_other_tasks", "tenth", "worse"]
    assert catalogue.shelves() == {"a_shelf": ["better", "on_other_tasks", "worse"], "b_shelf": ["tenth"]}


def test_the_columns_are_the_most_common_conditions_and_no_entry_is_without_a_number(small_zoo, monkeypatch):
    monkeypatch.setattr(catalogue, "COLUMNS", 1)
    heads = [line.split(" | ") for line in catalogue.text().splitlines() if line.startswith("| entry")]
    assert [head[2 : head.index("published")] for head in heads] == [["shots 1", "shots 1, of its own"], ["noise 0.5"]]


def test_the_page_is_written_and_replaced_only_if_asked(small_zoo, tmp_path):
    path, names = catalogue.write(tmp_path / "docs")
    assert (path, names) == (tmp_path / "docs/models.md", ["better", "on_other_tasks", "tenth", "worse"])
    assert path.read_text(encoding="utf-8") == catalogue.text()
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(ZooError, match="exists already"):
        catalogue.write(tmp_path / "docs")
    assert path.read_text(encoding="utf-8") == "mine"
    catalogue.write(tmp_path / "docs", force=True)
    assert path.read_text(encoding="utf-8") == catalogue.text()


def test_the_shipped_page_is_that_of_the_shipped_cards():
    assert (DOCS / "models.md").read_text(encoding="utf-8") == catalogue.text()


def test_trials_within_an_alphabet_stand_in_columns_of_their_own():
    text = catalogue.text()
    (head,) = (line.split(" | ") for line in text.splitlines() if "Lake's trials |" in line)
    rows = {line.split("`")[1]: line.split(" | ") for line in text.splitlines() if line.startswith("| `")}
    ordinary, within, lake = (head.index(f"ways 20, shots 1{more}") for more in ("", ", within alphabet", ", Lake's trials"))
    for name in ("protonet_omniglot_lake", "siamese_omniglot"):
        assert [bool(rows[name][column].strip()) for column in (ordinary, within, lake)] == [False, False, True]
    assert [bool(rows["protonet_omniglot"][column].strip()) for column in (ordinary, within, lake)] == [True, True, False]


def test_gains_are_ordered_the_highest_first(small_zoo, monkeypatch):
    gains = SimpleNamespace(benchmark=SimpleNamespace(apart="", higher_is_better=True))
    errors = SimpleNamespace(benchmark=SimpleNamespace(apart="", higher_is_better=False))
    found = []
    for entry in (errors, gains):
        monkeypatch.setattr(registry, "entry", lambda name, entry=entry: entry)
        names = next(iter(catalogue.shelves().values()))
        table = catalogue.text().split("## ")[1]
        found.append(sorted(names, key=lambda name: table.index(f"`{name}` |")))
    assert found[0] == found[1][::-1] and len(found[0]) > 1
