"""What a task makes of its columns, drawn: with rows and without, of numbers, moments and levels."""

import csv

import keras
import numpy as np
import pytest

from zoo import ZooError
from zoo.figures import task_columns
from zoo.models.tabular import tiny

G = np.random.default_rng(0)
AGE = G.uniform(20, 80, 60)
TABLE = {
    "age $": np.where(G.random(60) < 0.1, np.nan, AGE),
    "city": G.choice(["Bonn", "Oslo", "Rome"], 60),
    "seen": np.datetime64("2026-01-01") + G.integers(0, 100, 60),
    "x" * 60: G.normal(size=60),
}
NAMES = np.where(AGE > 50, "ill", "well")


@pytest.fixture(scope="module")
def tasks():
    keras.utils.set_random_seed(0)
    learners = tiny()
    return {"classes": learners["classes"].learn(TABLE, NAMES), "numbers": learners["numbers"].learn(TABLE, AGE)}


def read(path):
    with open(path, encoding="utf-8") as file:
        return list(csv.reader(file))


def test_every_column_is_drawn_with_its_numbers(tasks, tmp_path):
    names = task_columns.draw(tasks["classes"], tmp_path / "out", x=TABLE, y=NAMES)
    assert names == ["importance", "column_1", "column_2", "column_3", "column_4"]
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "README.md",
        *(f"{name}.{kind}" for name in names for kind in ("png", "csv")),
    }
    first, *rest = read(tmp_path / "out/importance.csv")
    assert first == ["column", "effect", "rise when shuffled", "deviation"]
    assert (rest[0][0], len(rest)) == ("age $", 4)
    assert float(rest[0][2]) > 0.1
    header, *numbers = read(tmp_path / "out/column_1.csv")
    assert header == ["age $", "ill", "well"]
    ill = [float(row[1]) for row in numbers]
    assert ill[0] < 0.3 < 0.7 < ill[-1]
    by_name = {read(tmp_path / f"out/column_{at}.csv")[0][0]: read(tmp_path / f"out/column_{at}.csv") for at in range(1, 5)}
    assert {row[0] for row in by_name["city"][1:]} == {"Bonn", "Oslo", "Rome"}
    assert all(row[0].startswith("2026-") for row in by_name["seen"][1:])


def test_without_rows_or_labels(tasks, tmp_path):
    names = task_columns.draw(tasks["numbers"], tmp_path / "none", label="years", most=1)
    assert names == ["importance", "column_1"]
    assert read(tmp_path / "none/importance.csv")[1][2:] == ["", ""]
    header, *numbers = read(tmp_path / "none/column_1.csv")
    assert header == ["age $", "years"]
    assert float(numbers[-1][1]) - float(numbers[0][1]) > 20
    task_columns.draw(tasks["numbers"], tmp_path / "rows", x=TABLE, most=4)
    task_columns.draw(tasks["classes"], tmp_path / "rows", force=True, x=TABLE, most=1)


def test_what_is_wrong_is_refused(tasks, tmp_path):
    (tmp_path / "out").mkdir()
    with pytest.raises(ZooError, match="exists already"):
        task_columns.draw(tasks["numbers"], tmp_path / "out")
    with pytest.raises(ZooError, match="most=0: draw 1 column or more"):
        task_columns.draw(tasks["numbers"], tmp_path / "out2", most=0)
