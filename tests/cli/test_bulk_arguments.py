"""Options of many tasks are parsed, and numbers below 1 refused."""

import argparse

import pytest

from zoo.cli import arguments, bulk_arguments


def test_tasks_take_the_place_of_a_query():
    options = arguments.parser().parse_args(
        ["predict", "tabular", "--tasks", "a", "b", "--out", "o", "--learned", "c", "--update", "--workers", "3"]
    )
    assert (options.tasks, options.learned, options.update, options.workers, options.query) == (["a", "b"], ["c"], True, 3, None)
    with pytest.raises(SystemExit):
        arguments.parser().parse_args(["predict", "tabular", "--tasks", "a", "--query", "b"])


def test_counts_are_one_or_more():
    assert bulk_arguments.positive("2") == 2
    with pytest.raises(argparse.ArgumentTypeError, match="0 is not 1 or more"):
        bulk_arguments.positive("0")
