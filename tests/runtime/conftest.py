"""Two small learners as files of ONNX: one that reads a set, and one of classes."""

import pytest

from zoo import export
from zoo.runtime.description import Description
from zoo.runtime.onnx_learner import OnnxLearner


@pytest.fixture(scope="session")
def light(tmp_path_factory):
    """Make a learner of ONNX files out of a live one, with some of its graphs."""

    def make(learner, *signatures):
        folder = tmp_path_factory.mktemp(learner.title)
        for signature in signatures:
            export.onnx(learner, folder / f"{signature}.onnx", signature)
        return OnnxLearner(Description.of(learner), {"name": learner.title, "sha256": ""}, folder)

    return make


@pytest.fixture(scope="session")
def waves(tiny, light):
    return light(tiny, "apply", "update")


@pytest.fixture(scope="session")
def names(tiny_names, light):
    return light(tiny_names.learner, "adapt", "apply", "update")
