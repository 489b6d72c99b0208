"""What every model of the zoo promises, as functions of one model: any test may hold them over a model of its own.

    promises.hold(model, tmp_path)

A promise is a function of a `Subject`, in the module of its group. It holds for every model of the kind it is about, unless the
class of the model renounces it in its own body, such as `ordered = True`.
"""

import contextlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from promises import answers, capabilities, exports, supports, training
from promises.promise import Promise, of_module
from promises.subject import Open, Subject, opened_below

__all__ = ["GROUPS", "Promise", "Subject", "hold", "kept"]

GROUPS: dict[str, list[Promise]] = {
    module.__name__.rpartition(".")[2]: of_module(module) for module in (answers, supports, capabilities, training, exports)
}


def hold(
    model: Any,
    folder: Path,
    groups: Iterable[str] = GROUPS,
    batch: Any = None,
    loss: Any = None,
    opened: Open | None = None,
) -> None:
    """Hold every promise over a model, with or without a support set.

    Args:
        model: an untrained or trained model; its weights are as before afterwards.
        folder: an empty folder for what is saved and exported.
        groups: names of the groups of promises.
        batch: inputs and truth of a training step; made at random for a learner, and no step is taken without one elsewhere.
        loss: of that step; by default that of a learner's labels, or the model's own objective.
        opened: what starts a runtime; by default each is started, and ended, here.

    Raises:
        AssertionError: naming the promise that is broken.
    """
    with contextlib.ExitStack() as stack:
        subject = Subject(model, folder, opened or stack.enter_context(opened_below(folder)), batch, loss)
        for group in groups:
            kept(subject, group)


def kept(subject: Subject, group: str) -> None:
    """Hold the promises of one group over a subject."""
    for promise in GROUPS[group]:
        promise.hold(subject)
