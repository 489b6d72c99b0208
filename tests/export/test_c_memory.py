"""Blocks of a plan in one memory: what is needed at once lies apart, and what is not shares its place.

That plans answer as ONNX does whatever they share is tested with random graphs in `test_c_plan.py`.
"""

from zoo.export import c_memory
from zoo.export.c_steps import Dense, Each, View

X = View("x", 0, 4)


def block(number, size=4, at=0):
    return View(f"block {number}", at, size)


def test_a_step_on_each_number_overwrites_what_nothing_reads_again():
    steps = [Each("Tanh", (X,), block(0)), Each("Neg", (block(0),), block(1)), Each("Abs", (block(1),), View("y", 0, 4))]
    placed, size = c_memory.arranged(steps)
    assert size == 4
    assert [step.out.place for step in placed] == ["m", "m", "y"]


def test_what_is_read_again_and_what_a_matrix_reads_are_kept():
    steps = [
        Each("Tanh", (X,), block(0)),
        Dense(block(0), "kernel", block(1, 2)),
        Each("Add", (block(1, 2), block(0, 2)), View("y", 0, 2)),
    ]
    placed, size = c_memory.arranged(steps)
    assert size == 6
    assert placed[1].x == View("m", 0, 4) and placed[1].out == View("m", 4, 2)


def test_a_gap_is_filled_by_what_fits():
    steps = [
        Each("Tanh", (X,), block(0)),
        Dense(block(0), "first", block(1, 3)),
        Dense(block(1, 3), "second", block(2, 2)),
        Each("Copy", (block(2, 2),), View("y", 0, 2)),
    ]
    placed, size = c_memory.arranged(steps)
    assert size == 7
    assert placed[2].out == View("m", 0, 2)  # where block 0 was


def test_views_are_all_that_is_read_and_written():
    steps = [Dense(X, "kernel", block(0)), Each("Add", (block(0), X), View("y", 0, 4))]
    assert c_memory.views(steps) == [X, block(0), block(0), X, View("y", 0, 4)]
    moved = c_memory.moved(steps[1], {"block 0": ("m", 3)})
    assert moved.inputs == (View("m", 3, 4), X)
