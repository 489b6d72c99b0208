import argparse
import json
import warnings

import pytest

from zoo.cli import output
from zoo.hub import registry, task_folder


def options(json=False):
    return argparse.Namespace(command="learn", json=json)


def test_a_line_for_people_and_facts_for_programs(capsys):
    output.say(options(), {"rows": 3}, "three rows")
    assert capsys.readouterr().out == "three rows\n"
    output.say(options(json=True), {"rows": 3}, "three rows")
    assert json.loads(capsys.readouterr().out) == {"rows": 3}


def test_a_warning_is_one_line_that_names_the_command(capsys):
    before = warnings.showwarning
    with output.one_line_warnings(options()):
        warnings.warn("2 is far away", UserWarning, stacklevel=1)
    assert capsys.readouterr().err == "zoo learn: 2 is far away\n"
    assert warnings.showwarning is before
    with pytest.warns(UserWarning, match="after"):
        warnings.warn("after", UserWarning, stacklevel=1)


def test_scores_are_a_table_with_what_was_published(capsys):
    scores = [
        {"condition": {"ways": 5.0, "split": "test"}, "mean": 0.98765432, "interval": 0.00123, "published": 0.987},
        {"condition": {"shots": 1}, "mean": 2.0, "interval": 0.5},
    ]
    output.print_scores(scores)
    first, second = capsys.readouterr().out.splitlines()
    assert first == f"    {'ways 5, split test':36} 0.98765 ± 0.0012   published 0.987"
    assert second == f"    {'shots 1':36} 2 ± 0.5"


def test_a_folder_of_a_task_is_a_task_and_anything_else_a_learner(tmp_path, monkeypatch):
    monkeypatch.setattr(task_folder, "load", lambda name: ("task", name))
    monkeypatch.setattr(registry, "load", lambda name: ("learner", name))
    (tmp_path / "task.json").touch()
    assert output.learner_or_task(str(tmp_path)) == ("task", str(tmp_path))
    assert output.learner_or_task("mela_sinusoid") == ("learner", "mela_sinusoid")
