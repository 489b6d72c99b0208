"""One place among the workers of a training, as the variable `TF_CONFIG` gives it: by TensorFlow, Kubeflow and Vertex AI.

    {"cluster": {"worker": ["10.0.0.1:2222", "10.0.0.2:2222"]}, "task": {"type": "worker", "index": 0}}

A first worker of a type of its own, "chief", is the same. TensorFlow itself reads a damaged one as none, or waits for ever.
"""

import json
import re
from dataclasses import dataclass
from typing import Any, final

from zoo.utils.errors import ZooError, cut

VARIABLE = "TF_CONFIG"
KINDS = ("chief", "worker")
_EXAMPLE = '{"cluster": {"worker": ["host:port", …]}, "task": {"type": "worker", "index": 0}}'
_ADDRESS = re.compile(r"\[?[\w.:-]+\]?:(\d+)")


@final
@dataclass(frozen=True)
class Place:
    """Who takes part in a training, and which of them this process is.

    Attributes:
        addresses: host and port of every worker, the chief's first.
        rank: of this one among them.
    """

    addresses: tuple[str, ...]
    rank: int

    @property
    def workers(self) -> int:
        """How many take part."""
        return len(self.addresses)

    @property
    def is_chief(self) -> bool:
        """Whether this worker writes, validates and publishes for all."""
        return self.rank == 0


def place(config: str | None) -> Place | None:
    """Read a `TF_CONFIG`.

    Args:
        config: its text; None where it is not set.

    Returns:
        None where it names no cluster, or one worker alone.

    Raises:
        ZooError: if it is damaged, or this process is none of the workers.
    """
    if not (config or "").strip():
        return None
    try:
        read = json.loads(config or "")
    except ValueError:
        raise _wrong(f"is no JSON: {cut(config)!r}") from None
    if not isinstance(read, dict):
        raise _wrong(f"is {cut(json.dumps(read))}, and no object")
    if not read.get("cluster"):
        return None
    addresses = _addresses(read["cluster"])
    kind, index = _task(read.get("task"))
    named = addresses.get(kind, [])
    if index >= len(named):
        raise _wrong(f"gives this process task {index} of type {kind!r}, of which its cluster has {len(named)}")
    everyone = tuple(address for each in KINDS for address in addresses.get(each, []))
    rank = index if kind == KINDS[0] else index + len(addresses.get(KINDS[0], []))
    return Place(everyone, rank) if len(everyone) > 1 else None


def _addresses(cluster: Any) -> dict[str, list[str]]:
    """The addresses of each type."""
    if not isinstance(cluster, dict):
        raise _wrong(f"has the cluster {cut(json.dumps(cluster))}, and no object of lists of addresses")
    for kind, named in cluster.items():
        if kind not in KINDS:
            raise _wrong(f"has tasks of type {cut(kind)!r} in its cluster; a training has workers and one chief only")
        if not isinstance(named, list):
            raise _wrong(f"has {cut(json.dumps(named))} where a list of addresses of type {kind!r} was expected")
        for address in named:
            found = _ADDRESS.fullmatch(address) if isinstance(address, str) else None
            if found is None or not 0 < int(found[1]) < 65536:
                raise _wrong(f"has the address {cut(json.dumps(address))}, and no host:port")
    everyone = [address for named in cluster.values() for address in named]
    double = next((address for number, address in enumerate(everyone) if address in everyone[:number]), None)
    if double is not None:
        raise _wrong(f"has the address {cut(double)} twice")
    if len(cluster.get(KINDS[0], [])) > 1:
        raise _wrong(f"has {len(cluster[KINDS[0]])} chiefs, and no single one")
    return cluster


def _task(task: Any) -> tuple[str, int]:
    """Type and index of this process."""
    if not isinstance(task, dict) or "type" not in task or "index" not in task:
        raise _wrong(f"does not say which task this process is: {cut(json.dumps(task))}")
    kind, index = task["type"], task["index"]
    if kind not in KINDS:
        raise _wrong(f"makes this process a task of type {cut(kind)!r}; a training has workers and one chief, which evaluates")
    try:
        number = int(index) if isinstance(index, int | str) and not isinstance(index, bool) else -1  # some launchers quote it
    except ValueError:
        number = -1
    if number < 0:
        raise _wrong(f"has the index {cut(json.dumps(index))}, and no number from 0 on")
    return kind, number


def _wrong(what: str) -> ZooError:
    return ZooError(f"{VARIABLE} {what}; give {_EXAMPLE}, or unset it to train on this machine alone.")
