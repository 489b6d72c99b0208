import importlib
import math
import re
from pathlib import Path

import numpy as np
import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture
def payload(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module("payload")


@pytest.fixture
def page(payload):
    return importlib.import_module("payload_page")


def made_up(payload, learn, support, learned):
    sides = ({queries: payload.Bytes(size, 0) for queries in payload.QUERIES} for size in (support, learned))
    return payload.Payload("made_up", "REST", 1, 2, 3, payload.Bytes(learn, 0), *sides, {})


@pytest.mark.parametrize(
    ("learn", "support", "learned", "least"),
    [(90, 100, 50, 2), (100, 100, 50, 3), (101, 100, 50, 3), (10, 50, 50, math.inf), (10, 40, 50, math.inf), (0, 2, 1, 1)],
)
def test_breaks_even_where_learning_once_takes_fewer_bytes(payload, learn, support, learned, least):
    one = made_up(payload, learn, support, learned)
    assert one.break_even(10) == least
    if not math.isinf(least):
        assert learn + least * learned < least * support
        assert learn + (least - 1) * learned >= (least - 1) * support


def test_counts_what_real_clients_send(payload, page, tiny):
    few, many = ((np.linspace(-1, 1, n, dtype=np.float32)[:, None],) * 2 for n in (3, 400))
    for one in payload.measure("tiny", tiny, *few, few[0]):
        assert (one.examples, one.numbers, one.task) == (3, 2, sum(v.size for v in tiny.learn(*few).learned.values()))
        assert math.isinf(one.break_even(10))
        assert one.support[10].sent > one.support[1].sent
    rest, grpc = payload.measure("tiny", tiny, *many, few[0])
    assert 1 <= grpc.break_even(10) <= 2
    assert 4 * (2 * 400 + 100) < grpc.support[100].sent < 4 * (2 * 400 + 100) + 200  # the numbers, and little around them
    assert grpc.support[10].sent - grpc.support[1].sent == pytest.approx(9 * 4, abs=4)
    assert rest.support[10].sent > grpc.support[10].sent
    assert rest.grown["summary"].sent < rest.grown["examples"].sent
    assert "`learn` once" in page.advice([rest, grpc])


def test_a_request_that_a_server_refuses_by_default_has_the_option_that_lets_it_in_beside_it(payload, page):
    assert page._sum(payload.Bytes(4 * 2**20, 7)) == "4,194,304 + 7"
    assert page._sum(payload.Bytes(4 * 2**20 + 1, 7)) == "4,194,305 + 7 (`--body-limit 5`)"
    text = (BENCHMARKS.parent / "docs/serving/payload.md").read_text(encoding="utf-8")
    cells = re.findall(r"\| (([\d,]+) \+ ([\d,]+)[^|]*) (?=\|)", text)
    for cell, *counted in cells:
        assert cell == page._sum(payload.Bytes(*(int(number.replace(",", "")) for number in counted)))
    assert sum("--body-limit" in cell for cell, *_ in cells) == 6
