"""Tasks of many sizes as batches of few: those of like length together, none larger than a processor's caches hold."""

from collections.abc import Iterator

import numpy as np

from zoo.learners.parts import EXAMPLES

MOST = 4096  # tasks of a batch


def by_length(support: np.ndarray, queries: np.ndarray, example_bytes: int, query_bytes: int) -> Iterator[np.ndarray]:
    """Places of tasks, a batch after the other, those with few examples first.

    A batch holds at most `EXAMPLES` bytes of examples and queries, padding included, or one task.

    Args:
        support, queries: int64 `[B]`, how many examples and queries each task has.
        example_bytes, query_bytes: of one.
    """
    order = np.lexsort((queries, support))
    at = 0
    while at < len(order):
        part = order[at : at + MOST]
        while len(part) > 1 and len(part) * _most(support[part], queries[part], example_bytes, query_bytes) > EXAMPLES:
            part = part[: max(1, len(part) * 3 // 4)]
        yield part
        at += len(part)


def _most(support: np.ndarray, queries: np.ndarray, example_bytes: int, query_bytes: int) -> int:
    """Bytes of the largest of some tasks, by its examples and its queries."""
    return int(support.max()) * example_bytes + int(queries.max()) * query_bytes
