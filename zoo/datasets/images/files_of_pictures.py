"""Which files in a user's folder are pictures, which folders are classes, and which are parts of a data set instead."""

import unicodedata
import warnings
from pathlib import Path

from PIL import Image

from zoo.datasets.images.picture import formats
from zoo.utils.errors import ZooError, listed

ENDINGS = (
    *(".png", ".apng", ".jpg", ".jpeg", ".jpe", ".jfif", ".mpo", ".gif", ".bmp", ".dib", ".webp", ".tif", ".tiff", ".avif"),
    *(".pbm", ".pgm", ".ppm", ".pnm"),
)
HEIF = (".heic", ".heif", ".hif")
UNREAD = (  # pictures of formats that are not read: each is named, so that none is missing in silence
    *(*HEIF, ".jp2", ".j2k", ".jxl", ".svg", ".eps", ".ps", ".pdf", ".psd", ".xcf", ".ico", ".tga", ".pcx", ".exr", ".hdr"),
    *(".raw", ".dng", ".cr2", ".cr3", ".nef", ".arw", ".orf", ".rw2", ".dcm", ".fits"),
)
SYSTEM = {"__macosx", "thumbs.db", "desktop.ini", "$recycle.bin", "system volume information", "lost+found", "@eadir", "icon\r"}
PARTS = {"train", "training", "val", "valid", "validation", "dev", "test", "testing", "eval", "evaluation", "holdout"}


def pictures_in(folder: str | Path) -> tuple[list[Path], tuple[str, ...]]:
    """Files in a folder, at any depth, that are pictures by their names or by what they hold, and the paths of all others.

    Hidden files and those of operating systems are in neither.
    """
    files = sorted(path for path in Path(folder).rglob("*") if path.is_file())
    files = [path for path in files if not any(map(_is_system, path.relative_to(folder).parts))]
    found = [path for path in files if path.suffix.lower() in (*ENDINGS, *UNREAD) or _opens(path)]
    return found, tuple(str(path) for path in files if path not in set(found))


def class_folders(folder: Path) -> dict[str, list[Path]]:
    """Sub-folders by the class that their names mean; two that Unicode composes in different ways are one class.

    Raises:
        ZooError: where they are parts of a data set, each of which holds the classes.
    """
    inside = sorted(path for path in folder.iterdir() if path.is_dir() and not _is_system(path.name))
    named = [path for path in inside if path.name.lower() in PARTS]
    parts = [path for path in named if len(named) == len(inside) > 1 or _sub_folders(path)]
    if parts:
        names, one = listed([path.name for path in parts]), next((path for path in parts if _sub_folders(path)), parts[0])
        raise ZooError(
            f"{folder} holds the parts of a data set ({names}), not classes; give one of them, such as {one}, with a "
            "sub-folder of pictures for each class."
        )
    classes: dict[str, list[Path]] = {}
    for path in inside:
        classes.setdefault(unicodedata.normalize("NFC", path.name), []).append(path)
    return classes


def deeper(folder: Path) -> str:
    """What to give in place of a folder whose only sub-folder holds the classes; empty where that is not so."""
    inside = _sub_folders(folder)
    return (
        f"; its sub-folders {listed([path.name for path in inside])} look like the classes: give {folder}"
        if len(inside) > 1
        else ""
    )


def _sub_folders(folder: Path) -> list[Path]:
    """Sub-folders with a picture."""
    inside = sorted(path for path in folder.iterdir() if path.is_dir() and not _is_system(path.name))
    return [path for path in inside if pictures_in(path)[0]]


def _is_system(name: str) -> bool:
    return name.startswith((".", "~$")) or name.lower() in SYSTEM


def _opens(path: Path) -> bool:
    """Whether a file without an ending of pictures holds one; its beginning tells."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of Pillow, which are not about what the user did
            with Image.open(path, formats=formats()):
                return True
    except Exception:  # a file that is no picture fails in as many ways as there are formats
        return False
