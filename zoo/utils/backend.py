"""Keras' backend: the zoo runs on TensorFlow, and says so before Keras tries to import another one."""

import json
import os
import sys
from pathlib import Path

from zoo.utils.errors import ZooError

WANTED = "tensorflow"


def check() -> None:
    """Check that Keras runs, or will run once it is imported, on its TensorFlow backend.

    Raises:
        ZooError: if another backend was chosen, by the environment or by Keras' file.
    """
    chosen, where = _chosen()
    if chosen != WANTED:
        raise ZooError(
            f"Keras' backend is {chosen!r} ({where}), but zoo runs on Keras' TensorFlow backend; set "
            f"KERAS_BACKEND={WANTED} before Python starts."
        )


def _chosen() -> tuple[str, str]:
    """The backend, and what chose it; as Keras reads it where it is not yet imported."""
    keras = sys.modules.get("keras")
    if keras is not None and hasattr(keras, "config"):  # not half imported
        return keras.config.backend(), "Keras runs on it already"
    if given := os.environ.get("KERAS_BACKEND"):
        return given, f"KERAS_BACKEND={given}"
    file = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras") / "keras.json"
    try:
        known = json.loads(file.read_text(encoding="utf-8"))
        return known.get("backend", WANTED), str(file)
    except (OSError, ValueError, AttributeError, RuntimeError):  # none, or one that Keras ignores too
        return WANTED, "the default"
