"""The table of all learners of characters, of numbers given; `test_omniglot.py` tests where they come from."""

import csv

import numpy as np
import pytest

from zoo import ZooError
from zoo.figures import images, omniglot, published
from zoo.hub import registry
from zoo.utils import machine

COLUMNS = [kind.name for kind in omniglot.kinds()]
WORSE, BEST = "pixels_omniglot", "protonet_omniglot"
ROWS = {
    WORSE: {column: (0.5, 0.01) for column in COLUMNS[:5]},  # not trained on Lake's split
    BEST: {column: (0.01 * (1 + at), 0.001) for at, column in enumerate(COLUMNS)},
}


@pytest.fixture
def given(monkeypatch):
    monkeypatch.setattr(omniglot, "names", lambda: list(ROWS))
    monkeypatch.setattr(omniglot, "measured", lambda name, kinds, known: known or ROWS[name])


def test_writes_one_table_of_what_was_measured_the_best_entry_first(given, tmp_path):
    assert images.draw(tmp_path / "table", progress=False) == [BEST, WORSE]
    assert {path.name for path in (tmp_path / "table").iterdir()} == {"README.md", "omniglot.csv", "omniglot.png"}
    text = (tmp_path / "table/README.md").read_text(encoding="utf-8")
    best = f"| `{BEST}` | 1.00 ± 0.10 | 2.00 ± 0.10 | 3.00 ± 0.10 | 4.00 ± 0.10 | 5.00 ± 0.10 | 6.00 ± 0.10 |"
    worse = f"| `{WORSE}` |{' 50.00 ± 1.00 |' * 5}  |"
    assert f"{best}\n{worse}\n" in text
    assert "| people |  |  |  |  | 4.5 |" in text
    assert "over 5,000 episodes of each kind (5 seeds of 1,000)" in text
    about = machine.description()
    assert f"on {about['date']}, {about['hardware']}, TensorFlow {about['tensorflow']}" in text
    with open(tmp_path / "table/omniglot.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(row["entry"], row["episodes"]) for row in rows] == [
        (name, column) for name in (BEST, WORSE) for column in ROWS[name]
    ]
    assert [float(row["error rate"]) for row in rows[:6]] == [0.01, 0.02, 0.03, 0.04, 0.05, 0.06]
    assert rows[0]["summary"] == registry.summary(BEST)


def test_what_the_table_held_of_the_same_weights_is_kept(given, tmp_path, monkeypatch):
    images.draw(tmp_path / "table", progress=False)
    monkeypatch.setitem(ROWS, BEST, {COLUMNS[0]: (0.9, 0.1), COLUMNS[2]: (0.9, 0.1)})
    assert images.draw(tmp_path / "table", force=True, progress=False) == [BEST, WORSE]
    kept = images.measured_before(tmp_path / "table/omniglot.csv")
    assert kept[BEST, registry.card(BEST)["weights"]["sha256"][:16]][COLUMNS[2]] == (0.03, 0.001)
    other = {"weights": {"sha256": "0" * 64}}
    monkeypatch.setattr(registry, "card", lambda name: other)
    assert images.draw(tmp_path / "table", force=True, progress=False) == [WORSE, BEST]
    assert images.measured_before(tmp_path / "nothing.csv") == {}


def test_learners_of_five_classes_stand_last(given, tmp_path, monkeypatch):
    monkeypatch.setitem(ROWS, BEST, {column: (0.001, 0.001) for column in COLUMNS[:2]})
    assert images.draw(tmp_path / "table", progress=False) == [WORSE, BEST]


def test_a_folder_that_exists_is_kept_and_nothing_is_measured(monkeypatch, tmp_path):
    monkeypatch.setattr(omniglot, "names", lambda: pytest.fail("measured"))
    with pytest.raises(ZooError, match="exists already"):
        images.draw(tmp_path)


def test_the_picture_has_a_row_for_each_entry_and_paper_and_a_colour_for_each_kind():
    drawn = images.picture({BEST: ROWS[BEST], WORSE: ROWS[WORSE]}, COLUMNS)
    (part,) = drawn.figure.axes
    assert [label.get_text() for label in part.get_yticklabels()] == [BEST, WORSE, *published.OMNIGLOT]
    top, second = sorted(part.get_yticks())[-1:-3:-1]
    kinds = {bar.get_label(): np.array(bar.lines[0].get_xydata()) for bar in part.containers}
    assert list(kinds) == COLUMNS
    np.testing.assert_allclose(kinds["20-way 1-shot"], [[3, top], [50, second]])
    np.testing.assert_allclose(kinds["within 20 alphabets"], [[6, top]])
    marks = [line for line in part.lines if line.get_marker() == "D"]
    assert [len(line.get_xdata()) for line in marks] == [
        sum(values[at] is not None for values in published.OMNIGLOT.values()) for at in range(5)
    ]


def test_a_table_in_markdown_has_names_on_the_left_and_numbers_on_the_right():
    assert images.table(["one", "two"], {"a": ["1", ""]}) == "|  | one | two |\n| --- | ---: | ---: |\n| a | 1 |  |"
