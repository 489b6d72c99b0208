"""An entry's method on a user's own tasks: from its weights or from nothing, with a card that has both beside each other."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import zoo
from zoo import ZooError
from zoo.hub import registry
from zoo.training import own_tasks


@pytest.fixture
def tasks(tmp_path):
    """Forty lines through a point of their own, as no wave is."""
    generator, rows = np.random.default_rng(0), []
    for task in range(40):
        x = generator.uniform(-5, 5, 20)
        rows.append({"task_id": task, "support_x": x, "support_y": generator.uniform(-1, 1) * x + generator.uniform(-1, 1)})
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "lines.parquet")
    return [str(tmp_path / "lines.parquet")]


def test_training_on_own_tasks_beats_the_entry_as_it_is_shipped(tasks, tmp_path):
    own = own_tasks.entry_of(registry.entry("maml_sinusoid"), tasks, steps=300)
    assert own.recipe.steps == 500
    card = own_tasks.train("maml_sinusoid", own, tmp_path / "mine", "zoo train …", force=False, progress=False)
    assert json.loads((tmp_path / "mine/card.json").read_text()) == json.loads(json.dumps(card))
    mine = card["evaluation"]["scores"][0]
    shown = [each for each in card["evaluation"]["baselines"] if each["condition"]["support"] == mine["condition"]["support"]]
    others = {each["baseline"]: each["mean"] for each in shown}
    assert mine["mean"] < others["maml_sinusoid as shipped"]
    assert mine["mean"] < others["mean of the support"]
    x = np.linspace(-4, 4, 10)
    assert zoo.load(str(tmp_path / "mine")).learn(x, 0.5 * x).predict([1.0]).shape == (1,)


def test_fresh_weights_keep_the_recipe_and_the_entrys_a_gentler_one(tasks):
    entry = registry.entry("mela_sinusoid")
    fresh, gentle = (own_tasks.entry_of(entry, tasks, fresh=each) for each in (True, False))
    assert fresh.recipe.learning_rate == entry.recipe.learning_rate
    assert gentle.recipe.learning_rate == pytest.approx(entry.recipe.learning_rate / 10)
    assert (gentle.recipe.steps, fresh.recipe.steps) == (2000, -(-entry.recipe.steps // 500) * 500)
    assert fresh.published == ()


@pytest.mark.parametrize("name", ["protonet_omniglot", "tabular_regression", "zeroshot_attributes", "lstm_optimizer_quadratic"])
def test_learners_of_anything_but_numbers_of_one_shape_are_refused(tasks, name):
    with pytest.raises(ZooError, match=r"trained on (a|no) table of tasks"):
        own_tasks.entry_of(registry.entry(name), tasks)
