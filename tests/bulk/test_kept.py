"""Learned tasks as a column and back, to the bit, with their classes and the rule of their columns."""

import numpy as np
import pyarrow as pa
import pytest

from zoo import ZooError
from zoo.bulk import kept
from zoo.learners.labels import Given


def test_tasks_come_back_as_they_were(tiny):
    learned = [tiny.learn([0.0, each], [1.0, 2.0]) for each in (1.0, 2.0)]
    together = {name: np.concatenate([task.learned[name] for task in learned]) for name in learned[0].learned}
    summary = {name: np.concatenate([task.summary[name] for task in learned]) for name in learned[0].summary}
    column = kept.column(kept.type_of(tiny, None), together, summary, np.array([2, 2]), [Given()] * 2, [None] * 2)
    back = kept.tasks(tiny, pa.concat_arrays([column.slice(1), pa.nulls(1, column.type), column.slice(0, 1)]))
    assert back[1] is None
    for task, got in zip(learned, (back[2], back[0]), strict=True):
        assert (got.size, got.columns, got.given.classes) == (2, None, ())
        for name, values in (task.learned | task.summary).items():
            np.testing.assert_array_equal((got.learned | got.summary)[name], values)


def test_classes_and_rules_of_columns_are_kept(rows_of_tables):
    rows = [{"age": float(place), "city": "Rome" if place % 2 else "Oslo"} for place in range(12)]
    task = rows_of_tables.learn(rows, ["old" if row["age"] > 5 else "young" for row in rows])
    kind = kept.type_of(rows_of_tables, pa.string())
    column = kept.column(kind, task.learned, {}, np.array([12]), [task.given], [task.columns])
    (back,) = kept.tasks(rows_of_tables, column)
    assert (back.given.classes, back.columns, back.size) == (("old", "young"), task.columns, 12)


def test_a_column_of_something_else_is_refused(tiny, tiny_names):
    task = tiny.learn([0.0], [1.0])
    column = kept.column(kept.type_of(tiny, None), task.learned, task.summary, np.array([1]), [Given()], [None])
    with pytest.raises(ZooError, match=r"the learned tasks hold bias_0, .* but those of tiny_names are count, prototype, spread"):
        kept.tasks(tiny_names.learner, column)
    with pytest.raises(ZooError, match="hold no arrays"):
        kept.tasks(tiny, pa.array([{"a": 1}]))
