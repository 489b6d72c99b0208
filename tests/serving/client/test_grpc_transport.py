import socket
import threading
from concurrent import futures

import grpc
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from zoo.serving import (
    InvalidAnswerError,
    InvalidRequestError,
    NotFoundError,
    Retries,
    ServerError,
    TimedOutError,
    TooBusyError,
    UnreachableError,
)
from zoo.serving.client.grpc_client import GrpcClient
from zoo.serving.client.grpc_transport import array_of, request_of, tensor_of, tensor_pb2
from zoo.serving.client.metadata import Signature, TensorInfo
from zoo.utils.errors import ZooError

FLOAT, INT = np.dtype(np.float32), np.dtype(np.int32)
QUICK = Retries(3, first_wait=0.001)


class Scripted(grpc.GenericRpcHandler):
    """A server of gRPC that answers every call by a script, its last line again and again, and keeps the requests."""

    def __init__(self):
        self.script, self.requests = [b""], []
        self.server = grpc.server(futures.ThreadPoolExecutor(2), options=[("grpc.max_receive_message_length", 100_000)])
        self.server.add_generic_rpc_handlers((self,))
        self.address = f"127.0.0.1:{self.server.add_insecure_port('127.0.0.1:0')}"
        self.server.start()

    def service(self, details):
        return grpc.unary_unary_rpc_method_handler(self.answer)

    def answer(self, request, context):
        self.requests.append(request)
        line = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if callable(line):
            return line()
        if isinstance(line, tuple):
            code, said, *pushback = line
            context.set_trailing_metadata([("grpc-retry-pushback-ms", str(wait)) for wait in pushback])
            context.abort(code, said)
        return line


@pytest.fixture
def server():
    server = Scripted()
    yield server
    server.server.stop(None).wait()


@pytest.fixture
def client(server):
    with GrpcClient(server.address, "m", retries=QUICK, timeout=2.0) as client:
        yield client


@pytest.mark.parametrize(
    ("code", "said", "kind"),
    [
        (grpc.StatusCode.INVALID_ARGUMENT, "wrong shape", InvalidRequestError),
        (grpc.StatusCode.FAILED_PRECONDITION, "no such key", InvalidRequestError),
        (grpc.StatusCode.NOT_FOUND, "Servable not found", NotFoundError),
        (grpc.StatusCode.DEADLINE_EXCEEDED, "late", TimedOutError),
        (grpc.StatusCode.INTERNAL, "broken", ServerError),
        (grpc.StatusCode.UNIMPLEMENTED, "what?", ServerError),
        (grpc.StatusCode.UNAVAILABLE, "Socket closed", UnreachableError),
    ],
)
def test_status_codes_become_typed_errors_and_are_not_repeated(server, client, code, said, kind):
    server.script = [(code, said)]
    with pytest.raises(ServerError) as caught:
        client.status()
    error = caught.value
    assert type(error) is kind
    assert (error.status, error.server_message, error.url, error.attempts) == (code.name, said, server.address, 1)
    assert len(server.requests) == 1


@pytest.mark.parametrize("code", [grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED])
def test_a_busy_server_is_asked_again_but_not_without_end(server, client, code):
    server.script = [(code, "The batch scheduling queue is full"), (code, "full", 1), b""]
    assert client.status() == []
    assert len(server.requests) == 3
    server.script = [(code, "full")]
    with pytest.raises(TooBusyError, match="after 4 attempts; the server said: full"):
        client.status()
    server.script, server.requests = [(code, "full", 3_600_000)], []  # longer than any wait
    with pytest.raises(TooBusyError):
        client.status()
    assert len(server.requests) == 1


def test_a_refused_connection_is_tried_again_and_told():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    with (
        GrpcClient(address, "m", retries=QUICK) as client,
        pytest.raises(UnreachableError, match=r"no connection \(UNAVAILABLE\) after 4 attempts"),
    ):
        client.learn([1.0], [1.0])


