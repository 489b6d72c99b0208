"""The gRPC interface of TensorFlow Serving over a service, from its published protos: predict, metadata, status, reload."""

from collections.abc import Callable
from concurrent.futures import CancelledError, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

import grpc
import numpy as np
from google.protobuf.message import Message

from zoo.serving.server import model_config
from zoo.serving.server.catalog import Wanted
from zoo.serving.server.connections import HEADER_SECONDS
from zoo.serving.server.model_sources import ModelSource
from zoo.serving.server.service import Service
from zoo.serving.wire import protos, tensors
from zoo.serving.wire.json_arrays import DEEPEST
from zoo.serving.wire.protocol import DEFAULT_SIGNATURE, Specs
from zoo.serving.wire.statuses import Code, StatusError

_STATUS = {code.value[0]: code for code in grpc.StatusCode}
_SIGNATURES = "signature_def"
MOST_THREADS = 512
IDLE_MILLISECONDS = 300_000  # until a connection without requests is closed; clients open it again by themselves
PredictRequest: TypeAlias = protos.predict_pb2.PredictRequest
GetMetadataRequest: TypeAlias = protos.get_model_metadata_pb2.GetModelMetadataRequest
GetStatusRequest: TypeAlias = protos.get_model_status_pb2.GetModelStatusRequest
ReloadRequest: TypeAlias = protos.model_management_pb2.ReloadConfigRequest


@dataclass(frozen=True)
class Reloading:
    """How clients may replace the models that are served.

    Attributes:
        reload: serves other models from then on.
        roots: gives the folders that models may be in.
    """

    reload: Callable[[list[ModelSource]], None]
    roots: Callable[[], list[Path]]


def server(service: Service, reloading: Reloading | None, connections: int) -> grpc.Server:
    """Build a gRPC server; bind a port and start it.

    Args:
        service: what answers.
        reloading: how clients may replace the models; None if they may not.
        connections: how many it takes.
    """
    admission = service.admission
    built = grpc.server(
        # One for each request, that the bytes of all are counted; only as many as are needed at once come into being.
        ThreadPoolExecutor(min(MOST_THREADS, admission.threads + admission.queue), "zoo-grpc"),
        options=[
            ("grpc.max_receive_message_length", service.limits.body),
            ("grpc.so_reuseport", 0),  # by default a second server on the same port would take half of the requests
            ("grpc.max_allowed_incoming_connections", connections),
            ("grpc.server_handshake_timeout_ms", round(1e3 * HEADER_SECONDS)),
            ("grpc.max_connection_idle_ms", IDLE_MILLISECONDS),
        ],
        maximum_concurrent_rpcs=admission.threads + admission.queue,
    )
    protos.prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(_Prediction(service), built)
    protos.model_service_pb2_grpc.add_ModelServiceServicer_to_server(_Models(service, reloading), built)
    return built


class _Prediction(protos.prediction_service_pb2_grpc.PredictionServiceServicer):
    """Predict and GetModelMetadata; the generated base class answers the others UNIMPLEMENTED."""

    def __init__(self, service: Service):
        self._service = service

    def Predict(self, request: PredictRequest, context: grpc.ServicerContext) -> Message:  # noqa: N802
        return _answer(context, self._predict, request, context)

    def GetModelMetadata(self, request: GetMetadataRequest, context: grpc.ServicerContext) -> Message:  # noqa: N802
        return _answer(context, self._metadata, request)

    def _predict(self, request: PredictRequest, context: grpc.ServicerContext) -> Message:
        wanted = _wanted(request)
        service, left = self._service, context.time_remaining()
        with service.bodies.hold(request.ByteSize()):
            future = service.submit(_predict, wanted, "GRPC", request)
            try:
                return future.result(min(service.limits.deadline, service.limits.deadline if left is None else left))
            except (TimeoutError, CancelledError):
                future.cancel()
                error = StatusError(Code.DEADLINE_EXCEEDED, f"no answer within {service.limits.deadline:g} seconds")
                service.refused(wanted, "GRPC", error)
                raise error from None

    def _metadata(self, request: GetMetadataRequest) -> Message:
        wanted = _wanted(request)
        if not request.metadata_field:
            raise StatusError(Code.INVALID_ARGUMENT, "GetModelMetadataRequest must specify at least one metadata_field")
        for field in request.metadata_field:
            if field != _SIGNATURES:
                raise StatusError(Code.INVALID_ARGUMENT, f"Metadata field {field} is not supported")
        response = protos.get_model_metadata_pb2.GetModelMetadataResponse()
        with self._service.catalog.lease(wanted) as servable:
            response.model_spec.name = servable.name
            response.model_spec.version.value = servable.version
            response.metadata[_SIGNATURES].Pack(servable.signature_map())
        return response


