"""Synthetic tables as a benchmark: streams that resume, tasks that no stream gives, and scores that mean what they say."""

import numpy as np
import pytest
import tensorflow as tf

from zoo.datasets.tables.synthetic import QUERIES, TEST_COLUMNS, WAYS, SyntheticTables

SMALL = SyntheticTables(shapes=((10, 4), (20, 3)))


def steps(dataset, count):
    return [tf.nest.map_structure(lambda part: part.numpy(), step) for step in dataset.take(count)]


def test_a_stream_is_a_function_of_seed_and_step():
    whole = steps(SMALL.stream(6, seed=3), 5)
    for got, want in zip(steps(SMALL.stream(6, seed=3, start=2), 3), whole[2:], strict=True):
        tf.nest.map_structure(np.testing.assert_array_equal, got, want)
    other = steps(SMALL.stream(6, seed=4), 1)
    assert whole[0][0]["support_x"].shape != other[0][0]["support_x"].shape or not np.array_equal(
        np.nan_to_num(whole[0][0]["support_x"]), np.nan_to_num(other[0][0]["support_x"])
    )


def test_steps_take_shapes_in_turn_with_as_many_tasks_as_fit():
    found = {step[0]["support_x"].shape for step in steps(SMALL.stream(6, seed=1), 20)}
    assert found == {(6, 10, 4), (4, 20, 3)}


@pytest.mark.parametrize("regression", [False, True])
def test_tasks_for_evaluation_have_the_rows_that_were_asked_for(regression):
    benchmark = SyntheticTables(regression=regression)
    drawn = benchmark.draw(60, 1, rows=20)
    assert drawn.support_x.shape == (60, 20, TEST_COLUMNS)
    assert drawn.query_y.shape == (60, QUERIES, 1 if regression else WAYS)
    assert (drawn.support_size == 20).all()
    np.testing.assert_array_equal(benchmark.draw(60, 1, rows=20).query_y, drawn.query_y)
    assert not np.array_equal(benchmark.draw(60, 2, rows=20).query_y, drawn.query_y)
    assert benchmark.conditions()[0] == {"rows": 50}


def test_queries_of_a_class_that_the_support_lacks_have_no_label():
    drawn = SyntheticTables().draw(200, 3, rows=10)
    seen = drawn.support_y.sum(axis=1) > 0
    assert not (drawn.query_y.sum(axis=1).astype(bool) & ~seen).any()
    assert (drawn.query_y.sum(axis=2) == 0).any()


def test_log_loss_and_error_of_a_good_and_of_no_answer():
    drawn = SyntheticTables().draw(50, 4, rows=20)
    by_measure = {c["measure"]: part for c, part in SyntheticTables().score(20.0 * drawn.query_y, drawn)}
    assert max(part.max() for part in by_measure.values()) < 1e-3
    ((_, loss), _) = SyntheticTables().score(np.zeros_like(drawn.query_y), drawn)
    np.testing.assert_allclose(loss, np.log(WAYS), rtol=1e-5)


def test_the_error_of_the_mean_is_about_one():
    benchmark = SyntheticTables(regression=True)
    drawn = benchmark.draw(200, 4, rows=100)
    mean = drawn.support_y.mean(axis=1, keepdims=True) + np.zeros_like(drawn.query_y)
    ((_, error),) = benchmark.score(mean, drawn)
    assert 0.9 < np.median(error) < 1.1
    ((_, none),) = benchmark.score(drawn.query_y, drawn)
    np.testing.assert_array_equal(none, 0)
