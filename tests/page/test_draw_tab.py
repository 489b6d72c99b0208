"""The page's tab of drawings in headless Chromium: fifty replayed episodes are told as by Python, and hands of all kinds draw."""

import base64
import json

import numpy as np
import onnx
import pytest

from zoo.datasets.images import strokes
from zoo.export import labels
from zoo.page import carried
from zoo.runtime import sessions

pytestmark = pytest.mark.xdist_group("page")
UNITS, EPISODES = strokes.UNITS, 50


def hand(generator, points, unsteady):
    """Strokes through points, by an unsteady hand."""
    moved = points + generator.normal(size=points.shape, scale=unsteady)
    return np.clip(np.rint(moved), 0, UNITS).astype(int).tolist()


def episode(number):
    """Symbols of curved strokes: up to 20, the last of them 20, of 1 to 5 drawings each, and one more of the first."""
    generator = np.random.default_rng(number)
    ways, shots = (20, 2) if number == EPISODES - 1 else (int(generator.integers(2, 12)), int(generator.integers(1, 6)))
    classes, query = [], []
    for each in range(ways):
        kind = np.cumsum(generator.normal(size=[2, 9, 2], scale=170.0), axis=1) + generator.uniform(500, 1180, [2, 1, 2])
        classes.append({"name": f"symbol {each}", "drawings": [hand(generator, kind, 25.0) for _ in range(shots)]})
        query = query or hand(generator, kind, 25.0)
    return {"classes": classes, "query": query}


def tones(drawings):
    return np.stack([strokes.drawn(drawing) for drawing in drawings]).astype(np.float32) / 255


@pytest.fixture(scope="session")
def episodes():
    return [episode(number) for number in range(EPISODES)]


@pytest.fixture(scope="session")
def tab(site, node, episodes, tmp_path_factory):
    """What visitors of the tab see."""
    jobs = tmp_path_factory.mktemp("episodes") / "episodes.json"
    jobs.write_text(json.dumps(episodes))
    return node("page_draw.mjs", site / "index.html", jobs)


@pytest.fixture
def mouse(tab):
    return tab["mouse"]


@pytest.fixture(scope="module")
def learner(shipped):
    return shipped(carried.DRAWINGS)


def test_fifty_replayed_episodes_are_told_as_by_python(mouse, episodes, learner):
    for given, got in zip(episodes, mouse["episodes"], strict=True):
        names = [each["name"] for each in given["classes"] for _ in each["drawings"]]
        task = learner.learn(tones([drawing for each in given["classes"] for drawing in each["drawings"]]), names)
        query = tones([given["query"]])
        order = [task.classes.index(name) for name in got["classes"]]
        logits = task.logits(query)[0, order]
        assert got["rows"] == len(names)
        near = 1e-4 * max(1.0, np.abs(logits).max())  # as exports are compared
        np.testing.assert_allclose(got["answer"]["logits"], logits, rtol=0.0, atol=near)
        np.testing.assert_allclose(got["answer"]["probabilities"], task.predict_proba(query)[0, order], atol=1e-4)
        np.testing.assert_allclose(got["answer"]["score"], task.ood_score(query)[0], rtol=0.0, atol=near)
        assert got["answer"]["none"] == bool(task.ood_score(query)[0] > task.ood_threshold)
        assert got["seen"] == strokes.drawn(given["query"]).ravel().tolist()


def test_most_episodes_are_told_right(mouse):
    right = [each["answer"]["best"] == 0 for each in mouse["episodes"]]
    assert np.mean(right) > 0.8


def test_it_begins_with_an_example(mouse):
    first = mouse["first"]
    assert [each["name"] for each in first["symbols"]] == first["classes"] == ["face", "heart", "star"]
    assert (first["rows"], first["answer"], first["query"]) == (3, None, [])
    assert first["bars"] == [[name, "–"] for name in first["classes"]]
    assert set(first["disabled"]) == {"draw-undo", "draw-clear"}


def test_a_line_by_mouse_is_a_stroke_at_its_place(mouse):
    (stroke,) = mouse["drawn"]["query"]
    np.testing.assert_allclose([stroke[0], stroke[-1]], [[UNITS / 4, UNITS / 2], [3 * UNITS / 4, UNITS / 2]], atol=UNITS / 100)
    assert mouse["drawn"]["answer"] and mouse["drawn"]["texts"]["tell-ms"].endswith(" ms")
    shares = [text for _, text in mouse["drawn"]["bars"]]
    assert all(text.endswith(" %") for text in shares)


