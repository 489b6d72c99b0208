"""Programs that take turns: one that computes something else is caught before any is timed, one that cannot run left out."""

import pytest
from side_by_side import Program, Spent, measured, table

COUNTING = """
import time
from side_by_side import Steps

def made(argument):
    milliseconds, first = argument.split()
    return Steps(lambda: time.sleep(float(milliseconds) / 1000) or 2, (float(first), 3.0))

def broken(argument):
    raise SystemExit("no such package here")

WAYS = {"steps": made, "broken": broken}
"""


@pytest.fixture(autouse=True)
def module(tmp_path, monkeypatch):
    (tmp_path / "counting.py").write_text(COUNTING)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))


def test_every_program_is_timed_in_every_round_and_one_that_cannot_run_is_left_out(capsys):
    programs = {
        "short": Program("counting", "steps", "2 1.0"),
        "missing": Program("counting", "broken", ""),
        "long": Program("counting", "steps", "40 1.00001"),
    }
    found = measured(programs, rounds=2, seconds=0.1, tolerance=1e-3)
    assert [len(found[name].wall) for name in ("short", "long")] == [2, 2]
    assert "missing" not in found
    assert min(found["long"].wall) >= 20  # of two steps each
    assert min(found["short"].wall) < min(found["long"].wall)
    assert max(found["long"].processor) < min(found["long"].wall)  # it sleeps
    said = capsys.readouterr().out
    assert "missing: does not run here" in said
    assert "long: at most 1.0e-05 of it apart" in said


def test_a_program_that_computes_something_else_is_caught():
    programs = {"one": Program("counting", "steps", "1 1.0"), "other": Program("counting", "steps", "1 1.1")}
    with pytest.raises(SystemExit, match="not the problem of one"):
        measured(programs, rounds=1, seconds=0.1, tolerance=1e-3)
    assert set(measured(programs, 1, 0.05, 1e-3, apart=("other",))) == {"one", "other"}


def test_ratios_are_taken_round_by_round():
    lines = table(
        {"ours": Spent([10.0, 20.0, 10.0], [5.0, 5.0, 5.0]), "other": Spent([20.0, 60.0, 10.0], [10.0, 5.0, 15.0])}, "ours"
    )
    assert lines[2] == "| ours | 10.0 | 1.00 | 1.00 to 1.00 | 5.0 | 1.00 |"
    assert lines[3] == "| other | 20.0 | 2.00 | 1.00 to 3.00 | 10.0 | 2.00 |"
