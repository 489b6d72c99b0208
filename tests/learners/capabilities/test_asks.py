"""Asking: who offers it, and an endpoint that names the candidate of the highest score."""

import numpy as np
import pytest
import tensorflow as tf

from zoo.learners import made
from zoo.learners.capabilities import asks
from zoo.learners.labels import Classes, Numbers
from zoo.models.mela import MeLA, MeLAConfig


class Asking:
    def __init__(self, labels):
        self.labels = labels

    def query_scores(self, support_x, support_y, support_size, candidate_x, target_x):
        return tf.zeros([1, 1])


@pytest.mark.parametrize(
    ("labels", "offered"),
    [(Numbers(1), True), (Numbers(asks.WIDEST), True), (Numbers(asks.WIDEST + 1), False), (Classes(), False)],
)
def test_labels_wider_than_the_widest_or_of_any_width_are_not_asked_for(labels, offered):
    assert asks.offered(Asking(labels)) is offered
    assert not asks.offered(object())


def test_the_endpoint_names_the_first_of_the_highest_scores(tiny):
    batch = made.episode(tiny, (3, 1))
    support = {name: batch[name] for name in ("support_x", "support_y", "support_size")}
    candidates = np.concatenate([batch["query_x"], batch["query_x"][:, :2]], axis=1)
    found = tiny.endpoints()["query_scores"](**support, candidate_x=candidates, target_x=batch["query_x"][:, 0])
    score = tiny.graphs.query_scores(*support.values(), candidates, batch["query_x"][:, 0]).numpy()
    np.testing.assert_allclose(found["score"], score, rtol=1e-4, atol=1e-7)
    np.testing.assert_array_equal(found["best"], found["score"].numpy().argmax(axis=1))
    assert asks.candidate_spec(tiny)["candidate_x"].shape.as_list() == [None, None, 1]


def test_too_wide_labels_are_refused_by_name():
    wide = MeLA(MeLAConfig(outputs=9, row_widths=(), pool=2, code_widths=(), generator_widths=(), task_widths=()), name="wide")
    assert "query_scores" not in wide.endpoints()
    with pytest.raises(ValueError, match="wide cannot ask: its labels hold 9 numbers, and 8 is the most"):
        wide.ask([[0.0]], np.zeros([1, 9]), candidates=[1.0], at=0.0)
