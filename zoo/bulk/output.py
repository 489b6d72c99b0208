"""The folder of a job's answers: it says whose they are, belongs to one process at a time, and is never somebody else's."""

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from zoo.bulk.names import FORMATS
from zoo.utils import files, locks
from zoo.utils.errors import ZooError, listed

JOB, LOCK, FORMAT = "job.json", ".job.lock", 1


@contextlib.contextmanager
def of_job(out: Path, facts: dict[str, Any], force: bool) -> Iterator[None]:
    """Hold the folder of a job while the block runs.

    Args:
        out: the folder; made where it is not there.
        facts: what makes it this job, as plain data.
        force: whether what answers it holds may be removed.

    Raises:
        ZooError: if it holds something else or the answers of another job, another process writes there, or it cannot be written.
    """
    known = _read(out)
    if known is None:
        _refuse_foreign(out)
    elif known != facts and not force:
        other = [name for name in facts if known.get(name) != facts[name]]
        raise ZooError(
            f"{out} holds the answers of another job, with another {listed(other)}; choose another folder, or --force to "
            "remove them."
        )
    with _held(out):
        if known is not None and force:
            _remove_answers(out)
        if known != facts:
            with files.written_aside(out / JOB, force=True) as aside:
                aside.write_text(json.dumps({"format": FORMAT, **facts}), encoding="utf-8")
        yield


def _read(out: Path) -> dict[str, Any] | None:
    try:
        known = json.loads((out / JOB).read_text(encoding="utf-8"))
        return {name: value for name, value in known.items() if name != "format"} if known["format"] == FORMAT else {}
    except FileNotFoundError:
        return None
    except NotADirectoryError:
        raise ZooError(f"--out {out} is a file, but a folder for the answers was expected; choose another name.") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _refuse_foreign(out: Path) -> None:
    """Refuse a folder in which there is something, but no job."""
    found = [path for path in out.iterdir() if not path.name.startswith(".")] if out.is_dir() else []
    if found or (out.exists() and not out.is_dir()):
        what = f"holds {found[0].name}, which no job of answers wrote" if found else "is no folder"
        raise ZooError(f"--out {out} {what}; choose a new folder.")


@contextlib.contextmanager
def _held(out: Path) -> Iterator[None]:
    """Hold the lock of a folder, as far as its disk has locks."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / LOCK).touch()
    except OSError as error:
        raise ZooError(f"--out {out} cannot be written: {error.strerror}; choose another place.") from None
    held: int | None = None
    with contextlib.suppress(OSError):
        held = locks.take(out / LOCK)
        if held is None:
            raise ZooError(f"another process writes the answers of {out}; wait for it, or choose another folder.")
    try:
        yield
    finally:
        if held is not None:
            os.close(held)


def _remove_answers(out: Path) -> None:
    """Remove the answers of a job.

    Raises:
        ZooError: if there is anything else in the folder.
    """
    found = [
        path
        for path in out.rglob("*")
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(out).parts)
    ]
    foreign = [path for path in found if path.suffix not in FORMATS and path != out / JOB]
    if foreign:
        raise ZooError(
            f"{out} is not emptied, as {foreign[0]} is nothing that a job wrote; choose another folder, or move it away."
        )
    for path in found:
        if path != out / JOB:
            path.unlink()
