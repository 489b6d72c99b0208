"""Tasks read one by one are joined where their axes are the same, padded to the longest."""

import numpy as np
import pyarrow as pa
import pytest

from zoo import ZooError
from zoo.bulk.examples import Examples
from zoo.bulk.single import Reader, batches_of


@pytest.fixture
def reader(tiny_names):
    """Reads three tasks of pictures, of two, three and two classes."""
    learner = tiny_names.learner
    x = np.random.default_rng(0).uniform(size=[4, 64]).tolist()
    labels = [["a", "b"], ["a", "b", "c"], ["b", "c", "b"]]
    columns = {
        "task_id": pa.array([0, 1, 2]),
        "support_x": pa.array([x[: len(each)] for each in labels]),
        "support_y": pa.array(labels),
        "query_x": pa.array([x[:1], x[:2], []]),
    }
    return lambda silent: Reader(learner, Examples(learner), columns, silent)


def test_tasks_of_as_many_classes_are_one_batch(reader, tiny_names):
    singles = [reader(True).read(row, None) for row in range(3)]
    assert [single.given.classes for single in singles] == [("a", "b"), ("a", "b", "c"), ("b", "c")]
    assert singles[0].nbytes == 4 * 64 * 3
    batches = list(batches_of(tiny_names.learner, singles))
    assert sorted(batch.rows.tolist() for batch in batches) == [[0, 2], [1]]
    two = next(batch for batch in batches if len(batch) == 2)
    assert two.support[0].shape == (2, 3, 8, 8, 1)
    assert (two.support[2].tolist(), two.counts.tolist()) == ([2, 3], [1, 0])
    assert not two.support[0][0, 2].any() and not two.query_x[1].any()


def test_a_task_without_queries_is_refused_unless_what_is_learned_is_kept(reader):
    assert reader(True).read(2, None).query_x.shape == (0, 8, 8, 1)
    with pytest.raises(ZooError, match="query_x"):
        reader(False).read(2, None)
    with pytest.raises(ZooError, match="task_id 1 is not among the learned tasks"):
        reader(True).known(1, None)
