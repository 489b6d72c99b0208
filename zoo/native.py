"""Run a SavedModel in TensorFlow's own C++ loader, in a process that never imports TensorFlow's Python package.

TensorFlow Serving loads models by the same C++ code and, as it does by default, XLA compilation is switched off first. So what
runs here does not lean on anything that only Python would supply.
    python -m zoo.native MODEL --signature adapt --inputs in.npz --outputs out.npz
"""

import argparse
import ctypes
import importlib.util
import sys
import types
from pathlib import Path

import numpy as np

DTYPES = {1: np.dtype(np.float32), 3: np.dtype(np.int32)}  # TF_FLOAT and TF_INT32: all that signatures of the zoo use
_CODES = {dtype: code for code, dtype in DTYPES.items()}
_DISABLE_XLA = "_ZN10tensorflow21DisableXlaCompilationEv"


class _Output(ctypes.Structure):
    _fields_ = (("operation", ctypes.c_void_p), ("index", ctypes.c_int))


class _Buffer(ctypes.Structure):
    _fields_ = (("data", ctypes.c_void_p), ("length", ctypes.c_size_t), ("deallocator", ctypes.c_void_p))


def _wheel() -> Path:
    spec = importlib.util.find_spec("tensorflow")
    if spec is None or not spec.submodule_search_locations:
        raise ImportError("the tensorflow wheel is not installed")
    return Path(next(iter(spec.submodule_search_locations)))


def _library() -> ctypes.CDLL:
    wheel = _wheel()
    ctypes.CDLL(str(wheel / "libtensorflow_framework.so.2"))
    library = ctypes.CDLL(str(wheel / "libtensorflow_cc.so.2"))  # global symbols would crash other extensions
    for name in (
        *("TF_NewStatus", "TF_NewGraph", "TF_NewSessionOptions", "TF_NewBuffer", "TF_GraphOperationByName"),
        *("TF_LoadSessionFromSavedModel", "TF_AllocateTensor", "TF_TensorData"),
    ):
        getattr(library, name).restype = ctypes.c_void_p
    library.TF_Message.restype = ctypes.c_char_p
    library.TF_Dim.restype = ctypes.c_int64
    library.TF_TensorByteSize.restype = ctypes.c_size_t
    getattr(library, _DISABLE_XLA)()
    return library


def _meta_graph(data: bytes):
    """Parse a MetaGraphDef with the wheel's protos; a bare package stands in for TensorFlow's, whose `__init__` never runs."""
    if "tensorflow" not in sys.modules:
        package = types.ModuleType("tensorflow")
        package.__path__ = [str(_wheel())]
        sys.modules["tensorflow"] = package
    from tensorflow.core.protobuf import meta_graph_pb2

    return meta_graph_pb2.MetaGraphDef.FromString(data)


class NativeModel:
    """A SavedModel in TensorFlow's C++ runtime.

    Args:
        path: folder of the SavedModel.

    Raises:
        RuntimeError: if TensorFlow's loader refuses it, with the loader's own message.
    """

    def __init__(self, path: str | Path):
        self._tf = _library()
        self._status = ctypes.c_void_p(self._tf.TF_NewStatus())
        self._graph = ctypes.c_void_p(self._tf.TF_NewGraph())
        meta = ctypes.cast(self._tf.TF_NewBuffer(), ctypes.POINTER(_Buffer))
        options = ctypes.c_void_p(self._tf.TF_NewSessionOptions())
        tags = (ctypes.c_char_p * 1)(b"serve")
        self._session = ctypes.c_void_p(
            self._tf.TF_LoadSessionFromSavedModel(
                *(options, None, str(path).encode(), tags, 1, self._graph, meta, self._status),
            )
        )
        self._check()
        self.signatures = _meta_graph(ctypes.string_at(meta.contents.data, meta.contents.length)).signature_def

    def run(self, signature: str, inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Run a signature on named arrays.

        Raises:
            RuntimeError: if the runtime refuses, with its own message.
            KeyError: if an input is missing.
        """
        definition = self.signatures[signature]
        names, outputs = sorted(definition.inputs), sorted(definition.outputs)
        feeds = (_Output * len(names))(*(self._endpoint(definition.inputs[name].name) for name in names))
        fetches = (_Output * len(outputs))(*(self._endpoint(definition.outputs[name].name) for name in outputs))
        values = (ctypes.c_void_p * len(names))(
            *(self._to_tensor(np.asarray(inputs[name], DTYPES[definition.inputs[name].dtype])) for name in names)
        )
        results = (ctypes.c_void_p * len(outputs))()
        self._tf.TF_SessionRun(
            *(self._session, None, feeds, values, len(names), fetches, results, len(outputs)),
            *(None, 0, None, self._status),
        )
        for value in values:
            self._tf.TF_DeleteTensor(ctypes.c_void_p(value))
        self._check()
        return {name: self._to_array(result) for name, result in zip(outputs, results, strict=True)}

    def _endpoint(self, tensor_name: str) -> _Output:
        operation, _, index = tensor_name.partition(":")
        return _Output(self._tf.TF_GraphOperationByName(self._graph, operation.encode()), int(index or 0))

    def _to_tensor(self, array: np.ndarray) -> int:
        array = np.ascontiguousarray(array)
        dims = (ctypes.c_int64 * array.ndim)(*array.shape)
        tensor = self._tf.TF_AllocateTensor(_CODES[array.dtype], dims, array.ndim, ctypes.c_size_t(array.nbytes))
        ctypes.memmove(self._tf.TF_TensorData(ctypes.c_void_p(tensor)), array.ctypes.data, array.nbytes)
        return tensor

    def _to_array(self, result: int) -> np.ndarray:
        tensor = ctypes.c_void_p(result)
        shape = [self._tf.TF_Dim(tensor, axis) for axis in range(self._tf.TF_NumDims(tensor))]
        data = ctypes.string_at(self._tf.TF_TensorData(tensor), self._tf.TF_TensorByteSize(tensor))
        array = np.frombuffer(data, DTYPES[self._tf.TF_TensorType(tensor)]).reshape(shape)
        self._tf.TF_DeleteTensor(tensor)
        return array

    def _check(self) -> None:
        if self._tf.TF_GetCode(self._status):
            raise RuntimeError(self._tf.TF_Message(self._status).decode())


def main() -> None:
    """Run one signature on the arrays of a file."""
    parser = argparse.ArgumentParser("python -m zoo.native", description="Run a SavedModel without TensorFlow's Python package.")
    parser.add_argument("model", help="folder of a SavedModel")
    parser.add_argument("--signature", default="serving_default")
    parser.add_argument("--inputs", required=True, help="npz of named arrays")
    parser.add_argument("--outputs", required=True, help="npz to write")
    options = parser.parse_args()
    with np.load(options.inputs) as arrays:
        outputs = NativeModel(options.model).run(options.signature, dict(arrays))
    np.savez(options.outputs, allow_pickle=False, **outputs)
    if "tensorflow.python" in sys.modules:
        raise RuntimeError("TensorFlow's Python package was imported, so this run proves nothing about the loader alone.")


if __name__ == "__main__":
    main()
