import io
import json
import logging

import pytest

from zoo.serving.server import logs


@pytest.fixture
def lines():
    loggers = [logging.getLogger(name) for name in ("zoo.serving", "uvicorn", "grpc")]
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
