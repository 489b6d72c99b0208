"""What many tests share: one small learner for all, and a list of every learner to hold the promises over."""

import dataclasses
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import hypothesis
import numpy as np
import pytest

from zoo import registry

# A shared machine may stall for seconds, and what lands must not hang on the luck of a draw: the same examples each time in CI.
hypothesis.settings.register_profile("steady", deadline=None, derandomize=bool(os.environ.get("CI")))
hypothesis.settings.load_profile("steady")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Tests that share what a module made stay in one process, so that it is made once."""
    for item in items:
        shared = [made.scope for found in item._fixtureinfo.name2fixturedefs.values() for made in found]
        if "module" in shared:
            item.add_marker(pytest.mark.xdist_group(item.module.__name__))


@pytest.fixture(params=registry.names())
def name(request) -> str:
    """Every entry of the zoo, one after the other."""
    return request.param


@pytest.fixture(scope="session")
def shipped():
    """Load a shipped learner once for the whole run."""
    loaded = {}

    def load(name: str):
        if name not in loaded:
            loaded[name] = registry.load(name)
        return loaded[name]

    return load


@pytest.fixture
def learner(name, shipped):
    """The shipped learner of every entry, one after the other."""
    return shipped(name)


@pytest.fixture
def episode(name):
    """Three tasks of the entry's own with seven support rows, of which 7, 4 and 1 are real, and five query rows."""
    episodes = registry.entry(name).episodes
    drawn = episodes.draw(3, seed=42, **episodes.conditions()[0])
    return {
        "support_x": drawn.support_x[:, :7].copy(),
        "support_y": drawn.support_y[:, :7].copy(),
        "support_size": np.array([7, 4, 1], np.int32),
        "query_x": drawn.query_x[:, :5],
    }


@pytest.fixture(scope="session")
def tiny():
    """An untrained MeLA of a few hundred parameters, for tests that do not need a good one."""
    import keras

    from zoo.models.mela import MeLA, MeLAConfig

    keras.utils.set_random_seed(0)
    widths = {"row_widths": (8,), "pool": 8, "code_widths": (8,), "generator_widths": (8,), "task_widths": (6,)}
    return MeLA(MeLAConfig(**widths), name="tiny")


@pytest.fixture
def tiny_task(tiny):
    """A task model of the tiny learner."""
    return tiny.learn([0.0, 1.0, 2.0], [1.0, 0.0, -1.0])


@pytest.fixture
def tiny_entry(tiny):
    """An entry that trains the tiny learner in a second."""
    from zoo.datasets import FreshSinusoids
    from zoo.entry import Entry, Recipe

    recipe = Recipe(steps=40, tasks_per_step=4, learning_rate=1e-3, steps_per_execution=5, epochs=4, average=0.9)
    return Entry(type(tiny), tiny.config, FreshSinusoids((0.5, 0.5), (0.5, 1.0)), recipe)


@pytest.fixture
def with_recipe():
    """Return a copy of an entry with another recipe."""
    return lambda entry, **changes: dataclasses.replace(entry, recipe=dataclasses.replace(entry.recipe, **changes))
