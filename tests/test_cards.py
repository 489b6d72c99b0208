"""Every shipped card tells the truth: its checksum, its scores measured anew, its parity."""

import csv
import re

import numpy as np
import pictures
import pytest

from zoo.evaluation.scores import errors
from zoo.hub import registry
from zoo.learners.embedding_classifier import Calibration, Classifier
from zoo.utils import files


@pytest.fixture
def card(name):
    return registry.card(name)


def test_the_checksum_is_that_of_the_weights(name, card):
    folder = registry.CARDS / name
    assert files.sha256(folder / card["weights"]["file"]) == card["weights"]["sha256"]
    assert (folder / card["weights"]["file"]).stat().st_size == card["weights"]["bytes"]


@pytest.fixture
def episodes(name):
    """Those of the entry, on its real data."""
    found = registry.entry(name).benchmark
    if pictures.missing(found):
        pytest.skip("TensorFlow Datasets has no Omniglot and cannot be reached; set TFDS_DATA_DIR to a folder that holds it")
    return found


def test_the_headline_is_measured_again_on_other_tasks(name, card, learner, episodes):
    """A new seed must agree with the card within the two intervals; one in ten thousand honest cards would fail by chance."""
    headline = card["evaluation"]["scores"][0]
    # A quarter of the tasks; convolutions cost: of classifiers 200.
    tasks = min(headline["tasks"], 200) if learner.label_width is None else headline["tasks"] // 4
    drawn = episodes.draw(tasks, seed=2, **episodes.conditions()[0])
    again = errors(learner, episodes, drawn)[0][1]
    spread = 2 * (1 + headline["tasks"] / tasks) ** 0.5 * headline["interval"]
    assert abs(again.mean() - headline["mean"]) <= spread


def test_the_headline_is_reproduced_on_the_same_tasks(name, card, learner, episodes):
    headline = card["evaluation"]["scores"][0]
    drawn = episodes.draw(headline["tasks"], card["evaluation"]["seed"], **episodes.conditions()[0])
    assert errors(learner, episodes, drawn)[0][1].mean() == pytest.approx(headline["mean"], rel=1e-3)


def test_a_classifier_is_as_sure_as_its_card_says(name, card, learner):
    if not isinstance(learner, Classifier):
        pytest.skip("no classifier of embedded examples")
    told = card["evaluation"]["calibration"]
    assert [row["condition"] for row in told["error"]] == registry.entry(name).benchmark.conditions()
    assert np.isfinite(told["ood_threshold"])  # else it was never measured
    assert learner.calibration == Calibration(*(np.float32(told[key]) for key in ("temperature", "spread", "ood_threshold")))


def test_every_export_agreed(card):
    kinds, models = ("SavedModel", "ONNX", "LiteRT"), ("learner", "task model")
    assert set(card["parity"]) == {f"{kind} {model}" for kind in kinds for model in models}
    assert max(card["parity"].values()) < 1e-4


def test_the_recipe_is_the_one_declared(name, card):
    recipe = registry.entry(name).recipe
    assert card["recipe"] == {key: getattr(recipe, key) for key in card["recipe"]}


def test_how_it_was_made_is_told(name, card):
    assert card["training"]["command"] == f"zoo train {registry.entry(name).weights_of or name}"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", card["training"]["date"])
    with open(registry.CARDS / name / card["training"]["curve"], newline="") as file:
        assert len(list(csv.DictReader(file))) == card["recipe"]["epochs"]


def test_published_figures_stand_beside_ours(name, card):
    published = {tuple(sorted(figure.condition.items())) for figure in registry.entry(name).published}
    shown = {tuple(sorted(score["condition"].items())) for score in card["evaluation"]["scores"] if "published" in score}
    assert shown == published
