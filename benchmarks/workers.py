"""Two workers on loopback: killed at random moments, what becomes of their training; and what a step costs one and two of them.

    .venv/bin/python benchmarks/workers.py kill --folder runs/workers [--times 10] [--seed 0]
    .venv/bin/python benchmarks/workers.py steps [--seconds 20]

`kill` trains a small network to its end, and again while the chief, the other worker, or the process that started them is killed
by SIGKILL: during its start, or within a second of an epoch's end. Each time all others must end by themselves, with one line and
an exit code that is not 0, and the command is run again. In the end the weights must be the same bits, and each epoch there once.

`steps` gives every worker one core: a step of a set learner (`mela_sinusoid`, 64 tasks) and of a prototypical network
(`protonet_omniglot`, two tasks in place of one) by one worker, and by two that divide them. It counts what is all-reduced.
"""

import argparse
import csv
import json
import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

EPOCHS = 20
WAIT = 600.0  # seconds that nothing takes
STEPPED = {"mela_sinusoid": (64, 50), "protonet_omniglot": (2, 2)}  # tasks of a step, and steps that one call runs
SHORTEST = 3  # executions that are timed at least


def entry() -> Any:
    """What `kill` trains."""
    from zoo.datasets import FreshSinusoids
    from zoo.hub.entry import Entry, Recipe
    from zoo.models.no_adaptation import NoAdaptation, NoAdaptationConfig

    recipe = Recipe(50 * EPOCHS, 8, 1e-2, "muon", clip_norm=0.1, steps_per_execution=25, epochs=EPOCHS, average=0.99, jit=False)
    config = NoAdaptationConfig(inputs=3, task_widths=(40, 40), activation="tanh")
    return Entry(NoAdaptation, config, FreshSinusoids((0.5, 0.5), oracle=True), recipe)


def work(what: str, arguments: list[str]) -> None:
    """What one process of one or two does."""
    from zoo.training import cluster, local_workers

    place = cluster.place(os.environ.get(cluster.VARIABLE))
    local_workers.end_with_parent()
    if what == "steps":
        os.sched_setaffinity(0, {sorted(os.sched_getaffinity(0))[place.rank if place else 0]})
    from zoo.training import trainer, workers

    if place is None:
        return timed(arguments, None)
    with workers.joined(place) as joined:
        if what == "steps":
            return timed(arguments, joined)
        trainer.train(entry(), arguments[0], progress=False, workers=joined)


def started(arguments: list[str], workers: int) -> None:
    """Start the workers, as `zoo train --workers` does, and end as it does."""
    from zoo.training import local_workers
    from zoo.utils.errors import ZooError

    try:
        local_workers.run([sys.executable, __file__, "--work", *arguments], workers)
    except ZooError as error:
        sys.exit(f"{error}")


