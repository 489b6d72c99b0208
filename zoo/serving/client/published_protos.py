"""TensorFlow Serving's published protos and stubs, without TensorFlow: 0.3 s and 35 MB instead of many seconds and 500 MB.

`tensorflow_serving.apis` imports messages of the package `tensorflow`, whose `__init__` loads all of TensorFlow. While they are
imported, a bare package stands in its place; a later `import tensorflow` is the real one, and finds the same messages.
"""

import importlib
from functools import cache
from typing import Any

from zoo.serving.native import bare_tensorflow
from zoo.utils import extras


def message_types(*modules: str) -> tuple[Any, ...]:
    """Import modules of messages or stubs, such as `tensorflow_serving.apis.predict_pb2`.

    Raises:
        ZooError: if they are not installed; it names the extra that installs them.
    """
    return tuple(map(_module, modules))


@cache
def _module(name: str) -> Any:
    try:
        with bare_tensorflow():
            return importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise extras.missing("serve", "gRPC", error.name) from None
