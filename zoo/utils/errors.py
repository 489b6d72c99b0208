"""The error for every mistake of a user: it names the value, what was expected, and the remedy; and how such lines quote."""

from collections.abc import Sequence
from typing import Any

MOST = 1000  # characters of a message; what names of files and classes make longer loses its middle


class ZooError(ValueError):
    """Wrong use of the library. The command line prints its message on one line and exits with code 2.

    A message is one line wherever it is shown: names of files, folders and columns may hold line breaks.
    """

    def __str__(self) -> str:
        text, half = " ".join(super().__str__().splitlines()), MOST // 2 - 1
        return text if len(text) <= MOST else f"{text[:half]}…{text[-half:]}"


def cut(value: Any, most: int = 60) -> str:
    """A value as a message shows it: on one line, and no longer than so many characters."""
    text = " ".join(str(value).split())
    return text if len(text) <= most else f"{text[: most - 1]}…"


def listed(values: Sequence[Any], most: int = 12) -> str:
    """Values as a message lists them: the first so many, and how many more there are."""
    shown = ", ".join(cut(value, 40) for value in values[:most])
    return shown if len(values) <= most else f"{shown} and {len(values) - most:,} more"
