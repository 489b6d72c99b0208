"""Export models and learned tasks: `saved_model`, `onnx`, `litert`, and task models to `c`. Knows endpoints and no model."""

from zoo.export.as_c import c
from zoo.export.as_litert import litert
from zoo.export.as_onnx import onnx
from zoo.export.as_saved_model import saved_model
from zoo.export.signatures import Exportable

__all__ = ["Exportable", "c", "litert", "onnx", "saved_model"]
