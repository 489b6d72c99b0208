"""A card holds what was measured, beside what was published; exports are stand-ins here, and real in tests/export."""

import csv
import dataclasses
import json

import numpy as np
import pytest

from zoo import export
from zoo.evaluation import card as cards
from zoo.evaluation.scores import Score
from zoo.hub import registry
from zoo.hub.entry import Published
from zoo.learners.capabilities.calibrates import Calibration
from zoo.utils import files


@pytest.fixture
def differences(monkeypatch):
    """Exporters that write nothing: the learner differs by what is set here, its task by a tenth."""
    found = {"saved_model": 1e-6, "onnx": 2e-6, "litert": 3e-6}
    for name, difference in found.items():

        def exporter(model, path, difference=difference):
            one = difference if model.learned is None else difference / 10
            return {"serving_default": one / 2, "apply": one}

        monkeypatch.setattr(export, name, exporter)
    return found


def trained(entry, folder):
    """What a training leaves in a folder; the model as `zoo.load` gives it."""
    folder.mkdir()
    entry.build().save(folder / "model.keras")
    with open(folder / "training.csv", "w", newline="") as file:
        csv.writer(file).writerows([["epoch", "seconds", "loss"], [1, 30.0, 0.5], [2, 90.0, 0.25]])
    (folder / "training.json").write_text(json.dumps({"command": "zoo train tiny"}))
    return registry.load(str(folder))


def test_a_card_holds_what_was_measured(tiny_entry, tmp_path, differences):
    run = tmp_path / "run"
    learner = trained(tiny_entry, run)
    card = cards.measure("tiny", tiny_entry, learner, run, tasks=30, seed=5, progress=False)
    cards.write(card, run)
    assert registry.read_card(run) == json.loads(json.dumps(card))
    assert card["weights"]["sha256"] == files.sha256(run / "model.keras")
    assert card["weights"]["parameters"] == learner.count_params()
    assert card["task"]["bytes"] == learner.learn([0.0], [0.0]).nbytes
    assert card["training"] == {"command": "zoo train tiny", "curve": "training.csv", "minutes": 1.5}
    assert (card["evaluation"]["seed"], card["evaluation"]["tasks"]) == (5, 30)
    assert card["evaluation"]["scores"][0]["condition"] == {"support": 1, "noise": 0.0, "steps": 0}
    assert "seeds" not in card["evaluation"]  # only of classes
    assert card["parity"] == {
        "SavedModel learner": 1e-6,
        "ONNX learner": 2e-6,
        "LiteRT learner": 3e-6,
        "SavedModel task model": 1e-7,
        "ONNX task model": 2e-7,
        "LiteRT task model": 3e-7,
    }
    assert [score["tasks"] for score in card["asking"]] == [30] * 4
    assert min(card["task"]["learn_microseconds"], card["task"]["predict_microseconds"]) > 0


def test_a_published_figure_stands_only_beside_its_own_condition(tiny_entry):
    entry = dataclasses.replace(tiny_entry, published=(Published({"support": 10, "steps": 0}, 0.2, "figure 1"),))
    shown = [cards.beside_published(Score({"steps": 0, "support": n}, 1.0, 0.1, 5), entry) for n in (10, 5)]
    assert shown[0]["published"] == 0.2
    assert "published" not in shown[1]


def test_baselines_of_a_benchmark_are_scored_on_the_same_tasks(tiny_entry, monkeypatch):
    benchmark = tiny_entry.benchmark
    assert cards._baselines(benchmark, 4, 1) == {}
    known = {"zero": lambda drawn: np.square(drawn.query_y).mean(axis=(1, 2))}
    monkeypatch.setattr(type(benchmark), "baselines", lambda _, drawn: {name: of(drawn) for name, of in known.items()})
    rows = cards._baselines(benchmark, 4, 1)["baselines"]
    assert [row["condition"] for row in rows] == benchmark.conditions()
    want = known["zero"](benchmark.draw(4, 1, **benchmark.conditions()[0])).mean()
    assert rows[0]["mean"] == pytest.approx(want)
    assert rows[0]["baseline"] == "zero"


def test_a_classifier_is_measured_on_five_seeds_and_beside_itself_untrained(tiny_pictures):
    benchmark, learner = tiny_pictures.benchmark, tiny_pictures.build()
    answering = learner.for_evaluation(benchmark, many=True)
    found = cards.of_classes(learner, *answering, tiny_pictures, tasks=7, seed=3)
    assert [(row["condition"]["shots"], row["seed"]) for row in found["seeds"]] == [(k, n) for k in (2, 1) for n in range(3, 8)]
    assert [row["condition"] for row in found["untrained"]] == benchmark.conditions()
    assert len({row["mean"] for row in found["seeds"]}) > 5
    assert {"calibration", "out_of_distribution"} <= set(found)


def test_what_uses_the_weights_of_another_is_calibrated_by_what_it_compares_itself(tiny_pictures, tmp_path, differences):
    learner = trained(tiny_pictures, tmp_path / "other")
    assert learner.calibration == Calibration()
    entry = dataclasses.replace(tiny_pictures, weights_of="other")
    card = cards.measure("tiny", entry, learner, tmp_path / "tiny", tasks=7, seed=3, progress=False)
    assert card["evaluation"]["calibration"]["temperature"] == learner.calibration.temperature
    assert np.isfinite(learner.calibration.ood_threshold)
    assert card["weights"]["file"] == "../other/model.keras"
    assert card["training"]["curve"] == "../other/training.csv"
