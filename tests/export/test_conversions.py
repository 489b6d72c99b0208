"""`docs/conversions.md` is whole, and says of every entry what the runtimes said of a small learner of its kind."""

import re
from pathlib import Path

import conversions_page
import pytest
import runtimes
import task_ways

from zoo.hub import registry

DOCS = Path(__file__).resolve().parents[2] / "docs"
RUNTIMES = {runtime.name for runtime in runtimes.RUNTIMES}


@pytest.fixture(scope="module")
def text():
    return (DOCS / "conversions.md").read_text(encoding="utf-8")


@pytest.fixture
def listed(name, text):
    """An entry with rows; another entry of its kind, the same graph of other sizes, may stand for it."""
    entries = set(conversions_page.read(text))
    if name not in entries:
        kind = registry.entry(name).learner
        assert any(registry.entry(other).learner is kind for other in entries), f"no {kind.__name__} has rows"
        pytest.skip("another entry of its kind has rows")
    return name


def signatures(name):
    """Names only: nothing is traced for them."""
    learner = registry.entry(name).build()
    vars(learner).update(task_spec={}, summary_spec={})
    return set(learner.endpoints())


def test_every_signature_and_runtime_has_its_row(listed, text):
    name = listed
    rows = set(conversions_page.read(text)[name])
    learners = {(signature, runtime) for signature in signatures(name) for runtime in RUNTIMES}
    assert rows == learners | {("task model", runtime) for runtime in RUNTIMES | set(task_ways.WAYS)}


def test_what_does_not_work_is_what_the_tests_found(listed, text):
    name = listed
    kind = registry.entry(name).learner.__name__
    refused = {row for row, works in conversions_page.read(text)[name].items() if not works}
    never = {("task model", way) for other, way in conversions_page.CANNOT if other == kind}
    assert never <= refused
    for signature, runtime in refused - never:
        assert runtime in task_ways.WAYS, (signature, runtime)
        assert conversions_page.depends_on_the_task(text, name, signature, runtime)


def test_the_document_holds_entries_of_the_zoo_only(text):
    listed = list(conversions_page.read(text))
    assert listed == sorted(listed)
    assert set(listed) <= set(registry.names())


def row(runtime, **measured):
    return {runtime: measured}


def test_a_page_is_read_back_as_it_was_written():
    entry = {
        "name": "wave",
        "kind": "Waves",
        **dict.fromkeys(("date", "hardware", "tensorflow", "keras"), "some"),
        "learner": {"adapt": row("LiteRT", parity=1e-6, bytes=1234, microseconds=5.5)},
        "task model": {"serving_default": row("C, int8", reason="it has 'Conv' | and more.")},
    }
    page = conversions_page.page([entry])
    assert conversions_page.read(page) == {"wave": {("adapt", "LiteRT"): True, ("task model", "C, int8"): False}}
    assert "| `adapt` | LiteRT | 1.0e-06 | 1,234 | 5.5 | |" in page
    assert f"does not work: it has 'Conv' / and more. Use {conversions_page.INSTEAD['C, int8']}. |" in page
    assert "| Waves | 1 | LiteRT | all |" in page and "| Waves | 1 | C, int8 | none |" in page


def test_what_smaller_numbers_cost_is_told_of_every_kind():
    text = (DOCS / "quantization.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\w+) \| [\d.e-]+ \| ([^|]+) \| (.*)", text, re.MULTILINE)
    told = {name for name, *_ in rows}
    assert {registry.entry(name).learner for name in told} == {registry.entry(name).learner for name in registry.names()}
    assert {(name, way) for name, way, _ in rows} == {(name, way) for name in told for way in task_ways.WAYS}
    for name, way, rest in rows:
        assert ("does not work" in rest) == ((registry.entry(name).learner.__name__, way) in conversions_page.CANNOT)
