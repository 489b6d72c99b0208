"""Files that are generated beside the models, and rewritten only as long as nobody edited them."""

import hashlib
from pathlib import Path

from zoo.utils import files

MARK = "# Made by `zoo export`, which rewrites this file as long as it is unchanged; once edited it is yours. SHA-256 "


def stamped(body: str) -> str:
    """A text under a first line that tells, by its SHA-256, whether it was edited since."""
    return f"{MARK}{hashlib.sha256(body.encode()).hexdigest()}\n{body}"


def is_untouched(text: str) -> bool:
    """Whether a text is as `stamped` made it."""
    first, _, body = text.partition("\n")
    return first.startswith(MARK) and stamped(body) == text


def write(path: Path, body: str) -> str | None:
    """Write a generated file unless somebody edited the one that is there.

    Returns:
        A note for the user where the file was left alone although it differs, else None.
    """
    text = stamped(body)
    there = path.read_text(encoding="utf-8") if path.exists() else None
    if there == text:
        return None
    if there is not None and not is_untouched(there):
        return f"{path} was edited, so it stays as it is; remove it and export again for a new one."
    replace(path, text)
    return None


def replace(path: Path, text: str) -> None:
    """Put a text in the place of a file, in one step."""
    with files.written_aside(path, force=True) as aside:
        aside.write_text(text, encoding="utf-8")
