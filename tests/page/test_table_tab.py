"""The page's tab of tables in headless Chromium: it answers as the live learners, says how good they are, and gives them away."""

import argparse
import base64
import json
import re
import warnings

import numpy as np
import onnx
import onnxruntime
import pytest

from zoo.cli import tabulated as of_cli
from zoo.datasets.tables.columns import Columns
from zoo.export import columns as export_columns
from zoo.export import labels as export_labels
from zoo.page import carried
from zoo.utils import tables
from zoo.utils.logits import softmax

pytestmark = pytest.mark.xdist_group("page")
NEAR = {"rtol": 1e-4, "atol": 1e-4}
SMALLEST = 1e-6  # probability that a log loss counts with


def mixed(rows, numbers):
    """A table with gaps, levels and dates, as text, and new rows of it."""
    generator = np.random.default_rng(3)
    lines, kinds = [], ["low", "mid", "high"]
    for at in range(rows):
        size, city = generator.normal(), str(generator.choice(["Rome", "Oslo", "Bern"]))
        value = size + (city == "Oslo") + 0.2 * generator.normal()
        label = f"{1e3 + 50 * value:.3f}" if numbers else kinds[int(np.clip(value + 1, 0, 2))]
        cells = [f"{size:.4f}", city, str(np.datetime64("2026-01-01") + at % 50), str(generator.choice(["yes", "no"]))]
        holes = [cell if generator.random() > 0.1 else "" for cell in cells]
        lines.append([str(at + 1), *holes, label])
    header = "id,size,city,day,sick,label\n"
    text = header + "".join(",".join(line) + "\n" for line in lines)
    query = "sick,city,size,more,day\n" + "yes,Rome,0.5,?,2026-02-03\n,Paris,,!,\nno,,-1.5,,2026-01-09\n"
    return {"text": text, "query": query}


TABLES = {"classes": mixed(24, False), "numbers": mixed(20, True)}


@pytest.fixture(scope="session")
def tab(site, node, tmp_path_factory):
    """What visitors of the tab see."""
    pasted = tmp_path_factory.mktemp("pasted") / "tables.json"
    pasted.write_text(json.dumps(TABLES))
    return node("page_table.mjs", site / "index.html", pasted)


@pytest.fixture
def mouse(tab):
    return tab["mouse"]


READINGS = ("birds", "flats", "classes", "numbers")


@pytest.fixture(params=READINGS)
def learned(request, mouse, shipped, tmp_path):
    """A reading of the page, and the task and the rows of the live learner from the same table."""
    reading = mouse[request.param] if request.param in mouse else mouse["pasted"][request.param]
    (tmp_path / "table.csv").write_text(reading["text"], encoding="utf-8")
    (tmp_path / "query.csv").write_text(reading["query"], encoding="utf-8")
    table, query = (tables.opened(tmp_path / f"{name}.csv") for name in ("table", "query"))
    label = of_cli.label_of(argparse.Namespace(label=None), table)
    classes = of_cli.recognised(table, label) == of_cli.CLASSES
    learner = shipped("tabular" if classes else "tabular_regression")
    y = of_cli._named_classes(table, label) if classes else of_cli._numbers(table, label)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        _, _, (support_x, support_y, _) = learner.given(of_cli._given(table, [n for n in table.header if n != label]), y)
        task = learner.learn(of_cli._given(table, [n for n in table.header if n != label]), y)
        asked = task.columns.rows("x", of_cli._given(query, query.header))
    return reading, task, support_x[0], support_y[0], asked


def answered(task, answers):
    return softmax(answers) if task.classes else answers


def test_its_columns_are_those_of_zoo_export(learned):
    reading, task, *_ = learned
    text = base64.b64decode(reading["columns"]["bytes"]).decode()
    assert text == export_columns.text(task)
    assert Columns.from_json(json.loads(text)) == task.columns
    assert len(reading["rule"]) == task.columns.width


def test_its_predictions_are_the_live_learners(learned):
    reading, task, _, _, asked = learned
    want = answered(task, np.asarray(task.learner.graphs.apply(task.learned, asked[None])[0]))
    np.testing.assert_allclose(np.reshape(reading["predicted"]["answers"], want.shape), want, **NEAR)
    assert reading["problem"]["classes"] == list(task.classes)
    if task.classes:
        assert [row[1] for row in reading["predicted"]["rows"]] == [str(task.classes[at]) for at in want.argmax(axis=1)]
        assert reading["predicted"]["head"][2:] == list(task.classes)


