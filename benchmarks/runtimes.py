"""The runtimes that exported models are run in: what each reads, and how it answers named arrays with named arrays.

Tests hold what this file claims over a small model of each kind, and `conversions.py` measures entries by the same code.
"""

import base64
import contextlib
import functools
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from zoo import export
from zoo.export import as_litert, as_onnx, as_saved_model, parity
from zoo.learners.endpoint import Endpoint
from zoo.serving.native import NativeModel

WEB = Path(__file__).resolve().parents[1] / "tests/web"
Runner = Callable[[dict[str, np.ndarray]], dict[str, np.ndarray]]
Load = Callable[[Path, str], Runner]
Case = tuple[dict[str, np.ndarray], dict[str, np.ndarray]]
NODE, CHROMIUM = "onnxruntime-web under Node", "onnxruntime-web in Chromium"


@dataclass(frozen=True)
class Runtime:
    """A runtime.

    Attributes:
        name: what users call it.
        reads: the kind of artifact: "saved_model", "litert" (each holds all signatures), or "onnx" (a folder of files).
        open: given a folder with all artifacts somewhere below, a context that yields the function which loads: the path of an
            artifact and the name of a signature in, a runner out.
    """

    name: str
    reads: str
    open: Callable[[Path], contextlib.AbstractContextManager[Load]]


@contextlib.contextmanager
def _native(root: Path) -> Iterator[Load]:
    model = functools.cache(NativeModel)
    yield lambda path, signature: lambda inputs: model(path).run(signature, inputs)


ANSWER_ALONE = """
import json, sys
import numpy as np
from zoo.serving.native import NativeModel
path, model = None, None
for line in sys.stdin:
    job = json.loads(line)
    if job["model"] != path:
        if model is not None:
            model.close()
        path, model = job["model"], NativeModel(job["model"])
    with np.load(job["inputs"]) as arrays:
        answers = model.run(job["signature"], dict(arrays))
    answers = {name: value.astype(bytes) if value.dtype == object else value for name, value in answers.items()}
    assert not any(name.startswith("tensorflow.python") for name in sys.modules)
    np.savez(job["outputs"], allow_pickle=False, **answers)
    print("answered", flush=True)
"""


