"""A fleet on paper, and its queues by simulation: cores, replicas, bytes and the 99th percentile at a load of 70 %.

    python benchmarks/fleet.py [--every 60] [--requests 50000] [--seed 1] [--page docs/fleet.md]

It measures nothing: what a request costs is read from the pages where it was measured (`fleet_plan.py`). The page
`docs/fleet.md` holds what this prints, between two marks, and `--page docs/fleet.md` writes it there anew.
"""

import argparse
import math
from pathlib import Path

import fleet_plan
import fleet_queue
import numpy as np
from fleet_plan import Kind, Load

TARGET, CORES, SPARE = 0.7, 4, 2  # load of a core; cores of a replica, as in the manifests; the fewest replicas
TASKS = (1_000, 100_000, 10_000_000)
CORE_COUNTS = (1, 2, 4, 16)
RUN = "serving_default"  # the signature whose runs of several tasks are known
LARGEST = 1024  # requests in a batch, as in batching_parameters.txt
BEGIN, END = "<!-- begin: benchmarks/fleet.py -->", "<!-- end: benchmarks/fleet.py -->"


def replicas(service: float, rate: float) -> int:
    """Replicas that answer `rate` requests a second, each of which takes a core `service` seconds, at a load of `TARGET`."""
    return max(SPARE, math.ceil(rate * service / (TARGET * CORES)))


def percentiles(known: Load, signature: str, cores: int, requests: int, seed: int) -> dict[str, float]:
    """Seconds within which 99 % of requests are answered at a load of `TARGET`: planned, simulated, and in batches.

    Batches only of the signature whose runs of one and of 32 tasks the page of load has.
    """
    generator = np.random.default_rng(seed)
    mean, spread = known.cpu[signature], known.spread[signature]
    come = fleet_queue.arrivals(TARGET * cores / mean, requests, generator)
    takes = fleet_queue.services(mean, spread, requests, generator)
    ways = {"simulated": None} | (
        {"in batches": fleet_queue.Batches(LARGEST, known.run, known.further)} if signature == RUN else {}
    )
    found = {name: float(np.quantile(fleet_queue.simulated(come, takes, cores, way), 0.99)) for name, way in ways.items()}
    return {"planned": fleet_queue.planned(cores, TARGET, mean, spread), **found}


def _table(head: list[str], rows: list[list[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *rows])


def _kinds(kinds: list[Kind], every: float) -> str:
    head = ["entry", "answers a core second, with examples", "with the task", "core-hours a million answers"]
    head += [f"replicas, {count:,} tasks" for count in TASKS]
    rows = []
    for kind in kinds:
        learning, asking = (kind.service[name] for name in ("serving_default", "apply"))
        row = [
            f"`{kind.entry}`",
            f"{1 / learning:,.0f}",
            f"{1 / asking:,.0f}",
            f"{1e6 * min(learning, asking) / 3600 / TARGET:.2f}",
        ]
        rows.append([*row, *(f"{replicas(min(learning, asking), count / every):,}" for count in TASKS)])
    return _table(head, rows)


def _state(tasks: dict[str, int]) -> str:
    head = ["entry", "bytes of a task", *(f"{count:,} tasks, GB" for count in TASKS)]
    return _table(
        head, [[f"`{name}`", f"{size:,}", *(f"{count * size / 1e9:,.4g}" for count in TASKS)] for name, size in tasks.items()]
    )


def _queues(known: Load, requests: int, seed: int) -> str:
    head = ["signature", "cores", "planned, ms", "simulated, ms", "in batches, ms"]
    rows = []
    for signature in ("serving_default", "apply"):
        for cores in CORE_COUNTS:
            found = percentiles(known, signature, cores, requests, seed)
            cells = [f"{1e3 * found[name]:.1f}" if name in found else "" for name in ("planned", "simulated", "in batches")]
            rows.append([f"`{signature}`", str(cores), *cells])
    return _table(head, rows)


def tables(every: float, requests: int, seed: int) -> str:
    """All that the page holds of this."""
    known = fleet_plan.load()
    return "\n\n".join(
        (
            f"### Replicas\n\nEach task is asked once in {every:g} seconds, ten questions at a time; replicas of {CORES} "
            f"cores at a load of {TARGET:.0%}, {SPARE} at least,\neach request sent the cheaper of its two ways.",
            _kinds(fleet_plan.kinds(known), every),
            "### Bytes of learned tasks",
            _state(fleet_plan.tasks()),
            f"### The 99th percentile at {TARGET:.0%}\n\nOf `{fleet_plan.MEASURED}`; {requests:,} requests each, seed {seed}.",
            _queues(known, requests, seed),
        )
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=float, default=60.0, help="seconds between two requests for a task")
    parser.add_argument("--requests", type=int, default=50_000, help="that are simulated")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--page", type=Path, help="a page to write the tables into, between its marks")
    options = parser.parse_args()
    found = tables(options.every, options.requests, options.seed)
    if options.page is None:
        print(found)
        return
    before, _, rest = options.page.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    options.page.write_text(f"{before}{BEGIN}\n\n{found}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
