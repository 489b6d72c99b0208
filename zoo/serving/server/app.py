"""The REST interface of TensorFlow Serving over a service: predict, status, metadata, and the page of metrics."""

import asyncio
import json
import re
import zlib

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from zoo.serving.server import metrics
from zoo.serving.server.admission import RETRY_AFTER_SECONDS
from zoo.serving.server.budget import Holding
from zoo.serving.server.catalog import Catalog, Wanted
from zoo.serving.server.servable import Servable
from zoo.serving.server.service import Service
from zoo.serving.wire import openapi, protocol
from zoo.serving.wire.statuses import HTTP, Code, StatusError

_MODEL = r"/v1/models/(?P<name>[^/:]+)(/versions/(?P<version>[0-9]+)|/labels/(?P<label>[^/:]+))?"
PREDICT = re.compile(f"{_MODEL}:(?P<verb>predict|classify|regress)", re.IGNORECASE)
ABOUT = re.compile(f"{_MODEL}(?P<metadata>/metadata)?", re.IGNORECASE)
_LARGEST_VERSION = (1 << 63) - 1
TOO_LARGE = 413
READABLE = 32 << 20  # bytes of a body that are read, and dropped, so that the sender of too much sees why it is refused


class TooLargeError(Exception):
    """A body beyond the limit."""


class AmbiguousError(Exception):
    """A request whose headers give its body two lengths."""


def application(service: Service | dict[str, Servable]) -> Starlette:
    """Build the application.

    Args:
        service: what answers; or loaded servables by name, to embed the application in another program.
    """
    app = Starlette()
    # No routes: a router would answer other methods and paths in forms of its own, where TensorFlow Serving has one for all.
    app.router.default = _Endpoint(
        service if isinstance(service, Service) else Service(Catalog.of(service)), app.router.not_found
    )
    return app


class _Endpoint:
    """Answers every path and method."""

    def __init__(self, service: Service, elsewhere: ASGIApp):
        self.service, self._elsewhere = service, elsewhere

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._elsewhere(scope, receive, send)
            return
        try:
            response = await self._answer(Request(scope, receive))
        except StatusError as error:
            response = _error(error)
        except TooLargeError:
            most = self.service.limits.body
            response = _json(TOO_LARGE, {"error": f"the body is larger than {most} bytes; send fewer tasks at once"})
        except AmbiguousError:
            response = _json(400, {"error": "Content-Length and Transfer-Encoding exclude each other; send one of them"})
            response.headers["Connection"] = "close"
        except ClientDisconnect:
            return
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        method, path = request.method, request.scope["path"]
        if "content-length" in request.headers and "transfer-encoding" in request.headers:
            # Two lengths of one body: a proxy may see another request behind it than this server, so the connection ends here.
            raise AmbiguousError
        if method == "GET" and path == metrics.PATH:
            return Response(self.service.page(), media_type=metrics.CONTENT_TYPE)
        if method == "GET" and path == openapi.PATH:
            return _json(200, openapi.description(self._signatures()))
        if method == "GET" and (match := ABOUT.fullmatch(path)):
            wanted = _wanted(match)
            return _json(200, self._metadata(wanted) if match["metadata"] else self._status(wanted))
        if method == "POST" and (match := PREDICT.fullmatch(path)):
            return await self._predict(_wanted(match), match["verb"].lower(), request)
        raise StatusError(Code.INVALID_ARGUMENT, f"Malformed request: {method} {path}")

    async def _predict(self, wanted: Wanted, verb: str, request: Request) -> Response:
        with self.service.bodies.hold() as held:
            return await self._predicted(wanted, verb, request, held)

    async def _predicted(self, wanted: Wanted, verb: str, request: Request, held: Holding) -> Response:
        try:
            async with asyncio.timeout(self.service.limits.deadline):
                body = await _body(request, self.service.limits.body, held)
                future = self.service.submit(answer, wanted, "REST", verb, body)
                content = await asyncio.wrap_future(future)
        except TimeoutError:
            error = StatusError(Code.DEADLINE_EXCEEDED, f"no answer within {self.service.limits.deadline:g} seconds")
            self.service.refused(wanted, "REST", error)
            raise error from None
        return Response(content, media_type="application/json")

    def _signatures(self) -> dict[str, openapi.Signatures]:
        served = [name for name in self.service.catalog.names() if self.service.catalog.available(name)]
        return {name: openapi.signatures(self._metadata(Wanted(name))) for name in served}

    def _status(self, wanted: Wanted) -> dict:
        return {
            "model_version_status": [
                {
                    "version": str(version.number),
                    "state": version.state.name,
                    "status": {"error_code": version.code.name, "error_message": version.message},
                }
                for version in self.service.catalog.status(wanted)
            ]
        }

    def _metadata(self, wanted: Wanted) -> dict:
        with self.service.catalog.lease(wanted) as servable:
            return servable.metadata()


