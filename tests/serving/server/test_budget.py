import pytest

from zoo.serving.server.budget import Budget
from zoo.serving.wire.statuses import Code, StatusError


@pytest.fixture
def ended():
    return []


@pytest.fixture
def budget(ended):
    return Budget(100, 10, "bytes", lambda: ended.append(1))


def test_what_all_hold_together_is_bounded_and_given_back(budget, ended):
    with budget.hold(60) as first:
        first.grow(20)
        with pytest.raises(StatusError, match="large requests hold 80 bytes, at most 100 together; try again later") as refused:
            budget.hold(30).__enter__()
        assert refused.value.code == Code.UNAVAILABLE
        assert budget.held == 80
    assert (budget.held, ended) == (0, [1])


def test_small_ones_are_not_shut_out(budget, ended):
    with budget.hold(100), budget.hold(6) as small:
        small.grow(4)
        assert budget.held == 100
        with pytest.raises(StatusError):
            small.grow(1)
    assert (budget.held, ended) == (0, [1])


def test_one_alone_may_hold_anything(budget):
    with budget.hold(1000):
        assert budget.held == 1000
    with pytest.raises(ValueError, match="failed"), budget.hold(50):
        raise ValueError("failed")
    assert budget.held == 0


def test_what_is_dropped_early_is_dropped_once(budget, ended):
    with budget.hold(50) as holding:
        holding.end()
        assert budget.held == 0
    assert (budget.held, ended) == (0, [1])
