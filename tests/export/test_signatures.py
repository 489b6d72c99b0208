"""Every signature of every kind of learner, in every format: the exporters themselves compare with the live model."""

import importlib
import inspect
import pkgutil

import keras
import pytest

import zoo.models
from zoo import export
from zoo.learner import MetaLearner
from zoo.models.joint import Joint, JointConfig
from zoo.models.latent_video import LatentVideoConfig
from zoo.models.maml import MAML, MAMLConfig
from zoo.models.mela import MeLA, MeLAConfig
from zoo.models.mela_video import MeLAVideo, MeLAVideoConfig
from zoo.models.pretrained_video import PretrainedVideo

FORMATS = {"saved_model": export.saved_model, "onnx": export.onnx, "litert": export.litert}
SET = {"row_widths": (8,), "pool": 8, "pooling": "max+mean", "code_widths": (8,), "code": 3, "generator_widths": (8,)}
FLIGHT = {"inputs": 6, "outputs": 2, "task_widths": (6,), "history": 3, "inertial": True}
VIDEO = {"encoder_filters": 2, "decoder_filters": 2, "task_widths": (6,)}
SMALL = {
    "MeLA": lambda: MeLA(MeLAConfig(**SET, **FLIGHT)),
    "MAML": lambda: MAML(MAMLConfig(**FLIGHT, inner_steps=2, learned_rates=True)),
    "Joint": lambda: Joint(JointConfig(**FLIGHT)),
    "MeLAVideo": lambda: MeLAVideo(MeLAVideoConfig(**SET, **VIDEO)),
    "PretrainedVideo": lambda: PretrainedVideo(LatentVideoConfig(**VIDEO)),
}


def test_every_kind_of_learner_is_here():
    modules = [importlib.import_module(f"zoo.models.{module.name}") for module in pkgutil.iter_modules(zoo.models.__path__)]
    kinds = {
        name
        for module in modules
        for name, found in inspect.getmembers(module, inspect.isclass)
        if issubclass(found, MetaLearner) and found.__module__ == module.__name__ and hasattr(found, "config_class")
    }
    assert kinds == set(SMALL)


@pytest.mark.parametrize("kind", SMALL)
@pytest.mark.parametrize("format", FORMATS)
def test_every_signature_agrees_with_the_live_model(kind, format, tmp_path):
    keras.utils.set_random_seed(1)
    learner = SMALL[kind]()
    differences = FORMATS[format](learner, tmp_path / "out")
    assert set(differences) == set(learner.endpoints())
    assert max(differences.values()) < 1e-4
