import numpy as np
import pytest

from zoo.serving.client import arrays
from zoo.serving.client.arrays import Examples
from zoo.serving.client.metadata import Metadata, Signature, TensorInfo
from zoo.utils.errors import ZooError

FLOAT = np.dtype(np.float32)


def learner(width=1):
    """Metadata of a learner of two numbers to labels of a width, None for classes."""
    inputs = {"support_x": TensorInfo(FLOAT, (None, None, 2)), "support_y": TensorInfo(FLOAT, (None, None, width))}
    apply = {"kernel": TensorInfo(FLOAT, (None, 3)), "query_x": TensorInfo(FLOAT, (None, None, 2))}
    return Metadata("m", 1, {"adapt": Signature(inputs, {}), "apply": Signature(apply, {})})


def test_classes_become_one_hot_with_known_ones_first_in_their_order():
    rows = arrays.examples(learner(None), np.zeros((4, 2)), ["oak", "ash", "elm", "oak"], known=("oak", "yew"))
    assert rows.classes == ("oak", "yew", "ash", "elm")
    np.testing.assert_array_equal(rows.y, np.eye(4)[[0, 2, 3, 0]])


def test_numbers_are_rows_of_the_models_width():
    rows = arrays.examples(learner(), [[1, 2], [3, 4]], [5, 6])
    assert (rows.x.dtype, rows.y.tolist(), rows.classes) == (FLOAT, [[5], [6]], ())


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [([[1, 2]], [1, 2], "x has 1 rows and y has 2"), ([[1, 2, 3]], [1], "x has shape"), ([[1, np.nan]], [1], "NaN or infinity")],
)
def test_wrong_examples_are_refused(x, y, message):
    with pytest.raises(ZooError, match=message):
        arrays.examples(learner(), x, y)


def test_more_examples_may_have_more_classes():
    first = Examples(np.zeros((1, 2)), np.array([[1.0]]), ("oak",))
    both = first.and_more(Examples(np.ones((1, 2)), np.array([[0.0, 1.0]]), ("oak", "ash")))
    assert both.classes == ("oak", "ash")
    np.testing.assert_array_equal(both.y, [[1, 0], [0, 1]])
    np.testing.assert_array_equal(both.chosen(np.array([1])).x, np.ones((1, 2)))


def test_supports_are_padded_with_zeros_to_the_longest_and_the_widest():
    short = Examples(np.ones((1, 2), np.float32), np.ones((1, 1), np.float32), ("oak",))
    long = Examples(np.ones((3, 2), np.float32), np.ones((3, 2), np.float32), ("oak", "ash"))
    made = arrays.support([short, long])
    assert (made["support_x"].shape, made["support_y"].shape) == ((2, 3, 2), (2, 3, 2))
    assert made["support_size"].tolist() == [1, 3]
    assert made["support_size"].dtype == np.int32
    assert made["support_x"][0, 1:].sum() == made["support_y"][0, :, 1].sum() == 0


def test_predictions_are_named_where_there_are_classes():
    logits = np.array([[0.0, 1.0], [3.0, 2.0]])
    assert arrays.named(("oak", "ash"), logits).tolist() == ["ash", "oak"]
    assert arrays.named((), logits) is logits


def test_an_answer_is_cut_to_its_own_rows_and_another_shape_refused(here):
    connection = here[0].connection
    assert arrays.cut(connection, "path", np.zeros((5, 3)), (2, 3)).shape == (2, 3)
    with pytest.raises(ValueError, match=r"output 'path' has shape \[1, 3\], but \[2, 3\] was expected"):
        arrays.cut(connection, "path", np.zeros((1, 3)), (2, 3))


def test_a_prediction_loses_added_classes_and_the_axis_of_a_plain_list(here):
    connection = here[0].connection
    assert arrays.prediction(connection, learner(None), np.zeros((4, 3)), 2, ("oak", "ash"), False).shape == (2, 2)
    assert arrays.prediction(connection, learner(), np.zeros((4, 1)), 2, (), True).shape == (2,)
    assert arrays.prediction(connection, learner(), np.zeros((4, 1)), 2, (), False).shape == (2, 1)


def test_tasks_of_different_sizes_are_not_predicted_together(here):
    class Task:
        classes, flat = (), False

        def __init__(self, width):
            self.learned = {"kernel": np.zeros((1, width))}

    with pytest.raises(ZooError, match="these tasks are of different sizes; learn them in one request, by learn_many"):
        arrays.apply(here[0].connection, learner(), [Task(3), Task(4)], [[[1, 2]], [[1, 2]]])
