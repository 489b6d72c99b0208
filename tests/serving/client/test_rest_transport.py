import datetime
import email.utils
import http.server
import json
import socket
import threading
import time

import numpy as np
import pytest

from zoo.serving import (
    Client,
    InvalidAnswerError,
    InvalidRequestError,
    NotFoundError,
    Retries,
    ServerError,
    TimedOutError,
    TooBusyError,
    UnreachableError,
)
from zoo.serving.client.rest_transport import RestTransport
from zoo.utils.errors import ZooError


def spec(dtype, *shape):
    return {"dtype": dtype, "tensor_shape": {"dim": [{"size": str(size), "name": ""} for size in shape], "unknown_rank": False}}


QUERY = {"inputs": {"query_x": spec("DT_FLOAT", -1, 1)}, "outputs": {"prediction": spec("DT_FLOAT", -1, 1)}}
METADATA = {
    "model_spec": {"name": "m", "signature_name": "", "version": "1"},
    "metadata": {"signature_def": {"signature_def": {"serving_default": QUERY, "__saved_model_init_op": {}}}},
}
FINE = 200, {}, {"predictions": [[2.0]]}
BUSY = 503, {"Retry-After": "0"}, {"error": "the queue is full"}
QUICK = Retries(3, first_wait=0.001)


class Scripted:
    """A server of HTTP that answers predictions by a script, its last line again and again, and counts what comes."""

    def __init__(self):
        self.script, self.bodies, self.peers, self.headers, self.done = [FINE], [], set(), [], threading.Event()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # headers and body go out in two parts

            def do_GET(self):
                outer.peers.add(self.client_address)
                self.answer(200, {}, METADATA)

            def do_POST(self):
                outer.peers.add(self.client_address)
                outer.headers.append(dict(self.headers))
                outer.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
                line = outer.script.pop(0) if len(outer.script) > 1 else outer.script[0]
                if callable(line):
                    line(self)
                else:
                    self.answer(*line)

            def answer(self, status, headers, body):
                data = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                for key, value in ({"Content-Length": str(len(data))} | headers).items():
                    self.send_header(key, value)
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_):
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        self.thread = threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def close(self):
        self.done.set()
        self.http.shutdown()
        self.thread.join()
        self.http.server_close()


@pytest.fixture
def server():
    server = Scripted()
    yield server
    server.close()


@pytest.fixture
def client(server):
    with Client(server.url, "m", retries=QUICK, timeout=(1.0, 0.3)) as client:
        yield client
    server.done.set()


def test_one_connection_carries_all_requests(server, client):
    for _ in range(20):
        np.testing.assert_array_equal(client.predict([1.5]), [[2.0]])
    assert len(server.peers) == 1
    assert json.loads(server.bodies[0]) == {"signature_name": "serving_default", "instances": [[1.5]]}


def test_a_busy_server_is_asked_again(server, client):
    server.script = [BUSY, (429, {}, {"error": "slow down"}), FINE]
    np.testing.assert_array_equal(client.predict([1.0]), [[2.0]])
    assert len(server.bodies) == 3
    assert len(server.peers) == 1


def test_retry_after_is_honoured(server, client):
    server.script = [(503, {"Retry-After": "0.2"}, {"error": "wait"}), FINE]
    start = time.monotonic()
    client.predict([1.0])
    assert time.monotonic() - start >= 0.2
    soon = email.utils.format_datetime(datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=1), usegmt=True)
    server.bodies.clear()
    for header in ("3600", soon):  # longer than any wait: told at once instead of slept through
        server.script = [(503, {"Retry-After": header}, {"error": "wait"})]
        with pytest.raises(TooBusyError, match=r"too busy or not ready \(503\); the server said: wait"):
            client.predict([1.0])
    assert len(server.bodies) == 2


def test_a_server_that_stays_busy_is_left_alone_in_the_end(server, client):
    server.script = [BUSY]
    with pytest.raises(TooBusyError) as caught:
        client.predict([1.0])
    error = caught.value
    assert (error.attempts, error.status, error.server_message, len(server.bodies)) == (4, 503, "the queue is full", 4)
    url = f"{server.url}/v1/models/m/versions/1:predict"
    assert error.url == url
    assert str(error) == (
        f"{url}: the server is too busy or not ready (503) after 4 attempts; the server said: the queue is full; "
        "wait by client.wait_until_available(), or add replicas."
    )


