"""The check of an installation: it reads no data set, asks no network, and finds damaged weights."""

import socket

import numpy as np
import pytest

from zoo import ZooError
from zoo.evaluation import self_check
from zoo.hub import registry
from zoo.learners.zoo_model import ZooModel
from zoo.models import no_adaptation, prototypical


@pytest.fixture
def alone(monkeypatch):
    """No data set can be read and no connection be made."""
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("asked the network"))
    monkeypatch.setattr(registry, "entry", lambda name: pytest.fail("imported an entry"))


@pytest.mark.parametrize("module", [no_adaptation, prototypical])
def test_learns_and_predicts_of_examples_made_here(alone, module):
    learner = next(iter(module.tiny().values()))
    assert self_check.check(learner, exports=False) == {}


def test_exports_a_task_to_every_format(alone):
    (learner,) = no_adaptation.tiny().values()
    differences = self_check.check(learner)
    assert set(differences) == {f"{kind} task model" for kind in ("SavedModel", "ONNX", "LiteRT")}
    assert max(differences.values()) < 1e-5


def test_damaged_weights_are_found():
    (learner,) = no_adaptation.tiny().values()
    learner.set_weights([np.full_like(value, np.nan) for value in learner.get_weights()])
    with pytest.raises(ZooError, match="predicts NaN or infinity: its weights are damaged; reinstall"):
        self_check.check(learner, exports=False)


def test_a_model_without_a_support_set_has_nothing_to_learn():
    class Other(ZooModel):
        config_class = dict
        endpoints = forward = None

    assert self_check.check(Other()) == {}
