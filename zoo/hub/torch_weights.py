"""Weights that PyTorch saved, read without PyTorch: its older format, a few pickles and then raw numbers.

A pickle may run anything, so this one may name nothing but what a state of tensors is made of, and whoever reads compares the
checksum of the file first. Tensors have strides, as the axes of some were swapped before they were saved.
"""

import collections
import io
import pickle
from pathlib import Path
from typing import Any, final

import numpy as np

from zoo.utils.errors import ZooError, cut

MAGIC = 0x1950A86A20F9469CFC6C
TYPES: dict[str, np.dtype[Any]] = {
    "FloatStorage": np.dtype("<f4"),
    "HalfStorage": np.dtype("<f2"),
    "LongStorage": np.dtype("<i8"),
}
MOST_BYTES = 2**30


@final
class _Tensors(pickle.Unpickler):
    """Reads a state of tensors, each as its storage and the view of it."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return lambda storage, offset, size, stride, *_: (storage, offset, size, stride)
        if module == "torch" and name in TYPES:
            return name
        raise pickle.UnpicklingError(f"it names {cut(module)}.{cut(name)}, which is no part of a state of tensors")

    def persistent_load(self, found: Any) -> Any:
        _, kind, key, _, count, *_ = found
        return kind, key, count


def read(path: Path) -> dict[str, np.ndarray]:
    """The tensors of a file by name.

    Raises:
        ZooError: if it is of another format, damaged, or names anything but tensors.
    """
    try:
        data = path.read_bytes()
        file = io.BytesIO(data)
        magic, *_ = (_Tensors(file).load() for _ in range(3))
        if magic != MAGIC:
            raise ValueError("it does not begin as PyTorch's older format does")
        state, keys = _Tensors(file).load(), _Tensors(file).load()
        storages = _storages(data, file.tell(), keys, {key: kind for (kind, key, _), *_ in state.values()})
        return {name: _viewed(storages[key], *view) for name, ((_, key, _), *view) in state.items()}
    except (pickle.UnpicklingError, ValueError, TypeError, KeyError, EOFError, IndexError, AttributeError, OSError) as error:
        raise ZooError(f"{path} cannot be read as weights of PyTorch's ({cut(error, 200)}); install its package again.") from None


def _storages(data: bytes, at: int, keys: list[str], kinds: dict[str, str]) -> dict[str, np.ndarray]:
    """The numbers behind the pickles: of each storage their count, int64, and they themselves."""
    found = {}
    for key in keys:
        count, kind = int.from_bytes(data[at : at + 8], "little"), TYPES[kinds[key]]
        at += 8
        if count * kind.itemsize > min(MOST_BYTES, len(data) - at):
            raise ValueError("it ends before its numbers do")
        found[key] = np.frombuffer(data, kind, count, at)
        at += count * kind.itemsize
    return found


def _viewed(storage: np.ndarray, offset: int, size: tuple[int, ...], stride: tuple[int, ...]) -> np.ndarray:
    last = offset + sum((length - 1) * step for length, step in zip(size, stride, strict=True))
    if min((offset, *size, *stride)) < 0 or last >= len(storage):
        raise ValueError("a tensor reaches beyond its numbers")
    strides = [step * storage.itemsize for step in stride]
    return np.lib.stride_tricks.as_strided(storage[offset:], size, strides, writeable=False).copy()
