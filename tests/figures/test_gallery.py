"""A folder of pictures: each with its numbers, all on one page, and nothing is drawn for a folder that is taken."""

import pytest

from zoo import ZooError
from zoo.figures import gallery, style
from zoo.utils import files, machine

OTHERS = files.other_than("README.md", "*.png", "*.csv")
COMMAND = "zoo figures all"


def blank(name):
    return style.Picture(name, f"About {name}.", style.axes(2, 1)[0], ("x",), [(1,)])


def test_the_page_shows_every_picture_with_its_caption_and_links_its_numbers(tmp_path):
    folder = tmp_path / "out"
    assert gallery.write(folder, "# All\n", lambda: map(blank, ("one", "two")), False, OTHERS, COMMAND) == ["one", "two"]
    assert {path.name for path in folder.iterdir()} == {"README.md", "one.png", "one.csv", "two.png", "two.csv"}
    text = (folder / "README.md").read_text(encoding="utf-8")
    found = machine.description()
    told = f"By `{COMMAND}` on {found['date']}, {found['hardware']}, TensorFlow {found['tensorflow']}.\n"
    assert text.startswith(f"# All\n\n{told}\n![one](one.png)\n\nAbout one. [Numbers](one.csv)\n\n![two](two.png)")


def test_only_what_was_written_here_is_replaced(tmp_path):
    folder = tmp_path / "out"
    gallery.write(folder, "# Old\n", lambda: [blank("old")], False, OTHERS, COMMAND)
    gallery.write(folder, "# New\n", lambda: [blank("new")], True, OTHERS, COMMAND)
    assert {path.name for path in folder.iterdir()} == {"README.md", "new.png", "new.csv"}
    (folder / "mine.txt").touch()
    with pytest.raises(ZooError, match="mine"):
        gallery.write(folder, "# New\n", lambda: pytest.fail("drawn"), True, OTHERS, COMMAND)


def test_nothing_is_drawn_for_a_folder_that_exists(tmp_path):
    with pytest.raises(ZooError, match="exists already"):
        gallery.write(tmp_path, "", lambda: pytest.fail("drawn"), False, OTHERS, COMMAND)
    assert list(tmp_path.iterdir()) == []