def test_rows_are_left_out_and_columns_shuffled_as_in_python(learned):
    reading, task, x, y, _ = learned
    left, count = reading["left"], len(x)
    others = np.array([np.delete(np.arange(count), row) for row in range(count)])
    tasks, _ = task.learner.adapt_and_summarise(x[others], y[others], np.full(count, count - 1, np.int32))

    def answers(rows):
        return answered(task, np.asarray(task.learner.graphs.apply(tasks, np.ascontiguousarray(rows[:, None])))[:, 0])

    def loss(rows):
        if task.classes:
            return -np.log(np.maximum((answers(rows) * y).sum(axis=1), SMALLEST)).mean()
        return np.sqrt(np.square(answers(rows) - y).mean())

    assert (left["groups"], left["repeats"]) == (count, 10)
    scale = 1.0 if task.classes else np.abs(y).max()
    np.testing.assert_allclose(np.reshape(left["answers"], y.shape) / scale, answers(x) / scale, atol=1e-4)
    for inputs, rise in zip(reading["problem"]["columns"], left["rises"], strict=True):
        losses = []
        for order in left["shuffles"]:
            assert sorted(order) == list(range(count))
            shuffled = x.copy()
            shuffled[:, inputs] = x[np.ix_(order, inputs)]
            losses.append(loss(shuffled))
        assert rise / scale == pytest.approx((np.mean(losses) - loss(x)) / scale, abs=1e-3)
    if task.classes:
        right = (answers(x).argmax(axis=1) == y.argmax(axis=1)).mean()
        assert reading["texts"]["score"] == f"{100 * right:.0f} %"
        assert reading["texts"]["alone"] == f"{100 * y.mean(axis=0).max():.0f} %"
    else:
        assert float(reading["texts"]["score"]) == pytest.approx(loss(x), rel=6e-3)
        alone = np.sqrt(np.mean([(y[row] - np.delete(y, row).mean()) ** 2 for row in range(count)]))
        assert float(reading["texts"]["alone"]) == pytest.approx(alone, rel=6e-3)


def test_the_model_runs_elsewhere_and_answers_the_same(learned, tmp_path):
    reading, task, x, _, asked = learned
    path = tmp_path / reading["model"]["name"]
    path.write_bytes(base64.b64decode(reading["model"]["bytes"]))
    assert export_columns.beside(path).name == reading["columns"]["name"]
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    assert model.graph.doc_string == task.title
    assert export_labels.read(path) == [str(each) for each in task.classes]
    session = onnxruntime.InferenceSession(path)
    assert [value.name for value in session.get_inputs()] == ["query_x"]
    for rows in (asked, x[:1]):
        want = np.asarray(task.learner.graphs.apply(task.learned, rows[None])[0])
        (got,) = session.run(["prediction"], {"query_x": rows})
        np.testing.assert_allclose(answered(task, got), answered(task, want), **NEAR)
    initializers = {each.name for each in model.graph.initializer}
    assert set(reading["tensors"]) == set(task.learned) & initializers
    assert reading["texts"]["bytes"] == f"{task.nbytes / 1000:.1f} kB"


def test_a_threshold_that_was_measured_is_in_the_model(mouse, tmp_path):
    (tmp_path / "k.onnx").write_bytes(base64.b64decode(mouse["withThreshold"]))
    assert export_labels.ood_threshold(tmp_path / "k.onnx") == 1.25
    assert export_labels.read(tmp_path / "k.onnx") == ["u", "v"]


def test_bars_are_in_order_and_as_long_as_their_columns_matter(mouse):
    for reading in (mouse["birds"], mouse["flats"]):
        rises = dict(zip(reading["problem"]["names"], reading["left"]["rises"], strict=True))
        assert [bar["name"] for bar in reading["bars"]] == sorted(rises, key=lambda name: -rises[name])
        most = max(rises.values())
        shares = [max(0.0, 100 * rises[bar["name"]] / most) for bar in reading["bars"]]
        np.testing.assert_allclose([bar["share"] for bar in reading["bars"]], shares, atol=0.01)
        assert all(re.fullmatch(r"[+\u2212][\d.]+", bar["text"]) for bar in reading["bars"])
    assert mouse["birds"]["bars"][0]["name"] in ("beak_mm", "wing_mm")
    assert mouse["flats"]["bars"][0]["name"] == "area_m2"


