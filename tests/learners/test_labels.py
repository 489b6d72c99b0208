"""Every kind of label: names in and names out, and a slope that is the derivative of its own loss."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo import ZooError
from zoo.learners.labels import LARGEST_ERROR, Classes, Given, Nothing, Numbers, Tokens

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


@pytest.mark.parametrize("labels", [Classes(), Classes(3, within=("height", "width"))], ids=["classes", "mask"])
def test_rows_without_a_label_have_no_slope_and_count_for_nothing(labels):
    encoded = np.stack([labels.random(GENERATOR, 5) for _ in SIZES])
    answers = GENERATOR.normal(size=encoded.shape).astype(np.float32)
    encoded[0, 1] = encoded[1, :3] = 0.0  # the second task has no label at all
    got = labels.slope(tf.constant(answers), tf.constant(encoded), tf.constant(SIZES)).numpy()
    assert not got[0, 1].any()
    assert not got[1].any()
    kept = [0, 2, 3, 4]
    want = labels.slope(tf.constant(answers[:1, kept]), tf.constant(encoded[:1, kept]), tf.constant([4]))
    np.testing.assert_allclose(got[:1, kept], want, rtol=1e-5, atol=1e-7)


def test_fine_tuning_of_numbers_minimises_hubers_loss_and_of_other_labels_their_own():
    answers, encoded = drawn(Numbers(2))
    got = Numbers(2).fine_tuning_slope(tf.constant(answers), tf.constant(encoded), tf.constant(SIZES))
    np.testing.assert_allclose(got, gradient(keras.losses.Huber(), answers, encoded), rtol=1e-5, atol=1e-7)
    answers, encoded = drawn(Classes(4))
    ways = (Classes(4).slope, Classes(4).fine_tuning_slope)
    np.testing.assert_array_equal(*(way(tf.constant(answers), tf.constant(encoded), tf.constant(SIZES)) for way in ways))


def test_squares_of_the_slope_of_huge_numbers_fit_float32():
    answers, encoded = np.full([1, 1, 1], 3e38, np.float32), np.full([1, 1, 1], -3e38, np.float32)
    slope = Numbers().slope(tf.constant(answers), tf.constant(encoded), tf.constant([1])).numpy()
    assert slope[0, 0, 0] == np.float32(2 * LARGEST_ERROR)
    assert np.isfinite(np.square(slope))


@every_kind
def test_the_slope_of_no_rows_is_none(labels):
    answers, encoded = drawn(labels)
    assert not np.any(labels.slope(tf.constant(answers), tf.constant(encoded), tf.constant([0, 0, 0])))


def test_classes_are_named_in_order_and_answers_by_name():
    given = Classes().given(["oak", "elm", "oak"])
    assert given == Given(("elm", "oak"))
    np.testing.assert_array_equal(Classes().encode(["oak", "elm"], given), [[0, 1], [1, 0]])
    assert Classes().decode(np.array([[0.1, 0.2], [3.0, -1.0]]), given).tolist() == ["oak", "elm"]
    mask = [[["sky", "tree"], ["tree", "tree"]]]
    masks = Classes(within=("height", "width"))
    known = masks.given(mask)
    assert masks.encode(mask, known).shape == (1, 2, 2, 2)
    assert masks.decode(masks.encode(mask, known), known).tolist() == mask


def test_a_fixed_head_takes_fewer_classes_and_no_more():
    given = Classes(3).given([7, 5])
    assert Classes(3).encode([7, 5], given).tolist() == [[0, 1, 0], [1, 0, 0]]
    assert Classes(3).decode(np.array([[0.0, 1.0, 9.0]]), given).tolist() == [7]  # the third column has no name
    with pytest.raises(ZooError, match="y holds 4 classes, but this learner tells 3 apart"):
        Classes(3).encode(range(4), Classes(3).given(range(4)))


def test_a_class_that_is_not_among_those_given_is_refused():
    with pytest.raises(ZooError, match="y holds 'yew', but the classes of this task are 'elm', 'oak'"):
        Classes().encode(["elm", "yew"], Given(("elm", "oak")))


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


def test_the_error_of_numbers_is_the_mean_square():
    answers, labels = np.zeros([2, 3, 2]), np.array([[[1.0, 2.0]] * 3, [[0.0, 0.0]] * 3])
    np.testing.assert_array_equal(Numbers(2).error(answers, labels), [2.5, 0.0])


def test_the_error_of_classes_shares_ties_and_takes_nan_for_wrong():
    label = np.eye(3)[[0, 0, 0, 0]]
    answers = np.array([[2.0, 1.0, 0.0], [1.0, 1.0, 0.0], [1.0, 1.0, 1.0], [np.nan, 0.0, 0.0]])
    wrong = [0, 1 / 2, 2 / 3, 1]
    np.testing.assert_allclose(Classes().error(answers[None], label[None]), [np.mean(wrong)])
    np.testing.assert_allclose(Classes().error(answers[:, None], label[:, None]), wrong)
    mask = Classes(within=("height", "width"))
    square = (1, 1, 2, 2, 3)
    np.testing.assert_allclose(mask.error(answers.reshape(square), label.reshape(square)), [np.mean(wrong)])


def test_a_sequence_is_right_to_its_last_token_or_wrong():
    label = np.eye(4)[[[[0, 1], [2, 3]]]]
    answers = label.copy()
    answers[0, 1, 1] = [1, 0, 0, 0]
    np.testing.assert_array_equal(Tokens(2, 4).error(label, label), [0.0])
    np.testing.assert_array_equal(Tokens(2, 4).error(answers, label), [0.5])


def test_without_labels_the_error_and_the_loss_are_minus_the_mean_answer():
    answers = np.array([[[1.0], [2.0]], [[-1.0], [-3.0]]])
    np.testing.assert_array_equal(Nothing().error(answers, np.zeros([2, 2, 0])), [-1.5, 2.0])
    assert float(Nothing().loss(np.zeros([2, 2, 0]), answers)) == 0.25


@pytest.mark.parametrize("labels", [Classes(), Classes(4), Tokens(2, 4)], ids=["classes", "fixed", "tokens"])
def test_random_classes_come_in_turn(labels):
    classes = labels.random(GENERATOR, 8, size=4).argmax(axis=-1)
    np.testing.assert_array_equal((classes[1:] - classes[:-1]) % 4, np.ones_like(classes[1:]))


def test_axes_of_any_size_have_names():
    assert Classes().shape.names == ("ways",)
    assert Classes(5).shape.names == (None,)
    assert Classes(within=("height", 7)).shape.names == ("height", None, "ways")
    assert [kind.are_classes for kind in KINDS.values()] == [False, True, True, True, False, False]
