"""The rule of `support_size`, which clients and servers hold before a graph runs: each task has 1 to N of its support's N rows.

Padding by a server's batching comes later, and only adds rows behind those that a size counts.
"""

from collections.abc import Mapping

import numpy as np


def problem(inputs: Mapping[str, np.ndarray]) -> str | None:
    """Check the `support_size` of a request.

    Args:
        inputs: of one signature, by name; `support_x` is `[B, N, ...]` and `support_size` `[B]`. Other shapes pass: the
            signature itself refuses them.

    Returns:
        What is wrong, what was expected and the remedy; None where every size is right, or the signature takes no support.
    """
    if not {"support_x", "support_size"} <= inputs.keys():
        return None
    support, sizes = inputs["support_x"], inputs["support_size"]
    if support.ndim < 2 or sizes.ndim != 1:
        return None
    rows = support.shape[1]
    wrong = np.flatnonzero((sizes < 1) | (sizes > rows))
    if not len(wrong):
        return None
    task = int(wrong[0])
    if not rows:
        return f"support_size is {sizes[task]} in task {task}, and support_x has no rows; send at least one example for each task"
    return (
        f"support_size is {sizes[task]} in task {task}, but must be from 1 to {rows}, the rows of support_x; "
        "send the number of its real rows"
    )
