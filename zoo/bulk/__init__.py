"""Millions of tasks: a table with a row for each task in, a table with a row of answers for each out, on any engine.

The core knows NumPy, Arrow and ONNX Runtime: no TensorFlow, and no engine. `zoo.bulk.predictor` makes a function from table to
table that can be sent anywhere; `zoo predict NAME --tasks` runs it on all cores of one machine, and `zoo.bulk.beam` on many.
"""

from zoo.utils import extras

extras.need("bulk", "zoo.bulk")

from zoo.bulk.predictor import Predictor, predictor  # noqa: E402

__all__ = ["Predictor", "predictor"]
