"""A folder of pictures with their numbers, and a page that shows them all."""

from collections.abc import Callable, Iterable
from pathlib import Path

from zoo.figures.style import Picture
from zoo.utils import files, machine

PAGE = "README.md"


def write(
    folder: str | Path,
    headline: str,
    pictures: Callable[[], Iterable[Picture]],
    force: bool,
    others: files.Foreign,
    command: str,
) -> list[str]:
    """Write each picture as `NAME.png` with its numbers in `NAME.csv`, and all of them on one page, `README.md`.

    The page says when, and on what machine.

    Args:
        folder: to make.
        headline: of the page, Markdown.
        pictures: called once the folder is known to be free, gives them in the order of the page.
        force: whether to replace the folder if it exists.
        others: what the folder must not replace even so, see `files.other_than`.
        command: that writes the folder.

    Returns:
        The names of the pictures.

    Raises:
        ZooError: if the folder exists and `force` is false.
    """
    told = "By `{command}` on {date}, {hardware}, TensorFlow {tensorflow}.\n"
    names, page = [], [headline, told.format(command=command, **machine.description())]
    with files.written_aside(folder, force, others) as aside:
        aside.mkdir()
        for picture in pictures():
            picture.write(aside)
            names.append(picture.name)
            page.append(f"![{picture.name}]({picture.name}.png)\n\n{picture.caption} [Numbers]({picture.name}.csv)\n")
        (aside / PAGE).write_text("\n".join(page), encoding="utf-8")
    return names
