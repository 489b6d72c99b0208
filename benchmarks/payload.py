"""Bytes of a request that sends the support every time, against one that sends the learned task, for every entry.

    python benchmarks/payload.py [--out docs/serving/payload.md] [--seed 42] [ENTRY ...]

Real clients encode real requests, over REST and gRPC; only the wire is missing: a live learner answers in this process, and what
would have gone over it is counted. Headers of HTTP, some hundred bytes each way whichever way one sends, are left out.
"""

import argparse
import datetime
import math
import os
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import payload_page

from zoo.hub import registry
from zoo.serving.client.connection import Connection
from zoo.serving.client.grpc_transport import GrpcTransport, array_of, predict_pb2, tensor_of
from zoo.serving.client.metadata import Metadata, Signature, TensorInfo
from zoo.serving.client.remote_model import RemoteModel
from zoo.serving.client.rest_transport import RestTransport
from zoo.serving.wire import protocol
from zoo.utils import files

QUERIES = (1, 10, 100)
FLOAT, INT = np.dtype(np.float32), np.dtype(np.int32)


@dataclass(frozen=True)
class Bytes:
    """What one call sent and got."""

    sent: int
    got: int

    @property
    def both(self) -> int:
        return self.sent + self.got


@dataclass(frozen=True)
class Payload:
    """What was counted for one entry over one way.

    Attributes:
        entry, way: its name; "REST" or "gRPC".
        examples, numbers: rows of the support, and numbers in a row, its label included.
        task: float32 numbers of a learned task.
        learn: of learning the task.
        support, learned: by number of queries, of predicting with the support, and with the learned task.
        grown: of growing the task by one example, by all "examples" again and by the "summary"; empty without `update`.
    """

    entry: str
    way: str
    examples: int
    numbers: int
    task: int
    learn: Bytes
    support: dict[int, Bytes]
    learned: dict[int, Bytes]
    grown: dict[str, Bytes]

    def break_even(self, queries: int) -> float:
        """From how many predictions on learning once takes fewer bytes, infinite where it never does."""
        saved = self.support[queries].both - self.learned[queries].both
        return math.floor(self.learn.both / saved) + 1 if saved > 0 else math.inf


class _Live:
    """The server's side: a learner in this process."""

    def __init__(self, learner):
        self.endpoints, learned = learner.endpoints(), dict.fromkeys(learner.graphs.task_spec, TensorInfo(FLOAT, None))
        outputs = {name: {"prediction": TensorInfo(FLOAT, None)} for name in ("serving_default", "apply")} | {"adapt": learned}
        if "update" in self.endpoints:
            summary = {name: spec for name, spec in self.endpoints["update"].inputs.items() if name.startswith("summary_")}
            after = {f"updated_{name}": TensorInfo(np.dtype(spec.dtype.as_numpy_dtype), None) for name, spec in summary.items()}
            outputs["update"] = learned | after
        self.about = Metadata(learner.name, 1, {name: self._signature(name, outputs[name]) for name in outputs})
        self.counted: list[Bytes] = []

    def _signature(self, name, outputs):
        specs = self.endpoints[name].inputs.items()
        inputs = {key: TensorInfo(np.dtype(spec.dtype.as_numpy_dtype), tuple(spec.shape)) for key, spec in specs}
        return Signature(inputs, outputs)

    def answer(self, name, inputs):
        return {key: np.asarray(value) for key, value in self.endpoints[name](**inputs).items()}

    def specs(self, name):
        return {key: (info.dtype, info.shape) for key, info in self.about.signature(name).inputs.items()}


class _Rest(RestTransport):
    def __init__(self, live):
        super().__init__("http://127.0.0.1:8501", live.about.name, (1.0, 1.0), {}, 1)
        self.live = live

    def metadata(self, version, label):
        return self.live.about

    def _send(self, method, url, body=None):
        request = protocol.parse(body)
        name = request["signature_name"]
        answer = protocol.encode(request, self.live.answer(name, protocol.decode(request, self.live.specs(name))))
        self.live.counted.append(Bytes(len(body), len(answer)))
        return answer


