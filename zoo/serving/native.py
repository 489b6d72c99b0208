"""Run a SavedModel in TensorFlow's own C++ loader, in a process that never imports TensorFlow's Python package.

TensorFlow Serving loads models by the same C++ code and, as it does by default, XLA compilation is switched off first. So what
runs here needs nothing that only the Python package provides.
    python -m zoo.serving.native MODEL --signature adapt --inputs in.npz --outputs out.npz
"""

import argparse
import contextlib
import ctypes
import functools
import importlib.util
import math
import sys
import threading
import types
import weakref
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from zoo.serving import widths
from zoo.serving.widths import Widths

DTYPES = {1: np.dtype(np.float32), 3: np.dtype(np.int32)}  # TF_FLOAT and TF_INT32: the inputs of every signature of the zoo
_STRING = 7  # TF_STRING
OUTPUT_DTYPES = {**DTYPES, _STRING: np.dtype(object)}  # outputs may be names too: an array of `bytes`
_CODES = {dtype: code for code, dtype in DTYPES.items()}
_DISABLE_XLA = "_ZN10tensorflow21DisableXlaCompilationEv"
_UNIMPLEMENTED = 12
_importing = threading.RLock()


class NativeError(RuntimeError):
    """A refusal by TensorFlow's C++ code, with its own message.

    Attributes:
        code: its canonical code, e.g. 3 for INVALID_ARGUMENT.
    """

    def __init__(self, code: int, message: str):
        super().__init__(message)
        self.code = code


class _Output(ctypes.Structure):
    _fields_ = (("operation", ctypes.c_void_p), ("index", ctypes.c_int))


class _Buffer(ctypes.Structure):
    _fields_ = (("data", ctypes.c_void_p), ("length", ctypes.c_size_t), ("deallocator", ctypes.c_void_p))


def _wheel() -> Path:
    spec = importlib.util.find_spec("tensorflow")
    if spec is None or not spec.submodule_search_locations:
        raise ImportError("the tensorflow wheel is not installed")
    return Path(next(iter(spec.submodule_search_locations)))


@functools.cache
def _library() -> ctypes.CDLL:
    wheel = _wheel()
    ctypes.CDLL(str(wheel / "libtensorflow_framework.so.2"))
    library = ctypes.CDLL(str(wheel / "libtensorflow_cc.so.2"))  # global symbols would crash other extensions
    for name in (
        *("TF_NewStatus", "TF_NewGraph", "TF_NewSessionOptions", "TF_NewBuffer", "TF_GraphOperationByName"),
        *("TF_LoadSessionFromSavedModel", "TF_AllocateTensor", "TF_TensorData", "TF_StringGetDataPointer"),
    ):
        getattr(library, name).restype = ctypes.c_void_p
    library.TF_Message.restype = ctypes.c_char_p
    library.TF_Dim.restype = ctypes.c_int64
    library.TF_TensorByteSize.restype = library.TF_StringGetSize.restype = ctypes.c_size_t
    if "tensorflow.python" not in sys.modules:  # the switch holds for the whole process, and training needs XLA
        getattr(library, _DISABLE_XLA)()
    return library


@contextlib.contextmanager
def bare_tensorflow() -> Iterator[None]:
    """Within it, `tensorflow.core` and `tensorflow_serving.apis` import from their wheels without TensorFlow's Python code.

    A bare package stands in for TensorFlow's, whose `__init__` does not run; afterwards `import tensorflow` works as usual.
    """
    with _importing:
        stands_in = "tensorflow" not in sys.modules
        if stands_in:
            package = types.ModuleType("tensorflow")
            package.__path__ = [str(_wheel())]
            sys.modules["tensorflow"] = package
        try:
            yield
        finally:
            if stands_in:
                del sys.modules["tensorflow"]


def _signatures(data: bytes) -> tuple[dict[str, Any], dict[str, Widths]]:
    with bare_tensorflow():
        from tensorflow.core.protobuf import meta_graph_pb2
    meta_graph = meta_graph_pb2.MetaGraphDef.FromString(data)
    return dict(meta_graph.signature_def), widths.of(meta_graph)


