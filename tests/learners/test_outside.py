"""How far rows lie outside a table: usual rows stay below the threshold, shifted ones do not, in NumPy as in a SavedModel."""

import keras
import numpy as np
import pytest

from zoo import ZooError, export
from zoo.datasets.tables.synthetic import SyntheticTables
from zoo.export import as_saved_model, labels
from zoo.learners.outside import FEWEST_ROWS, MOST_ROWS, THRESHOLD, Outside, usual
from zoo.models.tabular import Tabular, TabularConfig, tiny

G = np.random.default_rng(0)
X = G.normal(size=[100, 5]).astype(np.float32)
SMALL = {"width": 4, "blocks": 1, "hidden": 2, "basis": 2, "steps": 2}  # eight quantiles, as all entries have
NAMES = np.where(X[:, 0] > 0, "a", "b")


@pytest.fixture(scope="module")
def tasks():
    keras.utils.set_random_seed(0)
    classes, numbers = (Tabular(TabularConfig(regression, **SMALL)) for regression in (False, True))
    return {"classes": classes.learn(X, NAMES), "numbers": numbers.learn(X, 2.0 * X[:, 0])}


@pytest.mark.parametrize("kind", ["classes", "numbers"])
def test_usual_rows_stay_below_the_threshold_and_shifted_ones_do_not(tasks, kind):
    task, new = tasks[kind], G.normal(size=[400, 5]).astype(np.float32)
    assert task.ood_threshold == THRESHOLD == 1.0
    assert (task.ood_score(new) > 1).mean() < 0.12
    assert (task.ood_score(new + 5) > 1).all()
    assert (task.ood_score(np.full([1, 5], 1e30)) > task.ood_score(new).max()).all()
    assert task.ood_score(np.full([1, 5], np.nan)) == 0.0


def test_the_score_is_its_equation(tasks):
    task, row = tasks["numbers"], np.array([[10.0, np.nan, -10.0, 0.0, 0.0]], np.float32)
    part = {name: task.learned[name][0].astype(np.float64) for name in ("shift", "scale", "knots")}
    z, low, high = (row[0] - part["shift"]) * part["scale"], part["knots"][:, 0], part["knots"][:, -1]
    width = np.maximum((high - low) / 2 / 1.5341, 0.5)
    want = (np.log1p(((z[0] - high[0]) / width[0]) ** 2) + np.log1p(((low[2] - z[2]) / width[2]) ** 2)) / 5 / usual(100, 5)
    np.testing.assert_allclose(task.ood_score(row), [want], rtol=1e-2)


def test_columns_that_do_not_vary_say_nothing():
    with pytest.warns(UserWarning, match="no column of x differs"):
        same = tiny()["classes"].learn([[1.0]] * 3, [0, 1, 0])
    assert not Outside.of(same).weight.any()
    assert same.ood_score([[9.0]]) == 0.0


def test_what_is_usual_shrinks_with_rows_and_ends_somewhere():
    assert usual(10, 5) > usual(50, 5) > usual(MOST_ROWS, 5) == usual(10_000, 5) > 0
    assert usual(1, 5) == usual(FEWEST_ROWS, 5)
    assert all(usual(rows, columns) > 0 for rows in (8, 500) for columns in (0, 1, 96))


@pytest.mark.parametrize("rows", [10, 50, 200])
def test_false_alarms_on_new_synthetic_tables_are_about_one_in_twenty(rows):
    learner = Tabular(TabularConfig(**SMALL))
    drawn = SyntheticTables().draw(50, 77, rows=rows)
    odd = [
        task.ood_score(query) > task.ood_threshold for task, query in zip(learner.task_models(drawn), drawn.query_x, strict=True)
    ]
    assert 0.02 < np.mean(odd) < 0.09


def test_a_saved_model_gives_the_same_score_and_other_formats_have_no_threshold(tasks, tmp_path):
    task, new = tasks["classes"], np.concatenate([X[:4], X[:1] + 9, np.full([1, 5], np.nan, np.float32)])
    export.saved_model(task, tmp_path / "saved")
    found = as_saved_model.runner(tmp_path / "saved")("classify")({"query_x": new})
    np.testing.assert_allclose(found["ood_score"], task.ood_score(new), rtol=1e-5, atol=1e-6)
    assert labels.ood_threshold(tmp_path / "saved") == 1.0
    export.onnx(task, tmp_path / "task.onnx")
    assert labels.ood_threshold(tmp_path / "task.onnx") == np.inf


def test_other_tasks_keep_the_score_of_their_classes(names, tiny_task):
    assert Outside.of(names) is None
    np.testing.assert_array_equal(names.ood_score([[1.0, 0.0]]), -names.logits([[1.0, 0.0]]).max(axis=-1))
    with pytest.raises(ZooError, match="has no classes"):
        tiny_task.ood_score([0.0])
