"""The server one would write in ten minutes: `tf.saved_model` behind Starlette and uvicorn, to compare `zoo serve` with.

python benchmarks/serving_plain.py MODEL
"""

import json
import socket
import sys

import tensorflow as tf
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

loaded = tf.saved_model.load(sys.argv[1])


def run(request: dict) -> list:
    """Rows in, rows out."""
    signature = loaded.signatures[request["signature_name"]]
    rows, specs = request["instances"], signature.structured_input_signature[1]
    inputs = {name: tf.constant([row[name] for row in rows], spec.dtype) for name, spec in specs.items()}
    outputs = {name: value.numpy().tolist() for name, value in signature(**inputs).items()}
    if len(outputs) == 1:
        return next(iter(outputs.values()))
    return [dict(zip(outputs, row, strict=True)) for row in zip(*outputs.values(), strict=True)]


async def predict(request: Request) -> JSONResponse:
    """Answer in the event loop, one request after the other."""
    return JSONResponse({"predictions": run(json.loads(await request.body()))})


if __name__ == "__main__":
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.bind(("127.0.0.1", 0))
    bound.listen(1024)  # before the address is told: from here on a request waits
    print(f"POST http://127.0.0.1:{bound.getsockname()[1]}/predict", flush=True)
    app = Starlette(routes=[Route("/predict", predict, methods=["POST"])])
    uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[bound])
