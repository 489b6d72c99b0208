"""Updates: the endpoint takes what a learner keeps and more examples, and gives what it keeps of both."""

import numpy as np

from zoo.learners import made
from zoo.learners.capabilities import updates
from zoo.models import no_adaptation


def test_a_learner_that_keeps_nothing_offers_none():
    (learner,) = no_adaptation.tiny().values()
    assert not updates.offered(learner)
    assert "update" not in learner.endpoints()


def test_the_endpoint_updates_a_summary(tiny):
    batch = made.episode(tiny, (6,))
    x, y = batch["support_x"], batch["support_y"]
    task, summary = tiny.graphs.adapt_and_summarise(x[:, :4], y[:, :4], np.array([4], np.int32))
    given = {f"summary_{name}": part for name, part in summary.items()} | {"summary_size": np.array([4], np.int32)}
    endpoint = tiny.endpoints()["update"]
    more = {"support_x": x[:, 4:], "support_y": y[:, 4:], "support_size": np.array([99], np.int32)}  # clamped to two rows
    got = endpoint(**given, **more)
    assert got["updated_summary_size"].numpy().tolist() == [6]
    want = tiny.learn(x[0], y[0])
    for name, value in want.learned.items():
        np.testing.assert_allclose(got[name], value, rtol=1e-4, atol=1e-5)
    assert set(task) == set(want.learned)
    assert {f"updated_{name}" for name in given} <= set(got)
    assert not {*given, *more} & set(got)  # a file of ONNX holds every name once
