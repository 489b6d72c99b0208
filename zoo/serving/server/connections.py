"""Connections of the REST interface, on uvicorn's own protocol, with limits that it lacks: on waiting, and on their number.

Silent clients cost a descriptor each, and without one nobody is answered. So a connection without a whole header is closed after
a while, as is one whose client reads no answer; and where there are too many, the one that has waited longest gives way.
"""

import asyncio
import resource
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from zoo.serving.server import logs

HEADER_SECONDS = 30.0  # until a whole header has come, and for each step of progress of a client that reads an answer
MOST, FEWEST = 1024, 8  # connections of one interface, whatever the limit of descriptors
BACKLOG = 128  # connections accepted at once at most, before any is counted
SPARE = 64  # descriptors for models, logs and so on
_BUSY = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nConnection: close\r\nRetry-After: 1\r\n"
    b'Content-Length: 59\r\n\r\n{"error": "too many connections are open; try again later"}'
)


@dataclass(frozen=True)
class Room:
    """How many connections fit below the limit of descriptors.

    Attributes:
        most: of REST, and of gRPC as many.
        backlog: accepted at once.
    """

    most: int
    backlog: int


def room() -> Room:
    """The room for connections of this process as it is now."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if limit == resource.RLIM_INFINITY:
        return Room(MOST, BACKLOG)
    try:
        used = len(list(Path("/proc/self/fd").iterdir()))
    except OSError:
        used = SPARE
    share = max(FEWEST, (limit - used - SPARE) // 2)
    backlog = max(1, min(BACKLOG, share // 4))
    return Room(min(MOST, share - backlog), backlog)


def protocol(most: int, header_seconds: float = HEADER_SECONDS) -> type[H11Protocol]:
    """The class of connections of a server that takes `most` of them."""
    return type("Limited", (_Limited,), {"most": most, "header_seconds": header_seconds})


class _Limited(H11Protocol):
    """One connection."""

    most: int
    header_seconds: float
    since: float = 0.0  # when it was last busy
    _header_timer: asyncio.TimerHandle | None = None
    _reading_timer: asyncio.TimerHandle | None = None

    @property
    def waiting(self) -> bool:
        """Whether no request of it is being answered."""
        return self.cycle is None or self.cycle.response_complete

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.since = self.loop.time()
        if len(self.connections) > self.most and not self._make_room():
            transport.write(_BUSY)
            transport.close()
            return
        self._expect_header()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch(partial=True)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self.since = self.loop.time()
        # uvicorn's timer of an idle connection starts again with each byte, also with those of a body that nobody wants any more.
        self._watch(partial=self.conn.their_state is not self.conn.our_state or bool(self.conn.trailing_data[0]))

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._unset_keepalive_if_required()
        for timer in (self._header_timer, self._reading_timer):
            if timer:
                timer.cancel()

    def timeout_keep_alive_handler(self) -> None:
        if self.transport.get_write_buffer_size():
            self.transport.abort()  # closing would wait for ever for a client that does not read
        else:
            super().timeout_keep_alive_handler()

    def pause_writing(self) -> None:
        super().pause_writing()
        if not self._reading_timer:
            self._reading_timer = self.loop.call_later(
                self.header_seconds, self._expect_reading, self.transport.get_write_buffer_size()
            )

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._reading_timer:
            self._reading_timer.cancel()
            self._reading_timer = None

    def _watch(self, partial: bool) -> None:
        if not self.waiting:
            if self._header_timer:
                self._header_timer.cancel()
                self._header_timer = None
        elif partial:
            self._expect_header()

    def _expect_header(self) -> None:
        if not self._header_timer:
            self._header_timer = self.loop.call_later(self.header_seconds, self.transport.abort)

    def _expect_reading(self, before: int) -> None:
        left = self.transport.get_write_buffer_size()
        if left >= before:
            self.transport.abort()
        else:
            self._reading_timer = self.loop.call_later(self.header_seconds, self._expect_reading, left)

    def _make_room(self) -> bool:
        """Close the connection that has waited longest; whether there is one."""
        logs.event("connections_full", "warning", most=self.most)
        idle = [other for other in self.connections if isinstance(other, _Limited) and other is not self and other.waiting]
        if not idle:
            return False
        oldest = min(idle, key=lambda other: other.since)
        self.connections.discard(oldest)
        oldest.transport.abort()
        return True
