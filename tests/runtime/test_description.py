"""A description of a learner: it comes back from plain data as it was, and damage is named."""

import json
import math

import pytest

from zoo.learners.array_spec import ArraySpec
from zoo.learners.labels import Classes, Nothing, Numbers, Tokens
from zoo.learners.shape import Shape
from zoo.runtime.description import Description


def described(labels, **changes):
    about = {
        "title": "some learner",
        "example": Shape(("columns",), missing=True),
        "query": Shape((3, 2)),
        "labels": labels,
        "input_range": (-5.0, 5.0),
        "label_range": None,
        "knows": "waves",
        "ood_threshold": math.inf,
        "ordered": False,
        "most_rows": 500,
        "most_classes": None,
        "can_update": True,
        "task": {"prototype": ArraySpec("float32", (None, 4), ("ways", None))},
        "summary": {"count": ArraySpec("int32", (4,), (None,))},
    }
    return Description(**about | changes)


@pytest.mark.parametrize("labels", [Numbers(2), Classes(), Classes(3, within=("height", 4)), Tokens(3, 5), Nothing()])
@pytest.mark.parametrize("changes", [{}, {"ood_threshold": 2.5, "input_range": None, "label_range": (0.0, 1.0), "ordered": True}])
def test_it_comes_back_from_a_file_as_it_was(labels, changes):
    known = described(labels, **changes)
    assert Description.from_json(json.loads(json.dumps(known.as_json(), allow_nan=False))) == known


def test_it_says_of_a_learner_what_the_learner_says_of_itself(tiny):
    known = Description.of(tiny)
    assert (known.title, known.labels, known.example, known.can_update) == ("tiny", Numbers(1), tiny.example, True)
    assert set(known.task) == set(tiny.graphs.task_spec)
    assert set(known.summary) == set(tiny.graphs.summary_spec)


@pytest.mark.parametrize(
    "changes",
    [
        {"title": 3},
        {"example": None},
        {"example": {"axes": [-1], "missing": False}},
        {"labels": {"kind": "Colours"}},
        {"labels": {"kind": "Numbers", "depth": 1}},
        {"input_range": [1]},
        {"ood_threshold": "far"},
        {"most_rows": -1},
        {"task": []},
        {"task": {"w": {"dtype": "object", "sizes": [1], "names": [None]}}},
        {"summary": {"w": {"dtype": "float32", "sizes": ["many"], "names": [None]}}},
    ],
)
def test_damage_is_one_line(changes):
    with pytest.raises(ValueError, match="description of its learner is damaged") as raised:
        Description.from_json(described(Numbers()).as_json() | changes)
    assert len(str(raised.value).splitlines()) == 1


def test_a_missing_part_is_named():
    plain = described(Numbers()).as_json()
    del plain["labels"]
    with pytest.raises(ValueError, match="'labels'"):
        Description.from_json(plain)
    with pytest.raises(ValueError, match="damaged"):
        Description.from_json(None)
