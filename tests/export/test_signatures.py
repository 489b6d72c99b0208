"""Every signature of every kind of learner in every runtime; `docs/conversions.md` is measured by the same code."""

import contextlib
import functools
import importlib
import inspect
import pkgutil
import socket
import subprocess
import sys

import conversions_page
import keras
import numpy as np
import pytest
import runtimes
import task_ways
from zoo.models.joint import Joint, JointConfig
from zoo.models.latent_video import LatentVideoConfig
from zoo.models.pretrained import PretrainedConfig
from zoo.models.pretrained_video import PretrainedVideo

import zoo.models
from zoo import ZooError
from zoo.export import parity, quantization
from zoo.learners.embedding_classifier import Calibration
from zoo.learners.meta_learner import MetaLearner
from zoo.models.linear_head import LinearHead, LinearHeadConfig
from zoo.models.maml import MAML, MAMLConfig
from zoo.models.matching import MatchingConfig, MatchingNetwork
from zoo.models.matching_fce import FullContextConfig, FullContextMatchingNetwork
from zoo.models.mela import MeLA, MeLAConfig
from zoo.models.mela_video import MeLAVideo, MeLAVideoConfig
from zoo.models.nearest_neighbour import NearestNeighbour
from zoo.models.prototypical import PrototypicalConfig, PrototypicalNetwork
from zoo.models.siamese import SiameseConfig, SiameseNetwork
from zoo.models.simple_shot import SimpleShot, SimpleShotConfig
from zoo.models.zero_shot import ZeroShotConfig, ZeroShotPrototypes

SET = {"row_widths": (8,), "pool": 8, "pooling": "max+mean", "code_widths": (8,), "code": 3, "generator_widths": (8,)}
FLIGHT = {"inputs": 6, "outputs": 2, "task_widths": (6,), "history": 3, "inertial": True}
VIDEO = {"encoder_filters": 2, "decoder_filters": 2, "task_widths": (6,)}
PICTURES = {"size": 12, "filters": (4, 6), "shrink": ("stride", "padded_pool")}
SMALL = {
    "MeLA": lambda: MeLA(MeLAConfig(**SET, **FLIGHT)),
    "MAML": lambda: MAML(MAMLConfig(**FLIGHT, inner_steps=2, learned_rates=True)),
    "Joint": lambda: Joint(JointConfig(**FLIGHT)),
    "MeLAVideo": lambda: MeLAVideo(MeLAVideoConfig(**SET, **VIDEO)),
    "PretrainedVideo": lambda: PretrainedVideo(LatentVideoConfig(**VIDEO)),
    "MatchingNetwork": lambda: MatchingNetwork(MatchingConfig(**PICTURES, kernel="scaled_cosine")),
    "FullContextMatchingNetwork": lambda: FullContextMatchingNetwork(FullContextConfig(**PICTURES, width=6, steps=2)),
    "SiameseNetwork": lambda: SiameseNetwork(SiameseConfig(**PICTURES, embedding=5)),
    "NearestNeighbour": lambda: NearestNeighbour(PretrainedConfig(**PICTURES)),
    "SimpleShot": lambda: SimpleShot(SimpleShotConfig(**PICTURES)),
    "LinearHead": lambda: LinearHead(LinearHeadConfig(**PICTURES, unit=True, steps=5, penalty=1.0)),
    "ZeroShotPrototypes": lambda: ZeroShotPrototypes(ZeroShotConfig(attributes=3, features=4, hidden=(6,), width=5)),
    "PrototypicalNetwork": lambda: calibrated(PrototypicalNetwork(PrototypicalConfig(**PICTURES, views=1))),
}


def calibrated(learner):
    """The same learner, whose logits are divided by a temperature that each task has of its own."""
    learner.calibration = Calibration(temperature=0.7, spread=0.3)
    return learner


