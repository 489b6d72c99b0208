"""Every entry of the zoo, two tests each: it is whole, and it reproduces what its card and its kept answers say.

All other promises are held over small models of its kind, see `tests/kinds`.
"""

import csv
import json
import re

import numpy as np
import pictures
import pytest
from answers import ANSWERS, FIRST, answers, first_tasks

from zoo.evaluation.scores import Score
from zoo.hub import registry
from zoo.learners import made
from zoo.learners.capabilities import Calibrates, Influences
from zoo.learners.capabilities.calibrates import Calibration
from zoo.learners.meta_learner import MetaLearner
from zoo.utils import files

# Scores that are differences of squared distances of hundreds: with and without AVX-512 they are 7e-4 apart.
ROUNDED = ("finetune_omniglot", "protonet_omniglot_lake")
# Twenty plain steps of a size near the largest that is stable multiply rounding, of another order of the support too.
STEPPED = ("anil_omniglot",)
# An action whose luck lies within rounding of the next one's share is another one, and so is the rest of its trial.
PLAYED = ("lstm_bandit", "lstm_mdp", "snail_bandit", "snail_mdp")
FORMATS = ("SavedModel", "ONNX", "LiteRT")


@pytest.fixture(params=[pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in registry.names()])
def name(request) -> str:
    """Every entry, both tests of it in one process."""
    return request.param


def test_whole(name):
    """Checksum, config, card; and one forward pass of the trained weights, in which neither padding nor order counts."""
    entry, card, model = registry.entry(name), registry.card(name), registry.load(name)
    check_card(name, entry, card)
    assert type(model) is entry.learner
    assert model.config == entry.config
    assert model.input_range == entry.benchmark.input_range
    if model.offers(Calibrates):
        known = card["evaluation"]["calibration"]
        assert [row["condition"] for row in known["error"]] == entry.benchmark.conditions()
        assert np.isfinite(known["ood_threshold"])  # else it was never measured
        assert model.calibration == Calibration(*(np.float32(known[key]) for key in ("temperature", "spread", "ood_threshold")))
    check_threshold(model)
    if isinstance(model, MetaLearner):
        check_forward_pass(model, 1e-3 if name in STEPPED else 1e-4)
    with np.load(ANSWERS) as kept:
        scale = max(1.0, float(np.abs(kept[name]).max()))
        near = 1e-3 if name in (*ROUNDED, *STEPPED) else 1e-4
        np.testing.assert_allclose(answers(model), kept[name], rtol=near, atol=near * scale)


def check_card(name, entry, card):
    weights = registry.CARDS / name / card["weights"]["file"]
    assert files.sha256(weights) == card["weights"]["sha256"]
    assert weights.stat().st_size == card["weights"]["bytes"]
    assert card["recipe"] == {key: getattr(entry.recipe, key) for key in card["recipe"]}
    assert card["training"]["command"] == f"zoo train {entry.weights_of or name}"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", card["training"]["date"])
    with open(registry.CARDS / name / card["training"]["curve"], newline="") as file:
        assert len(list(csv.DictReader(file))) == card["recipe"]["epochs"]
    left = ("learner", "task model") if issubclass(entry.learner, MetaLearner) else ("learner",)
    assert set(card["parity"]) == {f"{kind} {model}" for kind in FORMATS for model in left}
    assert max(card["parity"].values()) < 1e-4
    own = [figure.condition for figure in entry.published if not figure.condition.get("transductive")]  # a card has no others
    published = {tuple(sorted(condition.items())) for condition in own}
    shown = {tuple(sorted(score["condition"].items())) for score in card["evaluation"]["scores"] if "published" in score}
    assert shown == published
    assert all(set(entry.benchmark.conditions()[0]) <= set(figure.condition) for figure in entry.published)


def check_threshold(model):
    """What a calibrated learner takes for "none of these" is finite, and infinite for others; a task of a table has its own."""
    measured = model.offers(Calibrates) and model.calibration.ood_threshold < np.inf
    assert np.isfinite(model.ood_threshold) == measured
    if model.tells_classes:
        task, _ = made.answers(model)
        assert task.ood_threshold == (1.0 if model.reads_tables else model.ood_threshold)  # of a table its task's own


def check_forward_pass(model, near):
    """Seven tasks in one batch: three of 7, 4 and 1 rows, the same with garbage for padding, and the first in another order."""
    clean = made.episode(model, sizes=(7, 4, 1))
    dirty = {key: part.copy() for key, part in clean.items()}
    for task, size in enumerate(clean["support_size"]):
        for key in ("support_x", "support_y"):
            dirty[key][task, size:] = np.nan
    order = np.random.default_rng(1).permutation(7)
    turned = {key: part[:1].copy() for key, part in clean.items()}
    for key in ("support_x", "support_y"):
        turned[key] = turned[key][:, order]
    together = {key: np.concatenate([clean[key], dirty[key], turned[key]]) for key in clean}
    got = np.asarray(model.answers(together))
    assert np.isfinite(got).all()
    np.testing.assert_array_equal(got[3:6], got[:3])
    if not model.ordered:
        close = 1e-3 if got.shape[-1] > 100 else near  # a pixel at an edge multiplies rounding
        np.testing.assert_allclose(got[6], got[0], rtol=close, atol=close * max(1.0, float(np.abs(got[0]).max())))
    if model.offers(Influences):
        share = model.graphs.influence(*(together[f"support_{part}"] for part in ("x", "y", "size"))).numpy()
        np.testing.assert_allclose(share.sum(axis=1), 1.0, rtol=1e-5)


def test_reproduces(name):
    """The first tasks of the card's headline give the mean that is kept of them, and it agrees with the headline."""
    if pictures.missing(registry.entry(name).benchmark):
        pytest.skip("TensorFlow Datasets lacks its data; set TFDS_DATA_DIR to a folder that holds it")
    kept, headline = json.loads(FIRST.read_text(encoding="utf-8"))[name], registry.card(name)["evaluation"]["scores"][0]
    mean, tasks = first_tasks(name, registry.load(name))
    assert tasks == kept["tasks"]
    assert mean == pytest.approx(kept["mean"], rel=0.02 if name in PLAYED else 1e-3, abs=1e-6)
    card = Score(**{key: headline[key] for key in ("condition", "mean", "interval", "tasks")})
    assert abs(mean - card.mean) <= 2 * (card.tasks / tasks) ** 0.5 * card.interval


def test_every_entry_has_its_answers_and_no_other():
    with np.load(ANSWERS) as kept:
        assert set(kept.files) == set(registry.names())
    assert set(json.loads(FIRST.read_text(encoding="utf-8"))) == set(registry.names())
