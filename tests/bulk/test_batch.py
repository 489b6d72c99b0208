"""A batch is learned and asked in one pass, and can be cut into single tasks."""

import numpy as np
import pyarrow as pa
import pytest

from zoo.bulk.batch import Batch, answered
from zoo.learners.labels import Given

SCHEMA = pa.schema([("task_id", pa.int64()), ("prediction", pa.list_(pa.float32())), ("error", pa.string())])


@pytest.fixture
def batch():
    x = np.array([[[0.0], [1.0]], [[2.0], [0.0]]], np.float32)
    query = np.array([[[0.5], [0.0]], [[1.5], [2.5]]], np.float32)
    return Batch(np.array([7, 3]), (x, x + 1, np.array([2, 1], np.int32)), query, np.array([1, 2]), [Given(flat=True)])


def test_answers_are_those_of_learn_without_the_padding(batch, carried, tiny, close):
    got = answered(carried(tiny).opened(), batch, SCHEMA)
    assert got.column_names == ["prediction"]
    close(got["prediction"][0].as_py(), tiny.learn([0.0, 1.0], [1.0, 2.0]).predict([0.5]))
    close(got["prediction"][1].as_py(), tiny.learn([2.0], [3.0]).predict([1.5, 2.5]))


def test_one_task_of_a_batch_is_answered_alike(batch, carried, tiny, close):
    learner = carried(tiny).opened()
    whole = answered(learner, batch, SCHEMA)["prediction"]
    for at in range(2):
        one = batch.one(at)
        assert (len(one), one.rows.tolist()) == (1, [batch.rows[at]])
        close(answered(learner, one, SCHEMA)["prediction"][0].as_py(), whole[at].as_py())


def test_tasks_that_are_known_are_applied_without_a_support(batch, carried, tiny, close):
    learner = carried(tiny).opened()
    learned, summary = learner.adapt_and_summarise(*batch.support)
    known = Batch(batch.rows, None, batch.query_x, batch.counts, batch.givens, known=(learned, summary, batch.support[2]))
    want = answered(learner, batch, SCHEMA)["prediction"].to_pylist()
    for got, wanted in zip(answered(learner, known, SCHEMA)["prediction"].to_pylist(), want, strict=True):
        close(got, wanted)
    close(answered(learner, known.one(1), SCHEMA)["prediction"][0].as_py(), want[1])
