import os
import subprocess
import sys

import pytest

from zoo import ZooError
from zoo.utils import silence


def run(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)


def test_tensorflow_starts_in_silence_and_standard_error_comes_back():
    done = run("import sys; from zoo.utils import silence; silence.start_tensorflow(); print('heard', file=sys.stderr)")
    assert done.returncode == 0
    assert done.stderr == "heard\n"


def test_a_failing_start_is_heard():
    done = run("import sys, os; sys.modules['tensorflow'] = None; from zoo.utils import silence; silence.start_tensorflow()")
    assert done.returncode == 1
    assert "ModuleNotFoundError" in done.stderr


def test_notes_are_put_aside_unless_something_breaks(capfd):
    with silence.notes_aside():
        os.write(2, b"a note")
    assert capfd.readouterr().err == ""
    with pytest.raises(RuntimeError), silence.notes_aside():
        os.write(2, b"a reason")
        raise RuntimeError
    assert capfd.readouterr().err == "a reason"
    with pytest.raises(ZooError), silence.notes_aside():
        os.write(2, b"beside the point")
        raise ZooError("the point")
    assert capfd.readouterr().err == ""
