"""Labels as users give them: lists, arrays and tensors of Python's and NumPy's types, alike, mixed, missing or nested."""

import datetime
import decimal
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st

from fuzz import learners
from fuzz.damage import ODD_TEXTS
from fuzz.kind import Kind
from zoo.learners.labels import Classes, Nothing, Numbers, Tokens

LEARN, NUMBERS, UPDATE = "classes", "numbers", "update"
ALONE = {
    "five": Classes(5),
    "mask": Classes(within=("height", "width")),
    "two": Numbers(2),
    "tokens": Tokens(3, 7),
    "none": Nothing(),
}


class NAType:
    """As that of pandas, which need not be there."""


class Ring:
    """An object that is no label, and whose text is long and of many lines."""

    def __repr__(self) -> str:
        return "ring\n" * 2000


@dataclass(frozen=True)
class Given:
    """Labels, and which door they go through."""

    door: str
    y: Any


NAMES = st.sampled_from(["elm", "oak", "ash", "\u65e5\u672c", "caf\u00e9", "cafe\u0301", " elm", "a b", "1"])
POOLS = (
    NAMES,
    st.integers(-3, 5),
    st.sampled_from([2**62, 2**63 - 1, 2**63, 2**64 - 1, -(2**63), 2**53, 2**53 + 1]),
    st.booleans(),
    st.sampled_from([0.0, -0.0, 1.0, 2.0, 1e15, 1e300]),
    NAMES.map(str.encode),
    NAMES.map(np.str_),
    st.sampled_from([np.int8(1), np.int64(2), np.uint64(2**63), np.int64(-1), np.float32(1), np.float16(2)]),
    st.sampled_from([[0, 1, 6], [1, 1, 2], [3, 0, 0]]),
    st.sampled_from([[0.5, -1.0], [1, 2], [1e30, 0]]),
    st.sampled_from([[["a", "b"], ["b", "a"]], [["b", "b"], ["b", "b"]]]),
)
ODD = st.sampled_from(
    [
        *(None, float("nan"), float("inf"), -float("inf"), 0.5, 1e39, 10**400, 2**70, 1j, "x" * 5000, b"\xff", b"a\0", "elm\0"),
        *(
            np.datetime64("2026-01-01"),
            np.datetime64("NaT"),
            np.float64("nan"),
            np.longdouble(1),
            np.array(1),
            np.array([]),
            np.array(["a"]),
        ),
        *(
            decimal.Decimal("1"),
            decimal.Decimal("NaN"),
            datetime.date(2026, 1, 1),
            NAType(),
            Ring(),
            object,
            (),
            (1,),
            [1, 2],
            {},
            {"a": 1},
        ),
        *(np.ma.masked, slice(1), ..., len, [[1], [1, 2]], "elm ", np.void(b"a"), True, "True", np.str_("oak"), range(2)),
        *ODD_TEXTS,
    ]
)


@st.composite
def _labels(draw: st.DrawFn) -> Given:
    door = draw(st.sampled_from([LEARN] * 6 + [NUMBERS, UPDATE, UPDATE, *ALONE]))
    pool = draw(st.sampled_from(POOLS))
    rows = draw(st.lists(pool, min_size=0 if draw(st.integers(0, 19)) == 0 else 1, max_size=6))
    for _ in range(draw(st.sampled_from([0, 0, 0, 0, 1, 1, 2]))):
        rows.insert(draw(st.integers(0, len(rows))), draw(ODD | st.one_of(POOLS)))
    return Given(door, _contained(draw, rows))


def _contained(draw: st.DrawFn, rows: list) -> Any:
    """The rows in one of the containers that users have; as a list where it cannot hold them."""
    how = draw(
        st.sampled_from(["list"] * 4 + ["tuple", "array", "array", "object", "column", "dtype", "tensor", "masked", "odd"])
    )
    try:
        match how:
            case "tuple":
                return tuple(rows)
            case "array":
                return np.array(rows)
            case "object":
                return np.array([*rows, None], dtype=object)[:-1]
            case "column":
                return [[row] for row in rows] if draw(st.booleans()) else np.array(rows)[:, None]
            case "dtype":
                kinds = ["i1", "u1", "<u8", ">i4", "f2", "g", "?", "S3", "U3", "M8[D]", "c8", np.dtypes.StringDType()]
                with np.errstate(all="ignore"):
                    return np.array(rows).astype(draw(st.sampled_from(kinds)))
            case "tensor":
                import tensorflow as tf

                return tf.constant(rows)
            case "masked":
                return np.ma.array(rows, mask=[place == 1 for place in range(len(rows))])
            case "odd":
                odd = [
                    None,
                    0,
                    1.5,
                    "elm",
                    b"elm",
                    {},
                    set(),
                    {1, 2},
                    {"a": 1},
                    iter(()),
                    range(3),
                    np.zeros([2, 2, 2, 2]),
                    Ring(),
                ]
                return draw(st.sampled_from([*odd, dict.fromkeys(map(str, rows)), np.zeros([0, 3]), memoryview(b"abc")]))
    except Exception:  # numbers too large for a type, rows of several lengths
        pass
    return rows


def _opened(given: Given, folder: Path) -> None:
    y = given.y
    rows = _rows(y)
    if given.door in ALONE:
        labels = ALONE[given.door]
        known = labels.given(y)
        encoded = labels.encode(y, known)
        assert len(encoded) == rows
        assert np.isfinite(encoded).all()
        if labels.are_classes:
            _check_classes(y, encoded, known.classes)
        return
    if given.door == NUMBERS:
        learner = learners.learner(learners.MEAN)
        task = learner.learn(learners.examples(learners.MEAN, max(1, rows)), y)
        assert len(task.predict([0.5, 1.5])) == 2
        return
    learner, x = learners.learner(learners.CLASSES), learners.examples(learners.CLASSES, max(1, rows))
    if given.door == UPDATE:
        task = learner.learn(learners.examples(learners.CLASSES, 3), ["elm", "oak", "elm"]).update(x, y)
        assert task.classes[:2] == ("elm", "oak")
    else:
        task = learner.learn(x, y)
        _check_classes(y, learner.labels.encode(y, task.given), task.classes)
    assert {*task.predict(x).tolist()} <= {*task.classes}


def _rows(y: Any) -> int:
    try:
        return len(y)
    except TypeError:  # nothing that has a length, or an array without axes
        return 3


def _check_classes(y: Any, encoded: np.ndarray, classes: tuple) -> None:
    """Every row has its own label's class: no two labels became one, and none another."""
    want = [_plain(label) for label in np.asarray(y, object).ravel().tolist()]
    got = [_plain(classes[place]) for place in encoded.reshape(-1, encoded.shape[-1]).argmax(axis=-1)]
    assert want == got, f"labels {want} became {got}"
    assert len({type(label) for label in want}) == 1 or not any(isinstance(label, str | bool) for label in want)


def _plain(label: Any) -> Any:
    label = label.item() if isinstance(label, np.generic | np.ndarray) else label
    label = label.decode() if isinstance(label, bytes) else label
    return unicodedata.normalize("NFC", label) if isinstance(label, str) else label


KIND = Kind("label lists", 100, _labels(), _opened, Given(UPDATE, ["elm", "ash"]))
