"""Inputs from strangers: each is answered, or refused in one line; `./dev fuzz` draws many more of them."""

import collections

import hypothesis
import pytest
from fuzz import KINDS, Kind, held
from hypothesis import strategies as st

from zoo import ZooError

FAIR = 0.1  # of the inputs that must be answered, or they do not get past the first checks


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_what_strangers_give_is_answered_or_refused_in_one_line(kind, tmp_path):
    assert held(kind, kind.valid, tmp_path)  # whatever is slow at first
    seen = collections.Counter()

    # The same inputs each time, or the share of 20 answered ones would fall below a fair one by luck; `./dev fuzz` draws others.
    @hypothesis.settings(
        max_examples=kind.inputs, derandomize=True, database=None, suppress_health_check=list(hypothesis.HealthCheck)
    )
    @hypothesis.given(kind.drawn)
    def hold(given):
        answered = held(kind, given, tmp_path)
        hypothesis.event("answered" if answered else "refused")
        seen[answered] += 1

    hold()
    assert seen[True] >= FAIR * seen.total(), seen
    assert seen[False], seen


def test_there_are_500_inputs_in_all():
    assert sum(kind.inputs for kind in KINDS) == 500


def raises(error):
    def opened(given, folder):
        raise error

    return opened


def spends(seconds, size):
    def opened(given, folder):
        import time

        began = time.process_time()
        while time.process_time() - began < seconds:
            pass
        return len(bytes(1) * size)

    return opened


def warns(given, folder):
    import warnings

    warnings.warn("of a library", RuntimeWarning, stacklevel=1)


@pytest.mark.parametrize(
    ("opened", "broken"),
    [
        (raises(TypeError("a traceback")), TypeError),
        (raises(ZooError("")), AssertionError),
        (warns, AssertionError),
        (spends(0.0, 10**8), AssertionError),  # more than an allocator takes from what it has kept
        (spends(0.3, 1), AssertionError),
    ],
)
def test_whatever_else_happens_is_found(opened, broken, tmp_path, monkeypatch):
    monkeypatch.setattr("fuzz.kind.MEMORY", 2 * 10**7)
    monkeypatch.setattr("fuzz.kind.SECONDS", 0.2)
    with pytest.raises(broken):
        held(Kind("odd", 1, st.none(), opened, None), None, tmp_path)


def test_a_refusal_is_no_answer(tmp_path):
    assert not held(Kind("odd", 1, st.none(), raises(ZooError("no; choose another.")), None), None, tmp_path)