def answer(service: Service, wanted: Wanted, verb: str, body: bytes) -> bytes:
    """Answer the body of a request to predict, classify or regress; runs in a thread of the service.

    Raises:
        StatusError: for every failure, with the status and the message that the client gets.
    """
    with service.call(wanted, "REST") as call:
        service.check_body(wanted, body)
        request = protocol.parse(body)
        call.signature = request.get("signature_name") or protocol.DEFAULT_SIGNATURE
        with service.lease(call) as servable:
            specs = servable.specs(call.signature)
            if verb != "predict":
                _refuse_verb(verb, servable.signatures[call.signature].method_name)
            outputs = service.run(call, servable, protocol.decode(request, specs))
        return protocol.encode(request, outputs)


def _refuse_verb(verb: str, method: str) -> None:
    wanted, kind = f"tensorflow/serving/{verb}", {"classify": "classification", "regress": "regression"}[verb]
    if method != wanted:
        raise StatusError(Code.INVALID_ARGUMENT, f"Expected {kind} signature method_name to be {wanted}. Was: {method}")
    raise StatusError(Code.UNIMPLEMENTED, f"{verb} is not served here; call the signature by :predict")


async def _body(request: Request, most: int, held: Holding) -> bytes:
    """Read a body, compressed by gzip or not.

    Raises:
        TooLargeError: if it is larger than `most` bytes, compressed or not.
        StatusError: INVALID_ARGUMENT if its header says gzip and it is not, or not whole; UNAVAILABLE if all requests together
            hold too many bytes.
    """
    declared = request.headers.get("content-length", "")
    readable = max(2 * most, READABLE)
    if declared.isdecimal() and int(declared) > readable:
        raise TooLargeError
    refusal: StatusError | None = None
    kept, size = bytearray(), 0  # in one piece, as chunks of a byte each would take forty times their size
    async for chunk in request.stream():
        size += len(chunk)
        if size > readable:
            break
        if size <= most and refusal is None:
            try:
                held.grow(len(chunk))
                kept += chunk
            except StatusError as error:
                refusal = error
                held.end()
                kept.clear()
    if size > most:
        raise TooLargeError
    if refusal:
        raise refusal
    body = bytes(kept)
    del kept
    if request.headers.get("content-encoding", "").lower() != "gzip":
        return body
    unpacking = zlib.decompressobj(wbits=31)
    try:
        body = unpacking.decompress(body, most + 1)
    except zlib.error as error:
        raise StatusError(Code.INVALID_ARGUMENT, f"the body is not gzip as its Content-Encoding says: {error}") from None
    if len(body) > most:
        raise TooLargeError
    if not unpacking.eof or unpacking.unused_data:
        what = "bytes follow its end" if unpacking.eof else "it ends too early"
        raise StatusError(
            Code.INVALID_ARGUMENT, f"the body is not whole gzip as its Content-Encoding says: {what}; send it again"
        )
    held.grow(len(body))
    return body


def _wanted(match: re.Match) -> Wanted:
    version = match["version"]
    if version is not None and (len(version) > 19 or int(version) > _LARGEST_VERSION):
        raise StatusError(Code.INVALID_ARGUMENT, f"Failed to convert version: {version} to numeric.")
    return Wanted(match["name"], None if version is None else int(version), match["label"])


def _error(error: StatusError) -> Response:
    response = _json(HTTP[error.code], {"error": error.message})
    if error.code == Code.UNAVAILABLE:
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _json(code: int, value: dict) -> Response:
    return Response(json.dumps(value, indent=1), code, media_type="application/json")
