"""Promises about what leaves: every signature of a model, and of a task it learned, answers alike in every runtime."""

import json
import re
import socket
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import runtimes
import task_ways

from promises.promise import is_learner, is_model, promise
from promises.subject import SAME, Once, Subject
from zoo import export
from zoo.export import parity, quantization
from zoo.learners import made
from zoo.runtime import baked
from zoo.runtime.description import Description
from zoo.runtime.onnx_learner import OnnxLearner
from zoo.utils.errors import ZooError

RUNTIMES = (runtimes.ALONE, *(runtime for runtime in runtimes.RUNTIMES if runtime.reads != "saved_model"))
REFUSED = r"operation '\w+', and C source .* use zoo.export.litert"


@promise(of=is_model)
def every_signature_of_a_model_agrees_in_every_runtime(subject: Subject) -> None:
    folder = subject.folder / "model"
    with subject.exporting(subject.model, subject.endpoints):
        runtimes.write(subject.model, folder)
    assert_agree(subject, subject.endpoints, folder)


@promise(of=is_learner)
def without_tensorflow_it_learns_predicts_and_updates_the_same(subject: Subject) -> None:
    """By the files of ONNX that the promise above left, and a description that went through a file."""
    model, folder = subject.model, subject.folder / "model" / "onnx"
    known = Description.from_json(json.loads(json.dumps(Description.of(model).as_json(), allow_nan=False)))
    light, (x, y), queries = OnnxLearner(known, {}, folder), made.support(model, 5), made.queries(model)
    task = light.learn(x, y)
    np.testing.assert_allclose(task.answers(queries), subject.task.answers(queries), **SAME)
    if model.can_update:
        more = made.support(model, 3, seed=2)
        np.testing.assert_allclose(task.update(*more).answers(queries), subject.task.update(*more).answers(queries), **SAME)
    if baked_model := baked.task_model(task, light.file("apply")):
        assert len(baked_model) < 2 * (light.file("apply").stat().st_size + task.nbytes)


@promise(of=is_learner)
def a_task_model_agrees_in_every_runtime(subject: Subject) -> None:
    """By the exporters that users call; a SavedModel also names the classes."""
    task, folder = subject.task, subject.folder / "task"
    folder.mkdir()
    plain = {name: subject.task_endpoints[name] for name in task.endpoints()}
    with subject.exporting(task, plain):
        export.onnx(task, folder / "onnx")
        export.litert(task, folder / "litert")
    with mock.patch.object(task, "served_endpoints", lambda: subject.task_endpoints):
        export.saved_model(task, folder / "saved_model")
    assert_agree(subject, plain, folder)
    known = {name: endpoint for name, endpoint in subject.task_endpoints.items() if name not in plain}
    load = subject.opened(runtimes.ALONE)
    for name, endpoint in known.items():
        for inputs, want in runtimes.cases(endpoint):
            parity.compare(endpoint, inputs, want, load(folder / "saved_model", name)(inputs), runtimes.ALONE.name, name)


@promise(of=is_learner)
def what_only_task_models_do_works_or_says_why(subject: Subject) -> None:
    for way, reason in ways_of(subject).items():
        assert reason is None or (way == "C, int8" and re.search(REFUSED, reason)), (way, reason)


def ways_of(subject: Subject) -> dict[str, str | None]:
    """Of each of `task_ways.WAYS`, the reason why it does not hold the task model; None where it works."""
    if "ways" not in vars(subject):
        vars(subject)["ways"] = {way: _refusal(subject, way) for way in task_ways.WAYS}
    return vars(subject)["ways"]


def _refusal(subject: Subject, way: str) -> str | None:
    folder = subject.folder / "ways"
    folder.mkdir(exist_ok=True)
    endpoint = subject.task_endpoints["serving_default"]
    try:
        with subject.exporting(subject.task, {"serving_default": endpoint}):
            left = task_ways.WAYS[way](subject.task, folder)
    except ZooError as error:
        return str(error)
    tolerance = quantization.TOLERANCES[way.partition(", ")[2]]
    assert left.difference <= tolerance
    assert runtimes.difference(endpoint, runtimes.cases(endpoint), left.run) <= tolerance
    return None


def assert_agree(subject: Subject, endpoints: dict[str, Once], folder: Path) -> None:
    """At several shapes, with padding full of garbage, and without asking the network for anything."""
    known = {name: runtimes.cases(endpoint) for name, endpoint in endpoints.items()}
    loaders = {runtime: subject.opened(runtime) for runtime in RUNTIMES}
    tried: list[Any] = []
    with mock.patch.object(socket.socket, "connect", lambda self, address: tried.append(address) or 1 / 0):
        for runtime, load in loaders.items():
            for name, endpoint in endpoints.items():
                run = load(folder / runtime.reads, name)
                found = runtimes.difference(endpoint, known[name], run)
                assert found <= runtimes.tolerance(known[name]), f"{runtime.name}, signature {name!r}: {found:.3g} apart"
                if isinstance(run, runtimes.Scripted):
                    assert run.script.external == []
    assert tried == []
