import io
import json
import logging

import pytest

from zoo.serving.server import logs


@pytest.fixture
def lines():
    loggers = [logging.getLogger(name) for name in ("zoo.serving", "uvicorn", "grpc", "asyncio")]
    kept = [(logger, logger.level, logger.propagate) for logger in loggers]
    stream = io.StringIO()
    handler = logs.to_stream(stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    for logger, level, propagate in kept:
        logger.removeHandler(handler)
        logger.setLevel(level)
        logger.propagate = propagate


def test_an_event_is_one_line_of_json(lines):
    logs.event("loaded", model="m\n", version=3, signature=None)
    logging.getLogger("uvicorn.error").error("of a library")
    try:
        raise ValueError("why")
    except ValueError:
        logs.event("request", "error", exc_info=True)
    first, second, third = lines()
    assert first.pop("time").endswith("Z")
    assert first == {"level": "info", "event": "loaded", "model": "m\n", "version": 3}
    assert second["event"] == "of a library"
    assert "ValueError: why" in third["traceback"]


def test_equal_failures_are_written_once_in_a_while_and_counted(lines, monkeypatch):
    for number in range(1000):
        logs.event("request", "error", error="no", milliseconds=number)
        logging.getLogger("asyncio").error("socket.accept() out of system resource")
        logs.event("request", "info", number=1)
    logs.event("request", "error", error="another")
    written = lines()
    assert [line.get("error") for line in written if line["level"] == "error"] == ["no", None, "another"]
    assert sum(line["level"] == "info" for line in written) == 1000
    later = logging.makeLogRecord({"name": "zoo.serving", "levelno": 40, "levelname": "ERROR", "msg": "request"})
    later.fields, later.created = {"error": "no"}, later.created + 11
    logging.getLogger("zoo.serving").handle(later)
    assert lines()[-1]["left_out"] == 999


def test_different_failures_do_not_fill_the_memory():
    throttle = logs.Throttle()
    for number in range(5000):
        assert throttle.filter(logging.makeLogRecord({"levelno": 40, "msg": str(number)}))
    assert len(throttle._seen) == logs.LINES
