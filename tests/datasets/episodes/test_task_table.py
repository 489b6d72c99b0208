"""A user's tasks are split by id, shown in episodes that are the same each time, and scored on those that training never saw."""

import dataclasses

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from zoo import ZooError
from zoo.datasets import TaskTable

TASKS = 20


@pytest.fixture
def table(tmp_path):
    """Tasks `y = 100 task + x`, so that a label tells its task, of three to eight examples, in two files."""
    rows = []
    for task in range(TASKS):
        x = np.arange(3 + task % 6, dtype=np.float64)
        rows.append({"task_id": task, "support_x": x.tolist(), "support_y": (100 * task + x).tolist(), "query_x": [0.0]})
    pq.write_table(pa.Table.from_pylist(rows[:12]), tmp_path / "a.parquet")
    pq.write_table(pa.Table.from_pylist(rows[12:]), tmp_path / "b.parquet")
    return TaskTable.of([str(tmp_path)], (1,), 1, support=(1, 4), queries=3)


def tasks_in(labels):
    return set((np.asarray(labels) // 100).ravel().astype(int).tolist())


def test_no_task_of_the_test_or_validation_is_trained_on(table):
    inputs, truth = next(iter(table.stream(60, seed=1)))
    trained = tasks_in(truth) | tasks_in(inputs["support_y"].numpy()[inputs["support_y"].numpy() > 0])
    tested, validated = (
        tasks_in(table.draw(50, 1, **condition).query_y) for condition in ({"support": 2}, table.validation_condition())
    )
    assert (len(tested), len(validated)) == (3, 3)
    assert not trained & (tested | validated) and not tested & validated
    assert len(trained | tested | validated) >= TASKS - 1


def test_episodes_show_and_ask_for_different_examples_of_one_task(table):
    inputs, truth = next(iter(table.stream(60, seed=1)))
    sizes = inputs["support_size"].numpy()
    assert set(sizes.tolist()) == {1, 2, 3, 4}
    assert inputs["support_x"].shape == (60, 4, 1) and truth.shape == (60, 3, 1)
    for row, size in enumerate(sizes):
        shown, asked = inputs["support_y"][row].numpy(), truth[row].numpy()
        assert len(tasks_in(np.concatenate([shown[:size], asked]))) == 1
        assert not set(shown[:size].ravel().tolist()) & set(asked.ravel().tolist())
        assert not shown[size:].any()


def test_step_k_is_the_same_after_a_restart(table):
    steps = list(table.stream(2, seed=3).take(14))
    again = next(iter(table.stream(2, seed=3, start=13)))
    np.testing.assert_array_equal(steps[13][0]["support_x"], again[0]["support_x"])
    np.testing.assert_array_equal(steps[13][1], again[1])
    other = next(iter(table.stream(2, seed=4, start=13)))
    assert not np.array_equal(again[1], other[1])


def test_scores_and_the_mean_of_the_support_are_errors_of_each_task(table):
    drawn = table.draw(5, 1, support=2)
    assert (drawn.support_x.shape, drawn.support_size.tolist()) == ((5, 2, 1), [2] * 5)
    ((_, error),) = table.score(drawn.query_y + 2, drawn)
    np.testing.assert_allclose(error, 4.0)
    mean = drawn.support_y.mean(axis=1, keepdims=True)
    np.testing.assert_allclose(table.baselines(drawn)["mean of the support"], np.square(mean - drawn.query_y).mean(axis=(1, 2)))
    assert table.conditions() == [{"support": 4}, {"support": 1}, {"support": 2}, {"support": 3}]


def test_ranges_are_those_of_training_and_content_tells_tables_apart(table, tmp_path):
    assert table.input_range[0] == 0.0 and table.label_range[1] <= 100 * TASKS
    assert TaskTable.of([str(tmp_path / "*.parquet")], (1,), 1).content == table.content
    (tmp_path / "b.parquet").unlink()
    assert TaskTable.of([str(tmp_path)], (1,), 1).content != table.content


def test_what_does_not_fit_is_refused(table, tmp_path):
    for changes, reason in (
        ({"support": (0, 4)}, "give 1 or more examples"),
        ({"example": (2,)}, r"task 0: support_x has shape"),
        ({"support": (9, 9)}, "of 20 tasks none with more than 9 examples is left for train"),
        ({"paths": ("none*",)}, r"none\*: no file of Parquet"),
    ):
        with pytest.raises(ZooError, match=reason):
            dataclasses.replace(table, **changes)
    pq.write_table(pa.table({"task_id": [1], "support_x": [[1.0]]}), tmp_path / "c.parquet")
    with pytest.raises(ZooError, match=r"c\.parquet lacks the column support_y"):
        TaskTable((str(tmp_path / "c.parquet"),))
    (tmp_path / "d.parquet").write_bytes(b"no")
    with pytest.raises(ZooError, match=r"d\.parquet cannot be read"):
        TaskTable((str(tmp_path / "d.parquet"),))
