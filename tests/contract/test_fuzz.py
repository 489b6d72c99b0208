"""Garbage from all sides: no answer of 5xx but 503, no crash, no leak, and between it all right answers to right requests.

`ZOO_FUZZ_REQUESTS` says how many malformed requests are sent; `ZOO_FUZZ_SEED` which ones.
"""

import collections
import concurrent.futures
import contextlib
import copy
import http.client
import json
import os
import random
import re
import socket
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np

REQUESTS = int(os.environ.get("ZOO_FUZZ_REQUESTS", "1000"))
SEED = int(os.environ.get("ZOO_FUZZ_SEED", "20261124"))
WARM_UP = 0.3  # of the requests go by before memory is measured
GROWTH = 1.05
CHECK_EVERY = 25
CLIENTS = 8
PREDICT = "/v1/models/tiny:predict"
SUPPORT = {"support_x": [[0.0], [1.0]], "support_y": [[1.0], [2.0]], "support_size": 2}
TASK = SUPPORT | {"query_x": [[0.5], [1.5], [-2.0]]}
VALID = (
    {"instances": [TASK]},
    {"instances": [TASK, TASK, TASK]},
    {"inputs": {name: [value, value] for name, value in TASK.items()}},
    {"signature_name": "adapt", "instances": [SUPPORT]},
    {"signature_name": "influence", "inputs": {name: [value] for name, value in SUPPORT.items()}},
)
ODD = (
    *(None, True, False, "", "NaN", "\ud800", "\0", "%s%n", [], [[]], [[[]]], {}, {"b64": "AAAA"}, {"b64": "?"}, {"b64": 1}),
    *(
        0,
        -1,
        1,
        2**24,
        2**31,
        -(2**31) - 1,
        2**63,
        2**64,
        10**400,
        0.0,
        -0.0,
        1.5,
        1e-320,
        1e39,
        1e308,
        float("inf"),
        float("nan"),
    ),
    *([0.5] * 3, [[0.5]] * 3, [["a"]], [[None]], [[1.0], [2.0, 3.0]], [[[[1.0]]]], list(range(300)), {"instances": 1}, {"": {}}),
)
JUNK = (
    b"",
    b"\0",
    b"\xff\xfe",
    b"{",
    b"}",
    b"]",
    b",",
    b":",
    b'"',
    b"\\u",
    b"1e999",
    b"NaN",
    b"-",
    b"tru",
    b"[[[[[[[[",
    b"\r\n\r\n",
)
PATHS = (
    *(
        "/",
        "/v1",
        "/v1/",
        "//",
        "/v1/models",
        "/v1/models/",
        "/v1/models//",
        "/v1/models/:predict",
        "/v1/models/tiny",
        "/favicon.ico",
    ),
    *(
        "/v1/models/tiny:predict/",
        "/v1/models/tiny:explain",
        "/v1/models/tiny:classify",
        "/v1/models/tiny:regress",
        "*",
        "/%",
        "/%zz",
    ),
    *("/v1/models/tiny/versions/1:predict", "/v1/models/tiny/versions/-1:predict", "/v1/models/tiny/versions/1e3:predict"),
    *("/v1/models/tiny/versions/" + "9" * 400, "/v1/models/tiny/labels/x:predict", "/v1/models/" + "a" * 3000 + ":predict"),
    *(
        "/v1/models/..%2f..%2fetc%2fpasswd:predict",
        "/v1/models/%00:predict",
        "/v1/models/tiny%3Apredict",
        "/v1/models/t%C3%AFny:predict",
    ),
    *(
        "/v1/models/tiny:predict?x=1",
        "/v1/models/tiny:predict#x",
        "/v1/models/tiny/metadata/x",
        "/v1/models/tiny/versions/2/metadata",
    ),
)
NO_HTTP = (b"GET / HTTP/9.9\r\n\r\n", b"POST /v1/models/tiny:predict HTTP/1.1\r\n", b"\x16\x03\x01")
METHODS = ("GET", "POST", "POST", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "BREW")
HEADERS = (
    *({}, {"Content-Type": "text/html"}, {"Content-Type": "application/json; charset=utf-16"}, {"Content-Encoding": "gzip"}),
    *({"Content-Encoding": "br"}, {"Accept": "text/xml"}, {"Accept-Encoding": "gzip"}, {"Cookie": "a" * 2000}),
    *(
        {"X-Forwarded-For": "::1"},
        {"Range": "bytes=5-"},
        {"If-None-Match": "*"},
        {"Upgrade": "websocket", "Connection": "Upgrade"},
    ),
    *({"Expect": "100-continue"}, {"Origin": "http://elsewhere"}, {"Connection": "close"}),
)


def places(value, path=()):
    """The path to every value inside a JSON value, itself included."""
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield from places(one, (*path, key))


def odd_json(draw: random.Random) -> bytes:
    """A right request with one to three things wrong: a value exchanged, a key lost, doubled or foreign, a list cut or longer."""
    body = json.loads(json.dumps(draw.choice(VALID)))
    for _ in range(draw.randint(1, 3)):
        if not body:
            break
        *path, last = draw.choice([path for path in places(body) if path])
        holder, odd = body, copy.deepcopy(draw.choice(ODD))
        for key in path:
            holder = holder[key]
        match draw.randrange(4):
            case 0 if isinstance(holder, dict):
                holder[draw.choice(["other", "instances", "inputs", "signature_name", "b64", ""])] = odd
            case 1:
                del holder[last]
            case 2 if isinstance(holder, list):
                holder.insert(draw.randint(0, len(holder)), odd)
            case _:
                holder[last] = odd
    return json.dumps(body).encode()


