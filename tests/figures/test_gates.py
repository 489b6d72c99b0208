"""Gates by weight and step: what is noted is what the steps are made of, and every entry of the kind is drawn."""

from types import SimpleNamespace

import numpy as np
import pytest

from zoo.datasets import FreshSinusoids
from zoo.figures import gates
from zoo.hub import registry
from zoo.models.maml import MAML
from zoo.models.meta_lstm import MetaLSTM, MetaLSTMConfig


@pytest.fixture
def learner():
    return MetaLSTM(MetaLSTMConfig(task_widths=(4,), inner_steps=3, units=3))


@pytest.fixture
def support():
    drawn = FreshSinusoids().draw(2, 5)
    return drawn.support_x, drawn.support_y, drawn.support_size


def test_the_gates_that_are_noted_make_the_steps(learner, support):
    found = gates.gates(learner, support, 3)
    assert [sorted(step) for step in found] == [["bias_0", "bias_1", "kernel_0", "kernel_1"]] * 3
    before, after = (learner.adapted(*support, steps)[-1] for steps in (1, 2))
    bias = support[1].mean(axis=1)  # of the last layer, whose gradient is twice the mean error
    wrong = 2 * (learner.apply(before, support[0]).numpy().mean(axis=1) - bias)
    enter, forget = found[1]["bias_1"]
    np.testing.assert_allclose(after["bias_1"], forget * before["bias_1"] - enter * wrong, rtol=1e-4, atol=1e-6)
    assert all(value.min() > 0 and value.max() < 1 for step in found for pair in step.values() for value in pair)


def test_every_entry_of_the_kind_is_drawn_and_no_other(monkeypatch, learner, support):
    def entry(name):
        return SimpleNamespace(learner=type(learners[name]), build=lambda: learners[name], benchmark=FreshSinusoids())

    monkeypatch.setattr(gates, "TASKS", 2)
    learners = {"one": learner, "other": MAML()}
    monkeypatch.setattr(registry, "names", lambda: list(learners))
    monkeypatch.setattr(registry, "entry", entry)
    monkeypatch.setattr(registry, "load", learners.get)
    (picture,) = gates.pictures()
    assert picture.name == "gates_one"
    assert len(picture.rows) == 2 * 4 * 3
    drawn = FreshSinusoids().draw(2, gates.SEED)
    found = gates.gates(learner, (drawn.support_x, drawn.support_y, drawn.support_size), 3)
    assert picture.rows[0][:3] == ("input gate", next(iter(found[0])), 1)
    assert picture.rows[0][3] == pytest.approx(found[0][picture.rows[0][1]][0].mean())
