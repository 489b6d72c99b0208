"""How much columns count: those that decide come first, by what the task does and by shuffling, whatever runs the task."""

import keras
import numpy as np
import pytest

from zoo import ZooError, export
from zoo.learners import importance as module
from zoo.models.tabular import tiny
from zoo.runtime.description import Description
from zoo.runtime.onnx_learner import OnnxLearner

G = np.random.default_rng(0)
X = G.normal(size=[80, 4])
TABLE = {"noise": X[:, 0], "little": X[:, 1], "much": X[:, 2], "city": G.choice(["Bonn", "Oslo", "Rome"], 80)}
NUMBERS = 50.0 + 10.0 * X[:, 2] + 3.0 * X[:, 1]
NAMES = np.where(TABLE["city"] == "Oslo", "ill", "well")


@pytest.fixture(scope="module")
def learners():
    keras.utils.set_random_seed(0)
    return tiny()


@pytest.fixture(scope="module")
def numbers(learners):
    return learners["numbers"].learn(TABLE, NUMBERS)


def test_effects_are_the_deviations_that_columns_cause(numbers):
    found = numbers.importance()
    assert found.columns == ("noise", "little", "much", "city")
    assert found.order[:2] == [2, 1]
    assert 7.0 < found.effect[2] < 12.0
    assert 1.5 < found.effect[1] < 4.5
    assert max(found.effect[0], found.effect[3]) < 1.5
    assert found.rise.size == found.deviation.size == 0
    assert str(found).startswith("much: ")


def test_the_effect_of_a_linear_task_is_its_equation(learners):
    task = learners["numbers"].learn(X, NUMBERS)
    slope = {name: np.zeros_like(value) for name, value in task.learned.items()}
    slope |= {name: task.learned[name] for name in ("shift", "scale", "knots")} | {"intercept": np.full([1, 1], 7.0, np.float32)}
    slope["straight"][0, 2, 0] = 5.0
    task.learned = slope
    effect = task.importance().effect
    deviation = task.answers_to(module.KeptColumns.of(task).draw(np.random.default_rng(1), 4000)).std()
    np.testing.assert_allclose(effect, [0.0, 0.0, deviation, 0.0], rtol=0.1)


def test_all_inputs_of_one_column_count_together(learners):
    found = learners["classes"].learn(TABLE, NAMES).importance(TABLE, NAMES, repeats=5)
    assert found.order[0] == 3 == int(found.rise.argmax())
    assert found.rise[3] > 0.2 > 3 * abs(found.rise[0])
    assert (found.deviation > 0).all()
    assert ", shuffled +" in str(found)


def test_seeds_and_repeats(numbers):
    one, other = (numbers.importance(TABLE, NUMBERS, repeats=4, seed=seed) for seed in (1, 2))
    again = numbers.importance(TABLE, NUMBERS, repeats=4, seed=1)
    np.testing.assert_array_equal(one.rise, again.rise)
    assert (one.rise != other.rise).any()
    np.testing.assert_allclose(one.rise[2], 10.0 * 2**0.5, rtol=0.3)
    assert not numbers.importance(TABLE, NUMBERS, repeats=1).deviation.any()


def test_without_tensorflow_it_is_the_same(learners, tmp_path, numbers):
    for signature in ("adapt", "apply"):
        export.onnx(learners["numbers"], tmp_path / f"{signature}.onnx", signature)
    light = OnnxLearner(Description.of(learners["numbers"]), {}, tmp_path).learn(TABLE, NUMBERS)
    want, got = numbers.importance(TABLE, NUMBERS), light.importance(TABLE, NUMBERS)
    np.testing.assert_allclose(got.effect, want.effect, rtol=1e-2, atol=1e-2)
    np.testing.assert_allclose(got.rise, want.rise, rtol=1e-2, atol=1e-2)


def test_what_is_wrong_is_refused(numbers, names):
    with pytest.raises(ZooError, match="y is given without x; give both, or neither"):
        numbers.importance(y=NUMBERS)
    with pytest.raises(ZooError, match="repeats=0: shuffle each column 1 to 1000 times"):
        numbers.importance(TABLE, NUMBERS, repeats=0)
    with pytest.raises(ZooError, match="has 80 rows and y has 3"):
        numbers.importance(TABLE, NUMBERS[:3])
    with pytest.raises(ZooError, match="reads no table"):
        names.importance()


def test_a_probability_of_nothing_has_a_finite_loss(learners):
    task = learners["classes"].learn(X, NAMES)
    found = module.losses(task, np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]]))
    np.testing.assert_allclose(found, -np.log(module.SMALLEST))
