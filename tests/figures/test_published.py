import types

import pytest

from zoo.figures import published
from zoo.hub import registry
from zoo.hub.entry import Published


def entry(*conditions):
    figures = [Published(condition, float(number), "a table") for number, condition in enumerate(conditions)]
    return types.SimpleNamespace(published=figures)


def test_figures_are_found_along_one_condition_where_the_others_are_held():
    shown = entry({"distance": 0.1, "steps": 0}, {"distance": 0.1, "steps": 5}, {"distance": 0.2, "steps": 5, "on": "weights"})
    assert published.along(shown, "distance", {"steps": 5}) == {0.1: 1.0, 0.2: 2.0}
    assert published.along(shown, "distance", {}) == {0.1: 1.0, 0.2: 2.0}  # the last of equal ones
    assert published.along(shown, "distance", {"steps": 1}) == {}
    assert published.along(shown, "distance", {"split": "window"}) == {}


def test_the_next_position_is_of_entries_and_gets_better_with_steps():
    assert set(published.NEXT_POSITION) <= set(registry.names())
    for known in published.NEXT_POSITION.values():
        assert set(known) == {0, 10}
        assert known[10] < known[0] < 1e-3


@pytest.mark.parametrize(
    ("paper", "name"),
    [
        ("prototypical networks (Snell et al., 2017)", "protonet_omniglot_paper"),
        ("matching networks (Vinyals et al., 2016)", "matching_omniglot"),
        ("pixels (Vinyals et al., 2016)", "pixels_omniglot"),
    ],
)
def test_the_table_of_characters_agrees_with_the_figures_of_entries(paper, name):
    known = {(one.condition["ways"], one.condition["shots"]): 100 * one.value for one in registry.entry(name).published}
    kinds = (5, 1), (5, 5), (20, 1), (20, 5)
    assert [pytest.approx(known[kind]) for kind in kinds] == list(published.OMNIGLOT[paper][:4])


def test_every_row_of_characters_has_five_columns_of_per_cent():
    assert {len(values) for values in published.OMNIGLOT.values()} == {5}
    assert all(0 < value < 100 for values in published.OMNIGLOT.values() for value in values if value is not None)
