import numpy as np
import pytest

from zoo.learners import parts


@pytest.mark.parametrize(
    ("row", "task", "want"), [((28, 28, 1), 0, 83), ((1,), 0, 65_536), ((999_999,), 0, 1), ((1,), 1 << 23, 8)]
)
def test_parts_are_bounded_by_bytes(row, task, want):
    assert parts.rows_at_once(np.zeros([1, *row], np.float32), task) == want


def test_a_task_larger_than_all_is_compared_with_one_query_at_a_time():
    assert parts.rows_at_once(np.zeros([5, 2], np.float32), 1 << 30) == 1


@pytest.mark.parametrize("rows", [1, 7, 8, 21])
def test_parts_come_back_in_order(rows, monkeypatch):
    monkeypatch.setattr(parts, "EXAMPLES", 8 * 4)
    x, seen = np.arange(rows, dtype=np.float32)[:, None], []
    got = parts.in_parts(lambda part: seen.append(len(part)) or 2 * part, x)
    np.testing.assert_array_equal(got, 2 * x)
    assert max(seen) <= 8