class _Models(protos.model_service_pb2_grpc.ModelServiceServicer):
    """GetModelStatus and HandleReloadConfigRequest."""

    def __init__(self, service: Service, reloading: Reloading | None):
        self._service, self._reloading = service, reloading

    def GetModelStatus(self, request: GetStatusRequest, context: grpc.ServicerContext) -> Message:  # noqa: N802
        return _answer(context, self._status, request)

    def HandleReloadConfigRequest(self, request: ReloadRequest, context: grpc.ServicerContext) -> Message:  # noqa: N802
        return _answer(context, self._reload_config, request)

    def _status(self, request: GetStatusRequest) -> Message:
        response = protos.get_model_status_pb2.GetModelStatusResponse()
        for version in self._service.catalog.status(_wanted(request)):
            status = response.model_version_status.add(version=version.number, state=version.state.value)
            status.status.error_code, status.status.error_message = version.code.value, version.message
        return response

    def _reload_config(self, request: ReloadRequest) -> Message:
        if self._reloading is None:
            raise StatusError(Code.PERMISSION_DENIED, "clients may not replace the models; start the server with --allow-reload")
        response = protos.model_management_pb2.ReloadConfigResponse()
        try:
            sources = model_config.sources(request.config, Path.cwd())
        except ValueError as error:
            raise StatusError(Code.INVALID_ARGUMENT, str(error)) from None
        roots = self._reloading.roots()
        sources = [replace(source, base=source.base.resolve()) for source in sources]  # a link must not change after the check
        for source in sources:
            if not any(source.base.is_relative_to(root) for root in roots):
                message = f"base_path {source.base} of {source.name!r} is not below a folder that this server was started with"
                raise StatusError(Code.PERMISSION_DENIED, f"{message}; move the model there")
        self._reloading.reload(sources)
        missing = [source.name for source in sources if not self._service.catalog.available(source.name)]
        if missing:  # as TensorFlow Serving, which says so in the response and not in the status of the call
            response.status.error_code = Code.UNKNOWN.value
            response.status.error_message = f"Some models did not become available: {{{', '.join(missing)}}}"
        return response


def _answer(context: grpc.ServicerContext, answer: Callable[..., Message], *arguments: Any) -> Message:
    try:
        return answer(*arguments)
    except StatusError as error:
        failure = error
    context.abort(_STATUS[failure.code.value], failure.message)
    raise AssertionError("abort raises")


def _wanted(request: PredictRequest | GetMetadataRequest | GetStatusRequest) -> Wanted:
    if not request.HasField("model_spec"):
        raise StatusError(Code.INVALID_ARGUMENT, "Missing ModelSpec")
    spec = request.model_spec
    if not spec.name:
        raise StatusError(Code.INVALID_ARGUMENT, "ModelSpec has no name specified.")
    version = spec.version.value if spec.HasField("version") else None
    return Wanted(spec.name, version, spec.version_label or None)


def _predict(service: Service, wanted: Wanted, request: PredictRequest) -> Message:
    with service.call(wanted, "GRPC") as call, service.lease(call) as servable:
        call.signature = request.model_spec.signature_name or DEFAULT_SIGNATURE
        definition = servable.signatures.get(call.signature)
        if definition is None:
            raise StatusError(Code.FAILED_PRECONDITION, f'Serving signature key "{call.signature}" not found.')
        inputs = _inputs(request, servable.specs(call.signature))
        chosen = _chosen(list(request.output_filter), sorted(definition.outputs))
        outputs = service.run(call, servable, inputs)
        response = protos.predict_pb2.PredictResponse()
        for name in chosen:
            response.outputs[name].CopyFrom(tensors.to_proto(outputs[name]))
        response.model_spec.name, response.model_spec.signature_name = servable.name, call.signature
        response.model_spec.version.value = servable.version
        return response


def _inputs(request: PredictRequest, specs: Specs) -> dict[str, np.ndarray]:
    sent, known = set(request.inputs), set(specs)
    if sent != known:
        lengths = f"{len(sent)}!={len(known)} len({{{','.join(sorted(sent))}}}) != len({{{','.join(sorted(known))}}})"
        raise StatusError(
            Code.INVALID_ARGUMENT,
            f"input size does not match signature: {lengths}. Sent extra: {{{','.join(sorted(sent - known))}}}. "
            f"Missing but required: {{{','.join(sorted(known - sent))}}}.",
        )
    inputs = {}
    for name, (dtype, shape) in specs.items():
        given = [axis.size for axis in request.inputs[name].tensor_shape.dim]
        if len(given) != len(shape) or any(want not in (None, got) for want, got in zip(shape, given, strict=True)):
            wanted = [-1 if size is None else size for size in shape]
            message = f"{name} has shape {_cut(given)}, expected {wanted} (-1 is any size)"
            raise StatusError(Code.INVALID_ARGUMENT, message)
        inputs[name] = value = tensors.to_array(request.inputs[name], name)
        if value.dtype != dtype:
            raise StatusError(Code.INVALID_ARGUMENT, f"{name} is {value.dtype}, but the signature expects {dtype}")
    return inputs


def _cut(shape: list[int]) -> str:
    return str(shape) if len(shape) <= DEEPEST else f"[{', '.join(map(str, shape[:3]))}, …] of {len(shape)} axes"


def _chosen(names: list[str], outputs: list[str]) -> list[str]:
    for name in names:
        if name not in outputs:
            message = (
                f"output tensor alias not found in signature: {name} Outputs expected to be in the set {{{','.join(outputs)}}}."
            )
            raise StatusError(Code.INVALID_ARGUMENT, message)
        if names.count(name) > 1:
            raise StatusError(Code.INVALID_ARGUMENT, f"duplicate output tensor alias: {name}")
    return names or outputs