def _threads(intra: int, inter: int) -> bytes:
    with bare_tensorflow():
        from tensorflow.core.protobuf import config_pb2
    config = config_pb2.ConfigProto(intra_op_parallelism_threads=intra, inter_op_parallelism_threads=inter)
    return config.SerializeToString()


@dataclass(frozen=True)
class _Call:
    """A signature looked up in the graph: what to feed and what to fetch."""

    inputs: tuple[tuple[str, np.dtype], ...]
    outputs: tuple[str, ...]
    feeds: Any
    fetches: Any


class NativeModel:
    """A SavedModel in TensorFlow's C++ runtime. Many threads may run it at once.

    Args:
        path: folder of the SavedModel.
        intra: threads within one operation; 0 for as many as there are cores.
        inter: threads over operations; 0 for as many as there are cores, -1 to stay in the thread that calls `run`.

    Attributes:
        signatures: name -> `SignatureDef`.
        widths: signature -> how wide its tensors are.

    Raises:
        NativeError: if TensorFlow's loader refuses it, with the loader's own message.
    """

    def __init__(self, path: str | Path, intra: int = 0, inter: int = 0):
        with _importing:
            self._tf = tf = _library()
        graph, meta = ctypes.c_void_p(tf.TF_NewGraph()), ctypes.c_void_p(tf.TF_NewBuffer())
        options = ctypes.c_void_p(tf.TF_NewSessionOptions())
        session = ctypes.c_void_p()
        try:
            with self._status() as status:
                config = _threads(intra, inter)
                tf.TF_SetConfig(options, config, ctypes.c_size_t(len(config)), status)
            with self._status() as status:
                tags = (ctypes.c_char_p * 1)(b"serve")
                loaded = tf.TF_LoadSessionFromSavedModel(options, None, str(path).encode(), tags, 1, graph, meta, status)
                session = ctypes.c_void_p(loaded)
            buffer = ctypes.cast(meta, ctypes.POINTER(_Buffer)).contents
            self.signatures, self.widths = _signatures(ctypes.string_at(buffer.data, buffer.length))
        except BaseException:
            _release(tf, session, graph)
            raise
        finally:
            tf.TF_DeleteBuffer(meta)
            tf.TF_DeleteSessionOptions(options)
        self._session, self._graph = session, graph
        self._calls: dict[str, _Call] = {}
        self._finalizer = weakref.finalize(self, _release, tf, session, graph)
        self._finalizer.atexit = False  # the process ends anyway, perhaps with a run under way

    def close(self) -> None:
        """Free the session and its weights. No thread may be running it or run it again."""
        self._finalizer()

    def run(self, signature: str, inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Run a signature on named arrays; strings come back as arrays of `bytes`.

        Raises:
            NativeError: if the runtime refuses, with its own message.
            KeyError: if an input or the signature is missing.
        """
        tf, call = self._tf, self._calls.get(signature) or self._look_up(signature)
        values = (ctypes.c_void_p * len(call.inputs))()
        results = (ctypes.c_void_p * len(call.outputs))()
        try:
            if missing := [name for name, _ in call.inputs if name not in inputs]:
                raise KeyError(f"the inputs lack {', '.join(missing)}")
            for position, (name, dtype) in enumerate(call.inputs):
                values[position] = self._to_tensor(np.asarray(inputs[name], dtype))
            with self._status() as status:
                tf.TF_SessionRun(
                    *(self._session, None, call.feeds, values, len(values), call.fetches, results, len(results)),
                    *(None, 0, None, status),
                )
            return {name: self._to_array(result) for name, result in zip(call.outputs, results, strict=True)}
        finally:
            for tensor in (*values, *results):
                if tensor:
                    tf.TF_DeleteTensor(ctypes.c_void_p(tensor))

    def _look_up(self, signature: str) -> _Call:
        definition = self.signatures[signature]
        names, outputs = sorted(definition.inputs), sorted(definition.outputs)
        for tensors, known in ((definition.inputs, DTYPES), (definition.outputs, OUTPUT_DTYPES)):
            for name, info in tensors.items():
                if info.dtype not in known:
                    wanted = ", ".join(f"{code} ({dtype.name})" for code, dtype in known.items())
                    message = f"{name!r} of signature {signature!r} has data type {info.dtype}, not one of {wanted}"
                    raise NativeError(_UNIMPLEMENTED, message)
        self._calls[signature] = call = _Call(
            tuple((name, DTYPES[definition.inputs[name].dtype]) for name in names),
            tuple(outputs),
            (_Output * len(names))(*(self._endpoint(definition.inputs[name].name) for name in names)),
            (_Output * len(outputs))(*(self._endpoint(definition.outputs[name].name) for name in outputs)),
        )
        return call

    def _endpoint(self, tensor_name: str) -> _Output:
        operation, _, index = tensor_name.partition(":")
        return _Output(self._tf.TF_GraphOperationByName(self._graph, operation.encode()), int(index or 0))

    def _to_tensor(self, array: np.ndarray) -> int:
        array = np.ascontiguousarray(array).reshape(array.shape)  # a scalar would become a vector
        dims = (ctypes.c_int64 * array.ndim)(*array.shape)
        tensor = self._tf.TF_AllocateTensor(_CODES[array.dtype], dims, array.ndim, ctypes.c_size_t(array.nbytes))
        ctypes.memmove(self._tf.TF_TensorData(ctypes.c_void_p(tensor)), array.ctypes.data, array.nbytes)
        return tensor

    def _to_array(self, result: int) -> np.ndarray:
        tensor = ctypes.c_void_p(result)
        shape = [self._tf.TF_Dim(tensor, axis) for axis in range(self._tf.TF_NumDims(tensor))]
        start, size, code = self._tf.TF_TensorData(tensor), self._tf.TF_TensorByteSize(tensor), self._tf.TF_TensorType(tensor)
        if code != _STRING:
            return np.frombuffer(ctypes.string_at(start, size), DTYPES[code]).reshape(shape)
        array = np.empty(math.prod(shape), object)
        for place in range(array.size):
            one = ctypes.c_void_p(start + place * (size // array.size))
            array[place] = ctypes.string_at(self._tf.TF_StringGetDataPointer(one), self._tf.TF_StringGetSize(one))
        return array.reshape(shape)

    @contextlib.contextmanager
    def _status(self) -> Iterator[ctypes.c_void_p]:
        """A status of this call alone, raised if it is not OK."""
        status = ctypes.c_void_p(self._tf.TF_NewStatus())
        try:
            yield status
            if code := self._tf.TF_GetCode(status):
                raise NativeError(code, self._tf.TF_Message(status).decode(errors="replace"))
        finally:
            self._tf.TF_DeleteStatus(status)


def _release(tf: ctypes.CDLL, session: ctypes.c_void_p, graph: ctypes.c_void_p) -> None:
    if session:
        status = ctypes.c_void_p(tf.TF_NewStatus())
        tf.TF_CloseSession(session, status)
        tf.TF_DeleteSession(session, status)
        tf.TF_DeleteStatus(status)
    tf.TF_DeleteGraph(graph)


def without_objects(arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Arrays as a file holds them without pickle: strings as bytes of one width, which loses NULs at the end of a string."""
    return {name: array.astype(np.bytes_) if array.dtype == object else array for name, array in arrays.items()}


def main() -> None:
    """Run one signature on the arrays of a file."""
    about = "Run a SavedModel without TensorFlow's Python package."
    parser = argparse.ArgumentParser("python -m zoo.serving.native", description=about)
    parser.add_argument("model", help="folder of a SavedModel")
    parser.add_argument("--signature", default="serving_default")
    parser.add_argument("--inputs", required=True, help="npz of named arrays")
    parser.add_argument("--outputs", required=True, help="npz to write")
    options = parser.parse_args()
    with np.load(options.inputs) as arrays:
        outputs = NativeModel(options.model).run(options.signature, dict(arrays))
    np.savez(options.outputs, allow_pickle=False, **without_objects(outputs))
    if "tensorflow.python" in sys.modules:
        raise RuntimeError("TensorFlow's Python package was imported, so this run is no test of the C++ loader alone.")


if __name__ == "__main__":
    main()