def odd_text(draw: random.Random) -> bytes:
    """The text of a right request, cut, stirred or with junk inside; or one that is nested very deep."""
    text = json.dumps(draw.choice(VALID)).encode()
    at, other = sorted(draw.randrange(len(text) + 1) for _ in range(2))
    match draw.randrange(6):
        case 0:
            return text[:at]
        case 1:
            return text[:at] + text[other:]
        case 2:
            return text[:at] + draw.choice(JUNK) + text[at:]
        case 3:
            return text[:at] + draw.randbytes(draw.randint(1, 8)) + text[at:]
        case 4:
            depth = draw.choice([20, 40, 200, 900, 3000])
            return b'{"inputs": {"query_x": ' + b"[" * depth + b"1" + b"]" * draw.choice([depth, 0]) + b"}}"
        case _:
            return draw.randbytes(draw.randint(0, 60))


def odd_request(draw: random.Random) -> tuple[str, str, bytes, dict]:
    """Method, path, body and headers of one malformed request."""
    body = odd_json(draw) if draw.random() < 0.6 else odd_text(draw)
    if draw.random() < 0.75:
        return "POST", PREDICT, body, {}
    path = draw.choice(PATHS) if draw.random() < 0.7 else f"/v1/models/{draw.getrandbits(40):x}:predict"
    return draw.choice(METHODS), path, body, draw.choice(HEADERS)


def resident(pid: int) -> int:
    """Kilobytes of memory that a process holds."""
    return int(re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())[1])


class Client:
    """One connection that is kept, and made anew where the server closes it."""

    def __init__(self, url: str):
        self.place = urlsplit(url).netloc
        self.connection = http.client.HTTPConnection(self.place, timeout=60)

    def ask(self, method: str, path: str, body: bytes, headers: dict) -> tuple[int, bytes]:
        for last in (False, True):
            fresh = self.connection.sock is None
            try:
                self.connection.request(method, path, body, headers)
                answer = self.connection.getresponse()
                return answer.status, answer.read()
            except (ConnectionError, http.client.BadStatusLine):
                self.connection.close()  # a server may close a kept connection, but must answer on a new one
                if fresh or last:
                    raise
        raise AssertionError

    def shout(self, data: bytes) -> None:
        """Send what is no HTTP and hang up, whatever comes."""
        host, _, port = self.place.rpartition(":")
        with socket.create_connection((host, int(port)), timeout=10) as talk, contextlib.suppress(OSError):
            talk.sendall(data)
            talk.shutdown(socket.SHUT_WR)
            talk.recv(1000)


@contextlib.contextmanager
def connected(server):
    client = Client(server.url)
    try:
        yield client
    finally:
        client.connection.close()


def attack(server, right, seed: int, most: int) -> collections.Counter:
    """Send malformed requests over one connection until so many were refused; returns how often each status came."""
    draw, seen, number = random.Random(seed), collections.Counter(), 0
    with connected(server) as client:
        while seen.total() - seen[200] < most:  # now and then a mutation happens to be a right request, which counts for nothing
            number += 1
            method, path, body, headers = odd_request(draw)
            if draw.random() < 0.01:
                client.shout(draw.choice([body, *NO_HTTP]))
            status, data = client.ask(method, path, body, headers)
            told = f"request {number} of seed {seed}: {method} {path} {headers} {body!r} -> {status} {data!r}"
            assert status < 500 or status == 503, told
            if status >= 400 and method != "HEAD" and path.startswith("/v1/"):
                assert json.loads(data)["error"], told
            seen[status] += 1
            if number % CHECK_EVERY == 0:
                body, want = right[number // CHECK_EVERY % len(right)]
                status, data = client.ask("POST", PREDICT, body, {})
                assert status == 200, data
                assert_same(json.loads(data), want)
    return seen


def test_garbage_never_breaks_the_server(server, live):
    right = [(json.dumps(body).encode(), live.answer("tiny/1", body)) for body in VALID]
    warm_up = int(WARM_UP * REQUESTS)
    memory, seen = [], collections.Counter()
    with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
        for phase, requests in enumerate((warm_up, REQUESTS - warm_up)):
            seeds = range(SEED + phase * CLIENTS, SEED + (phase + 1) * CLIENTS)
            each = -(-requests // CLIENTS)
            seen = sum(pool.map(attack, *zip(*((server, right, seed, each) for seed in seeds), strict=True)), seen)
            memory.append(resident(server.pid) if server.ours else 0)
    assert seen[200] < 0.1 * seen.total(), f"few of these should be right requests: {seen}"
    if server.ours:
        before, after = memory
        print(f"{seen.total() - seen[200]} refused: {dict(seen)}; resident {before / 1024:.1f} -> {after / 1024:.1f} MB")
        assert after <= GROWTH * before, f"resident memory grew from {before} to {after} kB over {REQUESTS} requests"


def assert_same(got, want):
    if isinstance(want, dict):
        assert got.keys() == want.keys()
        for key in want:
            assert_same(got[key], want[key])
    elif isinstance(want, list) and want and isinstance(want[0], dict):
        assert len(got) == len(want)
        for one, other in zip(got, want, strict=True):
            assert_same(one, other)
    else:
        np.testing.assert_allclose(got, want, rtol=1e-4, atol=1e-5)
