"""The user's cache: what can be made again."""

import os
from pathlib import Path


def folder() -> Path:
    """The zoo's folder in it: in `XDG_CACHE_HOME`, else in `~/.cache`."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "zoo"
