"""Generated files beside the models, which are rewritten only while they are unedited."""

import hashlib
from pathlib import Path

from zoo.utils import files

MARK = "# Made by `zoo export`, which rewrites this file only while it is unedited. SHA-256 "


def stamped(body: str) -> str:
    """A text under a first line with its SHA-256, by which a later edit is detected."""
    return f"{MARK}{hashlib.sha256(body.encode()).hexdigest()}\n{body}"


def is_untouched(text: str) -> bool:
    """Whether a text is unchanged since `stamped` made it."""
    first, _, body = text.partition("\n")
    return first.startswith(MARK) and stamped(body) == text


def write(path: Path, body: str) -> str | None:
    """Write a generated file unless the present one was edited.

    Returns:
        A note for the user where an edited file was kept, else None.
    """
    text = stamped(body)
    there = path.read_text(encoding="utf-8") if path.exists() else None
    if there == text:
        return None
    if there is not None and not is_untouched(there):
        return f"{path} was edited and is kept; remove it and export again for a new one."
    replace(path, text)
    return None


def replace(path: Path, text: str) -> None:
    """Replace a file by a text in one step."""
    with files.written_aside(path, force=True) as aside:
        aside.write_text(text, encoding="utf-8")
