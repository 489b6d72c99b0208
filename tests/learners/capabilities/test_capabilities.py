"""What a learner can do is what it has the methods for: no more graphs, and no more endpoints."""

import pytest

from zoo.learners import capabilities
from zoo.learners.capabilities import Asks, Attends, Calibrates, Influences, Refines, RollsOut, Streams, Updates
from zoo.models import maml, mann, matching, mela, no_adaptation, snail, zero_shot

OFFERED = {
    "mela flight": (lambda: mela.tiny()["flight"], {"fine_tune", "rollout", "influence", "update", "query_scores"}),
    "mela wave": (lambda: mela.tiny()["wave"], {"fine_tune", "influence", "update", "query_scores"}),
    "maml": (lambda: maml.tiny()["one rate"], {"fine_tune"}),
    "no adaptation": (lambda: no_adaptation.tiny()["flight"], {"fine_tune", "rollout"}),
    "matching": (lambda: matching.tiny()["squared_euclidean"], {"attention", "update"}),
    "snail": (lambda: snail.tiny()["blocks"], {"update"}),
    "mann": (lambda: mann.tiny()["memory"], {"stream", "update"}),
    "zero-shot": (lambda: zero_shot.tiny()["attributes"], {"update"}),
}
GRAPHS = {"fine_tune": "fine_tuned", "rollout": "rollout", "influence": "influence", "update": "update"}


@pytest.mark.parametrize(("make", "names"), OFFERED.values(), ids=OFFERED)
def test_endpoints_and_graphs_are_those_of_what_is_offered(make, names):
    learner = make()
    shared = learner.endpoints()["serving_default"]
    assert set(capabilities.endpoints(learner, shared)) == names
    assert set(learner.endpoints()) == {"serving_default", "adapt", "apply"} | names
    wanted = {GRAPHS.get(name, name) for name in names if name != "attention"}
    assert set(capabilities.functions(learner)) == wanted
    assert wanted <= set(learner.functions())


def test_a_protocol_is_kept_by_having_its_methods():
    reader, voter = mela.tiny()["wave"], matching.tiny()["squared_euclidean"]
    assert all(reader.offers(capability) for capability in (Asks, Influences, Refines, RollsOut, Updates))
    assert not reader.offers(Attends) and not reader.offers(Calibrates)
    assert voter.offers(Attends) and voter.offers(Calibrates) and voter.offers(Updates)
    assert not voter.offers(Influences) and not voter.offers(RollsOut) and not voter.offers(Streams)
