import subprocess
import sys

from zoo.utils import processes

FORKED = """
import os, sys, warnings
warnings.simplefilter("ignore")
import zoo
learner = zoo.load("mela_sinusoid")
task = learner.learn([0.0, 1.0], [1.0, 2.0])
task.predict([0.5])
child = os.fork()
if not child:
    for act in (
        lambda: task.predict([0.5]),
        lambda: learner.learn([0.0], [1.0]),
        lambda: zoo.load("mela_sinusoid"),
        lambda: zoo.export.onnx(task, "wave.onnx"),
        lambda: learner.fit(None),
    ):
        try:
            act()
        except zoo.ZooError as error:
            print(error, flush=True)
    os._exit(0)
os.waitpid(child, 0)
task.predict([0.5])
print("the parent goes on")
"""


def test_a_forked_child_is_told_to_spawn_and_does_not_hang(tmp_path):
    done = subprocess.run([sys.executable, "-c", FORKED], capture_output=True, text=True, cwd=tmp_path, timeout=120)
    *children, parent = done.stdout.splitlines()
    assert len(children) == 5, done.stderr
    assert all('start processes by "spawn"' in line for line in children)
    assert parent == "the parent goes on"


def test_a_process_that_made_a_model_itself_goes_on():
    processes.begin()
    processes.check()
