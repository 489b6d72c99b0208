"""Structured logs: one JSON object per line for each event of the server and, if switched on, for each request."""

import datetime
import json
import logging
import math
import threading
import time
from typing import Any, TextIO

LINES = 256  # different lines that are remembered, to know equal ones
_logger = logging.getLogger("zoo.serving")
_logger.addHandler(logging.NullHandler())  # within another program nothing is printed unless it adds a handler


class JsonLines(logging.Formatter):
    """Formats a record as one line of JSON: time (UTC), level, event, and the fields of the event."""

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.datetime.fromtimestamp(record.created, datetime.UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {"time": moment.replace("+00:00", "Z"), "level": record.levelname.lower()}
        line |= {"event": record.getMessage()} | getattr(record, "fields", {})
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class Throttle(logging.Filter):
    """Writes one of equal warnings or errors in a while; the next one that is written says how many were `left_out`.

    What differs in time alone is equal. Lines that only inform, such as those of the access log, are all written.

    Args:
        seconds: how long.
    """

    def __init__(self, seconds: float = 10.0):
        super().__init__()
        self._seconds = seconds
        self._lock = threading.Lock()
        self._seen: dict[str, tuple[float, int]] = {}  # line -> when it was written, and how many were left out since

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.WARNING:
            return True
        fields = {key: value for key, value in getattr(record, "fields", {}).items() if key != "milliseconds"}
        error = record.exc_info[1] if record.exc_info else None
        line = f"{record.name} {record.levelno} {record.getMessage()} {fields} {error!r}"
        with self._lock:
            written, left_out = self._seen.pop(line, (-math.inf, 0))
            if record.created < written + self._seconds:
                self._seen[line] = written, left_out + 1
                return False
            self._seen[line] = record.created, 0  # at the end, as dictionaries keep their order
            while len(self._seen) > LINES:
                del self._seen[next(iter(self._seen))]
        if left_out:
            record.fields = getattr(record, "fields", {}) | {"left_out": left_out}
        return True


def event(name: str, level: str = "info", *, exc_info: bool = False, **fields: Any) -> None:
    """Log that something happened; fields that are None are left out."""
    number = logging.getLevelNamesMapping()[level.upper()]
    if _logger.isEnabledFor(number):
        known = {key: value for key, value in fields.items() if value is not None}
        _logger.log(number, name, extra={"fields": known}, exc_info=exc_info)


def to_stream(stream: TextIO) -> logging.Handler:
    """Write the events of the server and of the libraries below it to a stream as JSON lines; return the handler."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    handler.addFilter(Throttle())
    loggers = {"zoo.serving": logging.INFO, "uvicorn": logging.WARNING, "grpc": logging.WARNING, "asyncio": logging.WARNING}
    for name, level in loggers.items():
        logger = logging.getLogger(name)
        logger.setLevel(level)
        logger.propagate = False
        logger.addHandler(handler)
    return handler


def milliseconds(start: float) -> float:
    """Time since a moment of `time.perf_counter`, to a microsecond."""
    return round(1e3 * (time.perf_counter() - start), 3)
