"""The catalogue: every entry of the zoo, a table for each shelf, made from the cards; `docs/models.md` is what it writes."""

import ast
from collections import Counter
from pathlib import Path
from typing import Any

from zoo.hub import registry
from zoo.utils import files

COLUMNS = 5  # conditions shown of a family, at most; `zoo show NAME` prints all

TEXT = """# Models

Every entry of the zoo, from its card: mean over tasks that no training has seen, with the half-width of the 95 % interval, as
learned, before any further gradient step. Lower is better. *Published* is the figure of the source paper for the first column
that the entry has a number in, on tasks of its own where the entry's file says so. Written by
`zoo figures models --out docs --force`; `zoo show NAME` prints the whole card: every condition, gradient steps, baselines,
calibration, exports, hardware and the command that measured it.
"""


def write(folder: str | Path, force: bool = False) -> tuple[Path, list[str]]:
    """Write `models.md` into a folder; return its path and the names of the entries in it.

    Raises:
        ZooError: if it exists and `force` is false.
    """
    path = Path(folder) / "models.md"
    with files.written_aside(path, force) as aside:
        aside.write_text(text(), encoding="utf-8")
    return path, carded()


def text() -> str:
    """The whole page."""
    return "\n".join([TEXT, *(_family(shelf, names) for shelf, names in shelves().items())])


def carded() -> list[str]:
    """Entries that have a card."""
    return [name for name in registry.names() if (registry.CARDS / name / "card.json").exists()]


def shelves() -> dict[str, list[str]]:
    """Entries with a card by the shelf that their files stand on."""
    found: dict[str, list[str]] = {}
    for name in carded():
        found.setdefault(registry.shelf(name), []).append(name)
    return dict(sorted(found.items()))


def _family(shelf: str, names: list[str]) -> str:
    """One shelf as a heading and a table, the best entry first."""
    cards = {name: registry.card(name) for name in names}
    scores = {name: _as_learned(card) for name, card in cards.items()}
    counted = Counter(label for rows in scores.values() for label in rows)
    order = list(dict.fromkeys(label for rows in scores.values() for label in rows))
    columns = sorted(order, key=lambda label: -counted[label])[:COLUMNS]
    columns.sort(key=order.index)
    head = ["entry", "what", *columns, "published", "weights", "a task", "trained in"]
    lines = [head, ["---", "---", *["---:"] * (len(head) - 2)]]
    for name in sorted(names, key=lambda name: next(iter(scores[name].values()))["mean"]):
        lines.append(_row(name, cards[name], scores[name], columns))
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    metric = cards[names[0]]["evaluation"]["metric"].partition(";")[0]
    return f"## {_title(shelf)}\n\n{metric[0].upper()}{metric[1:]}.\n\n{table}\n"


def _row(name: str, card: dict[str, Any], scores: dict[str, dict[str, Any]], columns: list[str]) -> list[str]:
    first = next(iter(scores.values()))
    cells = [f"{scores[at]['mean']:.3g} ± {scores[at]['interval']:.2g}" if at in scores else "" for at in columns]
    published = f"{first['published']:g}" if "published" in first else ""
    size, task = f"{card['weights']['bytes'] / 1000:,.0f} kB", card.get("task", {}).get("bytes")
    learned = f"{task:,} bytes" if task else ""
    return [f"`{name}`", registry.summary(name), *cells, published, size, learned, f"{card['training']['minutes']:.0f} min"]


def _as_learned(card: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Scores before any further gradient step, by what they were measured under, in words."""
    found = {}
    for score in card["evaluation"]["scores"]:
        condition = {key: value for key, value in score["condition"].items() if key != "steps"}
        if "on" not in condition:
            found[", ".join(f"{key} {value}" for key, value in condition.items())] = score
    return found


def _title(shelf: str) -> str:
    """The first line of a shelf's `__init__`, without its full stop."""
    tree = ast.parse((registry.ENTRIES / shelf / "__init__.py").read_text(encoding="utf-8"))
    return (ast.get_docstring(tree) or shelf).partition("\n")[0].removeprefix("Entries on ").rstrip(".").capitalize()
