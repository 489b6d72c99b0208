"""An entry as data: a recipe that divides into epochs, figures of a paper, and the untrained model."""

import dataclasses

import pytest

from zoo.hub.entry import Published, Recipe, series


def test_an_epoch_is_its_share_of_the_steps():
    recipe = Recipe(steps=600, tasks_per_step=1, learning_rate=0.1, epochs=3, steps_per_execution=20)
    assert recipe.steps_per_epoch == 200


@pytest.mark.parametrize("changes", [{"steps": 101}, {"steps": 40, "epochs": 3}, {"steps": 40, "steps_per_execution": 15}])
def test_steps_that_do_not_divide_are_refused(changes):
    with pytest.raises(ValueError, match=r"steps must be a multiple of epochs x steps_per_execution"):
        Recipe(**{"tasks_per_step": 1, "learning_rate": 0.1, "epochs": 2, "steps_per_execution": 5} | changes)


def test_a_series_is_one_figure_for_each_value():
    assert series({"noise": 0.1}, "steps", {0: 0.5, 5: 0.25}, "figure 2") == (
        Published({"noise": 0.1, "steps": 0}, 0.5, "figure 2"),
        Published({"noise": 0.1, "steps": 5}, 0.25, "figure 2"),
    )


def test_a_curriculum_comes_before_the_benchmark(tiny_entry):
    entry = dataclasses.replace(
        tiny_entry, recipe=dataclasses.replace(tiny_entry.recipe, steps=600, epochs=6, steps_per_execution=1)
    )
    assert entry.lessons() == [(entry.benchmark, 0, 6)]
    easier = dataclasses.replace(entry, curriculum=(("easy", 1), ("harder", 2)))
    assert easier.lessons() == [("easy", 0, 1), ("harder", 1, 3), (entry.benchmark, 3, 6)]


def test_builds_an_untrained_model_that_knows_the_range_of_training(tiny_entry):
    model = tiny_entry.build("mixed_bfloat16")
    assert isinstance(model, tiny_entry.learner)
    assert (model.config, model.dtype_policy.name) == (tiny_entry.config, "mixed_bfloat16")
    assert model.input_range == tiny_entry.input_range == tiny_entry.benchmark.input_range
    assert model.origin == {}


def test_an_entry_is_frozen(tiny_entry):
    with pytest.raises(dataclasses.FrozenInstanceError):
        tiny_entry.licence = "other"
