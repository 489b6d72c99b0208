"""Every kind of label: names in and names out, and a slope that is the derivative of its own loss."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo import ZooError
from zoo.learners.labels import Classes, Given, Nothing, Numbers, Tokens

KINDS = {
    "numbers": Numbers(2),
    "classes": Classes(),
    "fixed classes": Classes(4),
    "mask": Classes(3, within=("height", "width")),
    "tokens": Tokens(length=3, vocabulary=5),
    "nothing": Nothing(),
}
SIZES = np.array([5, 3, 1], np.int32)
GENERATOR = np.random.default_rng(0)
every_kind = pytest.mark.parametrize("labels", KINDS.values(), ids=KINDS)


def drawn(labels):
    """Answers and labels of three tasks of five rows, float32 `[3, 5, ...]`."""
    encoded = np.stack([labels.random(GENERATOR, 5, size=2) for _ in SIZES])
    wanted = [2 if size is None else size for size in labels.answer.sizes]
    return GENERATOR.normal(scale=2, size=[3, 5, *wanted]).astype(np.float32), encoded


def gradient(loss, answers, encoded):
    """Derivative by the answers of the loss of each task's real rows."""
    start = tf.constant(answers)
    with tf.GradientTape() as tape:
        tape.watch(start)
        total = tf.add_n([loss(encoded[task, :size], start[task, :size]) for task, size in enumerate(SIZES)])
    return tape.gradient(total, start).numpy()


@every_kind
def test_what_is_encoded_comes_back_as_it_was_given(labels):
    encoded = labels.random(np.random.default_rng(1), rows=6)
    assert encoded.dtype == np.float32
    assert encoded.shape == (6, *(3 if size is None else size for size in labels.shape.sizes))
    np.testing.assert_array_equal(encoded, labels.random(np.random.default_rng(1), rows=6))
    y = labels.examples_of(encoded)
    given = labels.given(y)
    np.testing.assert_array_equal(labels.encode(y, given), encoded)
    if labels.answer == labels.shape:
        np.testing.assert_array_equal(labels.decode(encoded, given), y)


@every_kind
def test_the_slope_is_the_derivative_of_the_mean_loss_of_real_rows(labels):
    answers, encoded = drawn(labels)
    want = gradient(labels.loss, answers, encoded)
    for task, size in enumerate(SIZES):
        answers[task, size:] = encoded[task, size:] = np.nan
    got = labels.slope(tf.constant(answers), tf.constant(encoded), tf.constant(SIZES)).numpy()
    np.testing.assert_allclose(got, want, rtol=1e-4, atol=1e-6)
    for task, size in enumerate(SIZES):
        assert not got[task, size:].any()


@every_kind
def test_the_loss_of_a_task_is_that_of_its_real_rows(labels):
    """That which the slope is of: Keras' loss, of each task alone."""
    answers, encoded = drawn(labels)
    dirty = [part.copy() for part in (answers, encoded)]
    for part in dirty:
        for task, size in enumerate(SIZES):
            part[task, size:] = np.nan
    got = labels.task_loss(*map(tf.constant, dirty), tf.constant(SIZES)).numpy()
    for task, size in enumerate(SIZES):
        want = labels.loss(encoded[task : task + 1, :size], answers[task : task + 1, :size])
        np.testing.assert_allclose(got[task], want, rtol=1e-4, atol=1e-6)


def test_fine_tuning_of_numbers_minimises_hubers_loss_and_of_other_labels_their_own():
    answers, encoded = drawn(Numbers(2))
    got = Numbers(2).fine_tuning_slope(tf.constant(answers), tf.constant(encoded), tf.constant(SIZES))
    np.testing.assert_allclose(got, gradient(keras.losses.Huber(), answers, encoded), rtol=1e-5, atol=1e-7)
    answers, encoded = drawn(Classes(4))
    ways = (Classes(4).slope, Classes(4).fine_tuning_slope)
    np.testing.assert_array_equal(*(way(tf.constant(answers), tf.constant(encoded), tf.constant(SIZES)) for way in ways))


@every_kind
def test_the_slope_of_no_rows_is_none(labels):
    answers, encoded = drawn(labels)
    assert not np.any(labels.slope(tf.constant(answers), tf.constant(encoded), tf.constant([0, 0, 0])))


def test_a_plain_list_of_numbers_comes_back_as_one():
    answers = np.array([[1.0], [2.0]], np.float32)
    assert Numbers().given([1.0, 2.0]).flat
    assert Numbers().decode(answers, Given(flat=True)).shape == (2,)
    assert Numbers().decode(answers, Numbers().given([[1.0], [2.0]])).shape == (2, 1)
    assert Nothing().decode(answers, Given()).tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("labels", "y", "message"),
    [
        (Numbers(2), [[1.0]], r"y has shape \[1, 1\], but \[rows, 2\] was expected"),
        (Numbers(1), [np.nan], "y holds NaN"),
        (Classes(), [0.5], "not whole"),
        (Classes(within=("height", "width")), [1, 2], "a mask of classes"),
        (Tokens(3, 5), [[1, 2]], r"\[rows, 3\] was expected"),
        (Tokens(3, 5), [[1, 2, 5]], "whole numbers from 0 to 4"),
        (Nothing(), [], "y is empty"),
    ],
)
def test_labels_of_another_kind_are_refused(labels, y, message):
    with pytest.raises(ZooError, match=message):
        labels.encode(y, labels.given(y))


@pytest.mark.parametrize("labels", [Classes(), Classes(4), Tokens(2, 4)], ids=["classes", "fixed", "tokens"])
def test_random_classes_come_in_turn(labels):
    classes = labels.random(GENERATOR, 8, size=4).argmax(axis=-1)
    np.testing.assert_array_equal((classes[1:] - classes[:-1]) % 4, np.ones_like(classes[1:]))


def test_axes_of_any_size_have_names():
    assert Classes().shape.names == ("ways",)
    assert Classes(5).shape.names == (None,)
    assert Classes(within=("height", 7)).shape.names == ("height", None, "ways")
    assert [kind.are_classes for kind in KINDS.values()] == [False, True, True, True, False, False]
