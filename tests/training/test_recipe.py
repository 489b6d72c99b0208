"""A recipe as Keras takes it: the optimiser, its schedule, clipping and averaging, and the loss."""

import keras
import numpy as np
import pytest

from zoo.hub.entry import Recipe
from zoo.training import recipe as recipes
from zoo.training.kernel_muon import KernelMuon


def recipe(**changes):
    return Recipe(**{"steps": 100, "tasks_per_step": 1, "learning_rate": 0.5, "steps_per_execution": 1, "epochs": 1} | changes)


def rates(made, steps):
    return [round(float(recipes.optimizer(made)._learning_rate(step)), 4) for step in steps]


def test_a_cosine_falls_to_zero_after_a_warm_up_or_at_once():
    assert rates(recipe(warmup=10), (0, 5, 10, 55, 100)) == [0.0, 0.25, 0.5, 0.25, 0.0]
    assert rates(recipe(), (0, 50, 100)) == [0.5, 0.25, 0.0]


def test_a_line_falls_to_zero():
    assert rates(recipe(schedule="linear"), (0, 50, 80, 100)) == [0.5, 0.25, 0.1, 0.0]


def test_a_constant_rate_and_one_that_halves():
    assert float(recipes.optimizer(recipe(schedule="constant")).learning_rate) == 0.5
    assert rates(recipe(schedule="halving", halve_every=4), (0, 3, 4, 7, 8)) == [0.5, 0.5, 0.25, 0.25, 0.125]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("adam", keras.optimizers.Adam),
        ("muon", keras.optimizers.Muon),
        ("kernel_muon", KernelMuon),
        ("sgd", keras.optimizers.SGD),
    ],
)
def test_the_optimiser_clips_and_averages_as_the_recipe_says(name, kind):
    plain, both = (recipes.optimizer(recipe(optimizer=name, **more)) for more in ({}, {"clip_norm": 3.0, "average": 0.9}))
    assert type(plain) is kind
    assert (plain.global_clipnorm, plain.use_ema) == (None, False)
    assert (both.global_clipnorm, both.use_ema, both.ema_momentum) == (3.0, True, 0.9)
    variable = keras.Variable(np.ones([2, 3], np.float32))
    plain.build([variable])
    plain.apply([np.zeros([2, 3], np.float32)])
    np.testing.assert_array_equal(variable.numpy(), np.ones([2, 3]))  # no weight decays


def test_the_loss_is_by_name_or_of_logits():
    assert recipes.loss(recipe()) == "mse"
    loss = recipes.loss(recipe(loss="cross_entropy"))
    assert float(loss(np.eye(2)[[0]], np.zeros([1, 2]))) == pytest.approx(np.log(2))
