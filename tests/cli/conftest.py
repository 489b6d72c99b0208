"""What tests of the command line share: a way to run a command in an empty folder, and a user's CSV."""

import numpy as np
import pytest

from zoo import cli


@pytest.fixture
def place(tmp_path):
    """The folder that commands run in; empty, where a file of tests has none of its own."""
    return tmp_path


@pytest.fixture
def zoo(capsys, place, monkeypatch):
    """Run a command there; return its exit code, standard output and standard error."""
    monkeypatch.chdir(place)

    def run(*arguments):
        code = cli.main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture
def points(tmp_path):
    x = np.linspace(-4, 4, 10)
    rows = [f"{a},{b}" for a, b in zip(x, 2 * np.sin(x - 1), strict=True)]
    (tmp_path / "points.csv").write_text("\n".join(["t,height", *rows]))
    (tmp_path / "new.csv").write_text("other,t\n9,0.5\n9,1.5\n")
    return tmp_path / "points.csv"
