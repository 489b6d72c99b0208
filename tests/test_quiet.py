import subprocess
import sys


def run(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)


def test_tensorflow_starts_in_silence_and_standard_error_comes_back():
    done = run("import sys; from zoo import quiet; quiet.start_tensorflow(); print('heard', file=sys.stderr)")
    assert done.returncode == 0
    assert done.stderr == "heard\n"


def test_a_failing_start_is_heard():
    done = run("import sys, os; sys.modules['tensorflow'] = None; from zoo import quiet; quiet.start_tensorflow()")
    assert done.returncode == 1
    assert "ModuleNotFoundError" in done.stderr
