"""A description of a learner: what its graphs take and give and what it warns of, as plain data that goes into a file."""

import dataclasses
import math
from dataclasses import dataclass
from typing import Any, Self, final

from zoo.learners.array_spec import ArraySpec
from zoo.learners.labels import Classes, Labels, Nothing, Numbers, Tokens
from zoo.learners.learner import Learner
from zoo.learners.shape import Shape

KINDS: dict[str, type[Labels]] = {kind.__name__: kind for kind in (Classes, Nothing, Numbers, Tokens)}


@final
@dataclass(frozen=True)
class Description:
    """All that a user's arrays are checked by, and that answers are read by.

    Attributes:
        title, example, query, labels, input_range, label_range, knows, ood_threshold, ordered, most_rows,
            most_classes, can_update: see `Learner`.
        task: the arrays of a learned task, by name.
        summary: those that are kept of a support beside it; empty where nothing is.
        embedding: numbers of an embedding where the graphs are an encoder and heads, see `Halves`; 0 where each graph is whole.
    """

    title: str
    example: Shape
    query: Shape
    labels: Labels
    input_range: tuple[float, float] | None
    label_range: tuple[float, float] | None
    knows: str
    ood_threshold: float
    ordered: bool
    most_rows: int | None
    most_classes: int | None
    can_update: bool
    task: dict[str, ArraySpec]
    summary: dict[str, ArraySpec]
    embedding: int = 0

    @classmethod
    def of(cls, learner: Learner) -> Self:
        """That of a learner."""
        same = {field.name: getattr(learner, field.name) for field in dataclasses.fields(cls)[:-3]}
        return cls(**same, task=dict(learner.task_arrays()), summary=dict(learner.summary_arrays()))

    def as_json(self) -> dict[str, Any]:
        """As plain data."""
        plain = dataclasses.asdict(self)
        plain["labels"] = {"kind": type(self.labels).__name__, **plain["labels"]}
        plain["ood_threshold"] = self.ood_threshold if math.isfinite(self.ood_threshold) else None
        return plain

    @classmethod
    def from_json(cls, plain: Any) -> Self:
        """That of plain data, which anybody may have written.

        Raises:
            ValueError: if it is none, in words.
        """
        try:
            labels = dict(plain["labels"])
            kind = KINDS[labels.pop("kind")]
            threshold = plain["ood_threshold"]
            return cls(
                title=_text(plain["title"]),
                example=_shape(plain["example"]),
                query=_shape(plain["query"]),
                labels=kind(**{name: _tuple(value) for name, value in labels.items()}),
                input_range=_range(plain["input_range"]),
                label_range=_range(plain["label_range"]),
                knows=_text(plain["knows"]),
                ood_threshold=math.inf if threshold is None else float(threshold),
                ordered=plain["ordered"] is True,
                most_rows=_size(plain["most_rows"]),
                most_classes=_size(plain["most_classes"]),
                can_update=plain["can_update"] is True,
                task=_arrays(plain["task"]),
                summary=_arrays(plain["summary"]),
                embedding=_size(plain.get("embedding")) or 0,
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ValueError(f"the description of its learner is damaged ({type(error).__name__}: {error})") from None


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{str(value)[:40]} is no text")
    return value


def _size(value: Any) -> int | None:
    if value is not None and not (type(value) is int and 0 <= value < 2**31):
        raise ValueError(f"{str(value)[:40]} is no size")
    return value


def _shape(plain: Any) -> Shape:
    axes = [axis if isinstance(axis, str) else _size(axis) or 0 for axis in plain["axes"]]
    return Shape(tuple(axes), plain["missing"] is True)


def _range(plain: Any) -> tuple[float, float] | None:
    if plain is None:
        return None
    low, high = plain
    return float(low), float(high)


def _arrays(plain: Any) -> dict[str, ArraySpec]:
    found = {}
    for name, spec in plain.items():
        names = [axis if axis is None else _text(axis) for axis in spec["names"]]
        if spec["dtype"] not in ("float32", "int32"):
            raise ValueError(f"{str(spec['dtype'])[:40]} is no type of an array")
        found[name] = ArraySpec(spec["dtype"], tuple(_size(size) for size in spec["sizes"]), tuple(names))
    return found