class _Grpc(GrpcTransport):
    def __init__(self, live):
        super().__init__("127.0.0.1:8500", live.about.name, 1.0, None, {})
        self.live = live

    def metadata(self, version, label):
        return self.live.about

    def _send(self, method, request):
        inputs = {name: array_of(tensor) for name, tensor in request.inputs.items()}
        answer = predict_pb2.PredictResponse(model_spec=request.model_spec)
        for name, value in self.live.answer(request.model_spec.signature_name, inputs).items():
            tensor = tensor_of(value)
            # TensorFlow Serving lists numbers one by one unless told otherwise: four bytes each, as many as all in one.
            answer.outputs[name].CopyFrom(tensor)
        self.live.counted.append(Bytes(request.ByteSize(), answer.ByteSize()))
        return answer


def measure(name: str, learner, support_x, support_y, query_x) -> list[Payload]:
    """Count what the clients send and get for one task, over each way.

    Args:
        name: the entry's.
        learner: a live learner.
        support_x, support_y: the examples of one task, `[N, ...]` and `[N, n]`; the last one is what the task grows by.
        query_x: new examples `[M, ...]`, repeated to every number of `QUERIES`.
    """
    return [_over(way, transport, name, learner, support_x, support_y, query_x) for way, transport in WAYS.items()]


def _over(way, transport, name, learner, support_x, support_y, query_x) -> Payload:
    live = _Live(learner)

    def count(call, *arguments, **options) -> Bytes:
        live.counted.clear()
        call(*arguments, **options)
        (counted,) = live.counted
        return counted

    with RemoteModel(Connection(transport(live), None, None, 0)) as client:
        task = client.learn(support_x, support_y)
        rows = {queries: np.resize(query_x, (queries, *query_x.shape[1:])) for queries in QUERIES}
        grown: dict[str, Bytes] = {}
        if "update" in live.about.signatures and "summary_size" in live.about.signature("update").inputs:
            for remember in ("examples", "summary"):
                known = client.learn(support_x[:-1], support_y[:-1], remember=remember)
                grown[remember] = count(known.update, support_x[-1:], support_y[-1:])
        return Payload(
            *(name, way, len(support_x), support_x[0].size + support_y[0].size),
            sum(value.size for value in task.learned.values()),
            count(client.learn, support_x, support_y),
            {queries: count(client.learn_and_predict, support_x, support_y, x) for queries, x in rows.items()},
            {queries: count(task.predict, x) for queries, x in rows.items()},
            grown,
        )


WAYS = {"REST": _Rest, "gRPC": _Grpc}


def of_entry(name: str, seed: int) -> list[Payload]:
    """Count for a task of the entry's own, of its headline condition."""
    episodes = registry.entry(name).benchmark
    drawn = episodes.draw(1, seed, **episodes.conditions()[0])
    size = int(drawn.support_size[0])
    learner = registry.load(name)
    support_y = learner.labels.examples_of(drawn.support_y[0, :size])
    return measure(name, learner, drawn.support_x[0, :size], support_y, drawn.query_x[0])


def main() -> None:
    """Parse, count, print and write."""
    parser = argparse.ArgumentParser("python benchmarks/payload.py", description=__doc__.partition("\n")[0])
    parser.add_argument("entries", nargs="*", metavar="ENTRY", help="by default all of the zoo")
    parser.add_argument("--out", help="a file of Markdown to write beside printing")
    parser.add_argument("--seed", type=int, default=42)
    options = parser.parse_args()
    measured: list[list[Payload]] = []
    for name in options.entries or registry.names():
        measured.append(of_entry(name, options.seed))
        print(f"{datetime.datetime.now():%H:%M:%S} {name}: {payload_page.advice(measured[-1])}", flush=True)
    command = f"python benchmarks/payload.py --seed {options.seed}" + (f" --out {options.out}" if options.out else "")
    page = payload_page.report(measured, command, options.seed)
    print(f"\n{page}")
    if options.out:
        with files.written_aside(Path(options.out), force=True) as aside:
            aside.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
