"""Which entries have changed since their cards were last verified: a digest of all that a card depends on."""

import ast
import functools
import hashlib
import json
from pathlib import Path

from zoo.hub import registry

VERIFIED = Path(__file__).parent / "verified.json"
PACKAGE = registry.ENTRIES.parent


@functools.cache
def modules(path: Path) -> frozenset[Path]:
    """The files of `zoo` that a file imports when it is imported, itself included."""
    found, queue = set(), [path]
    while queue:
        here = queue.pop()
        if here in found:
            continue
        found.add(here)
        for node in ast.parse(here.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("zoo"):
                names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
                queue += [file for name in names if (file := _file(name)) and file != PACKAGE / "__init__.py"]
    return frozenset(found)


def _file(module: str) -> Path | None:
    base = PACKAGE.joinpath(*module.split(".")[1:])
    return next((path for path in (base.with_suffix(".py"), base / "__init__.py") if path.is_file()), None)


def digest(name: str) -> str:
    """Of weights, card, entry, and every module that entry and evaluation import."""
    entry = registry.ENTRIES / registry.shelf(name) / f"{name}.py"
    used = modules(entry) | modules(PACKAGE / "evaluation/scores.py")
    weights = registry.CARDS / (registry.entry(name).weights_of or name) / "model.keras"
    total = hashlib.sha256()
    for path in sorted({*used, weights, registry.CARDS / name / "card.json"}):
        total.update(path.relative_to(PACKAGE).as_posix().encode() + _digest(path))
    return total.hexdigest()


@functools.cache
def _digest(path: Path) -> bytes:
    """Of a file; of Python what it does, whatever its comments and docstrings say and however it is laid out."""
    content = path.read_bytes()
    return hashlib.sha256(_without_words(content).encode() if path.suffix == ".py" else content).digest()


def _without_words(source: bytes) -> str:
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node, clean=False) is not None:
            del node.body[0]
    return ast.dump(tree)


def digests() -> dict[str, str]:
    """Of every entry."""
    return {name: digest(name) for name in registry.names()}


def changed() -> list[str]:
    """Entries whose digest is not the one that was verified."""
    verified = json.loads(VERIFIED.read_text(encoding="utf-8")) if VERIFIED.exists() else {}
    return [name for name, now in digests().items() if verified.get(name) != now]


def name_of(nodeid: str) -> str:
    """The entry that a test is of: `measured_again.py::test[NAME]`, or with its group behind it, `...[NAME]@NAME`."""
    return nodeid.partition("[")[2].partition("]")[0]


def record(passed: dict[str, str]) -> None:
    """Keep the digests of entries whose cards were measured again."""
    verified = json.loads(VERIFIED.read_text(encoding="utf-8")) if VERIFIED.exists() else {}
    known = {name: one for name, one in (verified | passed).items() if name in registry.names()}
    VERIFIED.write_text(json.dumps(dict(sorted(known.items())), indent=2) + "\n", encoding="utf-8")
