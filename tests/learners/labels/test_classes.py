"""Classes: names in, names out, fixed heads, masks, rows without a label."""

import numpy as np
import pytest
import tensorflow as tf

from zoo import ZooError
from zoo.learners.labels import Classes, Given

SIZES = np.array([5, 3, 1], np.int32)
GENERATOR = np.random.default_rng(0)


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
    with pytest.raises(ZooError, match=r"'yew'.*'elm', 'oak'"):
        Classes().encode(["elm", "yew"], Given(("elm", "oak")))


def test_the_error_of_classes_shares_ties_and_takes_nan_for_wrong():
    label = np.eye(3)[[0, 0, 0, 0]]
    answers = np.array([[2.0, 1.0, 0.0], [1.0, 1.0, 0.0], [1.0, 1.0, 1.0], [np.nan, 0.0, 0.0]])
    wrong = [0, 1 / 2, 2 / 3, 1]
    np.testing.assert_allclose(Classes().error(answers[None], label[None]), [np.mean(wrong)])
    np.testing.assert_allclose(Classes().error(answers[:, None], label[:, None]), wrong)
    mask = Classes(within=("height", "width"))
    square = (1, 1, 2, 2, 3)
    np.testing.assert_allclose(mask.error(answers.reshape(square), label.reshape(square)), [np.mean(wrong)])


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["elm", "\ud800"], r"'\\ud800', which cannot be written in UTF-8"),
        (["elm\n", "elm"], r"'elm' and 'elm\\n', which differ in white space only"),
        (["big\noak", "big oak"], "differ in white space only"),
        (["big\u2028oak", "big  oak"], "differ in white space only"),
        (["", " "], "differ in white space only"),
        (["elm", "elm\0"], "has a NUL in it"),
    ],
)
def test_names_that_exports_cannot_tell_apart_are_refused(names, message):
    labels = Classes()
    for given in (names, np.array(names, object), np.array(names)[: 1 if "\0" in names[1] else 2]):
        if len(given) < 2:
            continue  # NumPy's own strings have lost the NUL
        with pytest.raises(ZooError, match=message):
            labels.encode(given, labels.given(given))
    with pytest.raises(ZooError, match=message):
        labels.encode(names[1:], Given(tuple(names)))  # as an update does, with the names it knew


def test_one_name_with_a_line_break_is_a_name():
    labels = Classes()
    given = labels.given(["big\noak", "elm"])
    assert labels.encode(["elm", "big\noak"], given).tolist() == [[0, 1], [1, 0]]


def test_labels_may_be_left_out_where_a_learner_makes_something_of_such_examples():
    labels = Classes(unlabelled=True)
    y = ["oak", None, "elm", "", float("nan")]
    given = labels.given(y)
    assert given == Given(("elm", "oak"))
    np.testing.assert_array_equal(labels.encode(y, given), [[0, 1], [0, 0], [1, 0], [0, 0], [0, 0]])
    assert labels.examples_of(labels.encode(["oak", None], given)) == [1, None]
    assert labels.with_more(given, [None, None]) == given
    assert labels.with_more(given, [None, "yew"]) == Given(("elm", "oak", "yew"))
    np.testing.assert_array_equal(labels.encode([None, ""], given), np.zeros([2, 2]))
    assert labels.given(np.array([2.0, np.nan, 1.0])) == Given((1.0, 2.0))
    with pytest.raises(ZooError, match="y names no class"):
        labels.given([None, None])
    with pytest.raises(ZooError, match="y is missing"):
        Classes().given(["oak", None])
    for wrong in (["oak", 1, None], "oak", 3):
        with pytest.raises(ZooError):
            labels.given(wrong)
