"""The REST interface of TensorFlow Serving over some servables: predict, status, metadata."""

import json
import re

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from zoo.serving import protocol
from zoo.serving.servable import Servable

PREDICT = re.compile(r"/v1/models/(?P<name>[^/:]+)(/versions/(?P<version>\d+))?:predict", re.IGNORECASE)
ABOUT = re.compile(r"/v1/models/(?P<name>[^/:]+)(/versions/(?P<version>\d+))?(?P<metadata>/metadata)?", re.IGNORECASE)


def application(servables: dict[str, Servable]) -> Starlette:
    """Build the application.

    Args:
        servables: the models, by name.
    """

    def find(name: str, version: str | None) -> Servable | None:
        servable = servables.get(name)
        return servable if servable and version in (None, str(servable.version)) else None

    async def post(request: Request) -> Response:
        match = PREDICT.fullmatch(request.url.path)
        if not match:
            return _error(400, f"Malformed request: POST {request.url.path}")
        servable = find(match["name"], match["version"])
        if servable is None:
            return _error(404, f"Servable not found for request: {_wanted(match)}")
        return await run_in_threadpool(_predict, servable, await request.body())

    async def get(request: Request) -> Response:
        match = ABOUT.fullmatch(request.url.path)
        if not match:
            return _error(400, f"Malformed request: GET {request.url.path}")
        servable = find(match["name"], match["version"])
        if servable is None:
            return _error(404, f"Could not find any versions of model {match['name']}")
        return _json(200, servable.metadata() if match["metadata"] else _status(servable))

    return Starlette(routes=[Route("/{path:path}", post, methods=["POST"]), Route("/{path:path}", get, methods=["GET"])])


def _predict(servable: Servable, body: bytes) -> Response:
    try:
        request = protocol.parse(body)
        signature = request.get("signature_name") or protocol.DEFAULT_SIGNATURE
        outputs = servable.run(signature, protocol.decode(request, servable.specs(signature)))
    except protocol.BadRequestError as error:
        return _error(400, str(error))
    return Response(protocol.encode(request, outputs), media_type="application/json")


def _status(servable: Servable) -> dict:
    state = {"version": str(servable.version), "state": "AVAILABLE", "status": {"error_code": "OK", "error_message": ""}}
    return {"model_version_status": [state]}


def _wanted(match: re.Match) -> str:
    return f"Specific({match['name']}, {match['version']})" if match["version"] else f"Latest({match['name']})"


def _error(code: int, message: str) -> Response:
    return _json(code, {"error": message})


def _json(code: int, value: dict) -> Response:
    return Response(json.dumps(value, indent=1), code, media_type="application/json")
