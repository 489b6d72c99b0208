"""Streams: each example is answered before its label, in the endpoint as in the model; who cannot says so."""

import numpy as np
import pytest

from zoo.learners.capabilities import streams
from zoo.models import mann
from zoo.utils.errors import ZooError

G = np.random.default_rng(0)
X = G.uniform(size=[2, 6, 6, 6, 1]).astype(np.float32)
Y = np.eye(3, dtype=np.float32)[G.integers(3, size=[2, 6])]


def test_the_endpoint_answers_as_the_learner_does():
    learner = mann.tiny()["memory"]
    want = learner.answer_stream(X, Y).numpy()
    got = learner.endpoints()["stream"](stream_x=X, stream_y=Y)["answers"]
    np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(learner.answers({"stream_x": X, "stream_y": Y}), want, rtol=1e-4, atol=1e-5)
    assert learner.endpoints()["stream"].axes["stream_x"] == ("tasks", "places", None, None, None)


def test_a_learner_that_answers_none_says_so(tiny):
    assert not streams.offered(tiny)
    with pytest.raises(ZooError, match="answers no streams"):
        tiny.answers({"stream_x": X, "stream_y": Y})
