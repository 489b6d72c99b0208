import contextlib
import json
import resource
import socket
import threading
import time

import pytest
import uvicorn

from zoo.serving.server import connections

MOST, SECONDS = 10, 0.6
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


async def application(scope, receive, send):
    body = b"x" * 30_000_000 if scope["path"] == "/large" else b"answer"
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", str(len(body)).encode())]})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture(scope="module")
def address():
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    bound.listen()
    config = uvicorn.Config(
        application, http=connections.protocol(MOST, SECONDS), log_config=None, lifespan="off", ws="none", timeout_keep_alive=60
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
    thread.start()
    yield bound.getsockname()
    server.should_exit = True
    thread.join()


@pytest.fixture
def connect(address):
    with contextlib.ExitStack() as stack:
        yield lambda: stack.enter_context(socket.create_connection(address, timeout=20))


def closed_after(connection):
    """Seconds until the server closes a connection."""
    start = time.monotonic()
    with contextlib.suppress(ConnectionResetError):
        while connection.recv(1 << 16):
            pass
    return time.monotonic() - start


def ask(connection):
    connection.sendall(GET)
    got = b""
    while not got.endswith(b"answer") and (part := connection.recv(4000)):
        got += part
    return got


@pytest.mark.parametrize("begun", [b"", b"GET / HTTP/1.1\r\nHost: x\r\n"])
def test_a_connection_without_a_whole_header_is_closed(connect, begun):
    connection = connect()
    connection.sendall(begun)
    assert 0.5 * SECONDS < closed_after(connection) < 10 * SECONDS


def test_a_header_that_trickles_does_not_keep_a_connection_open(connect):
    connection, start = connect(), time.monotonic()
    with contextlib.suppress(OSError):
        while time.monotonic() < start + 20:
            connection.sendall(b"G" if time.monotonic() == start else b"E")
            time.sleep(0.1)
    assert time.monotonic() - start < 10 * SECONDS


def test_the_next_header_and_a_body_that_nobody_wants_have_no_longer(connect):
    for begun in (GET + b"GET", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\nx"):
        connection = connect()
        connection.sendall(begun)
        assert 0.5 * SECONDS < closed_after(connection) < 10 * SECONDS


def test_an_idle_connection_is_kept(connect):
    connection = connect()
    assert ask(connection).endswith(b"answer")
    time.sleep(3 * SECONDS)
    assert ask(connection).endswith(b"answer")


def test_a_client_that_reads_nothing_is_closed_and_a_slow_one_is_not(connect):
    silent, slow = connect(), connect()
    for connection in (silent, slow):
        connection.sendall(GET.replace(b"/ ", b"/large "))
    start, got = time.monotonic(), 0
    while time.monotonic() < start + 4 * SECONDS:
        got += len(slow.recv(100_000))
        time.sleep(0.02)
    assert closed_after(silent) < SECONDS  # what had come already, and no more
    while got < 30_000_000 and (part := slow.recv(1 << 20)):
        got += len(part)
    assert got > 30_000_000


def test_new_clients_are_answered_however_many_are_silent(connect):
    silent = [connect() for _ in range(3 * MOST)]
    for _ in range(3):
        assert ask(connect()).endswith(b"answer")
    assert closed_after(silent[0]) < 0.9 * SECONDS  # the one that had waited longest
    assert len(silent) == 3 * MOST


def test_the_refusal_is_whole():
    head, _, body = connections._BUSY.partition(b"\r\n\r\n")
    assert f"Content-Length: {len(body)}".encode() in head
    assert "too many" in json.loads(body)["error"]


@pytest.mark.parametrize("limit", [100, 300, 1024, 1 << 20, resource.RLIM_INFINITY])
def test_the_room_stays_below_the_limit_of_descriptors(monkeypatch, limit):
    monkeypatch.setattr(connections.resource, "getrlimit", lambda _: (limit, limit))
    room = connections.room()
    assert 1 <= room.backlog <= connections.BACKLOG
    assert 1 <= room.most <= connections.MOST
    if limit >= 300:
        assert 2 * room.most + room.backlog < limit - connections.SPARE
