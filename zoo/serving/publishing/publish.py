"""Publish a model as the next version in a folder that TensorFlow Serving watches: whole, checked, or not at all.

    models/NAME/VERSION/   saved_model.pb, variables/, warm-up records, SIGNATURES.md and its requests in examples/; for a task
                           with classes, their names
    models/                models.config and the other files to serve the folder with; see `deployment.py`

A version is made in `models/NAME/.….partial`, compared with the live model in Python and, on its own warm-up records, in a fresh
process by TensorFlow's C++ loader; then flushed to the disk, and only then renamed to its number.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from zoo.export import as_saved_model, labels, parity
from zoo.export.signatures import Exportable
from zoo.learners.endpoint import Endpoint
from zoo.serving.publishing import boundary, deployment, signature_guide, verification, versions, warm_up
from zoo.utils import files
from zoo.utils.errors import ZooError

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")


@dataclass(frozen=True)
class Published:
    """What was published.

    Attributes:
        path: the folder of the version.
        name: that the model is served under.
        version: its number.
        differences: for each signature, the largest difference from the live model, in Python and in the C++ loader.
        pruned: versions that were removed.
        notes: for the user, such as files that were not rewritten because they had been edited.
    """

    path: Path
    name: str
    version: int
    differences: dict[str, float]
    pruned: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def signatures(self) -> tuple[str, ...]:
        """Names of the signatures."""
        return tuple(self.differences)


def publish(
    model: Exportable,
    base: str | Path,
    name: str,
    version: int | None = None,
    keep: int | None = None,
    *,
    signatures: Collection[str] | None = None,
    progress: bool = False,
) -> Published:
    """Publish a learner or a task model.

    Args:
        model: a learner or a task model.
        base: the folder of all models; made if it is not there.
        name: to serve it under: letters, digits, `_`, `-` and `.`.
        version: a free number; by default the next after the highest.
        keep: afterwards remove all versions but this many of the newest and those that `models.config` names; by default none.
        signatures: which ones, including `serving_default`; all by default. Fewer are exported faster.
        progress: whether to show a bar.

    Raises:
        ZooError: for an impossible name or version, an unknown signature, one that cannot be served, a damaged
            `models.config`, or an export that differs from the live model. Nothing is published then.
    """
    base = Path(base)
    endpoints = _chosen(model.served_endpoints(), signatures)
    _check_name(name)
    if version is not None:
        versions.check_free(base / name, version)
    if keep is not None and keep < 1:
        raise ZooError(f"keep={keep}: keep 1 version or more, or leave it out to keep all.")
    spared = deployment.spared(base, name)
    with (
        versions.staged(base / name) as folder,
        tqdm(total=len(endpoints) + 3, disable=None if progress else True, leave=False) as bar,
    ):
        differences: dict[str, float] = {}
        for signature, difference in _build(model, endpoints, folder, name, bar):
            differences[signature] = max(difference, differences.get(signature, 0.0))
        files.flush(folder)
        number = versions.claim(folder, base / name, version)
    notes = deployment.write(base)
    pruned = versions.prune(base / name, keep, {number, *spared, *deployment.spared(base, name)}) if keep else []
    return Published(base / name / str(number), name, number, differences, tuple(pruned), tuple(notes))


def _build(model: Exportable, endpoints: dict[str, Endpoint], folder: Path, name: str, bar: tqdm) -> Iterator[tuple[str, float]]:
    """Write a version into a folder; yield signatures with their differences from the live model, one pair per comparison."""
    bar.set_description("exporting")
    as_saved_model.write(model, folder, endpoints)
    labels.into_saved_model(model, folder)
    definitions = boundary.signatures(folder)
    boundary.check_types(definitions)
    bar.update()
    run = as_saved_model.runner(folder)
    for signature, endpoint in endpoints.items():
        bar.set_description(f"comparing {signature}")
        yield signature, parity.check(endpoint, run(signature), f"SavedModel, signature {signature!r}")
        bar.update()
    bar.set_description("writing requests")
    every, span = model.served_endpoints(), warm_up.span_of(model.input_range)
    warm_up.write(folder, name, warm_up.requests(every, list(endpoints), span))
    signature_guide.write(folder, name, every, definitions, span)
    bar.update()
    bar.set_description("verifying in a fresh process")
    yield from _verified(folder, endpoints)
    bar.update()


def _verified(folder: Path, endpoints: dict[str, Endpoint]) -> Iterator[tuple[str, float]]:
    """Compare a fresh process's answers to the warm-up records with the live model's."""
    answers = verification.answers(folder)
    for (signature, inputs), got in zip(warm_up.read(folder), answers, strict=True):
        want = {output: value.numpy() for output, value in endpoints[signature](**inputs).items()}
        boundary.check_batch(signature, inputs, want)
        what = f"TensorFlow's C++ loader, signature {signature!r}"
        yield signature, parity.compare(endpoints[signature], inputs, want, got, what, "on a warm-up record")


def _chosen(endpoints: dict[str, Endpoint], names: Collection[str] | None) -> dict[str, Endpoint]:
    if names is None:
        return endpoints
    for name in names:
        parity.choose(endpoints, name)
    if "serving_default" not in names:
        raise ZooError(f"signatures {', '.join(names) or '(none)'}: add serving_default, the signature of requests without one.")
    return {name: endpoint for name, endpoint in endpoints.items() if name in names}


def _check_name(name: str) -> None:
    if not NAME.fullmatch(name):
        raise ZooError(
            f"{name!r} cannot be a model's name: take letters, digits, '_', '-' and '.', first a letter or '_'; in a server's "
            "addresses '/' and ':' end a name, and a number is a version. Give another by name= (--name)."
        )
