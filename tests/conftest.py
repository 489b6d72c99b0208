"""What many tests share: small learners, shipped ones that are loaded once, and the promises held over any model."""

import collections
import dataclasses
import functools
import gc
import itertools
import os
import sys
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

# What is prepared once stays out of the developer's own cache, and is there in the next run.
os.environ["XDG_CACHE_HOME"] = str(Path(__file__).resolve().parents[1] / ".pytest_cache" / "prepared")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["ZOO_COMPILE_ONCE"] = "yes"  # WebAssembly of onnxruntime-web, see tests/web/browser.mjs

import hub_server
import hypothesis
import numpy as np
import promises
import pytest
import tensorflow as tf

from zoo.hub import registry

# A shared machine may stall for seconds, and what lands must not hang on the luck of a draw: the same examples each time in CI.
hypothesis.settings.register_profile("steady", deadline=None, derandomize=bool(os.environ.get("CI")))
hypothesis.settings.load_profile("steady")

SLOWEST = 20  # files of tests whose seconds are told


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Tests that share what a module made stay in one process, so that it is made once."""
    for item in items:
        shared = [made.scope for found in item._fixtureinfo.name2fixturedefs.values() for made in found]
        if "module" in shared:
            item.add_marker(pytest.mark.xdist_group(item.module.__name__))


def _draws_start_over(seed: int) -> None:
    import keras

    keras.utils.set_random_seed(seed)


def pytest_terminal_summary(terminalreporter):
    """The files of tests that took longest, all their tests and fixtures together: where time can be saved."""
    taken: collections.Counter = collections.Counter()
    for report in itertools.chain.from_iterable(terminalreporter.stats.values()):
        if isinstance(report, pytest.TestReport):
            taken[report.nodeid.partition("::")[0]] += report.duration
    slowest = (f"{file} {seconds:.0f}" for file, seconds in taken.most_common(SLOWEST))
    terminalreporter.write_line(f"seconds: {', '.join(slowest)}")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup():
    """Weights start alike in every run, whichever tests ran before; those of fixtures unlike those of the test itself."""
    _draws_start_over(1)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call():
    """See `pytest_runtest_setup`: whether a fixture was made for this test or for one before changes nothing."""
    _draws_start_over(2)


def pytest_collection_finish():
    """What is here to stay need not be looked through whenever garbage is collected."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def conversions_leave_garbage_alone():
    """TensorFlow's converter collects garbage each time, which here is to look through the graphs of all tests before."""
    converter = sys.modules[tf.lite.TFLiteConverter.__module__]
    with mock.patch.dict(vars(converter), gc=SimpleNamespace(collect=lambda: 0)):
        yield


@pytest.fixture(scope="session")
def shipped():
    """Load a shipped learner once for tests that ask for it one after the other; few are kept, so that memory does not grow."""

    @functools.lru_cache(maxsize=4)
    def load(name: str):
        return registry.load(name)

    return load


@pytest.fixture(scope="session")
def same():
    """Compare what passed through matrix products in another order; see `promises.subject.same`."""
    return promises.subject.same


@pytest.fixture(scope="session")
def opened(tmp_path_factory):
    """Start a runtime once for the whole run, for models below pytest's own folder."""
    with promises.subject.opened_below(tmp_path_factory.getbasetemp()) as opened:
        yield opened


@pytest.fixture
def hold(tmp_path, opened):
    """Hold every promise over a model: `hold(model)`; see `promises.hold`."""
    return functools.partial(promises.hold, folder=tmp_path, opened=opened)


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


@pytest.fixture(scope="session")
def tiny_names():
    """A task model of three classes whose names are hard to write, by a small untrained network."""
    import keras

    from zoo.models.prototypical import PrototypicalConfig, PrototypicalNetwork

    keras.utils.set_random_seed(0)
    learner = PrototypicalNetwork(PrototypicalConfig(size=8, filters=(3,), shrink=("pool",)), name="tiny_names")
    x = np.random.default_rng(0).uniform(size=[6, 8, 8, 1])
    return learner.learn(x, ['Äpfel "süß", 100 %', "elm", "日本語の長い名前のクラス"] * 2)


