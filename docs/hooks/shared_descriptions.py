"""An extension of Griffe, which reads docstrings for the API pages: arguments that are described together get a row each.

The zoo writes `tasks, seed: of the evaluation.` where two arguments belong together; Google's style knows one name in a line, and
Griffe takes the others for a type.
"""

import re
from typing import Any

import griffe

TOGETHER = re.compile(r"(?P<margin> *)(?P<names>\*{0,2}\w+(?:, \*{0,2}\w+)+): ")
SECTIONS = ("Args:", "Attributes:")


class SharedDescriptions(griffe.Extension):
    """Rewrite docstrings once a package is read, before any of them is taken apart."""

    def on_package(self, *, pkg: griffe.Module, **_: Any) -> None:
        """Griffe's hook."""
        visit(pkg)


def visit(thing: Any) -> None:
    """Rewrite the docstrings of a module, class or function, and of all that is in it."""
    if thing.docstring:
        thing.docstring.value = apart(thing.docstring.value)
    for member in thing.members.values():
        if not member.is_alias:
            visit(member)


def apart(text: str) -> str:
    """A docstring in which every argument has its own line, with the description that it shares."""
    lines, found, inside = text.splitlines(), [], False
    while lines:
        line = lines.pop(0)
        if line and not line.startswith(" "):
            inside = line in SECTIONS
        match = TOGETHER.match(line) if inside else None
        if not match:
            found.append(line)
            continue
        described = [line[match.end() :]]
        while lines and lines[0].startswith(f"{match['margin']} "):
            described.append(lines.pop(0))
        for name in match["names"].split(", "):
            found += [f"{match['margin']}{name}: {described[0]}", *described[1:]]
    return "\n".join(found)
