"""The endpoints of a task model: the task is inside, and its classes have their names."""

import numpy as np
import tensorflow as tf

from zoo.learners.labels import Classes, Given
from zoo.learners.task_model import TaskModel

QUERIES = np.array([[3.0, 0.1], [0.1, 1.0]], np.float32)


def test_the_endpoint_holds_the_task_and_answers_rows(tiny_task, names):
    for task, x in ((tiny_task, np.array([[0.3], [0.7]], np.float32)), (names, QUERIES)):
        endpoint = task.endpoints()["serving_default"]
        assert list(endpoint.inputs) == ["query_x"]
        np.testing.assert_allclose(endpoint(query_x=x)["prediction"], task.answers(x), rtol=1e-5, atol=1e-6)


def test_only_a_task_of_classes_is_served_with_their_names(tiny_task, names):
    assert list(tiny_task.served_endpoints()) == ["serving_default"]
    served = names.served_endpoints()
    assert list(served) == ["serving_default", "classify"]
    got = served["classify"](query_x=tf.constant(QUERIES))
    label, odds, score = names.classify(QUERIES)
    assert [name.decode() for name in got["class"].numpy()] == label.tolist()
    np.testing.assert_allclose(got["probability"], odds, rtol=1e-5)
    np.testing.assert_allclose(got["ood_score"], score, rtol=1e-5)
    assert served["classify"].names == {"class": ("probability", (b"elm", b"oak"))}


def test_a_mask_has_no_one_name_to_serve(fixed):
    class Mask(fixed):
        labels = Classes(2, within=("height", "width"))

    task = TaskModel(Mask(name="mask"), {"kernel": np.ones([1, 2, 4], np.float32)}, Given(("sky", "tree")))
    assert list(task.served_endpoints()) == ["serving_default"]