@pytest.mark.parametrize(
    ("status", "body", "kind", "said"),
    [
        (400, {"error": "wrong shape"}, InvalidRequestError, "wrong shape"),
        (404, {"error": "Servable not found"}, NotFoundError, "Servable not found"),
        (413, b"too big", InvalidRequestError, "too big"),
        (500, {"error": "broken"}, ServerError, "broken"),
        (502, b"<html>bad gateway</html>", ServerError, "<html>bad gateway</html>"),
        (504, {"error": "late"}, TimedOutError, "late"),
        (302, b"", ServerError, ""),
        (401, b"\xff", ServerError, "\ufffd"),
        (418, [1], ServerError, "[1]"),
    ],
)
def test_refusals_are_typed_and_never_repeated(server, client, status, body, kind, said):
    server.script = [(status, {"Location": "/elsewhere"}, body)]
    with pytest.raises(ServerError) as caught:
        client.predict([1.0])
    assert type(caught.value) is kind
    assert isinstance(caught.value, ZooError)
    assert (caught.value.status, caught.value.server_message, caught.value.attempts) == (status, said, 1)
    assert len(server.bodies) == 1


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"<html>hello", r"JSONDecodeError.*begins '<html>hello'"),
        (b'{"outputs": [[2.0]]}', "KeyError: 'predictions'"),
        (b'{"predictions": 3}', "'predictions' is a int, not a list"),
        (b'{"predictions": [[1.0], [2.0, 3.0]]}', "inhomogeneous"),
        (b'{"predictions": [["a"]]}', "could not convert"),
        (b'{"predictions": [{}]}', "TypeError"),
        (b'{"predictions": [[NaN]]}', "output 'prediction' of 'serving_default' holds NaN or infinity"),
        (b'{"predictions": [[1e300]]}', "output 'prediction' of 'serving_default' holds NaN or infinity"),
        (b'{"predictions": [[null]]}', "output 'prediction' of 'serving_default' holds NaN or infinity"),
        (b'{"predictions": [[1.0], [2.0]]}', r"shape \[2, 1\], but 1 rows were expected"),
        (b"[" * 100_000, "RecursionError"),
    ],
)
def test_answers_that_cannot_be_used_are_refused(server, client, body, message):
    server.script = [(200, {}, body)]
    with pytest.raises(InvalidAnswerError, match=message):
        client.predict([1.0])


def test_a_slow_answer_is_not_asked_for_again_unless_told_to(server, client):
    server.script = [lambda handler: server.done.wait(5)]
    with pytest.raises(TimedOutError, match=r"no answer in time; raise timeout="):
        client.predict([1.0])
    assert len(server.bodies) == 1
    server.script = [lambda handler: server.done.wait(0.4), FINE]
    with Client(server.url, "m", timeout=(1.0, 0.2), retries=Retries(2, 0.001, after_lost=True)) as patient:
        np.testing.assert_array_equal(patient.predict([1.0]), [[2.0]])
    assert len(server.bodies) == 3


@pytest.mark.parametrize("part", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"])
def test_a_connection_that_breaks_is_told(server, client, part):
    def hang_up(handler):
        handler.wfile.write(part)
        handler.close_connection = True

    server.script = [hang_up]
    with pytest.raises(UnreachableError, match="connection broke before the answer was whole"):
        client.predict([1.0])
    assert len(server.bodies) == 1
    server.script = [FINE]
    np.testing.assert_array_equal(client.predict([1.0]), [[2.0]])  # and the next request goes on


def test_a_refused_connection_is_tried_again_and_told():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with Client(url, "m", retries=QUICK) as client:
        with pytest.raises(UnreachableError, match=r"no connection \(.*\) after 4 attempts; check the address"):
            client.predict([1.0])
        with pytest.raises(TimedOutError, match=r"not available within 0.1 s, last seen: .*no connection"):
            client.wait_until_available(0.1)


def test_eight_threads_share_the_connections(server):
    with Client(server.url, "m", headers={"Authorization": "Bearer of-a-test"}, connections=8) as client:
        client.predict([1.0])
        answers, at_the_server, answered = [], threading.Barrier(8), threading.Barrier(8)

        def answer_together(handler):
            at_the_server.wait(10)
            handler.answer(*FINE)

        server.script = [answer_together]

        def work():
            for _ in range(10):
                answers.append(client.predict([1.0])[0, 0])
                answered.wait(10)  # so that all connections are given back before the first is taken again

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert answers == [2.0] * 80
    assert len(server.peers) == 8  # one for each thread, for all of its ten requests
    assert {headers["Authorization"] for headers in server.headers} == {"Bearer of-a-test"}


def test_versions_and_labels_stand_in_the_url(monkeypatch):
    transport, asked = RestTransport("https://gateway/models/", "m", (1, 1), {}, 1), []
    monkeypatch.setattr(transport, "_send", lambda method, url, body=None: asked.append(f"{method} {url}") or b"{}")
    for version, label in ((None, None), (7, None), (None, "stable")):
        with pytest.raises(InvalidAnswerError):
            transport.metadata(version, label)
    with pytest.raises(InvalidAnswerError):
        transport.status()
    base = "GET https://gateway/models/v1/models/m"
    assert asked == [f"{base}/metadata", f"{base}/versions/7/metadata", f"{base}/labels/stable/metadata", base]
    transport.close()
