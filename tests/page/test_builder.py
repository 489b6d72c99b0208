"""The page, built once by the command line and used in headless Chromium: what it shows is what the live learners say."""

import json
import re

import numpy as np
import pytest

from zoo import ZooError
from zoo.datasets import simulate
from zoo.hub import registry
from zoo.page import builder, carried, runtime

pytestmark = pytest.mark.xdist_group("page")
CURVE = np.linspace(-5, 5, 201)
CANDIDATES = np.linspace(-5, 5, 101)
NEAR = {"rtol": 1e-4, "atol": 1e-4}
LARGEST = 20_000_000  # bytes of the page, most of them WebAssembly and graphs of learners
WAVES = ("first", "dragged", "target", "answered", "doubled", "example", "hidden")
STEPPED = {"compared": 5, "stepped": 12, "unmoved": 0}  # gradient steps that the slider is at
BALLS = ("thrown", "ahead", "corner")


@pytest.fixture
def wave(seen):
    return seen["mouse"]["wave"]


@pytest.fixture
def ball(seen):
    return seen["mouse"]["ball"]


def places(reading):
    return np.array([[point["x"], point["y"]] for point in reading["points"]]).reshape(-1, 2)


def test_the_page_is_one_file(site):
    assert [path.name for path in site.iterdir()] == ["index.html"]
    text = (site / "index.html").read_text(encoding="utf-8")
    assert not re.findall(r'(?:src|href)="(?!#|data:)[^"]*"', text)
    assert not re.search(r"<!--(style|payload|scripts|licences)-->", text)
    assert "Copyright (c) Microsoft Corporation" in text
    assert len(text) < LARGEST


def assert_offline(seen, *opened):
    """A page asked for itself and nothing else, and nothing complained."""
    assert set(seen["requests"]) == set(opened)
    assert set(seen["asked"]) == {"/some/where/"}
    assert seen["complaints"] == []


def test_nothing_is_fetched_and_nothing_complained(seen):
    assert_offline(seen, seen["hosted"], seen["file"])


@pytest.mark.parametrize("address", ["https://models.example/m.onnx", "beside.js"])
def test_a_page_that_asks_the_network_is_caught(tmp_path, node, address):
    page = tmp_path / "index.html"
    page.write_text(f"""<script>zoo = {{ settled: () => fetch("{address}").catch(() => null) }}</script>""", encoding="utf-8")
    seen = node("requests.mjs", page)
    assert [asked.rpartition("/")[2] for asked in seen["requests"]] == ["", address.rpartition("/")[2]]
    with pytest.raises(AssertionError):
        assert_offline(seen, seen["hosted"])


@pytest.mark.parametrize("moment", WAVES)
def test_the_curve_influence_and_question_are_the_live_learners(wave, shipped, moment):
    reading, learner = wave[moment], shipped("mela_sinusoid")
    x, y = places(reading).T
    task = learner.learn(x, y)
    np.testing.assert_allclose(reading["curve"], task.predict(CURVE), **NEAR)
    np.testing.assert_allclose(reading["influence"], task.influence, **NEAR)
    asked = learner.ask(x, y, candidates=CANDIDATES, at=reading["target"])
    np.testing.assert_allclose(reading["asked"]["scores"], asked.scores, **NEAR)
    assert reading["asked"]["best"] == pytest.approx(asked.best)
    assert reading["asked"]["target"] == reading["target"]


@pytest.mark.filterwarnings("ignore:the task misses its own examples")  # MAML without a step does
@pytest.mark.parametrize("moment", STEPPED)
def test_both_curves_after_gradient_steps_are_the_live_learners(wave, shipped, moment):
    reading = wave[moment]
    x, y = places(reading).T
    for curve, name in (("curve", "mela_sinusoid"), ("beside", "maml_sinusoid")):
        task = shipped(name).learn(x, y, gradient_steps=STEPPED[moment])
        np.testing.assert_allclose(reading[curve], task.predict(CURVE), **NEAR)
        told = dict(reading["errors"])["MeLA" if curve == "curve" else "MAML"]
        assert float(told) == pytest.approx(np.mean(np.square(task.predict(x) - y)), rel=0.1, abs=1e-3)
    assert reading["steps"] == STEPPED[moment]
    assert reading["besideDrawn"] > 1000


