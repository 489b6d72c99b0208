"""The command `train`: an entry alone, as one of the workers that `TF_CONFIG` names, or as several processes of this machine."""

import argparse
import dataclasses
import os
import sys
from pathlib import Path
from typing import Any

from zoo.cli.output import print_scores
from zoo.hub import registry
from zoo.utils import files, silence
from zoo.utils.errors import ZooError


def run_train(options: argparse.Namespace) -> None:
    """Train an entry."""
    from zoo.training import cluster

    registry.check(options.name)
    place = cluster.place(os.environ.get(cluster.VARIABLE))
    several = place is not None or (options.workers or 1) > 1
    if place is not None and options.workers:
        raise ZooError(f"--workers starts a cluster here, and {cluster.VARIABLE} names one already; leave out one of the two.")
    if options.tasks and several:
        raise ZooError(f"--tasks trains on one worker; leave out --workers, and unset {cluster.VARIABLE}.")
    if not options.tasks and (options.steps or options.fresh):
        raise ZooError("--steps and --fresh go with --tasks only; an entry is trained by its recipe; leave them out.")
    out = Path(options.out or Path("runs") / options.name)
    if place is not None:
        _train_as(options, place, out)
    elif several:
        _train_here(options, out)
    else:
        silence.start_tensorflow()
        _train_alone(options, out)


def _train_alone(options: argparse.Namespace, out: Path) -> None:
    entry = _entry(options)
    from zoo.training import trainer

    if options.tasks:
        return _train_on(options, entry)
    _say_trained(options, trainer.train(entry, out, command=_typed(options), force=options.force))


def _train_here(options: argparse.Namespace, out: Path) -> None:
    """Start processes that train an entry together; this one never starts TensorFlow."""
    from zoo.training import local_workers

    files.refuse_existing(out / "model.keras", options.force)
    force = ["--force"] if options.force else []
    command = [sys.executable, "-m", "zoo", *_typed(options).split()[1:], "--out", str(out), *force]
    local_workers.run(command, options.workers)


def _train_as(options: argparse.Namespace, place: Any, out: Path) -> None:
    """Train an entry as one worker of several."""
    from zoo.training import local_workers

    local_workers.end_with_parent()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # what is wrong with another worker is told in one line
    with silence.notes_aside():
        from zoo.training import trainer, workers

        entry = _entry(options)
    workers.check(entry, place.workers)
    if place.is_chief and not os.environ.get(local_workers.PARENT):
        print(f"worker 0 of {place.workers}, the chief, waits for the others", file=sys.stderr)
    with workers.joined(place) as joined:
        path = trainer.train(entry, out, command=_typed(options), force=options.force, workers=joined)
        if place.is_chief:
            _say_trained(options, path)


def _entry(options: argparse.Namespace) -> Any:
    """The entry, with what is asked for in place of the recipe's own."""
    entry = registry.entry(options.name)
    changes = {"seed": options.seed, "tasks_per_step": options.tasks_per_step}
    wanted = {name: value for name, value in changes.items() if value}
    return dataclasses.replace(entry, recipe=dataclasses.replace(entry.recipe, **wanted)) if wanted else entry


def _typed(options: argparse.Namespace) -> str:
    """What makes the weights what they are, for the record."""
    seed = f" --seed {options.seed}" if options.seed else ""
    tasks = f" --tasks-per-step {options.tasks_per_step}" if options.tasks_per_step else ""
    return f"zoo train {options.name}{seed}{tasks}"


def _say_trained(options: argparse.Namespace, path: Path) -> None:
    print(f"wrote {path}; measure it by: zoo evaluate {options.name} --run {path.parent} --card")


def _train_on(options: argparse.Namespace, entry: Any) -> None:
    """Train an entry on the user's own tasks."""
    from zoo.training import own_tasks

    if not options.out:
        raise ZooError("--tasks needs --out, a folder for the learner and its card.")
    own = own_tasks.entry_of(entry, options.tasks, options.steps, options.fresh)
    begins = " --fresh" if options.fresh else ""
    command = f"{_typed(options)} --tasks {' '.join(options.tasks)} --steps {own.recipe.steps}{begins} --out {options.out}"
    card = own_tasks.train(options.name, own, Path(options.out), command, options.force, options.fresh)
    print_scores(card["evaluation"]["scores"])
    for each in card["evaluation"]["baselines"]:
        if each["condition"].get("support") == own.benchmark.support[1]:
            print(f"    {each['baseline']:36} {each['mean']:.5g} ± {each['interval']:.2g}")
    print(f"wrote {options.out}; it is a learner as any: zoo learn {options.out} --support …")
