import numpy as np
import pytest

from zoo.learners import fine_tuning, task_model
from zoo.serving import steps


def problem(signature, *counts):
    return steps.problem(signature, {"steps": np.array(counts, np.int32)})


@pytest.mark.parametrize(
    ("signature", "wrong", "least", "most"),
    [
        ("fine_tune", -1, 0, 1000),
        ("fine_tune", 1001, 0, 1000),
        ("fine_tune", 100_000, 0, 1000),
        ("rollout", 0, 1, 10_000),
        ("rollout", 2**31 - 1, 1, 10_000),
    ],
)
def test_a_number_of_steps_that_would_be_clipped_or_never_end_is_refused(signature, wrong, least, most):
    expected = f"steps is {wrong} in task 1, but must be from {least} to {most}; ask for as many as are allowed"
    assert problem(signature, 1, wrong) == expected
    assert problem(signature, least, most) is None


def test_other_signatures_and_shapes_pass():
    assert problem("other", 100_000) is None
    assert steps.problem("fine_tune", {"steps": np.int32(-1)}) is None  # the signature refuses the shape
    assert steps.problem("fine_tune", {}) is None


def test_the_most_are_those_of_the_learners():
    assert fine_tuning.MOST_STEPS == steps.MOST_GRADIENT_STEPS
    assert task_model.MOST_STEPS == steps.MOST_ROLLOUT_STEPS
