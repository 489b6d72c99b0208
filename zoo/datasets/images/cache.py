"""Prepared data kept in the user's cache folder, so that it is prepared once; safe with many processes at once."""

import os
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np

from zoo.utils import cache

Arrays = dict[str, np.ndarray]


def kept(name: str, prepare: Callable[[], Arrays]) -> Arrays:
    """Read arrays from the cache, or prepare them and keep them there.

    Two processes may prepare the same at once: each writes a file of its own and renames it, so that a reader finds the
    whole or nothing, and the last one wins with the same content.

    Args:
        name: what they are, with everything that they depend on; the name of the file.
        prepare: makes them.
    """
    path = cache.folder() / f"{name}.npz"
    try:
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as stored:
            return {key: stored[key] for key in stored.files}
    except (FileNotFoundError, NotADirectoryError):
        pass
    except Exception as error:  # a damaged file can fail in as many ways as there are parts of a zip file
        warnings.warn(f"{path} cannot be read ({error}); it is prepared anew.", stacklevel=2)
    arrays = prepare()
    try:
        _write(path, arrays)
    except OSError as error:
        warnings.warn(f"{path} cannot be kept ({error}); the data will be prepared again next time.", stacklevel=2)
    return arrays


def _write(path: Path, arrays: Arrays) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{path.name}.", suffix=".partial", dir=path.parent) as aside:
        with open(Path(aside) / path.name, "wb") as file:
            np.savez(file, **arrays)  # type: ignore[arg-type]
            file.flush()
            os.fsync(file.fileno())
        os.replace(Path(aside) / path.name, path)
