"""Programs that take turns: each lives in a process of its own, possibly of another interpreter, and waits while others run.

So whatever else the machine does meets all of them, and ratios are taken round by round. This file needs nothing but Python, as
the interpreter of a peer may have no more than PyTorch or JAX.

    python benchmarks/side_by_side.py MODULE WAY ARGUMENT CORES        be such a process
"""

import contextlib
import importlib
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Program:
    """What one process does.

    Attributes:
        module: of this folder; `WAYS[way](argument)` of it gives a function that takes some steps and returns how many.
        way, argument: see above.
        python: the interpreter.
    """

    module: str
    way: str
    argument: str
    python: str = sys.executable


@dataclass(frozen=True)
class Steps:
    """Steps that can be compared before they are timed.

    Attributes:
        take: takes some steps and returns how many.
        facts: numbers of the first step, such as its loss, from weights and data that all programs share.
    """

    take: Callable[[], int]
    facts: tuple[float, ...]

    def __call__(self) -> int:
        return self.take()


@dataclass(frozen=True)
class Spent:
    """Milliseconds of a step in every round: of the clock, and of the processor."""

    wall: list[float]
    processor: list[float]


def measured(
    programs: Mapping[str, Program],
    rounds: int,
    seconds: float,
    tolerance: float | None = None,
    cores: Sequence[int] | None = None,
    apart: Sequence[str] = (),
) -> dict[str, Spent]:
    """Milliseconds of a step of every program in every round; a program that cannot run here is named and left out.

    Args:
        programs: by name.
        rounds: in each of which all take turns, another one first each time.
        seconds: of one program in one round.
        tolerance: how much facts of the first step may differ from those of the first program, relative to them; None where
            programs give none. One that differs ends the measurement.
        cores: that each program may use.
        apart: programs whose facts are not compared, as they compute something else on purpose.

    Returns:
        The median time of each round, and that of the processor, which other work on the machine hardly changes.
    """
    with contextlib.ExitStack() as stack:  # ends every process, as none is told of another round
        workers: dict[str, subprocess.Popen] = {}
        facts: dict[str, list[float]] = {}
        for name, each in programs.items():
            command = [each.python, __file__, each.module, each.way, each.argument, json.dumps(cores)]
            worker = stack.enter_context(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
            ready = _said(worker)  # built, compiled and warm
            if ready:
                workers[name], facts[name] = worker, ready["facts"]
            else:
                print(f"{name}: does not run here, see above\n")
        if tolerance is not None:
            _compare({name: found for name, found in facts.items() if name not in apart}, tolerance)
        found = {name: Spent([], []) for name in workers}
        for number in range(rounds):
            order = list(workers)
            for name in order[number % len(order) :] + order[: number % len(order)]:
                print(seconds, file=workers[name].stdin, flush=True)
                said = _said(workers[name])
                found[name].wall.append(said["wall"])
                found[name].processor.append(said["processor"])
    return found


def _compare(facts: dict[str, list[float]], tolerance: float) -> None:
    first, *others = facts
    print(f"the first step of {first}: {', '.join(f'{number:.5f}' for number in facts[first])}")
    for name in others:
        apart = max(abs(one - other) / abs(other) for one, other in zip(facts[name], facts[first], strict=True))
        print(f"  {name}: at most {apart:.1e} of it apart")
        if not apart <= tolerance:
            sys.exit(f"{name}: {facts[name]} in its first step, which is not the problem of {first}: {facts[first]}.")


def _said(worker: subprocess.Popen) -> dict:
    """The next line of JSON; nothing if the process has ended."""
    for line in worker.stdout or ():
        if line.startswith("{"):
            return json.loads(line)
    return {}


def table(found: Mapping[str, Spent], ours: str) -> list[str]:
    """Lines of Markdown: median milliseconds, and how many times ours, the median over rounds with the lowest and highest."""
    lines = ["| | ms a step | times ours | lowest and highest | ms of processor | times ours |", "|---|---:|---:|---:|---:|---:|"]
    for name, spent in found.items():
        cells = []
        for kind in ("wall", "processor"):
            own, first = getattr(spent, kind), getattr(found[ours], kind)
            ratios = [one / other for one, other in zip(own, first, strict=True)]
            cells += [f"{statistics.median(own):,.1f}", f"{statistics.median(ratios):.2f}"]
            cells += [f"{min(ratios):.2f} to {max(ratios):.2f}"] if kind == "wall" else []
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


def _work(module: str, way: str, argument: str, cores: str) -> None:
    """Build, warm up, and take steps for as many seconds as each line says."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if json.loads(cores):
        os.sched_setaffinity(0, json.loads(cores))  # before any thread starts, so that pools are of this size
    steps = importlib.import_module(module).WAYS[way](argument)
    for _ in range(3):
        steps()
    print(json.dumps({"facts": list(getattr(steps, "facts", ()))}), flush=True)
    for line in sys.stdin:
        wall: list[float] = []
        processor: list[float] = []
        end = time.perf_counter() + float(line)
        while time.perf_counter() < end or not wall:
            start, busy = time.perf_counter(), time.process_time()
            done = steps()
            wall.append(1000 * (time.perf_counter() - start) / done)
            processor.append(1000 * (time.process_time() - busy) / done)
        print(json.dumps({"wall": statistics.median(wall), "processor": statistics.median(processor)}), flush=True)


if __name__ == "__main__":
    _work(*sys.argv[1:])
