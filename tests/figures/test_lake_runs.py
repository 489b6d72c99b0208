"""The table of Lake's own runs: what is measured, in which order it stands, and that the page shows the numbers that are kept."""

import csv
import hashlib
from pathlib import Path

import numpy as np
import one_shot_runs as drawn
import pytest

from zoo import ZooError
from zoo.evaluation import lake_runs as measuring
from zoo.figures import images, lake_runs, omniglot, published
from zoo.figures.lake_runs import BACKGROUND, NOTHING, SEEN, Row
from zoo.hub import registry
from zoo.utils import machine

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/lake_runs"


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return drawn.written(tmp_path_factory.mktemp("runs") / "all_runs.zip")


def test_writes_a_table_of_what_was_measured_and_the_numbers_of_every_run(path, tmp_path, monkeypatch, load_once):
    monkeypatch.setattr(omniglot, "names", lambda: ["pixels_omniglot", "protonet_pictures"])  # the second sees colours
    rows = lake_runs.draw(tmp_path / "table", path, progress=False)
    assert set(rows) == {*published.LAKE_RUNS, "pixels", "modified Hausdorff distance", "`pixels_omniglot`"}
    assert {each.name for each in (tmp_path / "table").iterdir()} == {"README.md", "lake_runs.csv"}
    text = (tmp_path / "table/README.md").read_text(encoding="utf-8")
    assert "| modified Hausdorff distance | nothing | 0.00 ± 0.00 | 0 |\n" in text
    assert "| people |  | 4.5 |  |\n" in text
    about = machine.description()
    assert f"on {about['date']}, {about['hardware']}, TensorFlow {about['tensorflow']}" in text
    assert hashlib.sha256(path.read_bytes()).hexdigest() in text
    with open(tmp_path / "table/lake_runs.csv", newline="", encoding="utf-8") as file:
        (own,) = (row for row in csv.DictReader(file) if row["learner"] == "pixels_omniglot")
    model = registry.load("pixels_omniglot")
    rates = measuring.error_rates_of_runs(model, measuring.benchmark_of(model, "", path))
    np.testing.assert_allclose([float(own[f"run{run:02d}"]) for run in range(1, 21)], rates)
    assert own["learned from"] == NOTHING


def test_what_was_measured_of_the_same_weights_is_kept(path, tmp_path, monkeypatch, load_once):
    monkeypatch.setattr(omniglot, "names", lambda: ["pixels_omniglot"])
    lake_runs.draw(tmp_path / "table", path, progress=False)
    numbers = tmp_path / "table/lake_runs.csv"
    before = numbers.read_text(encoding="utf-8")
    with monkeypatch.context() as patched:
        patched.setattr(measuring, "error_rates_of_runs", lambda *given: pytest.fail("measured"))
        lake_runs.draw(tmp_path / "table", path, force=True, progress=False)
    assert numbers.read_text(encoding="utf-8") == before
    weights = images.weights_of("pixels_omniglot")
    numbers.write_text(before.replace(weights, "other"), encoding="utf-8")
    lake_runs.draw(tmp_path / "table", path, force=True, progress=False)
    assert numbers.read_text(encoding="utf-8") == before


def test_a_folder_that_exists_is_kept_and_nothing_is_measured(path, tmp_path, monkeypatch):
    monkeypatch.setattr(omniglot, "names", lambda: pytest.fail("measured"))
    with pytest.raises(ZooError, match="exists already"):
        lake_runs.draw(tmp_path, path)


def test_who_has_seen_the_characters_is_not_ranked_but_named_last():
    seen = [Row("`b`", SEEN, 0.01), Row("`a_c`", SEEN, 0.2), Row("`a`", SEEN, 0.3)]
    new = [Row("people", "", 0.045), Row("`d`", BACKGROUND, 0.02, 0.01, (0.02,) * 20)]
    ordered = lake_runs.in_order([*seen, *new])
    assert [row.name for row in ordered] == ["`d`", "people", "`a`", "`a_c`", "`b`"]
    lines = lake_runs.table(ordered).splitlines()[2:]
    assert lines[0] == "| `d` | Lake's 30 alphabets | 2.00 ± 1.00 | 8 |"
    assert lines[2] == "| `a` | Vinyals' split, not ranked | 30.0 |  |"


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("pixels_omniglot", NOTHING),
        ("protonet_omniglot_lake", BACKGROUND),
        ("protonet_omniglot", SEEN),
        ("logistic_omniglot", SEEN),
    ],
)
def test_what_an_entry_has_learned_from(name, seen):
    assert lake_runs.learned_from(registry.entry(name)) == seen


def kept():
    with open(PAGE / "lake_runs.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_the_page_shows_the_numbers_that_are_kept():
    rows = []
    for row in kept():
        name = f"`{row['learner']}`" if row["learner"] in registry.names() else row["learner"]
        runs = [float(row[f"run{run:02d}"]) for run in range(1, 21) if row["run01"]]
        if runs:
            assert np.mean(runs) == pytest.approx(float(row["error rate"]), abs=1e-6)
            assert 1.96 * np.std(runs) / 20**0.5 == pytest.approx(float(row["95 % half-width"]), abs=1e-6)
        rows.append(
            Row(name, row["learned from"], float(row["error rate"]), float(row["95 % half-width"] or 0) if runs else None)
        )
    assert rows == lake_runs.in_order(rows)
    assert f"\n{lake_runs.table(rows)}\n" in (PAGE / "README.md").read_text(encoding="utf-8")


def test_every_entry_of_characters_that_can_answer_is_on_the_page_and_the_baselines_are_exact():
    found = {row["learner"]: row for row in kept()}
    assert {name for name in omniglot.names() if omniglot.most_ways(registry.entry(name)) >= 20} <= set(found)
    assert float(found["modified Hausdorff distance"]["error rate"]) == 0.3875
    assert float(found["pixels"]["error rate"]) == 0.81


def test_published_figures_are_those_of_the_other_table():
    known = {name.split(" (")[0]: values[4] for name, values in published.OMNIGLOT.items()}
    own = {name.split(" (")[0]: error for name, (_, error) in published.LAKE_RUNS.items()}
    assert own["people"] == known["people"]
    assert own["Siamese network"] == known["Siamese network"]
    assert own["prototypical network"] == known["prototypical networks"]
