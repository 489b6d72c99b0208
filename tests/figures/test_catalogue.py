"""The catalogue is made of cards: those of a small zoo of its own, and the shipped ones."""

import json
from pathlib import Path

import pytest

from zoo import ZooError
from zoo.figures import catalogue
from zoo.hub import registry

DOCS = Path(__file__).resolve().parents[2] / "docs"


def score(mean, **condition):
    published = {"published": condition.pop("published")} if "published" in condition else {}
    return {"condition": condition, "mean": mean, "interval": mean / 10, "tasks": 100} | published


def card(*scores, bytes_of_task=None):
    return {
        "weights": {"bytes": 1_234_567},
        "training": {"minutes": 12.4},
        "evaluation": {"metric": "mean error; interval is something else", "scores": scores},
    } | ({"task": {"bytes": bytes_of_task}} if bytes_of_task else {})


CARDS = {
    "worse": card(
        score(0.25, shots=1, steps=0, published=0.3), score(0.2, shots=5, steps=0), score(0.1, shots=1, steps=5, on="w")
    ),
    "better": card(score(0.125, shots=1, steps=0), bytes_of_task=4_321),
    "tenth": card(score(0.1, noise=0.5, steps=3)),
}


@pytest.fixture
def small_zoo(tmp_path, monkeypatch):
    """Two shelves of four entries, of which three have a card."""
    for path, text in {
        "a_shelf/__init__.py": '"""Entries on waves that rise.\n\nMore of them."""\n',
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
    monkeypatch.setattr(registry, "_files", registry._files.__wrapped__)  # what it remembers is the shipped zoo


def test_a_shelf_is_a_table_of_its_cards_the_best_entry_first(small_zoo):
    assert (
        catalogue.text().removeprefix(catalogue.TEXT + "\n")
        == """\
## Waves that rise

Mean error.

| entry | what | shots 1 | shots 5 | published | weights | a task | trained in |
| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |
| `better` | The better one. | 0.125 ± 0.013 |  |  | 1,235 kB | 4,321 bytes | 12 min |
| `worse` | The worse one. | 0.25 ± 0.025 | 0.2 ± 0.02 | 0.3 | 1,235 kB |  | 12 min |

## B_shelf

Mean error.

| entry | what | noise 0.5 | published | weights | a task | trained in |
| --- | --- | ---: | ---: | ---: | ---: | ---: |
| `tenth` | Another kind. | 0.1 ± 0.01 |  | 1,235 kB |  | 12 min |
"""
    )


def test_an_entry_without_a_card_is_left_out(small_zoo):
    assert catalogue.carded() == ["better", "tenth", "worse"]
    assert catalogue.shelves() == {"a_shelf": ["better", "worse"], "b_shelf": ["tenth"]}


def test_the_columns_are_the_most_common_conditions_in_the_order_of_the_cards(small_zoo, monkeypatch):
    monkeypatch.setattr(catalogue, "COLUMNS", 1)
    heads = [line for line in catalogue.text().splitlines() if line.startswith("| entry")]
    assert [head.split(" | ")[2] for head in heads] == ["shots 1", "noise 0.5"]


def test_the_page_is_written_and_replaced_only_if_asked(small_zoo, tmp_path):
    path, names = catalogue.write(tmp_path / "docs")
    assert (path, names) == (tmp_path / "docs/models.md", ["better", "tenth", "worse"])
    assert path.read_text(encoding="utf-8") == catalogue.text()
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(ZooError, match="exists already"):
        catalogue.write(tmp_path / "docs")
    assert path.read_text(encoding="utf-8") == "mine"
    catalogue.write(tmp_path / "docs", force=True)
    assert path.read_text(encoding="utf-8") == catalogue.text()


def test_the_shipped_page_is_that_of_the_shipped_cards():
    assert (DOCS / "models.md").read_text(encoding="utf-8") == catalogue.text()
