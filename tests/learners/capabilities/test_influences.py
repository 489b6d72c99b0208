"""Influence: the graph, the endpoint, and the examples that count most."""

import numpy as np
import pytest

from zoo import ZooError
from zoo.learners import made
from zoo.learners.capabilities import influences
from zoo.learners.capabilities.influences import most_influential


class Weighing:
    """Influence is the label."""

    name = "weighing"

    def influence_of(self, support_x, support_y, support_size):
        raise NotImplementedError

    def shares_of(self, task):
        raise NotImplementedError

    class graphs:  # noqa: N801 - a stand-in for an attribute
        @staticmethod
        def influence(support_x, support_y, support_size):
            return type("Tensor", (), {"numpy": lambda self: support_y[:, :, 0]})()


def support(*labels):
    y = np.array(labels, np.float32)[None, :, None]
    return np.arange(len(labels), dtype=np.float32)[None, :, None], y, np.array([len(labels)], np.int32)


def test_those_that_count_most_are_kept_in_the_order_they_came_in():
    x, y, size = most_influential(Weighing(), support(0.1, 0.5, 0.0, 0.4), 2)
    assert (x[0, :, 0].tolist(), size.tolist()) == ([1.0, 3.0], [2])
    np.testing.assert_allclose(y[0, :, 0], [0.5, 0.4])
    assert most_influential(Weighing(), support(0.2, 0.2, 0.2), 2)[0][0, :, 0].tolist() == [0.0, 1.0]  # of equals the first


@pytest.mark.parametrize("keep", [0, -1, 4])
def test_more_or_fewer_than_there_are_is_refused(keep):
    with pytest.raises(ZooError, match=f"keep={keep}, but there are 3 examples; keep between 1 and 3"):
        most_influential(Weighing(), support(0.1, 0.2, 0.3), keep)


def test_a_learner_without_influence_says_who_has_it():
    class Plain:
        title = "plain"

    with pytest.raises(ZooError, match="plain has no influence to keep examples by; learners that read a set have"):
        most_influential(Plain(), support(0.1), 1)
    assert not influences.offered(Plain())


def test_the_endpoint_is_the_learners_influence(tiny):
    batch = made.episode(tiny, (3, 1))
    support = {name: batch[name] for name in ("support_x", "support_y", "support_size")}
    got = tiny.endpoints()["influence"](**support)["influence"]
    np.testing.assert_allclose(got, tiny.influence_of(*support.values()), rtol=1e-6)
    np.testing.assert_allclose(tiny.graphs.influence(*support.values()), got, rtol=1e-6)