@contextlib.contextmanager
def _alone(root: Path) -> Iterator[Load]:
    said = tempfile.TemporaryFile("w+")  # noqa: SIM115 - a full pipe would stop the process
    command = [sys.executable, "-c", ANSWER_ALONE]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, text=True)
    assert process.stdin and process.stdout

    def run(path: Path, signature: str, inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        with tempfile.TemporaryDirectory() as folder:
            given, found = Path(folder) / "in.npz", Path(folder) / "out.npz"
            np.savez(given, allow_pickle=False, **inputs)
            job = {"model": str(path), "signature": signature, "inputs": str(given), "outputs": str(found)}
            with contextlib.suppress(BrokenPipeError):
                process.stdin.write(json.dumps(job) + "\n")
                process.stdin.flush()
            if process.stdout.readline() != "answered\n":
                said.seek(0)
                raise RuntimeError(f"TensorFlow's C++ loader alone: {said.read()[-2000:]}")
            with np.load(found) as arrays:
                return {name: arrays[name].astype(object) if arrays[name].dtype.kind == "S" else arrays[name] for name in arrays}

    try:
        yield lambda path, signature: functools.partial(run, path, signature)
    finally:
        process.communicate()
        said.close()


@contextlib.contextmanager
def _onnxruntime(root: Path) -> Iterator[Load]:
    yield lambda path, signature: as_onnx.runner(path / f"{signature}.onnx")


@contextlib.contextmanager
def _litert(root: Path) -> Iterator[Load]:
    model = functools.cache(as_litert.runner)
    yield lambda path, signature: model(path)(signature)


@contextlib.contextmanager
def _openvino(root: Path) -> Iterator[Load]:
    import openvino

    core = openvino.Core()

    def load(path: Path, signature: str) -> Runner:
        # Left alone, it computes in bfloat16 where the processor can, which is not what the model says.
        model = core.read_model(path / f"{signature}.onnx")
        compiled = core.compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})

        def run(inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
            # An output may have several names, the model's among them.
            return {name: np.array(value) for output, value in compiled(inputs).items() for name in output.get_names()}

        return run

    yield load


class Script:
    """A script of `tests/web` that answers jobs, one a line; see `tests/web/onnx_job.mjs`."""

    def __init__(self, name: str, *arguments: str):
        beside = Path(sys.executable).with_name("node")
        node = str(beside) if beside.exists() else shutil.which("node") or "node"
        self._said = tempfile.TemporaryFile("w+")  # noqa: SIM115 - nobody reads it, and a full pipe would stop the script
        self.process = subprocess.Popen(
            [node, str(WEB / name), *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._said, text=True
        )
        self.external: list[str] = []  # addresses outside this machine that a page asked for

    def answer(self, job: dict[str, Any]) -> dict[str, Any]:
        """Send a job, wait for its answer.

        Raises:
            RuntimeError: with the runtime's own message.
        """
        assert self.process.stdin and self.process.stdout
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.write(json.dumps(job) + "\n")
            self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            self._said.seek(0)
            raise RuntimeError(f"the script ended: {self._said.read()[-2000:]}")
        answer = json.loads(line)
        self.external = answer.get("external", self.external)
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer

    def close(self) -> None:
        """End the script, and what it has started."""
        try:
            self.process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
        self._said.close()


@dataclass(frozen=True)
class Scripted:
    """A runner in a script; it times itself, as a call from here would measure the way there and back."""

    script: Script
    model: Path

    def __call__(self, inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        return {name: _decoded(array) for name, array in self._answer(inputs)["outputs"].items()}

    def microseconds(self, inputs: dict[str, np.ndarray], rounds: int, calls: int) -> list[float]:
        """Mean time of the calls of each round."""
        return self._answer(inputs, rounds=rounds, calls=calls)["microseconds"]

    def _answer(self, inputs: dict[str, np.ndarray], **timing: int) -> dict[str, Any]:
        job = {"model": str(self.model), "inputs": {name: _encoded(value) for name, value in inputs.items()}, **timing}
        return self.script.answer(job)


@contextlib.contextmanager
def _node(root: Path) -> Iterator[Load]:
    with contextlib.closing(Script("run_onnx_in_node.mjs")) as script:
        yield lambda path, signature: Scripted(script, path / f"{signature}.onnx")


@contextlib.contextmanager
def _chromium(root: Path) -> Iterator[Load]:
    with contextlib.closing(Script("run_onnx_in_chromium.mjs", str(root))) as script:
        yield lambda path, signature: Scripted(script, path / f"{signature}.onnx")
        if script.external:
            raise RuntimeError(f"the page asked for {script.external}, and models must run without the network")


# As TensorFlow Serving would run it; with TensorFlow's Python in the process XLA stays on. Not timed: arrays pass through files.
ALONE = Runtime("TensorFlow's C++ loader alone", "saved_model", _alone)
RUNTIMES = (
    Runtime("TensorFlow's C++ loader", "saved_model", _native),
    Runtime("ONNX Runtime", "onnx", _onnxruntime),
    Runtime("OpenVINO", "onnx", _openvino),
    Runtime(NODE, "onnx", _node),
    Runtime(CHROMIUM, "onnx", _chromium),
    Runtime("LiteRT", "litert", _litert),
)


def cases(endpoint: Endpoint) -> list[Case]:
    """Inputs of several shapes, padding full of garbage, each with what the live model answers."""
    drawn = [parity.example(endpoint, sizes, number) for number, sizes in enumerate(parity.SHAPES)]
    return [(inputs, {name: value.numpy() for name, value in endpoint(**inputs).items()}) for inputs in drawn]


def tolerance(known: list[Case]) -> float:
    """The largest difference that is none to speak of."""
    return parity.TOLERANCE * max(parity.steps(inputs) for inputs, _ in known)


def difference(endpoint: Endpoint, known: list[Case], run: Runner) -> float:
    """Largest difference of a runner from the live model, as `parity.check` counts it; infinite where a shape is another."""
    worst = 0.0
    for inputs, want in known:
        got = run(inputs)
        for name, value in want.items():
            if name not in got or got[name].shape != value.shape:
                return float("inf")
            found = parity.difference(endpoint, name, got[name], value)
            worst = max(worst, found if found == found else float("inf"))
    return worst


def median_microseconds(run: Runner, inputs: dict[str, np.ndarray], seconds: float = 0.03, rounds: int = 4) -> float:
    """Median over calls, the least of some rounds: other work on the machine only ever adds. In scripts, the mean of a round."""
    if isinstance(run, Scripted):
        first = min(run.microseconds(inputs, 2, 3))
        return min(run.microseconds(inputs, rounds, _calls(first, seconds)))
    spent(run, inputs, 1)
    calls = _calls(spent(run, inputs, 1)[0], seconds)
    return min(float(np.median(spent(run, inputs, calls))) for _ in range(rounds))


def spent(run: Runner, inputs: dict[str, np.ndarray], calls: int) -> list[float]:
    """Microseconds of each call."""
    times = []
    for _ in range(calls):
        start = time.perf_counter()
        run(inputs)
        times.append(1e6 * (time.perf_counter() - start))
    return times


def _calls(microseconds: float, seconds: float) -> int:
    return int(np.clip(1e6 * seconds / max(microseconds, 1), 3, 200))


def write(model: export.Exportable, folder: Path) -> None:
    """Write every kind of artifact: each signature is traced and converted once, and what runs it checks it.

    Raises:
        Exception: the converter's own.
    """
    endpoints = model.endpoints()
    (folder / "onnx").mkdir(parents=True)
    as_saved_model.write(model, folder / "saved_model")
    (folder / "litert").write_bytes(as_litert.convert_saved_model(folder / "saved_model", list(endpoints)))
    for signature, endpoint in endpoints.items():
        (folder / "onnx" / f"{signature}.onnx").write_bytes(as_onnx.convert(endpoint, signature))


def artifact_bytes(path: Path) -> int:
    """Size of a file, or of all files of a folder."""
    return sum(file.stat().st_size for file in ([path] if path.is_file() else path.rglob("*")) if file.is_file())


def _encoded(value: np.ndarray) -> dict[str, Any]:
    data = base64.b64encode(np.ascontiguousarray(value).tobytes()).decode()
    return {"type": value.dtype.name, "shape": list(value.shape), "data": data}


def _decoded(array: dict[str, Any]) -> np.ndarray:
    return np.frombuffer(base64.b64decode(array["data"]), array["type"]).reshape(array["shape"])
