"""What a learner can do beyond the seam: tiny protocols, each with its graphs and its endpoints.

A learner keeps a promise by having the methods of its protocol. One more capability is one more file here, and a row of `ALL`.
"""

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from zoo.learners.capabilities import asks, attends, influences, refines, rolls_out, streams, updates
from zoo.learners.capabilities.asks import Asks
from zoo.learners.capabilities.attends import Attends
from zoo.learners.capabilities.calibrates import Calibrates
from zoo.learners.capabilities.embeds import Embeds
from zoo.learners.capabilities.influences import Influences
from zoo.learners.capabilities.refines import Refines
from zoo.learners.capabilities.rolls_out import RollsOut
from zoo.learners.capabilities.streams import Streams
from zoo.learners.capabilities.updates import Updates
from zoo.learners.endpoint import Endpoint

__all__ = [
    "ALL",
    "Asks",
    "Attends",
    "Calibrates",
    "Embeds",
    "Influences",
    "Refines",
    "RollsOut",
    "Streams",
    "Updates",
    "endpoints",
    "functions",
]

ALL: tuple[ModuleType, ...] = (refines, rolls_out, attends, influences, updates, asks, streams)


def functions(learner: Any) -> Mapping[str, Callable[[], Any]]:
    """What the graphs of a learner hold for its capabilities, by name; see `zoo.learners.graphs`."""
    return {
        name: make for capability in ALL if capability.offered(learner) for name, make in capability.functions(learner).items()
    }


def endpoints(learner: Any, shared: Endpoint) -> dict[str, Endpoint]:
    """The endpoints of a learner's capabilities; `shared` has the names of all axes of support, query and task."""
    offered = [capability for capability in ALL if capability.offered(learner)]
    return {name: found for capability in offered for name, found in capability.endpoints(learner, shared).items()}
