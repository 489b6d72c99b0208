"""Attention as an endpoint: of a learned task and queries, the learner's own."""

import numpy as np

from zoo.learners import made
from zoo.learners.capabilities import attends
from zoo.learners.meta_learner import support_of
from zoo.models import matching


def test_the_endpoint_is_the_learners_attention(tiny):
    learner = next(iter(matching.tiny().values()))
    batch = made.episode(learner, (4, 2))
    task = learner.adapt(*support_of(batch))
    got = learner.endpoints()["attention"](query_x=batch["query_x"], **task)["attention"]
    np.testing.assert_allclose(got, learner.attention(task, batch["query_x"]), rtol=1e-5)
    assert not got[1, :, 2:].numpy().any()
    assert attends.offered(learner)
    assert not attends.offered(tiny)
    assert attends.functions(learner) == {}