def test_every_kind_of_learner_is_here():
    modules = [importlib.import_module(f"zoo.models.{module.name}") for module in pkgutil.iter_modules(zoo.models.__path__)]
    kinds = {
        name
        for module in modules
        for name, found in inspect.getmembers(module, inspect.isclass)
        if issubclass(found, MetaLearner) and found.__module__ == module.__name__ and hasattr(found, "config_class")
    }
    assert kinds == set(SMALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("exported")


@pytest.fixture(scope="module")
def exported(folder):
    """A small learner of a kind and a task model of it, converted once: every signature's endpoint, and what it answers."""

    @functools.cache
    def export_kind(kind):
        models = {"learner": small(kind), "task model": small_task(kind)}
        for what, model in models.items():
            runtimes.write(model, folder / kind / what)
        endpoints = {(what, name): endpoint for what, model in models.items() for name, endpoint in model.endpoints().items()}
        return {key: (endpoint, runtimes.cases(endpoint)) for key, endpoint in endpoints.items()}

    return export_kind


@pytest.fixture(scope="module")
def opened(folder):
    """Each runtime is started once, with all models below one folder."""
    with contextlib.ExitStack() as stack:
        yield functools.cache(lambda runtime: stack.enter_context(runtime.open(folder)))


@functools.cache
def small(kind):
    keras.utils.set_random_seed(1)
    return SMALL[kind]()


@functools.cache
def small_task(kind):
    learner, draw = small(kind), np.random.default_rng(2).uniform
    labels = np.arange(5) % 3 if learner.label_width is None else draw(size=(5, learner.label_width))
    return learner.learn(draw(size=(5, *learner.example_shape)), labels)


@pytest.fixture
def connections(monkeypatch):
    """Addresses that Python tries to reach, every one in vain."""
    tried = []
    monkeypatch.setattr(socket.socket, "connect", lambda self, address: tried.append(address) or 1 / 0)
    return tried


@pytest.mark.parametrize("kind", SMALL)
@pytest.mark.parametrize("runtime", runtimes.RUNTIMES, ids=lambda runtime: runtime.name)
def test_every_signature_agrees_with_the_live_model(kind, runtime, folder, exported, opened, connections):
    """At several shapes, with padding full of garbage, and without asking the network for anything."""
    load = opened(runtime)
    for (what, signature), (endpoint, known) in exported(kind).items():
        run = load(folder / kind / what / runtime.reads, signature)
        assert runtimes.difference(endpoint, known, run) <= runtimes.tolerance(known), (what, signature)
        if isinstance(run, runtimes.Scripted):
            assert run.script.external == []
    assert connections == []


ALONE = """
import sys
import numpy as np
from zoo.serving.native import NativeModel
answers, models = {}, {}
calls = {}
with np.load(sys.argv[1]) as arrays:
    for key in arrays.files:
        *call, name = key.split("|")
        calls.setdefault(tuple(call), {})[name] = arrays[key]
for (model, signature, number), inputs in calls.items():
    if model not in models:
        models[model] = NativeModel(model)
    for name, value in models[model].run(signature, inputs).items():
        answers["|".join((model, signature, number, name))] = value
assert not any(name.startswith("tensorflow.python") for name in sys.modules)
np.savez(sys.argv[2], allow_pickle=False, **answers)
"""


@pytest.mark.parametrize("kind", SMALL)
def test_every_signature_runs_without_tensorflows_python_and_xla(kind, folder, exported, tmp_path):
    """In a fresh process, as TensorFlow Serving would run it; with TensorFlow's Python in the process XLA stays on."""
    calls = {}
    for (what, signature), (_, known) in exported(kind).items():
        for number, (inputs, _) in enumerate(known):
            model = folder / kind / what / "saved_model"
            calls |= {f"{model}|{signature}|{number}|{name}": value for name, value in inputs.items()}
    np.savez(tmp_path / "in.npz", allow_pickle=False, **calls)
    command = [sys.executable, "-c", ALONE, str(tmp_path / "in.npz"), str(tmp_path / "out.npz")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    with np.load(tmp_path / "out.npz") as answers:
        for (what, signature), (endpoint, known) in exported(kind).items():
            for number, (inputs, want) in enumerate(known):
                call = f"{folder / kind / what / 'saved_model'}|{signature}|{number}"
                got = {name: answers[f"{call}|{name}"] for name in want}
                parity.compare(endpoint, inputs, want, got, "the C++ loader alone", call)


def test_a_page_that_asks_the_network_is_caught(tmp_path):
    with contextlib.closing(runtimes.Script("run_onnx_in_chromium.mjs", str(tmp_path))) as script:
        with pytest.raises(RuntimeError, match="Failed to fetch"):
            script.answer({"model": "https://models.example/m.onnx", "inputs": {}})
        assert script.external == ["https://models.example/m.onnx"]


@pytest.mark.parametrize("kind", SMALL)
@pytest.mark.parametrize("way", task_ways.WAYS)
def test_what_only_task_models_do_works_as_the_document_says(kind, way, tmp_path):
    task = small_task(kind)
    if (kind, way) in conversions_page.CANNOT:
        with pytest.raises(ZooError, match=r"operation '\w+', and C source .* use zoo.export.litert"):
            task_ways.WAYS[way](task, tmp_path)
        return
    left = task_ways.WAYS[way](task, tmp_path)
    endpoint = task.endpoints()["serving_default"]
    assert left.difference <= quantization.TOLERANCES[way.partition(", ")[2]]
    assert runtimes.difference(endpoint, runtimes.cases(endpoint), left.run) <= quantization.TOLERANCES[way.partition(", ")[2]]
