"""The page's tab of bandits in headless Chromium: the agent in it pulls as the live one, and both players meet the same luck."""

import numpy as np
import pytest

from zoo.hub import registry
from zoo.page import carried

pytestmark = pytest.mark.xdist_group("page")
(AGENT,) = carried.AGENTS
PULLS, MACHINES = 100, 5


@pytest.fixture(scope="session")
def tab(site, node):
    """What visitors of the tab see."""
    return node("page_bandit.mjs", site / "index.html")


@pytest.fixture
def mouse(tab):
    return tab["mouse"]


@pytest.fixture(params=("once", "fast", "over", "left", "numbers", "entered"))
def game(request, tab):
    return tab["mouse"].get(request.param) or tab["keys"][request.param]


def gains(pulls):
    return [pull["paid"] for pull in pulls]


def machines(pulls):
    return [pull["machine"] for pull in pulls]


def test_the_agent_pulls_as_the_live_one_with_the_same_luck(game, shipped):
    agent, pulled = shipped(AGENT).agent(), []
    for luck, paid in zip(game["choice"], gains(game["agents"]), strict=False):
        pulled.append(agent.act(luck=luck))
        agent.observe(paid)
    assert machines(game["agents"]) == pulled
    np.testing.assert_allclose(game["probabilities"], agent.probabilities, atol=1e-4)
    assert game["texts"]["ms"].endswith(" ms")


def test_both_gain_by_the_same_chances_and_the_same_luck(game):
    assert len(game["yours"]) == len(game["agents"]) > 0
    for pulls in (game["yours"], game["agents"]):
        by_hand = [luck < game["chances"][machine] for luck, machine in zip(game["luck"], machines(pulls), strict=False)]
        assert gains(pulls) == by_hand


def test_what_is_shown_is_what_was_pulled(game):
    for name, text in (("yours", "you"), ("agents", "agent")):
        assert int(game["texts"][text]) == sum(gains(game[name]))
        assert game["bars"][name] == ["paid" if paid else "empty" for paid in gains(game[name])]
    assert int(game["texts"]["left"]) == PULLS - len(game["yours"])
    for machine, row in enumerate(game["table"]):
        for name, cell in (("yours", row[1]), ("agents", row[2])):
            paid = [pull["paid"] for pull in game[name] if pull["machine"] == machine]
            assert cell == f"{sum(paid)}/{len(paid)}"
        assert row[3] == f"{100 * game['probabilities'][machine]:.0f} %"
        assert game["machines"][machine]["name"] == f"Machine {machine + 1}, paid you {row[1].replace('/', ' of ')} times"


def test_chances_are_hidden_until_the_last_pull(mouse):
    for name in ("first", "once", "fast"):
        assert mouse[name]["revealed"] == []
        assert {row[4] for row in mouse[name]["table"]} == {"?"}
    over = mouse["over"]
    assert over["revealed"] == [row[4] for row in over["table"]]
    np.testing.assert_allclose(
        [float(text.rstrip(" %")) for text in over["revealed"]], 100 * np.array(over["chances"]), atol=0.51
    )


def test_a_game_ends_after_its_last_pull_and_says_who_won(mouse):
    over = mouse["over"]
    assert len(over["yours"]) == PULLS
    assert all(machine["disabled"] for machine in over["machines"])
    mine, its = sum(gains(over["yours"])), sum(gains(over["agents"]))
    end = "You won" if mine > its else "The agent won" if mine < its else "A draw"
    alone = sum(luck < max(over["chances"]) for luck in over["luck"])
    assert over["texts"]["hint"].startswith(
        f"{end}: you gained {mine}, the agent {its}. Machine {np.argmax(over['chances']) + 1}, "
    )
    assert over["texts"]["hint"].endswith(f"would have gained {alone}.")
    assert mouse["overSaid"] == over["texts"]["hint"]


def test_new_machines_are_another_game(mouse):
    assert (mouse["again"]["yours"], mouse["again"]["agents"], mouse["again"]["probabilities"]) == ([], [], None)
    assert mouse["again"]["chances"] != mouse["over"]["chances"]
    assert not any(machine["disabled"] for machine in mouse["again"]["machines"])
    assert machines(mouse["left"]["yours"]) == [3]


def test_averages_are_those_of_the_card(mouse):
    evaluation = registry.card(AGENT)["evaluation"]
    rows = dict(mouse["first"]["averages"])
    assert rows["the agent"] == f"{evaluation['scores'][0]['mean']:.1f}"
    assert {name: float(mean) for name, mean in rows.items() if name != "the agent"} == {
        row["baseline"]: pytest.approx(row["mean"], abs=0.051) for row in evaluation["baselines"]
    }
    assert [float(mean) for mean in rows.values()] == sorted(map(float, rows.values()), reverse=True)
    assert mouse["first"]["texts"]["games"] == f"{evaluation['tasks']:,}"


def test_it_is_played_by_keys_alone(tab):
    keys = tab["keys"]
    assert keys["onTab"]["yours"] == []
    assert machines(keys["numbers"]["yours"]) == [1, 1, 4]
    assert machines(keys["entered"]["yours"]) == [1, 1, 4, 3]
    assert keys["renewed"]["yours"] == []
    assert machines(keys["elsewhere"]["yours"]) == [0]  # what is typed into a table pulls nothing
    assert all(stop["visible"] for stop in keys["stops"])


def test_what_happens_is_told_to_a_screen_reader(tab):
    numbers = tab["keys"]["numbers"]
    last = "paid" if gains(numbers["yours"])[-1] else "paid nothing"
    mine, its = sum(gains(numbers["yours"])), sum(gains(numbers["agents"]))
    assert tab["keys"]["numbersSaid"] == f"Machine 5 {last}. You {mine}, the agent {its}; {PULLS - 3} pulls left."
    assert tab["keys"]["renewedSaid"] == f"New machines. {PULLS} pulls."


def test_it_can_be_read_and_fits_a_phone(tab):
    for worst in (*tab["mouse"]["contrast"], *tab["keys"]["contrast"]):
        assert worst["ratio"] >= 4.5, worst
    touch = tab["touch"]
    assert machines(touch["tapped"]["yours"]) == [4]
    assert (touch["widths"], touch["small"], touch["nameless"]) == ([360, 360], [], [])


def test_nothing_is_sent_and_nothing_complained(tab):
    assert set(tab["requests"]) <= {tab["hosted"].partition("#")[0], tab["file"].partition("#")[0]}
    assert set(tab["asked"]) == {"/some/where/"}
    assert tab["complaints"] == []


def test_the_agent_plays_as_many_machines_as_the_page_shows(shipped):
    config = shipped(AGENT).config
    assert (config.actions, config.length, config.states) == (MACHINES, PULLS, 1)