def test_without_the_switch_no_step_is_taken(wave):
    assert (wave["alone"]["steps"], wave["alone"]["beside"], wave["alone"]["besideDrawn"]) == (0, None, 0)
    assert wave["alone"]["curve"] == wave["example"]["curve"] == wave["unmoved"]["curve"]
    assert [len(row) for row in wave["besideWave"]["errors"]] == [3, 3]  # of the revealed wave, too


@pytest.mark.parametrize("moment", BALLS)
def test_the_flight_and_the_path_ahead_are_the_live_learners(ball, shipped, moment):
    reading = ball[moment]
    velocity = 0.1 * np.array([np.cos(reading["angle"]), np.sin(reading["angle"])])
    flown = simulate(reading["room"], reading["start"], velocity, len(reading["positions"]))
    np.testing.assert_allclose(reading["positions"], flown, atol=1e-4)
    learned = reading["learned"]
    x, y = (np.array([window[key] for window in learned["windows"]]) for key in "xy")
    task = shipped("mela_bouncing_ball").learn(x, y)
    np.testing.assert_allclose(learned["path"], task.rollout([learned["query"]], len(learned["path"]))[0], **NEAR)
    np.testing.assert_allclose(learned["influence"], task.influence, **NEAR)
    assert len(x) == reading["windows"] == len(reading["support"])


def test_the_sizes_told_are_those_of_the_live_task(wave, ball, shipped):
    task = shipped("mela_sinusoid").learn([0.0], [-1.0])
    assert wave["first"]["texts"]["bytes"] == f"{task.nbytes / 1000:.1f} kB"
    assert ball["first"]["texts"]["bytes"] == f"{registry.card('mela_bouncing_ball')['task']['bytes'] / 1000:.1f} kB"
    assert wave["clicked"]["texts"]["ms"].endswith(" ms")


def test_clicks_drags_and_buttons_change_the_points(wave):
    assert (wave["cleared"]["points"], wave["cleared"]["curve"], wave["cleared"]["drawn"]) == ([], None, 0)
    np.testing.assert_allclose(places(wave["clicked"]), [[-4, 2.9], [-1.5, -2], [0.5, -1.4], [3, 2.7]], atol=0.03)
    np.testing.assert_allclose(places(wave["dragged"])[2], [1, 0.2], atol=0.03)
    assert wave["undone"]["points"] == wave["clicked"]["points"]
    assert wave["target"]["target"] == -2.5
    assert wave["answered"]["points"][-1]["x"] == pytest.approx(wave["target"]["asked"]["best"], abs=0.006)
    assert wave["removed"]["points"] == wave["clicked"]["points"]
    assert wave["doubled"]["points"] == wave["clicked"]["points"][:3]
    assert wave["strip"]["points"] == wave["doubled"]["points"]
    assert wave["wished"]["points"][-1]["x"] == pytest.approx(wave["strip"]["asked"]["best"], abs=0.006)
    assert len(wave["example"]["points"]) == 5 == wave["example"]["rows"]


def test_points_are_as_large_as_their_influence(wave):
    reading = wave["example"]
    assert np.array_equal(np.argsort(reading["radii"]), np.argsort(reading["influence"]))
    assert np.ptp(reading["radii"]) > 1


def test_a_hidden_wave_answers_and_can_be_revealed(wave):
    np.testing.assert_allclose(places(wave["hidden"])[:, 0], [-2, 2], atol=0.03)
    np.testing.assert_allclose(places(wave["hidden"])[:, 1], wave["hidden"]["hidden"])
    assert (wave["hidden"]["texts"]["error"], wave["hidden"]["truth"]) == ("–", 0)
    assert float(wave["revealed"]["texts"]["error"]) >= 0
    assert wave["revealed"]["truth"] > 1000


