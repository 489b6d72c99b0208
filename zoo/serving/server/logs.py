"""Structured logs: one JSON object per line for each event of the server and, if switched on, for each request."""

import datetime
import json
import logging
import time
from typing import Any, TextIO

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
    for name, level in (("zoo.serving", logging.INFO), ("uvicorn", logging.WARNING), ("grpc", logging.WARNING)):
        logger = logging.getLogger(name)
        logger.setLevel(level)
        logger.propagate = False
        logger.addHandler(handler)
    return handler


def milliseconds(start: float) -> float:
    """Time since a moment of `time.perf_counter`, to a microsecond."""
    return round(1e3 * (time.perf_counter() - start), 3)
