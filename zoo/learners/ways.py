"""Room for more classes in a learned task."""

from collections.abc import Mapping

import numpy as np

WAYS = "ways"  # name of the axis of classes


def pad_ways(learned: Mapping[str, np.ndarray], axes: Mapping[str, tuple[str | None, ...]], ways: int) -> dict[str, np.ndarray]:
    """A learned task with room for `ways` classes, as many as it has or more; those that are new have no examples yet.

    Args:
        learned: arrays `[1, ...]` by name. What a class without examples has is zero in every learner of classes.
        axes: the names of their axes; see `MetaLearner.task_axes`.
        ways: how many.
    """
    padded = {}
    for name, values in learned.items():
        names = (*axes[name], *[None] * values.ndim)[: values.ndim]
        wider = [(0, ways - size if axis == WAYS else 0) for axis, size in zip(names, values.shape, strict=True)]
        padded[name] = np.pad(values, wider)
    return padded
