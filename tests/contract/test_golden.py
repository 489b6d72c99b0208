"""Golden pairs of requests and answers, one file under `golden/` for each rule.

A case has a request (`method`, `path`, `body`: an object to be dumped, or a text sent as it stands), the `status`, and one of
    live       the body is what the named `model/version` computes in this process, to a tolerance; `text` must stand in it
    answer     the body is exactly this JSON
    contains   the body is JSON that holds at least this
    error      the body's `error` holds these texts; `=` before one means that it is the whole
`known` says how the answer is known: from the `sheet` of measured facts, from reading TensorFlow Serving's `source` and public
threads, or because it is `ours`. What is ours alone is not asked of another server. `needs` names what a server may lack.
"""

import json
import math
from pathlib import Path

import pytest

RULES = sorted((Path(__file__).parent / "golden").glob("*.json"))
CASES = [
    pytest.param(case, id=f"{path.stem}: {case['name']}")
    for path in RULES
    for case in json.loads(path.read_text(encoding="utf-8"))["cases"]
]
NEEDS = {"versions": "/v1/models/tiny_task/versions/1", "labels": "/v1/models/tiny_task/labels/stable"}
RELATIVE, ABSOLUTE = 1e-4, 1e-5


def difference(got, want, place="answer"):
    """The first place where two JSON values differ, numbers by more than a tolerance; None if they agree."""
    if isinstance(want, dict) and isinstance(got, dict):
        if want.keys() != got.keys():
            return f"{place} has the keys {sorted(got)}, not {sorted(want)}"
        pairs = [(got[key], want[key], f"{place}.{key}") for key in want]
    elif isinstance(want, list) and isinstance(got, list):
        if len(want) != len(got):
            return f"{place} has length {len(got)}, not {len(want)}"
        pairs = [(*pair, f"{place}[{index}]") for index, pair in enumerate(zip(got, want, strict=True))]
    elif type(got) is type(want) is float:
        same = math.isclose(got, want, rel_tol=RELATIVE, abs_tol=ABSOLUTE) or (math.isnan(got) and math.isnan(want))
        return None if same else f"{place} is {got}, not {want}"
    else:
        return None if type(got) is type(want) and got == want else f"{place} is {got!r}, not {want!r}"
    return next((found for pair in pairs if (found := difference(*pair))), None)


def lacks(got, want, place="answer"):
    """The first thing in `want` that `got` does not hold; None if it holds all."""
    if isinstance(want, dict):
        if not isinstance(got, dict) or not want.keys() <= got.keys():
            return f"{place} lacks one of {sorted(want)}"
        return next((found for key in want if (found := lacks(got[key], want[key], f"{place}.{key}"))), None)
    if isinstance(want, list):
        if not isinstance(got, list) or len(got) != len(want):
            return f"{place} is {got!r}, not as long as {want!r}"
        pairs = zip(got, want, range(len(want)), strict=True)
        return next((found for one, two, index in pairs if (found := lacks(one, two, f"{place}[{index}]"))), None)
    return None if got == want else f"{place} is {got!r}, not {want!r}"


@pytest.mark.parametrize("case", CASES)
def test_golden(case, server, live):
    if case["known"] == "ours" and not server.ours:
        pytest.skip("the words of zoo serve, not TensorFlow Serving's")
    for need in case.get("needs", ()):
        if not server.offers(NEEDS[need]):
            pytest.skip(f"this server offers no {need}")
    body = case["body"]
    sent = None if body is None else (body if isinstance(body, str) else json.dumps(body)).encode()
    status, data = server.ask(case["method"], case["path"], sent)
    assert status == case["status"], data
    answer = json.loads(data)
    if "live" in case:
        want = live.answer(case["live"], body if isinstance(body, dict) else json.loads(body))
        assert difference(answer, want) is None
        assert case.get("text", "") in data.decode()
    elif "answer" in case:
        assert answer == case["answer"]
    elif "contains" in case:
        assert lacks(answer, case["contains"]) is None
    else:
        assert set(answer) == {"error"}
        assert answer["error"]
        for text in case["error"]:
            assert answer["error"] == text[1:] if text.startswith("=") else text in answer["error"]


def test_every_rule_is_told_and_every_case_is_whole():
    for path in RULES:
        rule = json.loads(path.read_text(encoding="utf-8"))
        assert rule["rule"].endswith(".")
        for case in rule["cases"]:
            assert case["known"] in ("sheet", "source", "ours"), case
            assert len({"live", "answer", "contains", "error"} & case.keys()) == 1, case
            assert set(case.get("needs", ())) <= NEEDS.keys()


def test_a_difference_is_seen():
    assert difference({"a": [1.0, 2]}, {"a": [1.0 + 1e-7, 2]}) is None
    assert difference(float("nan"), float("nan")) is None
    assert difference({"a": [1.0, 2]}, {"a": [1.1, 2]}) == "answer.a[0] is 1.0, not 1.1"
    assert difference([1], [1.0]) == "answer[0] is 1, not 1.0"
    assert difference({"a": 1}, {"b": 1}) is not None
    assert difference([1], [1, 2]) is not None
    assert lacks({"a": {"b": 1, "c": 2}}, {"a": {"b": 1}}) is None
    assert lacks({"a": {"b": 1}}, {"a": {"b": 2}}) == "answer.a.b is 1, not 2"
    assert lacks({"a": [{}]}, {"a": [{"b": 2}]}) is not None
