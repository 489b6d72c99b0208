import dataclasses
import json

import numpy as np
import pytest
from zoo.evaluation.embeddings import Embeddings

from zoo.evaluation import card as measuring
from zoo.evaluation.scores import Score
from zoo.hub import registry
from zoo.hub.entry import Published
from zoo.learners.embedding_classifier import Calibration
from zoo.training import trainer
from zoo.utils import files


@pytest.fixture
def run(tiny_entry, tmp_path):
    trainer.train(tiny_entry, tmp_path / "run", command="zoo train tiny", progress=False)
    return tmp_path / "run"


def test_a_card_holds_what_was_measured(tiny_entry, run):
    learner = registry.load(str(run))
    card = measuring.measure("tiny", tiny_entry, learner, run, tasks=30, seed=5, progress=False)
    measuring.write(card, run)
    assert registry.read_card(run) == json.loads(json.dumps(card))
    assert card["weights"]["sha256"] == files.sha256(run / "model.keras")
    assert card["weights"]["parameters"] == learner.count_params()
    assert card["task"]["bytes"] == learner.learn([0.0], [0.0]).nbytes
    assert card["training"]["command"] == "zoo train tiny"
    assert (card["evaluation"]["seed"], card["evaluation"]["tasks"]) == (5, 30)
    assert len(card["parity"]) == 6
    assert [score["tasks"] for score in card["asking"]] == [30] * 4


def test_a_published_figure_stands_only_beside_its_own_condition(tiny_entry, with_recipe):
    entry = dataclasses.replace(tiny_entry, published=(Published({"support": 10, "steps": 0}, 0.2, "figure 1"),))
    shown = [measuring.beside_published(Score({"steps": 0, "support": n}, 1.0, 0.1, 5), entry) for n in (10, 5)]
    assert shown[0]["published"] == 0.2
    assert "published" not in shown[1]


def test_a_classifier_is_measured_on_five_seeds_and_beside_itself_untrained(tiny_pictures):
    episodes = tiny_pictures.benchmark
    learner = tiny_pictures.build()
    found = measuring.of_classes(learner, Embeddings(learner), tiny_pictures, tasks=7, seed=3)
    assert [(row["condition"]["shots"], row["seed"]) for row in found["seeds"]] == [(k, n) for k in (2, 1) for n in range(3, 8)]
    assert [row["condition"] for row in found["untrained"]] == episodes.conditions()
    assert len({row["mean"] for row in found["seeds"]}) > 5


def test_what_uses_the_weights_of_another_is_calibrated_by_what_it_compares_itself(tiny_pictures, tmp_path):
    trainer.train(tiny_pictures, tmp_path / "other", command="zoo train other", progress=False)
    learner = registry.load(str(tmp_path / "other"))
    learner.calibration = Calibration()
    entry = dataclasses.replace(tiny_pictures, weights_of="other")
    card = measuring.measure("tiny", entry, learner, tmp_path / "tiny", tasks=7, seed=3, progress=False)
    assert card["evaluation"]["calibration"]["temperature"] == learner.calibration.temperature
    assert np.isfinite(learner.calibration.ood_threshold)
