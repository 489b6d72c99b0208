"""The transport over gRPC: TensorFlow Serving's PredictionService and ModelService, tensors as bytes."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from zoo.serving.client.errors import (
    InvalidAnswerError,
    InvalidRequestError,
    NotFoundError,
    Repeat,
    ServerError,
    TimedOutError,
    TooBusyError,
    UnreachableError,
)
from zoo.serving.client.metadata import Metadata, Signature
from zoo.serving.client.published_protos import message_types
from zoo.serving.client.transport import Arrays, VersionStatus
from zoo.utils import extras
from zoo.utils.errors import ZooError

try:
    import grpc
except ModuleNotFoundError as error:
    raise extras.missing("serve", "gRPC", error.name) from None

_APIS = "tensorflow_serving.apis"
(
    json_format,
    predict_pb2,
    get_model_metadata_pb2,
    get_model_status_pb2,
    tensor_pb2,
    prediction_service_pb2_grpc,
    model_service_pb2_grpc,
) = message_types(
    "google.protobuf.json_format",
    *(f"{_APIS}.{name}" for name in ("predict_pb2", "get_model_metadata_pb2", "get_model_status_pb2")),
    "tensorflow.core.framework.tensor_pb2",
    *(f"{_APIS}.{name}" for name in ("prediction_service_pb2_grpc", "model_service_pb2_grpc")),
)

# DT_FLOAT and so on: the number of a type on the wire, NumPy's type, and the field that holds values one by one.
_TYPES = {1: (np.float32, "float_val"), 2: (np.float64, "double_val"), 3: (np.int32, "int_val"), 9: (np.int64, "int64_val")}
_NUMBERS = {np.dtype(dtype): number for number, (dtype, _) in _TYPES.items()}
_STRING = 7  # DT_STRING
_OPTIONS = (
    ("grpc.max_receive_message_length", -1),  # 4 MB by default, which the tasks of a large batch exceed
    ("grpc.max_send_message_length", -1),
    ("grpc.enable_retries", 0),  # `Retries` says when to send again
    ("grpc.initial_reconnect_backoff_ms", 100),  # a channel that failed refuses at once until it connects again
    ("grpc.min_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 2_000),
)
_Code = grpc.StatusCode
_KINDS: dict[Any, tuple[type[ServerError], str, Repeat, str]] = {
    **dict.fromkeys(
        (_Code.INVALID_ARGUMENT, _Code.FAILED_PRECONDITION, _Code.OUT_OF_RANGE),
        (InvalidRequestError, "the server refused the request", "never", "correct what its message names"),
    ),
    _Code.NOT_FOUND: (
        *(NotFoundError, "there is no such model, version or label", "never"),
        "check the name and what client.status() lists",
    ),
    _Code.RESOURCE_EXHAUSTED: (
        *(TooBusyError, "the server takes no more requests now", "safe"),
        "send less often, or add replicas",
    ),
    _Code.UNAVAILABLE: (
        *(TooBusyError, "the server is too busy or not ready", "safe"),
        "wait by client.wait_until_available(), or add replicas",
    ),
    _Code.DEADLINE_EXCEEDED: (
        *(TimedOutError, "no answer in time", "lost"),
        "raise timeout=, send fewer rows at once, or allow repeats by retries=Retries(after_lost=True)",
    ),
}
_OTHER: tuple[type[ServerError], str, Repeat, str] = (ServerError, "the server failed", "never", "see its log")
# gRPC reports UNAVAILABLE for no connection and for a lost one too; only the message distinguishes them.
_NO_CONNECTION = ("failed to connect", "connection refused", "dns resolution", "name resolution", "no route to host")
_LOST_CONNECTION = (
    "socket closed",
    "connection reset",
    "broken pipe",
    "goaway",
    "stream removed",
    "connection aborted",
    "fd shutdown",
)


class GrpcTransport:
    """One model on a server with TensorFlow Serving's gRPC interface.

    Args:
        address: host and port.
        name: the model's name.
        timeout: seconds until the answer, connecting included.
        credentials: of a secure channel; None for one without encryption.
        headers: sent with every request as gRPC metadata.
    """

    def __init__(self, address: str, name: str, timeout: float, credentials: Any, headers: Mapping[str, str]):
        if "://" in address or "/" in address:
            raise ZooError(f"address={address!r}: pass host and port, such as 127.0.0.1:8500, without a scheme.")
        self.name, self.address = name, address
        self._options = {"timeout": timeout, "metadata": tuple((key.lower(), value) for key, value in headers.items())}
        self._channel = (
            grpc.insecure_channel(address, _OPTIONS)
            if credentials is None
            else grpc.secure_channel(address, credentials, _OPTIONS)
        )
        self._prediction = prediction_service_pb2_grpc.PredictionServiceStub(self._channel)
        self._model = model_service_pb2_grpc.ModelServiceStub(self._channel)

    def metadata(self, version: int | None, label: str | None) -> Metadata:
        request = get_model_metadata_pb2.GetModelMetadataRequest(metadata_field=["signature_def"])
        answer = self._send(self._prediction.GetModelMetadata, self._addressed(request, version, label))
        return self._understood(
            lambda: Metadata.parsed(json_format.MessageToDict(answer, preserving_proto_field_name=True)),
        )

    def status(self) -> list[VersionStatus]:
        request = get_model_status_pb2.GetModelStatusRequest()
        answer = self._send(self._model.GetModelStatus, self._addressed(request, None, None))
        states = get_model_status_pb2.ModelVersionStatus.State
        return [
            VersionStatus(one.version, states.Name(one.state), one.status.error_message) for one in answer.model_version_status
        ]

    def predict(
        self, version: int, name: str, signature: Signature, inputs: Mapping[str, np.ndarray], wanted: Sequence[str]
    ) -> Arrays:
        request = self._addressed(request_of(name, signature, inputs, wanted), version, None)
        answer = self._send(self._prediction.Predict, request)
        return self._understood(lambda: {name: array_of(tensor) for name, tensor in answer.outputs.items()})

    def close(self) -> None:
        self._channel.close()

    def _addressed(self, request: Any, version: int | None, label: str | None) -> Any:
        request.model_spec.name = self.name
        if version is not None:
            request.model_spec.version.value = version
        if label is not None:
            request.model_spec.version_label = label
        return request

    def _send(self, method: Any, request: Any) -> Any:
        try:
            return method(request, **self._options)
        except grpc.RpcError as error:
            raise _failure(self.address, error) from None

    def _understood(self, parse: Any) -> Any:
        try:
            return parse()
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            problem = f"the answer is not TensorFlow Serving's ({type(error).__name__}: {error})"
            raise InvalidAnswerError(problem, "check that address= is that of a model server", url=self.address) from None


def request_of(name: str, signature: Signature, inputs: Mapping[str, np.ndarray], wanted: Sequence[str]) -> Any:
    """A PredictRequest; it names the wanted outputs where they are not all."""
    request = predict_pb2.PredictRequest()
    request.model_spec.signature_name = name
    for key, array in inputs.items():
        request.inputs[key].CopyFrom(tensor_of(array))
    if set(wanted) < set(signature.outputs):
        request.output_filter.extend(wanted)
    return request


def tensor_of(array: np.ndarray) -> Any:
    """An array as a TensorProto, its numbers as bytes."""
    tensor = tensor_pb2.TensorProto(dtype=_NUMBERS[array.dtype])
    for size in array.shape:
        tensor.tensor_shape.dim.add(size=size)
    tensor.tensor_content = np.asarray(array, array.dtype.newbyteorder("<")).tobytes()
    return tensor


def array_of(tensor: Any) -> np.ndarray:
    """A TensorProto as an array; its numbers may be bytes, a list, or one for all. Strings are read as UTF-8.

    Raises:
        ValueError: if they do not fill its shape, are no UTF-8, or of a type that the clients do not support.
    """
    if tensor.dtype == _STRING:
        texts = np.array([value.decode() for value in tensor.string_val], str)
        return texts.reshape([dimension.size for dimension in tensor.tensor_shape.dim])
    if tensor.dtype not in _TYPES:
        raise ValueError(f"a tensor of type number {tensor.dtype}")
    dtype, field = _TYPES[tensor.dtype]
    shape = [dimension.size for dimension in tensor.tensor_shape.dim]
    if tensor.tensor_content:
        return np.frombuffer(tensor.tensor_content, np.dtype(dtype).newbyteorder("<")).astype(dtype).reshape(shape)
    values = np.array(getattr(tensor, field), dtype)
    if 0 < values.size < np.prod(shape):  # TensorFlow omits repeats of the last number
        values = np.concatenate([values, np.full(int(np.prod(shape)) - values.size, values[-1])])
    return values.reshape(shape)


def _failure(address: str, error: Any) -> ServerError:
    code, said = error.code(), error.details() or ""
    repeat: Repeat
    kind, problem, repeat, remedy = _KINDS.get(code, _OTHER)
    words = said.lower()
    if code == _Code.UNAVAILABLE and any(part in words for part in _NO_CONNECTION):
        kind, problem, remedy = UnreachableError, "no connection", "check the address, and that the server runs"
    elif code == _Code.UNAVAILABLE and any(part in words for part in _LOST_CONNECTION):
        kind, problem, repeat = UnreachableError, "the connection broke before the answer was whole", "lost"
        remedy = "see whether the server restarted; allow repeats by retries=Retries(after_lost=True)"
    elif code == _Code.RESOURCE_EXHAUSTED and "message larger than max" in words:
        kind, problem, repeat = InvalidRequestError, "the request is too large", "never"
        remedy = "send fewer rows at once, or raise the server's limit"
    pushback = dict(error.trailing_metadata() or ()).get("grpc-retry-pushback-ms")
    wait = int(pushback) / 1000 if pushback is not None and str(pushback).isdecimal() else None
    status = code.name if code is not None else None
    return kind(problem, remedy, url=address, status=status, server_message=said, repeat=repeat, retry_after=wait)
