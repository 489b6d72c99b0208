"""Weights of PyTorch's older format without PyTorch: tensors with strides, and everything that is none is refused."""

import io
import pickle
import sys
import types
from collections import OrderedDict

import numpy as np
import pytest

from zoo.hub import torch_weights
from zoo.utils.errors import ZooError


class FloatStorage:
    """Stands for PyTorch's."""


def _rebuild_tensor_v2(*arguments):
    raise AssertionError("only its name is written")


class Tensor:
    """A view of a storage, which pickles as PyTorch's tensors do."""

    def __init__(self, key, count, offset, size, stride):
        self.view = (key, count), offset, size, stride

    def __reduce__(self):
        storage, offset, size, stride = self.view
        return _rebuild_tensor_v2, (Storage(*storage), offset, size, stride, False, OrderedDict())


class Storage:
    """What a pickle names by an identity of its own."""

    def __init__(self, key, count):
        self.key, self.count = key, count


class Writer(pickle.Pickler):
    def persistent_id(self, found):
        return ("storage", FloatStorage, found.key, "cpu", found.count, None) if isinstance(found, Storage) else None


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Writes a state of tensors and the numbers behind it, as PyTorch of before 1.6 did."""
    for name, member in (("torch", FloatStorage), ("torch._utils", _rebuild_tensor_v2)):
        module = types.ModuleType(name)
        setattr(module, member.__name__, member)
        monkeypatch.setitem(sys.modules, name, module)
        monkeypatch.setattr(member, "__module__", name)

    def write(state, numbers, magic=torch_weights.MAGIC):
        file = io.BytesIO()
        for part in (magic, 1001, {"little_endian": True}, state, list(numbers)):
            Writer(file, protocol=2).dump(part)
        for values in numbers.values():
            file.write(len(values).to_bytes(8, "little") + np.asarray(values, "<f4").tobytes())
        path = tmp_path / "weights.pth"
        path.write_bytes(file.getvalue())
        return path

    return write


NUMBERS = {"1": np.arange(12.0), "2": np.array([7.0])}


def test_tensors_are_read_by_their_strides(written):
    state = OrderedDict(
        plain=Tensor("1", 12, 0, (3, 4), (4, 1)), swapped=Tensor("1", 12, 2, (4, 2), (1, 4)), one=Tensor("2", 1, 0, (), ())
    )
    found = torch_weights.read(written(state, NUMBERS))
    np.testing.assert_array_equal(found["plain"], np.arange(12.0).reshape(3, 4))
    np.testing.assert_array_equal(found["swapped"], [[2, 6], [3, 7], [4, 8], [5, 9]])
    assert found["one"] == 7.0 and found["swapped"].flags["C_CONTIGUOUS"]


def test_what_is_no_state_of_tensors_is_refused(written, tmp_path):
    beyond = OrderedDict(wide=Tensor("1", 12, 0, (4, 4), (4, 1)))
    for state, magic, message in (
        (beyond, torch_weights.MAGIC, "reaches beyond its numbers"),
        (OrderedDict(), 1, "does not begin as"),
        (OrderedDict(run=sys.exit), torch_weights.MAGIC, "names sys.exit"),
    ):
        with pytest.raises(ZooError, match=message):
            torch_weights.read(written(state, {"1": NUMBERS["1"]}, magic))
    path = written(OrderedDict(plain=Tensor("1", 12, 0, (12,), (1,))), {"1": NUMBERS["1"]})
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(ZooError, match="ends before its numbers do"):
        torch_weights.read(path)
    path.write_bytes(b"no weights")
    for each in (path, tmp_path / "nothing.pth"):
        with pytest.raises(ZooError, match="cannot be read as weights"):
            torch_weights.read(each)