def timed(arguments: list[str], joined: Any) -> None:
    """Print seconds of a step, and the bytes that it sums over workers, as JSON, if this is the chief."""
    import dataclasses

    from zoo.hub import registry
    from zoo.training import recipe as recipes
    from zoo.training import trainer

    name, seconds = arguments[0], float(arguments[1])
    found = registry.entry(name)
    tasks, steps = STEPPED[name]
    found = dataclasses.replace(found, recipe=dataclasses.replace(found.recipe, tasks_per_step=tasks))
    recipe, learner, summed = found.recipe, trainer.untrained(found), []
    learner.compile(recipes.optimizer(recipe), recipes.loss(recipe), jit_compile=recipe.jit, steps_per_execution=steps)
    learner.optimizer.build(learner.trainable_variables)
    stream = found.benchmark.stream(recipe.tasks_per_step, recipe.seed)
    if joined is None:
        learner.make_train_function()
        run, count = learner.train_function, lambda at: int(time.monotonic() - at < seconds)
    else:
        mean = joined._mean
        joined._mean = lambda flat: (summed.append(flat.shape.num_elements() * flat.dtype.size), mean(flat))[1]
        joined.agreed(0, learner)
        run, stream = joined.train_function(learner), joined.part(stream, recipe.tasks_per_step)
        count = lambda at: joined.agreed(int(time.monotonic() - at < seconds))  # noqa: E731  (the chief says how long)
    batches = iter(stream)
    run(batches)
    bytes_summed = sum(summed)
    walls, cpu, begun = [], time.process_time(), time.monotonic()
    while len(walls) < SHORTEST or count(begun):
        at = time.monotonic()
        run(batches)
        walls.append((time.monotonic() - at) / steps)
    each = (time.process_time() - cpu) / steps / len(walls)
    walls.sort()
    row = {"entry": name, "workers": joined.place.workers if joined else 1, "parameters": int(learner.count_params())}
    row |= {"ms": round(1e3 * walls[len(walls) // 4], 2), "cpu_ms": round(1e3 * each, 2), "bytes": bytes_summed}
    if joined is None or joined.place.is_chief:
        print(json.dumps(row | {"steps": steps * len(walls)}), flush=True)


def steps(seconds: float) -> None:
    """Time all."""
    print(f"load {os.getloadavg()[0]:.1f}", flush=True)
    for name in STEPPED:
        for workers in (1, 2):
            arguments = ["steps", name, str(seconds)]
            if workers == 1:
                subprocess.run([sys.executable, __file__, "--work", *arguments], check=True)
            else:
                started(arguments, workers)


def kill(folder: Path, times: int, seed: int) -> None:
    """Kill, run again, and compare."""
    shutil.rmtree(folder, ignore_errors=True)
    whole, killed, luck = folder / "whole", folder / "killed", random.Random(seed)
    assert _start(whole).wait(WAIT) == 0
    for number in range(times):
        who, before = luck.choice(["chief", "worker 1", "starter"]), _epochs(killed)
        more = luck.randint(0, 2) if before < EPOCHS - 3 else 0
        process = _start(killed)
        pids = _awaited(lambda process=process: _children(process.pid), 2)
        if more:
            _awaited(lambda before=before, more=more: [0] * (_epochs(killed) - before - more + 1), 1)
        time.sleep(luck.uniform(0.0, 1.0 if more else 15.0))
        os.kill({"chief": pids[0], "worker 1": pids[1], "starter": process.pid}[who], 9)
        told = process.communicate(timeout=WAIT)[1].strip().splitlines()
        assert process.returncode != 0
        assert len(told) == (who != "starter"), told
        _awaited(lambda pids=pids: [] if any(map(_runs, pids)) else [0], 1)
        print(json.dumps({"kill": number + 1, "who": who, "epochs": [before, _epochs(killed)], "told": told}), flush=True)
    last = _start(killed)
    assert last.wait(WAIT) == 0
    from zoo.hub import registry

    pairs = zip(*(registry.load(str(run)).get_weights() for run in (killed, whole)), strict=True)
    same = all((one == other).all() for one, other in pairs)
    rows = [[(row["epoch"], row["loss"], row["validation"]) for row in _curve(run)] for run in (killed, whole)]
    assert [int(row[0]) for row in rows[0]] == list(range(1, EPOCHS + 1)), "an epoch is missing, or there twice"
    print(json.dumps({"kills": times, "seed": seed, "weights the same bits": same, "curves the same": rows[0] == rows[1]}))
    sys.exit(not (same and rows[0] == rows[1]))


def _start(folder: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, __file__, "--start", "kill", str(folder)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)


def _awaited(what: Any, count: int) -> list[int]:
    end = time.monotonic() + WAIT
    while len(found := what()) < count:
        assert time.monotonic() < end, "nothing came"
        time.sleep(0.02)
    return found


def _children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _epochs(run: Path) -> int:
    """Epochs that are saved."""
    try:
        return len(json.loads((run / "resume/state.json").read_text())["curve"])
    except OSError:
        return EPOCHS if (run / "model.keras").exists() else 0


def _curve(run: Path) -> list[dict[str, str]]:
    with open(run / "training.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("kill", "steps"))
    parser.add_argument("--folder", type=Path, default=Path("runs/workers"))
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=20.0)
    if sys.argv[1:2] == ["--work"]:
        return work(sys.argv[2], sys.argv[3:])
    if sys.argv[1:2] == ["--start"]:
        return started(sys.argv[2:], 2)
    options = parser.parse_args()
    if options.what == "kill":
        kill(options.folder.resolve(), options.times, options.seed)
    else:
        steps(options.seconds)


if __name__ == "__main__":
    main()
