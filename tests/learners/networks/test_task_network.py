"""What a task network has unless it says otherwise."""

import numpy as np
import pytest

from zoo.learners.labels import Numbers
from zoo.learners.networks.task_network import TaskNetwork
from zoo.learners.shape import Shape


class Doubling(TaskNetwork):
    example, labels = Shape((1,)), Numbers(1)

    def run(self, task, x):
        return task["by"] * x


def test_a_plain_network_trains_as_it_runs_and_keeps_its_weights_as_they_are():
    network, x, weights = Doubling(), np.ones([1, 2, 1]), {"by": 2.0}
    np.testing.assert_array_equal(network.training_run(weights, x, None), 2 * x)
    assert network.settled(weights, x, None) is weights
    assert network.auxiliary_losses(weights, {}) == []


def test_a_plain_network_is_of_no_time_series_and_has_no_weights_to_start_from():
    network = Doubling()
    assert network.past_outputs == 0
    assert network.begin("query") == "query"
    for call in (lambda: network.advance({}, None), lambda: network.emit(None)):
        with pytest.raises(NotImplementedError, match="Doubling is of no time series"):
            call()
    with pytest.raises(NotImplementedError, match="Doubling has no weights to start from"):
        network.initial(1)


def test_is_abstract():
    with pytest.raises(TypeError, match="abstract"):
        TaskNetwork()
