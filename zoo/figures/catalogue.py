"""The catalogue: every entry of the zoo, a table for each shelf, made from the cards; `docs/models.md` is what it writes."""

import ast
from collections import Counter
from pathlib import Path
from typing import Any

from zoo.hub import registry
from zoo.utils import files

COLUMNS = 5  # conditions shown of a family, and one more where an entry has none of them; `zoo show NAME` prints all

TEXT = """# Models

Every entry of the zoo, from its card: mean over tasks that no training has seen, with the half-width of the 95 % interval, as
learned, before any further gradient step. Lower is better, unless it is said. *Published* is the figure of the source paper for
the first column that the entry has a number in, on tasks of its own where its file says so. Compare numbers of one column only:
another column is other tasks. Written by `zoo figures models --out docs --force`; `zoo show NAME` prints the whole card: every
condition, gradient steps, baselines, calibration, exports, hardware and the command that measured it.
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
    borrowed = [_borrowed(names)] if (names := [name for name in registry.BORROWED if _has_card(name)]) else []
    return "\n".join([TEXT, *(_family(shelf, names) for shelf, names in shelves().items()), *borrowed])


def carded() -> list[str]:
    """Entries that have a card."""
    return [name for name in registry.names() if _has_card(name)]


def _has_card(name: str) -> bool:
    return (registry.CARDS / name / "card.json").exists()


def shelves() -> dict[str, list[str]]:
    """Entries with a card by the shelf that their files stand on."""
    found: dict[str, list[str]] = {}
    for name in carded():
        found.setdefault(registry.shelf(name), []).append(name)
    return dict(sorted(found.items()))


def _family(shelf: str, names: list[str]) -> str:
    """One shelf as a heading, what it says of itself, and a table, the best entry first, those on other tasks last."""
    cards = {name: registry.card(name) for name in names}
    scores = {name: _as_learned(card, registry.entry(name).benchmark.apart) for name, card in cards.items()}
    columns = _columns(scores)
    signs = {name: -1.0 if registry.entry(name).benchmark.higher_is_better else 1.0 for name in names}
    ordered = sorted(names, key=lambda name: _place(scores[name], columns, signs[name]))
    table = _table([_row(name, cards[name], scores[name], columns) for name in ordered], columns)
    title, _, more = _told(shelf).partition("\n\n")
    title = title.removeprefix("Entries on ").rstrip(".")
    return (
        "\n\n".join(part for part in (f"## {title[0].upper()}{title[1:]}", _metrics(cards), more.strip(), table) if part) + "\n"
    )


def _borrowed(names: list[str]) -> str:
    """What is loaded like an entry, though its weights are somebody else's, as `_family`."""
    cards = {name: registry.card(name) for name in names}
    scores = {name: _as_learned(card, "") for name, card in cards.items()}
    columns = _columns(scores)
    table = _table([_row(name, cards[name], scores[name], columns) for name in names], columns)
    about = "Loaded and used like an entry, where the extra of that name has brought the weights."
    return f"## With weights of others\n\n{_metrics(cards)} {about}\n\n{table}\n"


def _table(rows: list[list[str]], columns: list[str]) -> str:
    head = ["entry", "what", *columns, "published", "weights", "a task", "trained in"]
    lines = [head, ["---", "---", *["---:"] * (len(head) - 2)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _columns(scores: dict[str, dict[str, Any]]) -> list[str]:
    """The conditions of most entries, in the order of the cards, and the first one of every entry that has none of them."""
    counted = Counter(label for rows in scores.values() for label in rows)
    order = list(dict.fromkeys(label for rows in scores.values() for label in rows))
    shown = set(sorted(order, key=lambda label: -counted[label])[:COLUMNS])
    shown |= {next(iter(rows)) for rows in scores.values() if not shown & rows.keys()}
    return [label for label in order if label in shown]


def _place(rows: dict[str, Any], columns: list[str], sign: float) -> tuple[int, float]:
    """Where an entry stands in the table: by the first column that it has a number in, and by that number times a sign."""
    at = next(number for number, label in enumerate(columns) if label in rows)
    return at, sign * rows[columns[at]]["mean"]


def _metrics(cards: dict[str, dict[str, Any]]) -> str:
    """What the numbers are, and of which entries where not all have the same."""
    found: dict[str, list[str]] = {}
    for name, card in cards.items():
        found.setdefault(card["evaluation"]["metric"].partition(";")[0], []).append(name)
    usual = max(found, key=lambda metric: len(found[metric]))
    others = [f"; of {' and '.join(f'`{name}`' for name in names)} the {told}" for told, names in found.items() if told != usual]
    return f"{usual[0].upper()}{usual[1:]}{''.join(others)}."


def _row(name: str, card: dict[str, Any], scores: dict[str, dict[str, Any]], columns: list[str]) -> list[str]:
    first = next(iter(scores.values()))
    cells = [f"{scores[at]['mean']:.3g} ± {scores[at]['interval']:.2g}" if at in scores else "" for at in columns]
    published = f"{first['published']:g}" if "published" in first else ""
    size, task = f"{card['weights']['bytes'] / 1000:,.0f} kB", card.get("task", {}).get("bytes")
    learned = f"{task:,} bytes" if task else ""
    minutes = f"{card['training']['minutes']:.0f} min" if "training" in card else ""
    return [f"`{name}`", registry.summary(name), *cells, published, size, learned, minutes]


def _as_learned(card: dict[str, Any], apart: str) -> dict[str, dict[str, Any]]:
    """Scores before any further gradient step, by what they were measured under, in words, and on which tasks."""
    found = {}
    for score in card["evaluation"]["scores"]:
        condition = {key: value for key, value in score["condition"].items() if key != "steps"}
        if "on" not in condition:
            words = [*(f"{key} {value}" for key, value in condition.items()), *([apart] if apart else [])]
            found[", ".join(words)] = score
    return found


def _told(shelf: str) -> str:
    """What the `__init__` of a shelf says of it: a title, and what a reader of its numbers must know."""
    tree = ast.parse((registry.ENTRIES / shelf / "__init__.py").read_text(encoding="utf-8"))
    return ast.get_docstring(tree) or shelf