def test_the_examples_are_said_to_be_made_up_and_are_learned_well(mouse):
    for reading in (mouse["birds"], mouse["flats"]):
        assert "It is made up by a formula" in reading["texts"]["about"]
    assert mouse["pasted"]["classes"]["texts"]["about"] == "Your table stays in this browser."
    assert int(mouse["birds"]["texts"]["score"].rstrip(" %")) > 80
    assert float(mouse["flats"]["texts"]["score"]) < 0.5 * float(mouse["flats"]["texts"]["alone"])
    assert any("%" in hint and "without each row" in hint for hint in mouse["hints"])


def test_label_and_task_can_be_chosen(mouse):
    assert (mouse["chosen"]["label"], mouse["chosen"]["problem"]["task"]) == ("district", "classes")
    assert mouse["chosen"]["problem"]["names"] == ["area_m2", "floor", "lift", "built", "rent"]
    assert "lacks “rent”" in mouse["chosen"]["refused"]["query"]
    assert mouse["asNumbers"]["wanted"] == "numbers"
    assert "is not a number; correct the line, or predict classes." in mouse["asNumbers"]["texts"]["trouble"]


def test_what_is_wrong_is_said_where_it_is(mouse):
    wrong = mouse["wrong"]
    assert "texts that are all different in “name”" in wrong["texts"]["trouble"]
    assert (wrong["shown"]["trouble"], wrong["shown"]["predicted"], wrong["bars"]) == (True, False, [])
    assert wrong["disabled"] == ["table-download", "table-download-columns"]
    query = mouse["wrongQuery"]
    assert query["shown"] == {"trouble": False, "queryTrouble": True, "predicted": False}
    assert query["texts"]["query-trouble"].startswith("the new rows lacks")
    assert query["problem"]["rows"] == 48
    assert mouse["empty"]["texts"]["hint"].startswith("Paste a table")
    assert mouse["empty"]["refused"] == {"table": "", "query": ""}


def test_what_is_typed_last_counts(mouse):
    changed = mouse["changed"]
    assert (changed["problem"]["rows"], changed["problem"]["names"]) == (4, ["a"])
    assert [row[0] for row in changed["predicted"]["rows"]] == ["1"]
    assert len(changed["left"]["answers"]) == 8


def test_a_file_is_opened_and_one_that_is_no_text_is_refused(mouse):
    opened = mouse["opened"]
    assert (opened["problem"]["names"], opened["problem"]["rows"]) == (["a"], 4)
    assert mouse["badFile"]["texts"]["trouble"] == "“latin.csv” is no text in UTF-8; save it as CSV in UTF-8."


def test_nothing_is_sent_and_nothing_complained(tab):
    assert set(tab["requests"]) <= {tab["hosted"], tab["file"], "blob:"}
    assert set(tab["asked"]) == {"/some/where/"}
    assert tab["complaints"] == []


def test_everything_is_done_by_keys_alone(tab):
    keys = tab["keys"]
    wanted = ["bandit", "wave", "ball", "table"]
    assert keys["tabs"] == [[f"tab-{name}", name] for name in wanted]
    assert keys["typed"]["problem"]["rows"] == 4
    assert keys["said"].startswith("Learned from 4 rows. Right when left out: ")
    assert keys["label"]["label"] == "a"
    assert keys["downloaded"] == "a.onnx"
    assert all(stop["visible"] for stop in keys["stops"])


def test_it_can_be_read_and_fits_a_phone(tab):
    for worst in (*tab["mouse"]["contrast"], *tab["keys"]["contrast"]):
        assert worst["ratio"] >= 4.5, worst
    touch = tab["touch"]
    assert touch["first"]["texts"]["score"] == tab["mouse"]["birds"]["texts"]["score"]
    assert (touch["widths"], touch["small"], touch["nameless"]) == ([360, 360], [], [])


def test_the_learners_are_those_of_the_command_line():
    assert [tuple(carried.TABLES.values())] == list(of_cli.OF_NUMBERS.items())
    assert carried.MOST_KINDS == of_cli.MOST_CLASSES
