"""A calibration that was never measured changes nothing."""

import dataclasses

import pytest

from zoo.learners.capabilities.calibrates import Calibrates, Calibration


def test_the_default_changes_no_logit_and_calls_nothing_out_of_distribution():
    assert Calibration() == Calibration(temperature=1.0, spread=0.0, ood_threshold=float("inf"))
    with pytest.raises(dataclasses.FrozenInstanceError):
        Calibration().temperature = 2.0


def test_who_has_a_calibration_and_leaves_examples_out_calibrates(tiny):
    class Calibrated:
        calibration = Calibration()

        def leave_one_out(self, task):
            return None

    assert isinstance(Calibrated(), Calibrates)
    assert not isinstance(tiny, Calibrates)
