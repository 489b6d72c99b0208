import numpy as np

from zoo.serving.server.run_size import Axes, most_values

FLOAT, INT = np.dtype(np.float32), np.dtype(np.int32)
POINTS = {
    "query_x": (FLOAT, (None, None, 1)),
    "steps": (INT, (None,)),
    "support_size": (INT, (None,)),
    "support_x": (FLOAT, (None, None, 1)),
    "support_y": (FLOAT, (None, None, 1)),
}


def axes(tasks, support, query, steps=1):
    rows = {name: np.zeros((tasks, support, 1), np.float32) for name in ("support_x", "support_y")}
    counts = {"support_size": np.full(tasks, support, np.int32), "steps": np.full(tasks, steps, np.int32)}
    return Axes.of(rows | counts | {"query_x": np.zeros((tasks, query, 1), np.float32)}, POINTS)


def test_numbers_are_those_of_the_widest_tensor():
    assert axes(2, 10, 30).numbers((9, 0, 256)) == 2 * 30 * 256
    assert axes(2, 10, 30).numbers((9, 700, 256)) == 2 * 30 * 700  # the rows of all tasks one below the other
    assert axes(2, 10, 30).numbers((9, 0, 0, 1)) == 2 * 30 * 10  # each query meets each example
    assert axes(2, 30, 10).numbers((9, 0, 0, 1)) == 2 * 30 * 30  # each example meets each
    assert axes(2, 10, 30, steps=500).numbers((9, 0, 0, 1)) == 2 * 500 * 30


def test_rows_without_numbers_are_still_rows():
    assert axes(1 << 20, 0, 0).numbers((0, 0, 64)) == 64 << 20


def test_merged_requests_are_padded_to_the_longest():
    merged = Axes.merged([axes(1, 1000, 1), axes(1, 1, 2000)], 4)
    assert merged.numbers((0, 0, 10)) == 4 * 2000 * 10
    assert merged.numbers((0, 0, 0, 1)) == 4 * 2000 * 1000


def test_a_request_holds_no_more_values_than_its_run_has_rows():
    pictures = {"x": (FLOAT, (None, 28, 28, 1))}
    assert most_values(pictures, (0, 9408), 9408 * 100) == 2 * 100 * (1 + 28 + 784 + 784)
    assert most_values(POINTS, (0, 10, 256), 256 * 100) < 3000
