"""The tiny learner on disk, on a real server of each kind, and in process, made once for all tests of the clients."""

import subprocess
import sys
import threading

import numpy as np
import pytest

from zoo.serving.client.connection import Connection
from zoo.serving.client.metadata import Metadata, Signature, TensorInfo
from zoo.serving.client.remote_model import RemoteModel
from zoo.serving.client.transport import VersionStatus


class SavedTransport:
    """A transport that ends in this process: a SavedModel as several versions, calls counted, answers bent on request."""

    def __init__(self, name, loaded, versions=(3,)):
        self.name, self.address, self.versions = name, "here", list(versions)
        self.loaded, self.calls, self.bend = loaded, [], lambda name, outputs: outputs
        self.lock = threading.Lock()

    def metadata(self, version, label):
        self._called("metadata", version)
        signatures = {
            name: Signature(_infos(function.structured_input_signature[1]), _infos(function.structured_outputs))
            for name, function in self.loaded.signatures.items()
        }
        return Metadata(self.name, max(self.versions) if version is None else version, signatures)

    def status(self):
        return [VersionStatus(version, "AVAILABLE") for version in self.versions]

    def predict(self, version, name, signature, inputs, wanted):
        import tensorflow as tf

        self._called(name, version)
        outputs = self.loaded.signatures[name](**{key: tf.constant(value) for key, value in inputs.items()})
        return self.bend(name, {key: value.numpy() for key, value in outputs.items()})

    def close(self):
        self._called("close", None)

    def _called(self, what, version):
        from zoo.serving import NotFoundError

        with self.lock:
            self.calls.append(what)
            if version is not None and version not in self.versions:
                raise NotFoundError("no such version", url=self.address, status=404)


def _infos(specs):
    return {name: TensorInfo(np.dtype(spec.dtype.as_numpy_dtype), tuple(spec.shape)) for name, spec in specs.items()}


@pytest.fixture(scope="session")
def tiny_models(tiny, tiny_names, tmp_path_factory):
    """Two learners, `tiny/3` and `tiny_classes/1`, and a task model of each, `tiny_task/1` and `tiny_names/1`, in a folder."""
    from zoo.export import as_saved_model

    base = tmp_path_factory.mktemp("models")
    as_saved_model.write(tiny, base / "tiny" / "3")
    as_saved_model.write(tiny.learn([0.0, 1.0, 2.0], [1.0, 0.0, -1.0]), base / "tiny_task" / "1")
    as_saved_model.write(tiny_names.learner, base / "tiny_classes" / "1")
    as_saved_model.write(tiny_names, base / "tiny_names" / "1", tiny_names.served_endpoints())
    return base


@pytest.fixture(scope="session")
def loaded_tiny(tiny_models):
    import tensorflow as tf

    return tf.saved_model.load(str(tiny_models / "tiny" / "3"))


@pytest.fixture
def here(loaded_tiny):
    """A client of the tiny learner whose transport ends in this process, and the transport."""
    transport = SavedTransport("tiny", loaded_tiny)
    return RemoteModel(Connection(transport, None, None, 0)), transport


@pytest.fixture(scope="session")
def saved_transport():
    return SavedTransport


@pytest.fixture(scope="session")
def zoo_serve(tiny_models):
    """Addresses of `zoo serve` with all models, in a process of its own: of REST, and of gRPC."""
    command = [sys.executable, "-u", "-m", "zoo", "serve", str(tiny_models), "--port", "0", "--grpc-port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            rest = next(line for line in process.stdout if "POST http" in line).split()[1].partition("/v1/")[0]
            yield rest, next(line for line in process.stdout if "gRPC" in line).split()[1]
        finally:
            process.terminate()


@pytest.fixture(scope="session")
def rest_server(zoo_serve):
    return zoo_serve[0]


@pytest.fixture(scope="session")
def grpc_server(zoo_serve):
    return zoo_serve[1]
