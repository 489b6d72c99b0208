"""The server that the contract suite asks: our own, started once, or the one that `ZOO_SERVING_URL` names."""

import dataclasses
import importlib.util
import json
import os
import queue
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import urllib3

HERE = Path(__file__).parent
PATIENCE = 180  # seconds for a server to start: importing TensorFlow on a busy machine is slow
HTTP, GRPC = re.compile(r"POST (http://[^/\s]+)/v1/models/"), re.compile(r"gRPC (\S+:\d+)")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """One process runs the whole suite, so that one server is started."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("contract"))


@dataclasses.dataclass(frozen=True)
class Server:
    """A running server.

    Attributes:
        url: where its REST interface is, e.g. `http://127.0.0.1:8501`.
        grpc: where its gRPC interface is, e.g. `127.0.0.1:8500`; None if unknown.
        pid: its process, if we started it; then it is ours, and must offer everything and refuse in our words.
    """

    url: str
    grpc: str | None
    pid: int | None
    pool: urllib3.PoolManager = dataclasses.field(
        default_factory=lambda: urllib3.PoolManager(retries=False, timeout=60, maxsize=8)
    )

    @property
    def ours(self) -> bool:
        return self.pid is not None

    def ask(self, method: str, path: str, body: bytes | None = None, **headers):
        """Send one request; returns the status and the body."""
        answer = self.pool.request(method, self.url + path, body=body, headers=headers)
        return answer.status, answer.data

    def predict(self, model: str, request: dict | str):
        """Ask a model; returns the status and the parsed answer."""
        text = request if isinstance(request, str) else json.dumps(request)
        status, data = self.ask("POST", f"/v1/models/{model}:predict", text.encode())
        return status, json.loads(data)

    def offers(self, path: str) -> bool:
        """Whether a path exists here. A server of our own must have it."""
        return self.ours or self.ask("GET", path)[0] == 200


@dataclasses.dataclass(frozen=True)
class Live:
    """The models of the suite, alive in this process."""

    models: dict

    def run(self, model: str, signature: str, inputs: dict) -> dict[str, np.ndarray]:
        """Run a signature of `model/version` on named arrays."""
        import tensorflow as tf

        endpoint = self.models[model][signature]
        tensors = {name: tf.constant(inputs[name], spec.dtype) for name, spec in endpoint.inputs.items()}
        return {name: value.numpy() for name, value in endpoint(**tensors).items()}

    def answer(self, model: str, request: dict) -> dict:
        """What a server should answer to a well-formed request, worked out in the plainest way."""
        signature = request.get("signature_name") or "serving_default"
        names = list(self.models[model][signature].inputs)
        if "instances" in request:
            rows = [row if isinstance(row, dict) else {names[0]: row} for row in request["instances"]]
            inputs = {name: [row[name] for row in rows] for name in names}
        else:
            inputs = request["inputs"] if isinstance(request["inputs"], dict) else {names[0]: request["inputs"]}
        outputs = {name: value.tolist() for name, value in self.run(model, signature, inputs).items()}
        if "inputs" in request:
            return {"outputs": outputs if len(outputs) > 1 else next(iter(outputs.values()))}
        rows = [dict(zip(outputs, row, strict=True)) for row in zip(*outputs.values(), strict=True)]
        return {"predictions": rows if len(outputs) > 1 else [next(iter(row.values())) for row in rows]}


@pytest.fixture(scope="session")
def written():
    """The module `models.py` beside this file."""
    spec = importlib.util.spec_from_file_location("contract_models", HERE / "models.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def live(written):
    return Live(written.make())


@pytest.fixture(scope="session")
def server(live, written, tmp_path_factory):
    """The server under test."""
    url = os.environ.get("ZOO_SERVING_URL")
    if url:
        yield Server(url.rstrip("/"), os.environ.get("ZOO_SERVING_GRPC"), None)
        return
    folder = tmp_path_factory.mktemp("contract")
    written.write(live.models, folder / "models")
    command = [sys.executable, "-u", "-m", "zoo", "serve", str(folder / "models"), "--port", "0", "--grpc-port", "0"]
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True) as process,
    ):
        try:
            yield _announced(process, folder / "log")
        finally:
            process.terminate()


def _announced(process: subprocess.Popen, log: Path) -> Server:
    """Read what a server prints until both of its addresses are known, and go on reading so that it never waits for us."""
    lines: queue.Queue[str] = queue.Queue()
    threading.Thread(target=lambda: [lines.put(line) for line in process.stdout], daemon=True).start()
    found: dict[re.Pattern, str] = {}
    deadline = time.monotonic() + PATIENCE
    while len(found) < 2:
        try:
            line = lines.get(timeout=1)
        except queue.Empty:
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"zoo serve told no addresses, only {found}:\n{log.read_text()}")
            continue
        found |= {pattern: match[1] for pattern in (HTTP, GRPC) if (match := pattern.search(line))}
    return Server(found[HTTP], found[GRPC], process.pid)