def test_a_slow_answer_is_not_waited_for(server):
    done = threading.Event()
    server.script = [lambda: done.wait(10) and b""]
    with GrpcClient(server.address, "m", timeout=0.2) as client, pytest.raises(TimedOutError, match="no answer in time"):
        client.status()
    done.set()
    assert len(server.requests) == 1


def test_messages_that_are_too_large_or_make_no_sense_are_told(server, client):
    signature = Signature({"x": TensorInfo(FLOAT, None)}, {"y": TensorInfo(FLOAT, None)})
    with pytest.raises(InvalidRequestError, match="the request is too large"):
        client.connection.transport.predict(1, "s", signature, {"x": np.zeros(50_000, FLOAT)}, ["y"])
    server.script = [b""]
    with pytest.raises(InvalidAnswerError, match="not TensorFlow Serving's"):
        client.signatures()


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int32, np.int64])
def test_tensors_are_read_however_they_are_written(dtype):
    array = np.arange(6).astype(dtype).reshape(2, 3)
    tensor = tensor_of(array)
    assert (tensor.dtype, len(tensor.tensor_content)) == (array_number(dtype), array.nbytes)
    np.testing.assert_array_equal(array_of(tensor), array)
    field = {"float32": "float_val", "float64": "double_val", "int32": "int_val", "int64": "int64_val"}[array.dtype.name]
    tensor.tensor_content = b""
    getattr(tensor, field).extend(array.ravel().tolist())
    np.testing.assert_array_equal(array_of(tensor), array)
    assert array_of(tensor).dtype == array.dtype
    del getattr(tensor, field)[2:]
    np.testing.assert_array_equal(array_of(tensor), [[0, 1, 1], [1, 1, 1]])


def array_number(dtype):
    import tensorflow as tf

    return tf.as_dtype(dtype).as_datatype_enum


def test_tensors_that_are_not_whole_are_refused():
    tensor = tensor_of(np.zeros((2, 2), FLOAT))
    for change in (
        {"tensor_content": b"1234"},
        {"dtype": 7},
        {"tensor_content": b"", "float_val": [0.0] * 5},
        {"tensor_content": b""},
    ):
        bent = tensor_pb2.TensorProto.FromString(tensor.SerializeToString())
        for field, value in change.items():
            if isinstance(value, list):
                getattr(bent, field).extend(value)
            else:
                setattr(bent, field, value)
        with pytest.raises(ValueError, match=r"."):
            array_of(bent)


@given(arrays.arrays(st.sampled_from([FLOAT, INT]), arrays.array_shapes(min_dims=1, max_dims=4)))
def test_tensorflow_reads_the_same_tensors(array):
    import tensorflow as tf

    read = tf.make_ndarray(tensor_of(array))
    np.testing.assert_array_equal(read, array)
    np.testing.assert_array_equal(array_of(tf.make_tensor_proto(array)), array)


def test_only_wanted_outputs_are_asked_for():
    signature = Signature({}, {"score": TensorInfo(FLOAT, None), "best": TensorInfo(INT, None)})
    assert list(request_of("s", signature, {}, ["score"]).output_filter) == ["score"]
    assert list(request_of("s", signature, {}, ["score", "best"]).output_filter) == []


def test_an_address_has_no_scheme():
    with pytest.raises(ZooError, match="without a scheme"):
        GrpcClient("http://127.0.0.1:8500", "m")


def test_strings_are_read_as_utf8():
    words = [["Äpfel", ""], ["日本語", "elm"]]
    tensor = tensor_pb2.TensorProto(dtype=7, string_val=[word.encode() for row in words for word in row])
    for size in (2, 2):
        tensor.tensor_shape.dim.add(size=size)
    got = array_of(tensor)
    assert (got.tolist(), got.dtype.kind) == (words, "U")
    tensor.string_val[0] = b"\xff"
    with pytest.raises(ValueError, match="can't decode"):
        array_of(tensor)
    del tensor.string_val[:]
    with pytest.raises(ValueError, match="reshape"):
        array_of(tensor)
