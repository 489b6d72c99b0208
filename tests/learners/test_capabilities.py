"""Capabilities: a learner offers what it has the methods of, and its graphs and endpoints are those of all that it offers."""

from zoo.learners import capabilities
from zoo.learners.capabilities import ALL, Asks, Attends, Calibrates, Influences, Refines, RollsOut, Updates
from zoo.models import matching, no_adaptation, zero_shot


class Nothing:
    """A learner without any."""


def test_a_learner_without_any_has_no_graphs_and_no_endpoints_of_theirs():
    assert not any(capability.offered(Nothing()) for capability in ALL)
    assert capabilities.functions(Nothing()) == {}
    assert capabilities.endpoints(Nothing(), None) == {}


def test_a_learner_of_sets_offers_all_but_attention_and_rollouts(tiny):
    assert [tiny.offers(each) for each in (Updates, Refines, Influences, Asks)] == [True] * 4
    assert not tiny.offers(Attends)
    assert not tiny.offers(Calibrates)
    assert set(capabilities.functions(tiny)) == {"fine_tuned", "influence", "update", "query_scores"}
    seam = {"serving_default", "adapt", "apply"}
    assert set(tiny.endpoints()) == seam | {"fine_tune", "influence", "update", "query_scores"}


def test_what_a_learner_offers_decides_its_endpoints():
    seam = {"serving_default", "adapt", "apply"}
    (flight,) = no_adaptation.tiny().values()
    assert set(flight.endpoints()) == seam | {"fine_tune", "rollout"}
    (described,) = zero_shot.tiny().values()
    assert set(described.endpoints()) == seam | {"update"}  # it has no refiner
    voting = next(iter(matching.tiny().values()))
    assert set(voting.endpoints()) == seam | {"attention", "update"}
    assert voting.offers(Calibrates)
    assert flight.offers(RollsOut)


def test_every_axis_of_any_size_has_a_name(tiny):
    for name, endpoint in tiny.endpoints().items():
        for given, spec in endpoint.inputs.items():
            named = (*endpoint.axes.get(given, ()), *[None] * spec.shape.rank)[: spec.shape.rank]
            assert all(axis for size, axis in zip(spec.shape, named, strict=True) if size is None), (name, given)
