"""Meta-training on a user's own tasks: an entry's method and weights, the user's table, and a card of its own."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from zoo.datasets import TaskTable
from zoo.evaluation import card as cards
from zoo.hub import registry
from zoo.hub.entry import Entry
from zoo.learners.labels import Numbers
from zoo.training import trainer
from zoo.utils.errors import ZooError

STEPS = 2_000  # of a training that begins with an entry's weights, at a tenth of its learning rate
GENTLER = 10.0
EPOCHS, TASKS = 10, 1_000
TEST_SEED = 1


def entry_of(entry: Entry, paths: Sequence[str], steps: int | None = None, fresh: bool = False, **how: Any) -> Entry:
    """An entry with a user's tasks in place of its own.

    Args:
        entry: whose method, config and recipe are used.
        paths: files of tasks, see `TaskTable`.
        steps: of the optimiser, rounded up to whole epochs; by default `STEPS`, or the recipe's own where weights are fresh.
        fresh: whether training begins from nothing, and not from the entry's weights.
        how: further arguments of `TaskTable`.

    Raises:
        ZooError: for an entry that learns no numbers from examples of one shape, or as `TaskTable`.
    """
    learner = entry.build()
    labels = getattr(learner, "labels", None)  # of a model that learns no tasks there are none
    if not isinstance(labels, Numbers) or None in learner.example.sizes:
        raise ZooError(
            "only learners of numbers, from examples of one shape, are trained on a table of tasks; zoo show says which."
        )
    if learner.query != learner.example or entry.weights_of:
        raise ZooError("this entry is trained on no table of tasks: its queries are no examples, or its weights are another's.")
    axes = tuple(size for size in learner.example.sizes if size is not None)
    table = TaskTable.of(paths, axes, labels.width, **how)
    recipe = entry.recipe
    execution = min(recipe.steps_per_execution, 50)
    whole = EPOCHS * execution
    wanted = steps or (recipe.steps if fresh else STEPS)
    changed = dataclasses.replace(
        recipe,
        steps=-(-wanted // whole) * whole,
        epochs=EPOCHS,
        steps_per_execution=execution,
        learning_rate=recipe.learning_rate if fresh else recipe.learning_rate / GENTLER,
    )
    return dataclasses.replace(entry, benchmark=table, recipe=changed, published=(), starts_from=None)


def train(
    name: str, own: Entry, out: Path, command: str, force: bool, fresh: bool = False, progress: bool = True
) -> dict[str, Any]:
    """Train an entry on a user's tasks, measure it on those that were left for the test, and write its card.

    Args:
        name: of the entry.
        own: see `entry_of`.
        out: folder for the run, see `trainer.train`, and for `card.json`.
        command: what the user typed.
        force, progress: see `trainer.train`.
        fresh: see `entry_of`.

    Returns:
        The card. Among its baselines is the entry as it is shipped, on the same tasks.
    """
    trainer.train(own, out, command, force, progress, None if fresh else name)
    learner = registry.load(str(out))
    own.tell(learner)
    card = cards.measure(name, own, learner, out, TASKS, TEST_SEED, progress)
    card["evaluation"]["command"] = command
    card["evaluation"].setdefault("baselines", []).extend(_shipped(name, own))
    cards.write(card, out)
    return card


def _shipped(name: str, own: Entry) -> list[dict[str, Any]]:
    """Scores of the entry with its shipped weights, on the tasks of the card."""
    from zoo.evaluation.scores import scores

    found = scores(registry.load(name), own.benchmark, TASKS, TEST_SEED, False)
    return [{"baseline": f"{name} as shipped"} | each.to_json() for each in found]
