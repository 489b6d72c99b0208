"""Learned tasks as a column of Arrow, `task`, to be applied or to grow later.

    task: {size, [classes], [columns], learned: {NAME: {shape, values}, …}, [summary: {NAME: {shape, values}, …}]}

`learned` holds the arrays of a learned task as they are everywhere else, flat, beside their shapes; `size` is how many examples
it was learned from, `columns` the rule of a table's columns as JSON.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import pyarrow as pa

from zoo.bulk.ragged import lists_of
from zoo.datasets.tables.columns import Columns
from zoo.learners.array_spec import ArraySpec
from zoo.learners.labels import Given
from zoo.utils.errors import ZooError, listed

SHAPE, VALUES = "shape", "values"
SIZE, CLASSES, COLUMNS, LEARNED, SUMMARY = "size", "classes", "columns", "learned", "summary"
Arrays = dict[str, np.ndarray]


@final
@dataclass(frozen=True)
class Kept:
    """One learned task.

    Attributes:
        learned, summary: arrays `[1, ...]` by name.
        given, columns, size: see `TaskModel`.
    """

    learned: Arrays
    summary: Arrays
    given: Given
    columns: Columns | None
    size: int


def type_of(learner: Any, label: pa.DataType | None) -> pa.DataType:
    """The type of the column.

    Args:
        learner: an `OnnxLearner`.
        label: the type of a class; None where labels are numbers.
    """
    fields = [(SIZE, pa.int32())]
    fields += [(CLASSES, pa.list_(label))] if label is not None else []
    fields += [(COLUMNS, pa.string())] if learner.reads_tables else []
    fields += [(LEARNED, _type_of_arrays(learner.task_arrays()))]
    summary = learner.summary_arrays()
    return pa.struct(fields + ([(SUMMARY, _type_of_arrays(summary))] if summary else []))


def column(
    kind: pa.DataType, learned: Arrays, summary: Arrays, sizes: np.ndarray, givens: list[Given], rules: list[Columns | None]
) -> pa.Array:
    """Learned tasks, arrays `[B, ...]`, as a column of the type `kind`."""
    parts = {SIZE: pa.array(np.asarray(sizes, np.int32)), LEARNED: _arrays(kind.field(LEARNED).type, learned)}
    names = [field.name for field in kind]
    if CLASSES in names:
        parts[CLASSES] = pa.array([list(given.classes) for given in givens], kind.field(CLASSES).type)
    if COLUMNS in names:
        parts[COLUMNS] = pa.array([None if rule is None else json.dumps(rule.as_json()) for rule in rules], pa.string())
    if SUMMARY in names:
        parts[SUMMARY] = _arrays(kind.field(SUMMARY).type, summary)
    return pa.StructArray.from_arrays([parts[name] for name in names], fields=list(kind))


def tasks(learner: Any, kept: pa.StructArray) -> list[Kept | None]:
    """The tasks of a column; None where there is none.

    Raises:
        ZooError: if it is no such column, or one of another learner.
    """
    _check(learner, kept.type)
    names = [field.name for field in kept.type]
    sizes = kept.field(SIZE).to_pylist()
    classes = kept.field(CLASSES).to_pylist() if CLASSES in names else [()] * len(kept)
    rules = kept.field(COLUMNS).to_pylist() if COLUMNS in names else [None] * len(kept)
    valid = kept.is_valid().to_numpy(zero_copy_only=False)
    learned = _of_arrays(kept.field(LEARNED), valid)
    summary = _of_arrays(kept.field(SUMMARY), valid) if SUMMARY in names else [{}] * len(kept)
    return [
        Kept(
            learned[row],
            summary[row],
            Given(tuple(classes[row] or ()), flat=True),
            _rule(rules[row]),
            sizes[row] or 0,
        )
        if there
        else None
        for row, there in enumerate(valid)
    ]


def _rule(text: str | None) -> Columns | None:
    return None if text is None else Columns.from_json(json.loads(text))


def _check(learner: Any, kind: pa.DataType) -> None:
    wanted = set(learner.task_arrays())
    has = (
        {field.name for field in kind.field(LEARNED).type}
        if pa.types.is_struct(kind) and kind.get_field_index(LEARNED) >= 0
        else set()
    )
    if has != wanted:
        raise ZooError(
            f"the learned tasks hold {listed(sorted(has)) or 'no arrays'}, but those of {learner.title} are "
            f"{listed(sorted(wanted))}; give what the same learner kept by --keep-tasks."
        )


def _type_of_arrays(specs: Mapping[str, ArraySpec]) -> pa.DataType:
    def one(spec: ArraySpec) -> pa.DataType:
        return pa.struct([(SHAPE, pa.list_(pa.int32())), (VALUES, pa.list_(pa.type_for_alias(spec.dtype)))])

    return pa.struct([(name, one(spec)) for name, spec in sorted(specs.items())])


def _arrays(kind: pa.DataType, arrays: Arrays) -> pa.StructArray:
    """Arrays `[B, ...]` by name as structs, one for each of B tasks."""
    found = []
    for field in kind:
        values = arrays[field.name]
        tasks, rank = len(values), values.ndim - 1
        shapes = lists_of(np.tile(np.array(values.shape[1:], np.int32), tasks), np.full(tasks, rank), pa.list_(pa.int32()))
        sizes = np.full(tasks, int(np.prod(values.shape[1:])))
        flat = lists_of(np.ascontiguousarray(values).reshape(-1), sizes, field.type.field(VALUES).type)
        found.append(pa.StructArray.from_arrays([shapes, flat], fields=list(field.type)))
    return pa.StructArray.from_arrays(found, fields=list(kind))


def _of_arrays(structs: pa.StructArray, there: np.ndarray) -> list[Arrays]:
    """Of each task that is there its arrays `[1, ...]` by name."""
    found: list[Arrays] = [{} for _ in range(len(structs))]
    for field in structs.type:
        part = structs.field(field.name)
        shapes, values = part.field(SHAPE).to_pylist(), part.field(VALUES)
        bounds = values.offsets.to_numpy()
        flat = values.values.to_numpy(zero_copy_only=False)
        for row, shape in enumerate(shapes):
            if there[row]:
                found[row][field.name] = flat[bounds[row] : bounds[row + 1]].reshape(1, *shape)
    return found
