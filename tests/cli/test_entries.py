import json

import one_shot_runs as drawn
import pytest

from zoo.datasets import DrawnPictures, NWay
from zoo.hub import registry
from zoo.hub.entry import Entry, Published, Recipe
from zoo.models.maml_pictures import PictureMAML, PictureMAMLConfig


def test_list_and_show_for_people_and_programs(zoo):
    code, out, _ = zoo("list")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == sorted([*registry.names(), *registry.BORROWED])
    assert {row["name"] for row in json.loads(zoo("list", "--json")[1])} == {*registry.names(), *registry.BORROWED}
    code, out, _ = zoo("show", "mela_sinusoid_paper")
    assert code == 0
    assert "published 0.208" in out
    assert json.loads(zoo("show", "mela_sinusoid_paper", "--json")[1]) == registry.card("mela_sinusoid_paper")


def test_evaluate_prints_what_the_card_says_and_writes_nothing(zoo, tmp_path):
    code, out, _ = zoo("evaluate", "mela_sinusoid_paper", "--tasks", 100, "--json")
    assert code == 0
    assert json.loads(out)[0]["tasks"] == 100
    assert list(tmp_path.iterdir()) == []


def test_lakes_own_runs_are_one_score_over_twenty_runs(zoo, tmp_path):
    drawn.written(tmp_path / "all_runs.zip")
    code, out, _ = zoo("evaluate", "pixels_omniglot", "--lake-runs", "all_runs.zip", "--json")
    assert code == 0
    (score,) = json.loads(out)
    assert score["condition"] == {"ways": 20, "shots": 1, "runs": "Lake's own"}
    assert score["tasks"] == 20
    assert 0 < score["interval"] < score["mean"] < 1
    code, out, _ = zoo("evaluate", "pixels_omniglot", "--lake-runs", "all_runs.zip")
    assert code == 0
    assert out.split() == [
        "ways",
        "20,",
        "shots",
        "1,",
        "runs",
        "Lake's",
        "own",
        f"{score['mean']:.5g}",
        "±",
        f"{score['interval']:.2g}",
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["all_runs.zip"]


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        (
            "pixels_omniglot",
            ("--tasks", 5),
            "--lake-runs takes no --tasks: the runs are the same 20 for everybody; leave it out.",
        ),
        ("pixels_omniglot", ("--seed", 1), "--lake-runs takes no --seed"),
        ("pixels_omniglot", ("--card",), "--lake-runs takes no --card"),
        ("pixels_omniglot", (), "'all_runs.zip' is not Lake's 20 runs: File is not a zip file; give all_runs.zip as it is in"),
        ("mela_sinusoid", (), "mela_sinusoid is no classifier of grey pictures"),
        ("tabular", (), "tabular is no classifier of grey pictures (an example is [columns]); Lake's runs take"),
    ],
)
def test_what_is_no_matter_of_lakes_runs_is_refused_in_one_line(zoo, tmp_path, name, options, message):
    (tmp_path / "all_runs.zip").write_bytes(b"PK")
    code, out, err = zoo("evaluate", name, "--lake-runs", "all_runs.zip", *options)
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert message in err


def test_train_then_evaluate_the_run(zoo, tmp_path, tiny_entry, monkeypatch):
    monkeypatch.setattr(registry, "entry", lambda name: tiny_entry)
    every = tiny_entry.learner.endpoints
    monkeypatch.setattr(tiny_entry.learner, "endpoints", lambda self: {"serving_default": every(self)["serving_default"]})
    assert zoo("train", "mela_sinusoid")[0] == 0
    assert zoo("evaluate", "mela_sinusoid", "--run", "runs/mela_sinusoid", "--tasks", 20, "--card")[0] == 0
    card = registry.read_card(tmp_path / "runs/mela_sinusoid")
    assert card["evaluation"]["command"] == "zoo evaluate mela_sinusoid --tasks 20 --seed 1"
    assert zoo("train", "mela_sinusoid")[0] == 2


def test_queries_that_help_each_other_are_measured_where_a_learner_lets_them(zoo, monkeypatch):
    """On a tiny one of pictures; others, and cards, are refused."""
    benchmark = NWay(DrawnPictures(classes=12, size=9), evaluation_conditions=((3, 1),), queries=2)
    config = PictureMAMLConfig(size=9, filters=(4,), channels=3, inner_steps=1)
    paper = Published({"ways": 3, "shots": 1, "steps": 1, "transductive": True}, 0.05, "table 1")
    recipe = Recipe(steps=50, tasks_per_step=1, learning_rate=1e-3, epochs=1)
    entry = Entry(PictureMAML, config, benchmark, recipe, published=(paper,))
    monkeypatch.setattr(registry, "entry", lambda name: entry)
    monkeypatch.setattr(registry, "load", lambda name: entry.build())
    code, out, _ = zoo("evaluate", "maml_omniglot", "--tasks", 4, "--transductive", "--json")
    assert code == 0
    rows = json.loads(out)
    assert [row["condition"]["transductive"] for row in rows] == [True] * len(rows)
    assert [row.get("published") for row in rows] == [0.05, *[None] * (len(rows) - 1)]
    code, _, err = zoo("evaluate", "maml_omniglot", "--transductive", "--card")
    assert code == 2 and err.count("\n") == 1 and "--card" in err


def test_queries_that_have_nothing_to_do_with_each_other_are_not(zoo):
    code, _, err = zoo("evaluate", "mela_sinusoid", "--tasks", 4, "--transductive")
    assert code == 2 and err.count("\n") == 1 and "leave it out" in err


def test_selfcheck_passes(zoo, monkeypatch):
    """Of three entries of two kinds; the suite itself holds every entry to more."""
    names = ["maml_sinusoid", "mela_sinusoid", "metasgd_sinusoid"]
    monkeypatch.setattr(registry, "names", lambda: names)
    code, out, _ = zoo("selfcheck", "--json")
    assert code == 0
    assert {name: bool(parity) for name, parity in json.loads(out).items()} == dict(zip(names, (True, True, False), strict=True))
