"""A `.keras` file that anybody may have written: its sizes are checked before Keras opens it, and damage is one error.

The format is a ZIP archive of `config.json`, which names the classes and their arguments, and `model.weights.h5`; see Keras'
`saving_lib`. Keras allocates what both declare, so that a small file can ask for more memory than there is.
"""

import importlib
import io
import json
import math
import pkgutil
import random
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo.hub import stored_weights
from zoo.utils import files
from zoo.utils.errors import ZooError

if TYPE_CHECKING:
    from zoo.learners.zoo_model import ZooModel

CONFIG, WEIGHTS = "config.json", "model.weights.h5"
SMALL = 64 * 2**20  # bytes that any file may unpack to
MOST_TIMES = 16  # its own size that a larger file may unpack to; Keras itself stores without compression
NO_SIZES = ("seed", "shared_object_id")  # in a configuration, of any size
WIDEST = 4096  # whole number in a configuration, or numbers of a model, that need no weights behind them
LONGEST = 64  # values of a list in a configuration that need no arrays of weights behind them, such as layers


def load(path: Path, known: bool = False) -> "ZooModel":
    """Load a learner from a file.

    Args:
        path: the file.
        known: whether its checksum was compared with a card's, so that it asks for nothing that is not there.

    Raises:
        ZooError: if there is no such file, it is damaged or declares more than it holds, or its model is none of the zoo.
    """
    from zoo.learners.zoo_model import ZooModel

    model = _opened(path, known)
    if not isinstance(model, ZooModel):
        raise ZooError(
            f"{path} holds a Keras model of class {type(model).__name__}, but what is wanted is a learner of the zoo, which "
            f"learns from a support: make one around it by zoo adopt {path}, or give a name from `zoo list`, or a model.keras "
            "that `zoo train` or a learner's `save` wrote."
        )
    return model


def load_any(path: Path) -> Any:
    """Load a Keras model that is no learner yet, to make one around it.

    Raises:
        ZooError: as `load`, and for a learner of the zoo.
    """
    from zoo.learners.zoo_model import ZooModel

    model = _opened(path, False)
    if isinstance(model, ZooModel):
        raise ZooError(f"{path} is a {type(model).__name__} of the zoo already; learn from it by: zoo learn {path}")
    return model


def _opened(path: Path, known: bool) -> Any:
    import keras

    import zoo.models

    if not files.is_file(path):
        raise ZooError(f"{path} cannot be read as a Keras model: there is no such file; train it, or choose another.")
    for module in pkgutil.iter_modules(zoo.models.__path__):  # so that Keras knows every learner by name
        importlib.import_module(f"zoo.models.{module.name}")
    try:
        if known:
            model = _restored(path)
        else:
            _check_model(*_checked(path))
            model = keras.saving.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # a damaged configuration reaches any line of Keras, and raises whatever that line raises
        reason = (str(error).strip() or type(error).__name__).splitlines()[0][:200]
        raise ZooError(f"{path} cannot be read as a Keras model ({reason}); train it again, or choose another.") from None
    return model


def into(model: "ZooModel", path: Path) -> None:
    """Give a model of the same configuration the weights of a file whose checksum was compared with a card's."""
    with zipfile.ZipFile(path) as archive:
        stored_weights.restore(model, archive.read(WEIGHTS))


def _restored(path: Path) -> Any:
    import keras

    with zipfile.ZipFile(path) as archive:
        config = json.loads(archive.read(CONFIG))
    model = keras.saving.deserialize_keras_object(config | {"compile_config": None}, safe_mode=True)
    into(model, path)
    return model


def _checked(path: Path) -> tuple[dict[str, Any], int]:
    """Check checksums and declared sizes; the configuration, and how many numbers the weights are.

    Raises:
        ValueError: if a part is missing, or declares more than the file can hold.
        Exception: whatever the libraries raise of damaged files.
    """
    most = max(SMALL, MOST_TIMES * path.stat().st_size)
    with zipfile.ZipFile(path) as archive:
        declared = sum(part.file_size for part in archive.infolist())
        if declared > most:
            raise ValueError(f"it unpacks to {declared:,} bytes, {most:,} at most are expected of a file of its size")
        if damaged := archive.testzip():
            raise ValueError(f"{damaged} is damaged: its checksum is wrong")
        config, weights = json.loads(archive.read(CONFIG)), archive.read(WEIGHTS)
    if not isinstance(config, dict):
        raise ValueError(f"{CONFIG} holds a {type(config).__name__} and no object")
    count, arrays = _numbers(weights, most)
    widest, longest = _largest(config)
    if widest > count + WIDEST:
        raise ValueError(f"{CONFIG} asks for {widest:,} of something, and the weights are {count:,} numbers")
    if longest > arrays + LONGEST:
        raise ValueError(f"{CONFIG} holds a list of {longest:,} values, and the weights are {arrays:,} arrays")
    return config, count


def _check_model(config: dict[str, Any], count: int) -> None:
    """Check that a model has no more numbers than its weights: a few widths, each in order, may multiply to gigabytes.

    A graph that never runs gives no memory for what it declares.

    Raises:
        ValueError: if it has more.
        Exception: whatever a damaged configuration raises.
    """
    import keras
    import tensorflow as tf

    drawn = random.getstate()  # from which Keras takes the seeds of initial weights
    try:
        with tf.Graph().as_default():
            model = keras.saving.deserialize_keras_object(config, safe_mode=True)
            asked = sum(math.prod(tuple(variable.shape)) for variable in getattr(model, "variables", ()))
    finally:
        random.setstate(drawn)
    if asked > count + WIDEST:
        raise ValueError(f"{CONFIG} asks for a model of {asked:,} numbers, and the weights are {count:,}")


def _numbers(weights: bytes, most: int) -> tuple[int, int]:
    """How many numbers a file of weights declares, and how many arrays they are.

    Raises:
        ValueError: if they are more than `most` bytes, or lie in another file.
    """
    import h5py

    count = arrays = size = 0
    with h5py.File(io.BytesIO(weights), "r") as file:
        groups = [file]
        while groups:
            group = groups.pop()
            for name in group:
                if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                    raise ValueError(f"{WEIGHTS} refers to another place")
                part = group[name]
                if isinstance(part, h5py.Group):
                    groups.append(part)
                    continue
                if part.external or part.is_virtual:
                    raise ValueError(f"{WEIGHTS} refers to another file")
                if part.dtype.kind in "cOSU":  # Keras would drop the imaginary part
                    raise ValueError(f"{WEIGHTS} holds {part.dtype}, and weights are real numbers")
                count, arrays, size = count + (part.size or 0), arrays + 1, size + part.nbytes
                if size > most:
                    raise ValueError(f"{WEIGHTS} declares more than {most:,} bytes")
    return count, arrays


def _largest(config: Any) -> tuple[int, int]:
    """The largest whole number in a configuration that may be a size, and the most values of a list."""
    largest, longest, parts = 0, 0, [config]
    while parts:
        part = parts.pop()
        if isinstance(part, dict):
            parts += [value for key, value in part.items() if key not in NO_SIZES]
        elif isinstance(part, list):
            longest = max(longest, len(part))
            parts += part
        elif isinstance(part, int):
            largest = max(largest, abs(part))
    return largest, longest
