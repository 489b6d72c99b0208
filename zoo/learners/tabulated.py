"""A user's table as the examples of a new task: the rule of its columns, and the rows that are learned from.

A rule is made of examples and labels together, before either is what `adapt` takes.
"""

from collections.abc import Sequence
from typing import Any, Protocol, TypeAlias

import numpy as np

from zoo.datasets.tables import rule
from zoo.datasets.tables.columns import Columns
from zoo.datasets.tables.given_table import GivenTable, opened
from zoo.learners.labels import Given, Labels
from zoo.learners.shape import Shape
from zoo.utils import checks
from zoo.utils.errors import ZooError, cut
from zoo.utils.ranges import warn

Categorical: TypeAlias = Sequence[str | int] | None


class Reader(Protocol):
    """What is asked of a learner that reads tables; a `Learner`."""

    title: str
    most_rows: int | None
    most_classes: int | None

    @property
    def example(self) -> Shape:
        """Axes of one example."""

    @property
    def labels(self) -> Labels:
        """What a label is."""


def columns(learner: Reader, x: Any, y: Any, categorical: Categorical) -> tuple[GivenTable, Any, Columns]:
    """The table that is learned from, its labels, and the rule of its columns.

    Of more rows than `most_rows` so many are drawn, the same ones each time: of classes in proportion, and at least one of each.

    Raises:
        ZooError: for what is no table, labels that the learner does not take, more classes than it tells apart, or different
            lengths.

    Warns:
        UserWarning: where rows are drawn, and as `rule.make`.
    """
    table = opened("x", x)
    given = learner.labels.given(y)
    refuse_classes(learner, given)
    labels = learner.labels.encode(y, given)
    checks.same_length(table.columns[0], labels)
    if learner.most_rows is not None and table.rows > learner.most_rows:
        drawn = _drawn(labels if given.classes else None, table.rows, learner.most_rows)
        how = ", each class in proportion" if given.classes else ""
        warn(
            f"x has {table.rows:,} rows, and {learner.title} learns from at most {learner.most_rows:,}: so many are drawn, the "
            f"same each time{how}; choose rows yourself to have others."
        )
        table, labels, y = table.taken(drawn), labels[drawn], np.asarray(y)[drawn]
    return table, y, rule.make(table, labels, categorical, y)


def refuse_classes(learner: Reader, given: Given) -> None:
    """Refuse a task of more classes than a learner tells apart.

    Raises:
        ZooError: if it has more than `most_classes`.
    """
    if learner.most_classes is not None and len(given.classes) > learner.most_classes:
        raise ZooError(
            f"y holds {len(given.classes)} classes, but {learner.title} tells {learner.most_classes} apart; join the rarest, or "
            "learn one task of each class against the rest."
        )


def refuse_categorical(learner: Reader, categorical: Categorical) -> None:
    """Refuse `categorical` where examples are no rows of a table.

    Raises:
        ZooError: if it is given.
    """
    if categorical is not None:
        raise ZooError(
            f"categorical is {cut(categorical)}, but an example of {learner.title} is {learner.example} and no row of a table; "
            "leave it out."
        )


def _drawn(labels: np.ndarray | None, rows: int, most: int) -> np.ndarray:
    """Numbers of the rows to learn from, in their order; of one-hot labels of each class its share, rounded up."""
    order = np.random.default_rng(0).permutation(rows)
    if labels is None:
        return np.sort(order[:most])
    kinds = labels.argmax(axis=1)[order]
    place = np.empty(rows)  # of each row within its class, as a share of the class: a prefix by it is in proportion
    for kind in np.unique(kinds):
        of_kind = np.flatnonzero(kinds == kind)
        place[of_kind] = np.arange(len(of_kind)) / len(of_kind)
    return np.sort(order[np.argsort(place, kind="stable")[:most]])
