"""Processes answer in the order they were asked, no further ahead than memory allows; errors come back."""

import os

import pytest

from zoo.bulk.workers import AHEAD, Workers, cores


def double(value):
    if value < 0:
        raise ArithmeticError("below zero")
    return 2 * value, os.getpid()


@pytest.mark.parametrize("count", [1, 2])
def test_answers_come_in_order_and_steps_without_work_between_them(count):
    drawn = []

    def steps():
        for place in range(20):
            drawn.append(place)
            yield place, None if place % 5 == 0 else (place,)

    with Workers(double, count) as workers:
        found = []
        for item, answer in workers.each(steps()):
            assert len(drawn) <= item + 2 + AHEAD * count
            found.append((item, answer and answer[0]))
            assert answer is None or (answer[1] == os.getpid()) == (count == 1)
    assert found == [(place, None if place % 5 == 0 else 2 * place) for place in range(20)]


@pytest.mark.parametrize("count", [1, 2])
def test_an_error_of_the_work_is_raised(count):
    with Workers(double, count) as workers, pytest.raises(ArithmeticError, match="below zero"):
        list(workers.each([("a", (1,)), ("b", (-1,))]))


def test_there_is_a_core():
    assert 1 <= cores() <= (os.cpu_count() or 1)
