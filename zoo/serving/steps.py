"""The rule of `steps`, which servers hold before a graph runs: how many steps a signature takes for each task.

A graph clips gradient steps to their most without a word, and takes any number of steps of a rollout, each of which costs time
and memory.
"""

from collections.abc import Mapping

import numpy as np

MOST_GRADIENT_STEPS = 1000
MOST_ROLLOUT_STEPS = 10_000
_RANGES = {"fine_tune": (0, MOST_GRADIENT_STEPS), "rollout": (1, MOST_ROLLOUT_STEPS)}


def problem(signature: str, inputs: Mapping[str, np.ndarray]) -> str | None:
    """Check the `steps` of a request.

    Args:
        signature: its name.
        inputs: of the signature, by name; `steps` is `[B]`. Other shapes pass: the signature itself refuses them.

    Returns:
        What is wrong, what was expected and the remedy; None where every number is right, or the signature takes no steps.
    """
    if signature not in _RANGES or "steps" not in inputs or inputs["steps"].ndim != 1:
        return None
    least, most = _RANGES[signature]
    steps = inputs["steps"]
    wrong = np.flatnonzero((steps < least) | (steps > most))
    if not len(wrong):
        return None
    task = int(wrong[0])
    return f"steps is {steps[task]} in task {task}, but must be from {least} to {most}; ask for as many as are allowed"