def test_a_ball_is_thrown_seen_and_thrown_again(ball):
    assert ball["thrown"]["seen"] > 20
    assert not ball["thrown"]["flying"]
    assert ball["thrown"]["angle"] == pytest.approx(
        np.arctan2(0.6 - ball["first"]["start"][1], 0.6 - ball["first"]["start"][0]), abs=0.02
    )
    assert (ball["all"]["windows"], ball["all"]["memory"]) == (100, 0)
    assert (ball["again"]["memory"], ball["again"]["windows"]) == (100, 100)
    assert ball["again"]["learned"]["seen"] < 60  # it flies while we look
    assert float(ball["all"]["texts"]["error"]) < 0.1
    assert len(ball["ahead"]["learned"]["path"]) == 20


def test_corners_move_the_ball_is_placed_and_rooms_change(ball):
    np.testing.assert_allclose(ball["corner"]["room"][2], [0.7, 0.72], atol=0.005)
    assert ball["corner"]["memory"] == 0
    np.testing.assert_allclose(ball["held"]["room"][0], [0.4, 0.4], atol=1e-6)  # as far as rooms of training go
    np.testing.assert_allclose(ball["placed"]["start"], [0.5, 0.5], atol=0.01)
    assert ball["placed"]["memory"] == len(ball["held"]["support"])
    assert ball["room"]["room"] != ball["placed"]["room"]
    assert ball["room"]["support"] == []


def test_everything_is_done_by_keys_alone(seen):
    keys = seen["keys"]
    np.testing.assert_allclose(places(keys["added"])[-1], [1, 0.2])
    np.testing.assert_allclose(places(keys["moved"])[-1], [0.9, 0.1])
    assert len(keys["answered"]["points"]) == len(keys["undone"]["points"]) == 5
    assert len(keys["removed"]["points"]) == 4
    assert keys["target"]["target"] == pytest.approx(1.3)
    assert keys["hidden"]["hidden"] == []
    assert (keys["stepped"]["steps"], len(keys["stepped"]["points"]), len(keys["stepped"]["beside"])) == (6, 1, len(CURVE))
    np.testing.assert_allclose(keys["corner"]["room"][0], [0.13, 0.21])
    assert keys["ballMoved"]["start"][1] == pytest.approx(0.41)
    assert keys["thrown"]["seen"] == 103  # with reduced motion, at once
    assert all(stop["visible"] for stop in keys["stops"])


def test_what_happens_is_told_to_a_screen_reader(seen):
    keys = seen["keys"]
    assert re.fullmatch(
        r"Example added at x 1.0, y 0.2. 4 examples. At x 1.5 it predicts \S+. It would like an example at x \S+.",
        keys["addedSaid"],
    )
    assert keys["cursorSaid"].startswith("Cursor at x 1.0, y 0.1. Predicted there: ")
    assert re.search(r"After 6 gradient steps the .* is \S+ for MeLA and \S+ for MAML\.", keys["steppedSaid"])
    assert "Learned from 100 windows. Next position predicted: x 0." in keys["thrownSaid"]
    assert seen["touch"]["nameless"] == []


def test_text_can_be_read_in_light_and_dark(seen):
    for worst in (*(seen["mouse"][demo]["contrast"] for demo in ("wave", "ball")), *seen["keys"]["contrast"]):
        assert worst["ratio"] >= 4.5, worst


def test_a_phone_opens_it_from_its_disk(seen):
    touch = seen["touch"]
    assert touch["widths"] == [360, 360]
    assert len(touch["tapped"]["points"]) == len(touch["before"]["points"]) + 1
    np.testing.assert_allclose(places(touch["tapped"])[-1], [2.5, 1], atol=0.05)
    assert len(touch["thrown"]["learned"]["windows"]) > 4
    assert touch["small"] == []


def test_a_folder_that_exists_is_kept_and_nothing_is_left_behind(site, dist):
    with pytest.raises(ZooError, match="exists already"):
        builder.build(site, dist)
    assert [path.name for path in site.parent.iterdir()] == ["site"]


def test_the_page_says_which_runtime_it_holds(site):
    facts = json.loads(re.search(r'id="facts">(.*?)</script>', (site / "index.html").read_text(encoding="utf-8"))[1])
    assert facts["runtime"] == runtime.VERSION
    assert (set(facts["learners"]), set(facts["agents"])) == (set(carried.LEARNERS), set(carried.AGENTS))
