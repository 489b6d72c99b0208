"""Load on an HTTP server from a process of its own: clients that each wait for an answer before they ask again, and bad ones."""

import asyncio
import collections
import json
import multiprocessing
import random
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

SPAWN = multiprocessing.get_context("spawn")
PATIENCE = 30.0  # seconds until an answer counts as lost
GARBAGE = (
    b'{"instances": [',
    b'{"instances": [{"support_x": [[1e999]]}]}',
    b'{"inputs": {"support_x": "text", "support_y": null, "support_size": [1.5], "query_x": {}}}',
    b'{"instances": [{"support_x": [[0.0]], "support_y": [[0.0], [1.0]], "support_size": 1, "query_x": [[NaN]]}]}',
    b'{"signature_name": "no_such", "instances": [1]}',
    b'{"instances": ' + b"[" * 5000 + b"]" * 5000 + b"}",
    bytes(range(256)),
)


@dataclass
class Tally:
    """What clients saw.

    Attributes:
        seconds: how long they asked.
        latencies: seconds of each answer, sorted.
        answers: (number of the request, body of a 200) -> how often.
        statuses: HTTP status -> how often.
        lost: requests that were sent and never answered.
        unreachable: tries to connect that failed.
        longest_gap: seconds in which nobody got an answer.
    """

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    answers: collections.Counter = field(default_factory=collections.Counter)
    statuses: collections.Counter = field(default_factory=collections.Counter)
    lost: int = 0
    unreachable: int = 0
    longest_gap: float = 0.0

    def latency(self, quantile: float) -> float:
        """A quantile of the latencies, in milliseconds."""
        return 1e3 * self.latencies[min(len(self.latencies) - 1, int(quantile * len(self.latencies)))] if self.latencies else 0.0

    @property
    def rate(self) -> float:
        """Good answers a second."""
        return self.statuses[200] / self.seconds


class Load:
    """Clients in another process, from the start of the block to its end.

    Args:
        url: where `:predict` is.
        bodies: the requests, sent in turn.
        clients: how many clients.
    """

    def __init__(self, url: str, bodies: list[bytes], clients: int):
        self._stop, self._ready, self._result = SPAWN.Event(), SPAWN.Event(), SPAWN.SimpleQueue()
        self._process = SPAWN.Process(target=_run, args=(url, bodies, clients, self._stop, self._ready, self._result))

    def __enter__(self) -> "Load":
        self._process.start()
        self._ready.wait(60)
        return self

    def __exit__(self, *_) -> None:
        self._stop.set()
        self.tally: Tally = self._result.get()
        self._process.join()


def load(url: str, bodies: list[bytes], clients: int, seconds: float) -> Tally:
    """So many clients for so many seconds."""
    with Load(url, bodies, clients) as running:
        time.sleep(seconds)
    return running.tally


def _run(url, bodies, clients, stop, ready, result) -> None:
    tally = asyncio.run(_clients(url, bodies, clients, stop, ready))
    tally.latencies.sort()
    result.put(tally)


async def _clients(url: str, bodies: list[bytes], clients: int, stop, ready) -> Tally:
    tally, last = Tally(), [0.0]
    parts = urlsplit(url)
    head = f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: application/json\r\nContent-Length: "
    requests = [f"{head}{len(body)}\r\n\r\n".encode() + body for body in bodies]
    stopped = asyncio.Event()
    tasks = [
        asyncio.create_task(_client(parts, requests, number * len(requests) // clients, tally, last, stopped))
        for number in range(clients)
    ]
    start = last[0] = time.perf_counter()
    ready.set()
    while not stop.is_set():
        await asyncio.sleep(0.02)
    tally.seconds = time.perf_counter() - start
    stopped.set()
    await asyncio.gather(*tasks)
    return tally


async def _client(parts, requests, number, tally: Tally, last: list[float], stopped: asyncio.Event) -> None:
    writer = None
    while not stopped.is_set():
        if writer is None:
            try:
                reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
            except OSError:
                tally.unreachable += 1
                await asyncio.sleep(0.05)
                continue
        number = (number + 1) % len(requests)
        begin = time.perf_counter()
        try:
            status, body = await asyncio.wait_for(_ask(reader, writer, requests[number]), PATIENCE)
        except (OSError, EOFError, ValueError, TimeoutError):
            tally.lost += 1
            writer.close()
            writer = None
            continue
        now = time.perf_counter()
        if not stopped.is_set():
            tally.latencies.append(now - begin)
            tally.statuses[status] += 1
        tally.longest_gap, last[0] = max(tally.longest_gap, now - last[0]), now
        tally.answers[number, body if status == 200 else b""] += status == 200
    if writer is not None:
        writer.close()


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> tuple[int, bytes]:
    writer.write(request)
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
    return int(head.split(None, 2)[1]), await reader.readexactly(length)


class Garbage:
    """A client that sends what no server should trip over, from the start of the block to its end; counts what it is answered."""

    def __init__(self, url: str, seed: int):
        self._stop, self._ready, self._result = SPAWN.Event(), SPAWN.Event(), SPAWN.SimpleQueue()
        self._process = SPAWN.Process(target=_send_garbage, args=(url, seed, self._stop, self._ready, self._result))

    def __enter__(self) -> "Garbage":
        self._process.start()
        self._ready.wait(60)
        return self

    def __exit__(self, *_) -> None:
        self._stop.set()
        self.statuses: collections.Counter = self._result.get()
        self._process.join()


def _send_garbage(url, seed, stop, ready, result) -> None:
    ready.set()

    async def few() -> collections.Counter:
        counts = await asyncio.gather(*(_garbage(url, 4 * seed + number, stop) for number in range(4)))
        return sum(counts, collections.Counter())

    result.put(asyncio.run(few()))


async def _garbage(url: str, seed: int, stop) -> collections.Counter:
    parts, statuses, draw = urlsplit(url), collections.Counter[str](), random.Random(seed)
    while not stop.is_set():
        await asyncio.sleep(0.005)
        body = draw.choice((*GARBAGE, json.dumps({"instances": draw.choices((None, [], {}, "x", 1e300), k=3)}).encode()))
        request = draw.choice(
            (
                f"POST {parts.path} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body,
                f"{draw.choice(('PUT', 'GET', 'BREW'))} /v1/{draw.random()} HTTP/1.1\r\nHost: x\r\n\r\n".encode(),
                f"POST {parts.path} HTTP/1.1\r\nHost: x\r\nContent-Length: 99999\r\n\r\n".encode() + body,  # and hangs up
                body + b"\r\n\r\n",
            )
        )
        try:
            reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
            writer.write(request)
            line = await asyncio.wait_for(reader.readline(), 0.2)
            statuses[line.split()[1].decode() if line else "hung up"] += 1
            writer.close()
        except TimeoutError:
            statuses["waits"] += 1
            writer.close()
        except (OSError, IndexError):
            statuses["hung up"] += 1
    return statuses
