"""Options of the commands for one's own task are parsed."""

import pytest

from zoo.cli import arguments


def test_ask_has_one_best_candidate_by_the_first_rule_unless_told_otherwise():
    needed = ["ask", "shapes", "--candidates", "new"]
    options = arguments.parser().parse_args(needed)
    assert (options.task, options.candidates, options.at) == ("shapes", "new", None)
    assert (options.top, options.rule) == (1, "sensitivity")
    more = arguments.parser().parse_args([*needed, "--at", "there", "--top", "3", "--rule", "margin"])
    assert (more.at, more.top, more.rule) == ("there", 3, "margin")


@pytest.mark.parametrize(
    "typed", ["ask shapes", "ask shapes --candidates new --top 0", "ask shapes --candidates new --rule best"]
)
def test_what_ask_cannot_do_is_refused(typed, capsys):
    with pytest.raises(SystemExit):
        arguments.parser().parse_args(typed.split())
    assert "usage: zoo ask" in capsys.readouterr().err


def test_learn_update_and_predict_read_examples_or_embeddings():
    learn = arguments.parser().parse_args(
        ["learn", "tabular", "--support", "a.csv", "--out", "t", "--categorical", "ward, clinic"]
    )
    assert (learn.name, learn.support, learn.categorical) == ("tabular", "a.csv", ["ward", "clinic"])
    for typed in ("update t --out u", "predict t"):
        with pytest.raises(SystemExit):
            arguments.parser().parse_args(typed.split())
        assert arguments.parser().parse_args([*typed.split(), "--embeddings", "e.npy"]).embeddings == "e.npy"
