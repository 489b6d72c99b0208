"""`docs/conversions.md` is whole, and says of every entry what the runtimes said of a small learner of its kind."""

import re
from pathlib import Path

import conversions_page
import pytest
import runtimes
import task_ways

from zoo.hub import registry
from zoo.learners.meta_learner import MetaLearner

DOCS = Path(__file__).resolve().parents[2] / "docs"
RUNTIMES = {runtime.name for runtime in runtimes.RUNTIMES}


@pytest.fixture(scope="module")
def text():
    return (DOCS / "conversions.md").read_text(encoding="utf-8")


def test_every_kind_has_an_entry_and_every_signature_and_runtime_its_row(text):
    """One entry stands for others of its kind, the same graph of other sizes."""
    rows = conversions_page.read(text)
    listed = {registry.entry(name).learner for name in rows}
    assert listed == {registry.entry(name).learner for name in registry.names()}
    for name, found in rows.items():
        learners = {(signature, runtime) for signature in registry.entry(name).build().endpoints() for runtime in RUNTIMES}
        tasks = RUNTIMES | set(task_ways.WAYS) if issubclass(registry.entry(name).learner, MetaLearner) else set()
        assert set(found) == learners | {("task model", runtime) for runtime in tasks}, name


def test_what_does_not_work_are_ways_that_only_task_models_have(text):
    """Which ways those are is measured over small models of the kind, see `tests/kinds`."""
    refused = {row for found in conversions_page.read(text).values() for row, works in found.items() if not works}
    assert {what for what, _ in refused} <= {"task model"}
    assert {way for _, way in refused} <= set(task_ways.WAYS)


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
    kinds = {registry.entry(name).learner for name in registry.names()}
    assert {registry.entry(name).learner for name in told} == {kind for kind in kinds if issubclass(kind, MetaLearner)}
    assert {(name, way) for name, way, _ in rows} == {(name, way) for name in told for way in task_ways.WAYS}
