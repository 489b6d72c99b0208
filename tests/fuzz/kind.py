"""A kind of input, and the property that all kinds share: an answer or one line, little memory, little time, no odd warning."""

import contextlib
import os
import re
import signal
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from zoo import ZooError

MEMORY = 2**30  # bytes that one input may make the process grow by
SECONDS = 10.0  # of the processor's time, which a loaded machine does not stretch
HANGING = 90  # seconds by the clock, after which an input is taken to wait for ever
LINE = 1000  # characters of a refusal


@dataclass(frozen=True)
class Kind:
    """One kind of input.

    Attributes:
        name: what it is called.
        inputs: how many of it are in `./dev test`.
        drawn: the strategy.
        opened: puts an input into an empty folder, and opens it by a public door; asserts whatever is known of the answer.
        valid: an input that must be answered, and warms up whatever is slow at first.
    """

    name: str
    inputs: int
    drawn: st.SearchStrategy
    opened: Callable[[Any, Path], Any]
    valid: Any


def held(kind: Kind, given: Any, folder: Path) -> bool:
    """Hold the property over one input; whether it was answered.

    Args:
        kind: its kind.
        given: as `kind.drawn` draws it.
        folder: for the files of this kind; they are written over.

    Raises:
        AssertionError: if the property does not hold.
        Exception: whatever else than a `ZooError` came out of the door.
    """
    with warnings.catch_warnings(record=True) as warned, _measured() as spent:
        warnings.simplefilter("always")
        warnings.filterwarnings(
            "ignore", "__array__ implementation doesn't accept a copy keyword", DeprecationWarning
        )  # of Keras
        try:
            kind.opened(given, folder)
            refusal = None
        except ZooError as error:
            refusal = str(error)
    if refusal is not None:
        assert refusal.strip(), "a refusal says nothing"
        assert len(refusal.splitlines()) == 1, f"a refusal is more than one line: {refusal!r}"
        assert len(refusal) <= LINE, f"a refusal has {len(refusal):,} characters: {refusal[:LINE]!r}"
    for each in warned:
        assert issubclass(each.category, UserWarning), f"a warning that is none for users: {each.category}: {each.message}"
    assert spent["memory"] < MEMORY, f"it took {spent['memory']:,} bytes"
    assert spent["seconds"] < SECONDS, f"it took {spent['seconds']:.1f} s"
    return refusal is None


@contextlib.contextmanager
def _measured() -> Iterator[dict[str, float]]:
    """Measure a block: bytes by which the process grew at most, and seconds of the processor; one that hangs is broken off."""
    spent: dict[str, float] = {}
    may_break = threading.current_thread() is threading.main_thread()
    if may_break:
        before = signal.signal(signal.SIGALRM, _break)
        signal.alarm(HANGING)
    began, memory = time.process_time(), _forget_peak()
    try:
        yield spent
    finally:
        spent["seconds"] = time.process_time() - began
        spent["memory"] = _status("VmHWM") - memory
        if may_break:
            signal.alarm(0)
            signal.signal(signal.SIGALRM, before)


def _break(*_: Any) -> None:
    raise KeyboardInterrupt(f"it took more than {HANGING} s")  # no Exception, which a reader of damaged files may catch


def _forget_peak() -> int:
    """Make the kernel count the process' peak of memory anew; bytes from which it counts."""
    with contextlib.suppress(OSError):
        Path(f"/proc/{os.getpid()}/clear_refs").write_text("5")
    return _status("VmHWM")


def _status(name: str) -> int:
    """A size that the kernel knows of this process, in bytes; 0 where it does not tell."""
    try:
        text = Path("/proc/self/status").read_text()
    except OSError:
        return 0
    found = re.search(rf"{name}:\s+(\d+) kB", text)
    return int(found[1]) * 1024 if found else 0
