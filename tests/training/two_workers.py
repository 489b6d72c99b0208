"""What tests have two processes on loopback do: train an entry for each optimiser of the zoo, disagree, and be killed.

python two_workers.py FOLDER [RANK EPOCH]      RANK is killed at the end of an epoch of the run `whole`
"""

import dataclasses
import functools
import os
import signal
import sys
from pathlib import Path

import numpy as np

from zoo.datasets import FreshSinusoids, InMemory, Labelled, NWay
from zoo.hub import registry
from zoo.hub.entry import Entry, Recipe
from zoo.models.no_adaptation import NoAdaptation, NoAdaptationConfig
from zoo.models.prototypical import PrototypicalConfig, PrototypicalNetwork
from zoo.training import cluster, local_workers, trainer, workers
from zoo.utils.errors import ZooError

STEPS, TASKS = 30, 4
LOUD = (100.0, 300.0)  # weights of tasks, so that every norm that is clipped exceeds what it is clipped to
WHOLE = Recipe(steps=80, tasks_per_step=4, learning_rate=1e-2, steps_per_execution=5, epochs=4, average=0.9, jit=False)


class Waves(FreshSinusoids):
    """Waves that no curve is drawn on."""

    def validation_condition(self):
        return None


def waves(recipe, kind=FreshSinusoids, weights=()):
    config = NoAdaptationConfig(inputs=3, task_widths=(6, 5), activation="tanh")
    return Entry(NoAdaptation, config, kind((0.5, 0.5), weights, oracle=True), recipe)


def pictures(recipe):
    """Of unequal shots, so that workers have unequally many pictures of a batch."""
    generator = np.random.default_rng(0)
    x = generator.uniform(size=[80, 8, 8, 1]).astype(np.float32)
    parts = [Labelled.of(x[half], np.arange(80)[half] // 10) for half in (slice(0, 40), slice(40, 80))]
    episodes = NWay(InMemory(*parts), ways=3, shots=(1, 2), queries=2, evaluation_conditions=((3, 2),))
    config = PrototypicalConfig(size=8, filters=(9, 4), shrink=("pool", "pool"), kernel=1, pairs=0.5)
    return Entry(PrototypicalNetwork, config, episodes, recipe)


@functools.cache
def shipped():
    """A recipe for each optimiser and limit of the gradient's norm that entries have."""
    found = {}
    for name in registry.names():
        recipe = registry.entry(name).recipe
        if recipe.steps:
            found.setdefault(f"{recipe.optimizer} {recipe.clip_norm}", recipe)
    return found


def case(name):
    """A small entry with the optimiser of a shipped recipe."""
    found = shipped()[name]
    kernels = found.optimizer == "kernel_muon"  # of convolutions, which only pictures have
    short = dataclasses.replace(
        found,
        steps=STEPS,
        epochs=1,
        steps_per_execution=10,
        tasks_per_step=TASKS,
        learning_rate=min(found.learning_rate, 1e-2),
        warmup=min(found.warmup, STEPS // 3),
        halve_every=STEPS // 2,
        precision="float32",
        loss="cross_entropy" if kernels else "mse",
        jit=found.jit and found.optimizer == "muon",
    )
    return pictures(short) if kernels else waves(short, Waves, LOUD if found.clip_norm else ())


def main(folder, rank=None, epoch=None):
    place = cluster.place(os.environ[cluster.VARIABLE])
    local_workers.end_with_parent()
    with workers.joined(place) as joined:
        if rank is None:
            for name in shipped():
                trainer.train(case(name), folder / name, progress=False, workers=joined)
            disagree(joined, folder)
        elif place.rank == int(rank):
            ends = workers.Agreement.on_epoch_end

            def killed(self, number, logs=None):
                if number + 1 == int(epoch):
                    os.kill(os.getpid(), signal.SIGKILL)
                ends(self, number, logs)

            workers.Agreement.on_epoch_end = killed
        trainer.train(waves(WHOLE), folder / "whole", command="zoo train waves", progress=False, workers=joined)


def disagree(joined, folder):
    """Compare models that differ in the last bit of one weight."""
    model = waves(WHOLE).build()
    model.compile("sgd", "mse")
    joined.agreed(0, model)
    if not joined.place.is_chief:
        weight = model.trainable_weights[0]
        weight.assign(np.nextafter(weight.numpy(), np.float32(9)))
    try:
        joined.compared(model)
        said = "agreed"
    except ZooError as error:
        said = str(error)
    (folder / f"said_{joined.place.rank}").write_text(said)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
