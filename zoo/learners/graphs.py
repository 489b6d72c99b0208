"""Compiled functions of a model, in a plain object out of Keras' sight.

Keras' saving walks every attribute of a model: kept as properties, the functions would all be traced whenever weights are loaded,
and what tracing raises would be swallowed.
"""

import threading
from collections.abc import Callable, Mapping
from typing import Any, final

import tensorflow as tf

from zoo.utils import processes


def compiled(function: Callable, *signature: Any) -> tf.types.experimental.PolymorphicFunction:
    """One graph for all shapes that a signature of `tf.TensorSpec` allows."""
    return tf.function(function, input_signature=list(signature), autograph=False)


@final
class Graphs:
    """What a model offers compiled, by name, each made when it is first asked for: `model.graphs.adapt(...)`.

    Args:
        makers: gives, by name, functions that make what is kept; called once.
    """

    def __init__(self, makers: Callable[[], Mapping[str, Callable[[], Any]]]):
        self._makers = makers
        self._made: dict[str, Any] = {}
        self._lock = threading.RLock()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        processes.check()
        made = self._made
        if name not in made:
            with self._lock:
                if name not in made:
                    makers = self._makers()
                    if name not in makers:
                        raise AttributeError(f"no graph {name!r}; this model has {', '.join(makers)}.")
                    made[name] = makers[name]()
        return made[name]