def test_what_leaves_the_pad_ends_at_its_edge(mouse):
    assert len(mouse["left"]["query"]) == 2
    x, y = mouse["left"]["query"][1][-1]
    assert (x, y) == (UNITS, 0)
    assert mouse["undone"]["query"] == mouse["drawn"]["query"]
    np.testing.assert_allclose(mouse["undone"]["answer"]["logits"], mouse["drawn"]["answer"]["logits"], rtol=1e-5)


def test_symbols_are_renamed_and_twins_are_told_apart(mouse):
    assert mouse["renamed"]["classes"] == ["smile", "heart", "star"]
    assert mouse["twins"]["classes"] == ["smile", "smile (2)", "star"]


def test_drawings_and_symbols_come_and_go_and_an_empty_pad_is_none(mouse):
    assert (mouse["more"]["cards"][0]["pads"], mouse["more"]["rows"]) == (2, 3)
    assert mouse["more"]["focus"] == "Drawing 2 of smile"
    assert mouse["second"]["rows"] == 4
    assert (mouse["less"]["cards"][0]["pads"], mouse["less"]["rows"]) == (1, 3)
    assert mouse["less"]["symbols"][0]["drawings"] == mouse["second"]["symbols"][0]["drawings"][1:]
    assert mouse["gone"]["classes"] == ["smile", "star"]
    assert mouse["added"]["cards"][-1] == {"name": "symbol 3", "pads": 1}
    assert mouse["added"]["classes"] == ["smile", "star"]  # the new one has no drawing
    assert len(mouse["full"]["cards"]) == 20 and mouse["full"]["cards"][0]["pads"] == 5
    assert "draw-add" in mouse["full"]["disabled"]
    assert (len(mouse["empty"]["cards"]), mouse["empty"]["classes"], mouse["empty"]["query"]) == (1, None, [])
    assert "draw-download" in mouse["empty"]["disabled"]
    assert mouse["cleared"]["classes"] == ["face", "heart", "star"]


def test_what_fits_nothing_is_none_of_these(mouse):
    assert mouse["stranger"]["answer"]["none"]
    assert mouse["stranger"]["texts"]["hint"].startswith("None of these: ")


def test_the_task_is_downloaded_with_its_names(mouse, learner):
    assert mouse["model"]["name"] == "symbols.onnx"
    data = base64.b64decode(mouse["model"]["bytes"])
    onnx.checker.check_model(onnx.load_from_string(data), full_check=True)
    session = sessions.opened(data)
    facts = session.get_modelmeta().custom_metadata_map
    assert json.loads(facts["classes"]) == mouse["atDownload"]["classes"]
    np.testing.assert_allclose(float(facts[labels.THRESHOLD]), learner.ood_threshold, rtol=1e-6)
    at = mouse["atDownload"]
    (got,) = session.run(["prediction"], {"query_x": tones([at["query"]])})
    np.testing.assert_allclose(got[0], at["answer"]["logits"], rtol=1e-4, atol=1e-4)


def test_a_pen_draws_alone_and_lines_are_as_fine_as_the_screen(tab):
    assert tab["pen"]["pixels"]["own"] == 2 * tab["pen"]["pixels"]["shown"]
    (stroke,) = tab["pen"]["drawn"]["query"]
    np.testing.assert_allclose(stroke, [[UNITS / 4, UNITS / 4], [UNITS / 2, 3 * UNITS / 4]], atol=UNITS / 100)


def test_it_is_drawn_by_keys_alone(tab):
    keys, step = tab["keys"], UNITS // 35
    middle = UNITS // 2
    (stroke,) = keys["drawn"]["query"]
    assert stroke == [[middle - step, middle], [middle - step, middle + step], [middle + 4 * step, middle + step]]
    assert keys["said"] == keys["drawn"]["texts"]["hint"]
    assert keys["undone"]["query"] == keys["cleared"]["query"] == []
    assert len(keys["support"]["symbols"][1]["drawings"][0]) == 2
    assert keys["more"]["focus"] == "Drawing 2 of heart"
    assert keys["half"]["symbols"][1]["drawings"][1] == [[[middle, middle], [middle, middle - step]]]
    assert all(stop["visible"] for stop in keys["stops"])


def test_it_can_be_read_and_fits_a_phone(tab):
    for worst in (*tab["mouse"]["contrast"], *tab["pen"]["contrast"]):
        assert worst["ratio"] >= 4.5, worst
    touch = tab["touch"]
    assert len(touch["tapped"]["query"]) == 1
    assert (touch["widths"], touch["small"], touch["nameless"]) == ([360, 360], [], [])


def test_nothing_is_sent_and_nothing_complained(tab):
    assert set(tab["requests"]) <= {tab["hosted"].partition("#")[0], tab["file"].partition("#")[0], "blob:"}
    assert set(tab["asked"]) == {"/some/where/"}
    assert tab["complaints"] == []
