"""Tasks as a CSV in long form, `task_id, x…, y`: a line for each example, and for each query one whose label is empty.

Lines of a task need not lie together; tasks are in the order of their first lines. All fields are texts here, so that an id
comes back as it was written, and one that is no number spoils its own task only.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from zoo.bulk.names import ERROR, OOD_SCORE, PREDICTION, PROBABILITY, QUERY_X, SUPPORT_X, SUPPORT_Y, TASK_ID
from zoo.utils.errors import ZooError, listed
from zoo.utils.tables import DELIMITERS, unused


@final
@dataclass(frozen=True)
class LongForm:
    """The tasks of a CSV.

    Attributes:
        tasks: a row for each, as tables of tasks are elsewhere.
        queries: the lines of the queries, in the order of the tasks: the columns of examples.
        counts: int64 `[tasks]`, how many queries each has.
        labels: the columns of the labels.
    """

    tasks: pa.Table
    queries: pa.Table
    counts: np.ndarray
    labels: list[str]


def read(path: Path, learner: Any, label: str | None = None, learns: bool = True) -> LongForm:
    """Read a CSV.

    Args:
        path: of the file.
        learner: an `OnnxLearner`, which says how many columns an example and a label have.
        label: the column of the labels; the last one or ones by default.
        learns: whether tasks have examples; otherwise all lines are queries, and there need be no labels.

    Raises:
        ZooError: for columns that do not fit.
        pyarrow.ArrowInvalid, OSError: if it cannot be read.
    """
    table = _opened(path)
    x, y = _columns(table.column_names, learner, label, learns)
    ids = table[TASK_ID].combine_chunks()
    coded = ids.dictionary_encode(null_encoding="encode")
    codes = coded.indices.to_numpy(zero_copy_only=False)
    asks = np.ones(len(table), bool)
    for name in y if learns else ():
        asks &= table[name].is_null().to_numpy()
    places, learned, asked = np.arange(len(table)), ~asks, asks
    tasks = len(coded.dictionary)
    columns: dict[str, Any] = {TASK_ID: coded.dictionary}
    orders = {}
    for wanted, names in (*([(learned, (SUPPORT_X, SUPPORT_Y))] if learns else []), (asked, (QUERY_X,))):
        chosen = places[wanted]
        order = chosen[np.argsort(codes[chosen], kind="stable")]
        bounds = pa.array(np.searchsorted(codes[order], np.arange(tasks + 1)).astype(np.int32))
        for name in names:
            values = _joined(table, y if name == SUPPORT_Y else x, order, learner, name)
            columns[name] = pa.ListArray.from_arrays(bounds, values)
        orders[names[0]] = order
    queries = table.select(x).take(orders[QUERY_X])
    counts = np.bincount(codes[orders[QUERY_X]], minlength=tasks)
    return LongForm(pa.table(columns), queries, counts, y)


def schema(answers: pa.Schema, queries: pa.Schema, label: list[str]) -> pa.Schema:
    """Columns of the lines that answers become.

    Args:
        answers: see `Predictor.schema`.
        queries: of the examples.
        label: names of the numbers of a label.
    """
    kind = answers.field(PREDICTION).type.value_type
    many = pa.types.is_list(kind)
    predicted = [f"{PREDICTION} {name}" for name in label] if many else [PREDICTION]
    found = [(unused(name, queries.names), kind.value_type if many else kind) for name in predicted]
    found += [(unused(name, queries.names), pa.float32()) for name in (PROBABILITY, OOD_SCORE) if name in answers.names]
    return pa.schema([(TASK_ID, pa.string()), *queries, *found, (unused(ERROR, queries.names), pa.string())])


def lines(answers: pa.Table, queries: pa.Table, counts: np.ndarray, kind: pa.Schema) -> pa.Table:
    """A line for each query and its answer, and one for each task with an error.

    Args:
        answers: a row for each task.
        queries: lines of the queries of these tasks, one task after the other.
        counts: how many each task has.
        kind: see `schema`.
    """
    bad = answers[ERROR].is_valid().to_numpy()
    owner = np.repeat(np.arange(len(counts)), counts)
    fine = ~bad[owner]
    flat = [
        answers[name].combine_chunks().flatten() for name in (PREDICTION, PROBABILITY, OOD_SCORE) if name in answers.column_names
    ]
    if pa.types.is_list(flat[0].type):
        values = flat[0].flatten()
        width = len(kind.names) - len(queries.column_names) - 2 - (len(flat) - 1)
        flat[:1] = [values.take(pa.array(np.arange(at, len(values), width))) for at in range(width)]
    ids = answers[TASK_ID].combine_chunks().cast(pa.string())
    good = [
        ids.take(pa.array(owner[fine])),
        *queries.filter(pa.array(fine)).columns,
        *flat,
        pa.nulls(int(fine.sum()), pa.string()),
    ]
    wrong = np.flatnonzero(bad)
    middle = [pa.nulls(len(wrong), field.type) for field in list(kind)[1:-1]]
    lost = [ids.take(pa.array(wrong)), *middle, answers[ERROR].combine_chunks().take(pa.array(wrong))]
    both = pa.concat_tables([pa.table(good, schema=kind), pa.table(lost, schema=kind)])
    return both.take(pa.array(np.argsort(np.concatenate([owner[fine], wrong]), kind="stable")))


def _opened(path: Path) -> pa.Table:
    with open(path, encoding="utf-8-sig") as file:
        first = file.readline()
    delimiter = max(DELIMITERS, key=first.count)
    read = csv.open_csv(path, parse_options=csv.ParseOptions(delimiter=delimiter))
    names = read.schema.names
    if TASK_ID not in names:
        raise ZooError(f"lacks the column {TASK_ID}; it has {listed(names)}.")
    if len(set(names)) < len(names):
        raise ZooError(f"has columns of the same name: {listed(names)}; rename all but one.")
    convert = csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True, null_values=[""])
    return csv.read_csv(path, parse_options=csv.ParseOptions(delimiter=delimiter), convert_options=convert)


def _columns(names: list[str], learner: Any, label: str | None, learns: bool) -> tuple[list[str], list[str]]:
    """Names of the columns of examples and of labels."""
    others = [name for name in names if name != TASK_ID]
    wide = learner.example.sizes
    width = 1 if len(wide) == 3 else wide[0]  # a path for a picture
    count = 1 if learner.tells_classes else learner.labels.shape.numbers or 1
    labels = [label] if label is not None else others[-count:]
    if not learns and (not set(labels) <= set(others) or (label is None and (width is None or len(others) == width))):
        labels = []
    if not set(labels) <= set(others):
        raise ZooError(f"has no column {listed(labels)} for labels; it has {listed(others)}.")
    x = [name for name in others if name not in labels]
    if not x or (width is not None and len(x) != width):
        raise ZooError(
            f"has {len(others)} columns beside {TASK_ID} ({listed(others)}), but {learner.title} reads "
            f"{'some' if width is None else width} of examples and {len(labels)} of labels; keep just these."
        )
    return x, labels


def _joined(table: pa.Table, names: list[str], rows: np.ndarray, learner: Any, name: str) -> pa.Array:
    """Columns of some lines as one: structs of a table's rows, numbers where all are some, lists of these, or texts."""
    parts = [table[each].combine_chunks().take(pa.array(rows)) for each in names]
    if name != SUPPORT_Y and learner.reads_tables:
        return pa.StructArray.from_arrays(parts, names)
    if not (name == SUPPORT_Y and learner.tells_classes):
        parts = [_numbers(part) for part in parts]
    if len(parts) == 1:
        return parts[0]
    kind = parts[0].type if len({part.type for part in parts}) == 1 else pa.string()
    flat = pa.concat_arrays([part.cast(kind) for part in parts])
    turned = np.arange(len(flat)).reshape(len(parts), -1).T.reshape(-1)
    return pa.FixedSizeListArray.from_arrays(flat.take(pa.array(turned)), len(parts))


def _numbers(texts: pa.Array) -> pa.Array:
    """Texts as numbers where all of them are some."""
    try:
        return pc.utf8_trim_whitespace(texts).cast(pa.float64())
    except pa.ArrowInvalid:
        return texts