@pytest.fixture
def tiny_entry(tiny):
    """An entry that trains the tiny learner in a second."""
    from zoo.datasets import FreshSinusoids
    from zoo.hub.entry import Entry, Recipe

    recipe = Recipe(steps=40, tasks_per_step=4, learning_rate=1e-3, steps_per_execution=5, epochs=4, average=0.9)
    return Entry(type(tiny), tiny.config, FreshSinusoids((0.5, 0.5), (0.5, 1.0)), recipe)


@pytest.fixture
def tiny_pictures():
    """An entry that trains a small prototypical network on pictures of noise in a second."""
    from zoo.datasets import InMemory, Labelled, NWay
    from zoo.hub.entry import Entry, Recipe
    from zoo.models.prototypical import PrototypicalConfig, PrototypicalNetwork

    generator = np.random.default_rng(0)
    middle = np.repeat(generator.uniform(size=[8, 8, 8, 1]), 17, axis=0)
    x = np.clip(middle + generator.normal(0, 0.9, middle.shape), 0, 1).astype(np.float32)
    parts = [Labelled.of(x[half], np.arange(136)[half] // 17) for half in (slice(0, 68), slice(68, 136))]
    return Entry(
        PrototypicalNetwork,
        PrototypicalConfig(size=8, filters=(4,), shrink=("pool",), pairs=0.5),
        NWay(InMemory(*parts), ways=3, shots=(1, 2), queries=2, evaluation_conditions=((3, 2), (4, 1))),
        Recipe(
            steps=8,
            tasks_per_step=2,
            learning_rate=1e-2,
            schedule="halving",
            halve_every=4,
            loss="cross_entropy",
            average=0.9,
            steps_per_execution=2,
            epochs=2,
            jit=False,
        ),
    )


@pytest.fixture(scope="session")
def hub_folder(tiny, tmp_path_factory):
    """The tiny learner as the folder of a repository of the hub, with two of its signatures, and its own file."""
    from zoo.hub import hub_folder

    folder = tmp_path_factory.mktemp("hub")
    tiny.save(folder / "wave.keras")
    every = type(tiny).endpoints
    two = mock.patch.object(
        type(tiny), "endpoints", lambda self: {name: every(self)[name] for name in ("serving_default", "adapt")}
    )
    with two:
        hub_folder.write(str(folder / "wave.keras"), folder / "repository", "user/wave", "MIT")
    return folder


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """A hub on this machine in place of the real one, with an empty cache; skipped where its library is not installed."""
    pytest.importorskip("huggingface_hub", reason="huggingface_hub, of the extra hub, is not installed")
    from huggingface_hub import constants

    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NETRC", os.devnull)
    with hub_server.running() as found:
        monkeypatch.setattr(constants, "ENDPOINT", found.url)
        monkeypatch.setattr(
            constants, "HUGGINGFACE_CO_URL_TEMPLATE", f"{found.url}/{{repo_id}}/resolve/{{revision}}/{{filename}}"
        )
        monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub_cache"))
        monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "no_token"))
        yield found


@pytest.fixture
def with_recipe():
    """Return a copy of an entry with another recipe."""
    return lambda entry, **changes: dataclasses.replace(entry, recipe=dataclasses.replace(entry.recipe, **changes))


@pytest.fixture(scope="session")
def served(tiny, tmp_path_factory):
    """A folder of models to serve: `tiny/3`, a learner, and `wave/1` and `wave/2`, two tasks that it learned."""
    base = tmp_path_factory.mktemp("served")
    endpoints = tiny.endpoints()
    wanted = {"tiny/3": {name: endpoints[name] for name in ("serving_default", "adapt", "apply")}}
    wanted |= {f"wave/{version}": tiny.learn([0.0, 1.0], [1.0, 2.0 * version]).endpoints() for version in (1, 2)}
    for path, chosen in wanted.items():
        holder, signatures = tf.Module(), {name: endpoint.traced() for name, endpoint in chosen.items()}
        read = {id(weight): weight for traced in signatures.values() for weight in traced.get_concrete_function().variables}
        holder.weights = list(read.values())
        tf.saved_model.save(holder, str(base / path), signatures=signatures)
    return base
