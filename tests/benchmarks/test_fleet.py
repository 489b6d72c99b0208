"""The fleet's plan: the simulation agrees with closed forms, its p99 keeps below the plan, and the page is what is computed."""

import importlib
import math
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def queue():
    return importlib.import_module("fleet_queue")


@pytest.fixture(scope="module")
def plan():
    return importlib.import_module("fleet_plan")


@pytest.fixture(scope="module")
def fleet():
    return importlib.import_module("fleet")


def spent(queue, service, cores, load, batches=None, requests=150_000):
    """Times in the system of requests of a mean service of 1, and the services themselves."""
    generator = np.random.default_rng(3)
    come = queue.arrivals(cores * load, requests, generator)
    return queue.simulated(come, service(requests, generator), cores, batches)


def exponential(requests, generator):
    return generator.exponential(1.0, requests)


def constant(requests, generator):
    return np.ones(requests)


@pytest.mark.parametrize("load", [0.3, 0.7])
def test_mm1_has_the_mean_and_the_percentile_of_its_closed_form(queue, load):
    found = spent(queue, exponential, 1, load)
    assert found.mean() == pytest.approx(1 / (1 - load), rel=0.04)
    assert np.quantile(found, 0.99) == pytest.approx(queue.mm1_quantile(load, 1.0, 0.99), rel=0.06)
    assert queue.mg1_waiting(load, 1.0, 1.0) == pytest.approx(load / (1 - load))


@pytest.mark.parametrize("load", [0.3, 0.7])
def test_md1_waits_as_pollaczek_and_khinchin_say(queue, load):
    found = spent(queue, constant, 1, load)
    assert found.mean() - 1 == pytest.approx(queue.mg1_waiting(load, 1.0, 0.0), rel=0.04)
    assert queue.mg1_waiting(load, 1.0, 0.0) == pytest.approx(load / (2 * (1 - load)))


@pytest.mark.parametrize("cores", [2, 4])
def test_mmc_waits_as_erlang_says(queue, cores):
    found = spent(queue, exponential, cores, 0.7)
    assert found.mean() == pytest.approx(1 + queue.erlang_c(cores, 0.7) / (cores * 0.3), rel=0.04)
    assert queue.in_system(cores, 0.7) == pytest.approx(found.mean() * cores * 0.7, rel=0.05)  # J. Little, 1961


def test_erlang_knows_one_core_and_two(queue):
    assert queue.erlang_c(1, 0.7) == pytest.approx(0.7)
    assert queue.erlang_c(2, 0.7) == pytest.approx(2 * 0.7**2 / (1 + 0.7))


def test_batches_hold_what_came_meanwhile_and_one_alone_takes_as_long_as_ever(queue):
    batches = queue.Batches(64, 0.5, 0.1)
    rare = [spent(queue, constant, 2, 0.001, each, 2_000).mean() for each in (None, batches)]
    assert rare == pytest.approx([1.0, 1.0], rel=0.01)
    busy = [spent(queue, constant, 2, 0.95, each, 20_000).mean() for each in (None, batches)]
    assert busy[1] < 0.5 * busy[0]
    come = np.zeros(64)
    service = np.full(64, 1.0)
    together = queue.simulated(come, service, 1, queue.Batches(64, 1.0, 0.0))
    assert together.max() == pytest.approx(1.0)  # read in no time, and then run all at once
    apart = queue.simulated(come, service, 1, queue.Batches(1, 1.0, 0.0))
    assert apart.max() == pytest.approx(64.0)


def test_the_pages_are_read_as_they_are_written(plan):
    known, kinds = plan.load(), {kind.entry: kind for kind in plan.kinds()}
    assert set(known.cpu) == {"adapt", "apply", "serving_default"}
    assert 0 < known.further < known.run < known.cpu["serving_default"] < known.cpu["adapt"]
    assert all(0 < spread < 1 for spread in known.spread.values())
    measured = kinds[plan.MEASURED]
    assert measured.service["serving_default"] == pytest.approx(known.cpu["serving_default"])  # where it was measured, that is it
    assert measured.service["apply"] == pytest.approx(known.cpu["apply"], rel=0.2)  # and what was left out comes out
    assert {"maml_sinusoid", "protonet_omniglot", "mela_video"} <= set(kinds)
    assert all(0 < second < 10 for kind in kinds.values() for second in kind.service.values())
    assert plan.tasks()["mela_sinusoid"] == 7044


def test_the_plan_is_on_the_safe_side_of_the_simulation(fleet, plan):
    known = plan.load()
    for signature in ("serving_default", "apply"):
        for cores in fleet.CORE_COUNTS:
            found = fleet.percentiles(known, signature, cores, 20_000, 2)
            assert ("in batches" in found) == (signature == fleet.RUN)
            assert known.cpu[signature] < found["simulated"] < found["planned"]
            assert found.get("in batches", 0.0) < found["planned"]


def test_replicas_grow_with_the_tasks_and_never_fall_below_the_least(fleet):
    assert fleet.replicas(0.001, 1.0) == fleet.SPARE
    assert fleet.replicas(0.001, 28_000.0) == math.ceil(28_000 * 0.001 / (0.7 * 4)) == 10
    assert fleet.replicas(0.001, 28_001.0) == 11


def test_the_page_holds_what_is_computed(fleet, plan):
    page = (ROOT / "docs/fleet.md").read_text(encoding="utf-8")
    held = page.partition(fleet.BEGIN)[2].partition(fleet.END)[0]
    assert fleet._kinds(plan.kinds(), 60.0) in held
    assert fleet._state(plan.tasks()) in held
    assert page.count(fleet.BEGIN) == page.count(fleet.END) == 1
