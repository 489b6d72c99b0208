"""Options of `./dev test-cards`: which cards are measured again."""

import pytest
from changed import changed, digests, name_of, record

from zoo.hub import registry


def pytest_addoption(parser):
    parser.addoption("--changed", action="store_true", help="only entries whose weights, card, file or imported modules changed")
    parser.addoption("--record", action="store_true", help="keep what passed as verified")


@pytest.fixture(scope="session")
def selected(request) -> list[str]:
    """Entries to measure."""
    return changed() if request.config.getoption("--changed") else registry.names()


@pytest.fixture(params=[pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in registry.names()])
def name(request, selected) -> str:
    """Every entry that is selected, its tests in one process."""
    if request.param not in selected:
        pytest.skip("nothing that it depends on has changed since its card was last verified")
    return request.param


def pytest_terminal_summary(terminalreporter, config):
    """Say what was left out, and keep what was verified."""
    stats, outcomes = terminalreporter.stats, ("passed", "failed", "skipped")
    passed, failed, skipped = ({name_of(report.nodeid) for report in stats.get(outcome, [])} for outcome in outcomes)
    if left := sorted(skipped - passed - failed):
        terminalreporter.write_line(f"cards not measured again: {', '.join(left)}")
    if config.getoption("--record") and not hasattr(config, "workerinput"):
        record({name: digest for name, digest in digests().items() if name in passed - failed})
