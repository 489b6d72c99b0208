"""The page on ratings of cuisines runs from its CSV to its answers; on the poll's own file where `ZOO_FOOD_CSV` names it."""

import os
import re
import shlex
import shutil
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from zoo import cli
from zoo.hub import registry

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```(python|sh)\n(.*?)^```$(?:\n\n```text\n(.*?)^```$)?", re.DOTALL | re.MULTILINE)
BEFORE, AFTER = ["RespondentID", "How would you rate your level of knowledge?"], ["Gender", "Age"]
ASK = "Please rate how much you like the traditional cuisine of"


def titles():
    """As the poll's own: with a colon or a point, a space that does not break, and an article."""
    named = [f"{ASK} Algeria:", f"{ASK}\xa0Australia.", f"{ASK} the Netherlands.", f"{ASK} United States."]
    return [*BEFORE, *named, *(f"{ASK} Country {number}." for number in range(36)), *AFTER]


@pytest.fixture
def poll(tmp_path, monkeypatch):
    """A folder with a CSV of the poll's form."""
    monkeypatch.chdir(tmp_path)
    if given := os.environ.get("ZOO_FOOD_CSV"):
        shutil.copyfile(given, "food-world-cup-data.csv")
        return tmp_path
    generator = np.random.default_rng(0)
    cells = generator.choice(["1", "2", "3", "4", "5", "N/A", ""], size=[50, 40])
    lines = [",".join(titles()), *(f"{row},Novice,{','.join(cells[row])},Male,18-29" for row in range(50))]
    (tmp_path / "food-world-cup-data.csv").write_text("\n".join(lines), encoding="mac_roman")
    return tmp_path


def test_every_block_runs_and_prints_what_the_page_shows(poll, capsys):
    """But for the training, in whose place the entry that it begins with stands."""
    names = {}
    for language, content, shown in BLOCK.findall((ROOT / "docs/food_world_cup.md").read_text(encoding="utf-8")):
        capsys.readouterr()
        if language == "python":
            exec(compile(content, "page", "exec"), names)
            assert capsys.readouterr().out.split() == shown.split()
            continue
        for line in content.splitlines():
            if line.startswith("zoo train"):
                shutil.copytree(registry.CARDS / "mela_sinusoid", "cuisines")
            else:
                assert cli.main(shlex.split(line)[1:]) == 0
    tasks = pq.read_table("cuisines.parquet").to_pylist()
    assert {"Algeria", "Australia", "Netherlands", "United States"} <= {task["task_id"] for task in tasks}
    assert all(-2 <= value <= 2 for task in tasks for value in task["support_x"] + task["support_y"])
    (answer,) = pq.read_table("answers/new.parquet").to_pylist()
    assert answer["error"] is None and len(answer["prediction"]) == 3


def test_a_rating_counts_by_the_other_ratings_of_its_person(poll):
    code = BLOCK.findall((ROOT / "docs/food_world_cup.md").read_text(encoding="utf-8"))[0][1]
    names = {}
    exec(compile(code, "page", "exec"), names)
    rated, first = names["rated"], names["tasks"][0]
    person = next(row for row in rated if not np.isnan(row[0]) and (~np.isnan(row[1:])).sum() >= 5)
    assert first["support_x"][0] == pytest.approx(np.nanmean(person[1:]) - 3)
    assert first["support_y"][0] == person[0] - 3
