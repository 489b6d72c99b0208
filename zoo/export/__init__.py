"""Export models and learned tasks: `saved_model`, `onnx`, `litert`, and task models to `c`. Knows endpoints and no model."""
# ruff: noqa: E402 - the backend is checked before a converter imports Keras

from zoo.utils import backend

backend.check()

from zoo.export.as_c import c
from zoo.export.as_litert import litert
from zoo.export.as_onnx import onnx
from zoo.export.as_saved_model import saved_model
from zoo.export.signatures import Exportable

__all__ = ["Exportable", "c", "litert", "onnx", "saved_model"]
