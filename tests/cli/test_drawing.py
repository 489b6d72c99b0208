import json

import pytest

from zoo.figures import gradients, images, lake_runs, mela, schedules
from zoo.page import builder


def test_demo_draws_and_exports(zoo, tmp_path):
    code, out, _ = zoo("demo", "--out", "demo", "--json")
    facts = json.loads(out)
    assert code == 0
    assert facts["mean_squared_error"] < 0.01
    assert {name: about["difference"] < 1e-4 for name, about in facts["formats"].items()} == dict.fromkeys(facts["formats"], True)
    assert (tmp_path / "demo/wave.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("paper", "module", "said"),
    [
        ("mela", mela, "drew 2 figures with their numbers into out"),
        ("schedules", schedules, "drew 2 figures with their numbers into out"),
        ("gradients", gradients, "drew 2 figures with their numbers into out"),
        ("images", images, "wrote a table of 2 entries into out"),
    ],
)
def test_figures_says_what_it_drew(zoo, monkeypatch, paper, module, said):
    asked = []
    monkeypatch.setattr(module, "draw", lambda *arguments, progress: asked.append((*arguments, progress)) or ["one", "two"])
    assert zoo("figures", paper, "--out", "out", "--force")[1] == f"{said}\n"
    assert json.loads(zoo("figures", paper, "--out", "out", "--json")[1])["folder"] == "out"
    assert asked == [("out", True, True), ("out", False, False)]


def test_figures_of_lakes_runs_take_the_archive(zoo, monkeypatch):
    asked = []
    monkeypatch.setattr(lake_runs, "draw", lambda *given, progress: asked.append((*given, progress)) or ["one", "two"])
    code, out, _ = zoo("figures", "lake", "--lake-runs", "all_runs.zip", "--out", "out", "--force")
    assert (code, out) == (0, "wrote a table of 2 rows into out\n")
    code, out, _ = zoo("figures", "lake", "--lake-runs", "all_runs.zip", "--out", "out", "--json")
    assert json.loads(out) == {"folder": "out", "rows": ["one", "two"]}
    assert asked == [("out", "all_runs.zip", True, True), ("out", "all_runs.zip", False, False)]


def test_demo_page_says_where_the_page_is_and_how_large(zoo, monkeypatch):
    asked = []

    def build(*arguments, progress):
        asked.append((*arguments, progress))
        return {"page": "site/index.html", "bytes": 12_345_678}

    monkeypatch.setattr(builder, "build", build)
    code, out, _ = zoo("demo-page", "--out", "site", "--runtime", "dist")
    assert (code, out) == (0, "open site/index.html in a browser, or copy it to any web host: one file of 12.3 MB\n")
    assert asked == [("site", "dist", False, True)]


def test_columns_of_a_task_are_drawn_with_rows_and_labels_or_without(zoo, tmp_path, monkeypatch):
    (tmp_path / "t.csv").write_text("age,city,state\n" + "20,Rome,well\n30,Bonn,well\n70,Rome,ill\n80,Bonn,ill\n" * 3)
    (tmp_path / "new.csv").write_text("city,age\nRome,25\nBonn,75\n")
    assert zoo("learn", "tabular", "--support", "t.csv", "--out", "m")[0] == 0
    code, out, err = zoo("figures", "task", "m", "--rows", "t.csv", "--out", "f", "--json")
    assert (code, err, json.loads(out)["figures"]) == (0, "", ["importance", "column_1", "column_2"])
    assert (tmp_path / "f/column_1.csv").read_text().startswith("age,ill,well\n")
    code, out, _ = zoo("figures", "task", "m", "--rows", "new.csv", "--columns", "1", "--out", "f", "--force")
    assert (code, out) == (0, "drew 2 figures with their numbers into f\n")
    assert zoo("figures", "task", "m", "--out", "g")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("task",), "figures task: name the folder of a learned task"),
        (("task", "nowhere"), "nowhere"),
        (("mela", "m"), "figures mela takes no folder; that is for figures task"),
        (("images", "--rows", "t.csv"), "figures images takes no --rows; that is for figures task"),
        (("models", "--columns", "2"), "figures models takes no --columns"),
        (("lake",), "figures lake: give all_runs.zip of the Omniglot repository"),
        (("lake", "--rows", "t.csv"), "figures lake takes no --rows; that is for figures task"),
        (("images", "--lake-runs", "a.zip"), "figures images takes no --lake-runs; that is for figures lake"),
        (("task", "--lake-runs", "a.zip"), "figures task takes no --lake-runs; that is for figures lake"),
    ],
)
def test_figures_of_a_task_and_of_papers_are_told_apart(zoo, arguments, message):
    code, _, err = zoo("figures", *arguments)
    assert (code, err.count("\n")) == (2, 1)
    assert message in err
