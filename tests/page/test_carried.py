"""What the page carries of a learner, of which a small one of tables is enough."""

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from zoo.datasets.tables import rule
from zoo.hub import registry
from zoo.models import snail_policy, tabular
from zoo.page import carried
from zoo.runtime import sessions


@pytest.fixture(scope="module")
def small():
    return tabular.tiny()["classes"]


@pytest.fixture(scope="module")
def exported(small):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(carried, "TABLES", {"classes": "small"})
        patch.setattr(carried, "LEARNERS", {"small": ("adapt", "apply")})
        patch.setattr(carried, "AGENTS", {})
        patch.setattr(registry, "load", lambda name: small)
        patch.setattr(registry, "card", lambda name: {"task": {"bytes": 5}})
        return carried.export()


def test_every_signature_is_compared_and_carried(exported):
    assert list(exported.payload) == ["payload-small-adapt", "payload-small-apply", "payload-small-task"]
    assert set(exported.differences["small"]) == {"adapt", "apply"}
    assert max(exported.differences["small"].values()) < 1e-3


def test_facts_are_plain_data_with_the_limits_of_the_learner(exported):
    facts = json.loads(json.dumps(exported.facts, allow_nan=False))
    assert facts["learners"] == {"small": {"task_bytes": 5, "most_rows": 500, "most_classes": 10, "ood_threshold": None}}
    assert facts["tables"]["learners"] == {"classes": "small"}
    assert facts["tables"]["rule"]["most_inputs"] == rule.MOST_INPUTS


def test_a_task_is_its_graph_and_what_was_learned(exported, small, tmp_path: Path):
    x, y = np.array([[1.0], [2.0], [3.0], [5.0]], np.float32), ["a", "b", "a", "b"]
    task = small.learn(x, y)
    model = onnx.load_from_string(exported.payload["payload-small-task"])
    assert model.graph.doc_string == task.title
    model.graph.initializer.extend(numpy_helper.from_array(value, name) for name, value in task.learned.items())
    (got,) = sessions.opened(model.SerializeToString()).run(["prediction"], {"query_x": x})
    np.testing.assert_allclose(got, task.logits(x), rtol=1e-4, atol=1e-4)


def test_a_threshold_is_told_where_one_was_measured(small, monkeypatch):
    monkeypatch.setattr(registry, "card", lambda name: {"task": {"bytes": 5}})
    monkeypatch.setattr(small, "ood_threshold", 1.5)
    assert carried._facts("small", small)["ood_threshold"] == 1.5


def test_an_agent_is_carried_with_what_its_card_says_of_it_and_of_others(monkeypatch):
    scores = {"scores": [{"mean": 6.04}], "baselines": [{"baseline": "random", "mean": 3.0}, {"baseline": "index", "mean": 7.96}]}
    monkeypatch.setattr(carried, "LEARNERS", {})
    monkeypatch.setattr(carried, "TABLES", {})
    monkeypatch.setattr(carried, "AGENTS", {"player": ("reset", "act")})
    monkeypatch.setattr(registry, "load", lambda name: snail_policy.tiny()["bandit"])
    monkeypatch.setattr(registry, "card", lambda name: {"evaluation": {**scores, "tasks": 50}})
    exported = carried.export()
    assert list(exported.payload) == ["payload-player-reset", "payload-player-act"]
    assert exported.facts["agents"]["player"] == {
        "actions": 3,
        "length": 6,
        "games": 50,
        "averages": [("index", 8.0), ("the agent", 6.0), ("random", 3.0)],
    }
