"""The shape of the house: rooms and floors, no circle, the sizes of files and functions, a test beside every file, no riddle."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "zoo"
LINKS = ("layers", "datasets", "export", "serving")
FILES = sorted(PACKAGE.rglob("*.py"))
FUNCTION_LINES, FILE_LINES = 60, 300

# Rooms, floor by floor: a room may import those of the floors below it, and within its own floor only what is named here.
FLOORS = (
    ("utils",),
    ("layers", "datasets"),
    ("learners",),
    ("models", "export", "runtime"),
    ("hub",),
    ("entries", "evaluation", "serving", "bulk"),
    ("training", "page"),
    ("figures", "estimators"),
    ("cli", "__init__"),
    ("__main__",),
)
# What a room must not know although it lies below: exports, servers and pages work for models that nobody has written yet.
BLIND = {
    "export": {"datasets", "layers", "models"},
    "serving": {"datasets", "layers", "models", "hub", "learners"},
    "bulk": {"layers", "models", "export"},
    "page": {"datasets", "layers", "models", "learners", "serving", "entries", "evaluation"},
    "evaluation": {"layers", "models", "entries"},
    "figures": {"layers", "models", "entries"},
    "layers": {"utils"},
}
# The hub finds entries and models by listing their folders; the three imports below are by name, and there are no others.
BY_NAME = {("zoo/hub/registry.py", "models")}
# All of `learners` and `datasets` that serving and the page see: a page makes the rule of a table by the numbers of Python's.
SERVED = {"learners.endpoint", "datasets.tables.rule"}


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path): path for path in FILES}


def room_of(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def imports(path: Path) -> set[str]:
    """Modules of `zoo` that a file imports, wherever in it, for type checking too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}:{node.lineno}: import absolutely"
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in MODULES else str(node.module) for name in names}
    return {name for name in found if name in MODULES and name != "zoo"}


IMPORTS = {module: imports(path) - {module} for module, path in MODULES.items()}
HEIGHT = {room: height for height, rooms in enumerate(FLOORS) for room in rooms}


def test_every_room_has_its_floor():
    assert {room_of(module) for module in MODULES} == set(HEIGHT)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_is_in_order(path):
    """It imports from below, is short, has short functions, and says what it is."""
    module, text = module_of(path), path.read_text(encoding="utf-8")
    room, where = room_of(module), path.relative_to(ROOT).as_posix()
    for imported in IMPORTS[module]:
        other = room_of(imported)
        if other == room or (where, other) in BY_NAME:
            continue
        assert HEIGHT[other] < HEIGHT[room], f"{where} must not import {imported}: it is not on a floor below"
        allowed = imported.removeprefix("zoo.") in SERVED
        assert allowed or other not in BLIND.get(room, ()), f"{where} must not know {imported}"
    assert len(text.splitlines()) <= FILE_LINES, f"{where} is too long"
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = node.end_lineno - node.lineno + 1
            assert lines <= FUNCTION_LINES, f"{where}:{node.lineno} {node.name}: {lines} lines"
    first = (ast.get_docstring(tree) or "").partition("\n")[0]
    assert len(first) > 20, f"{where} needs a docstring whose first line says what the file is"


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Every circle that a walk along the arrows finds."""
    done: set[str] = set()
    found: list[list[str]] = []

    def visit(node: str, trail: list[str]) -> None:
        if node in trail:
            found.append([*trail[trail.index(node) :], node])
        elif node not in done:
            for other in sorted(graph.get(node, ())):
                visit(other, [*trail, node])
            done.add(node)

    for node in sorted(graph):
        visit(node, [])
    return found


def test_no_files_import_each_other_in_a_circle():
    """Imports for type checking count. A package that re-exports its files is no circle with them."""
    packages = {module for module, path in MODULES.items() if path.name == "__init__.py"}
    graph = {
        module: {other for other in others if not (other in packages and module.startswith(f"{other}."))}
        for module, others in IMPORTS.items()
    }
    assert circles(graph) == []


def test_no_rooms_import_each_other_in_a_circle():
    rooms: dict[str, set[str]] = {}
    for module, others in IMPORTS.items():
        rooms.setdefault(room_of(module), set()).update({room_of(other) for other in others} - {room_of(module)})
    assert circles(rooms) == []


def test_a_circle_is_found():
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}}) == [["a", "b", "c", "a"]]
    assert circles({"a": {"b", "c"}, "b": {"c"}}) == []


def test_no_model_is_asked_for_its_class_and_no_data_whether_it_has_something():
    """What a learner is, it says itself (`zoo.learners.capabilities`); what a benchmark has, its base class names."""
    bases = {"ZooModel", "MetaLearner", "ClassLearner", "EmbeddingClassifier", "SetLearner", "GradientLearner", "NetworkLearner"}
    bases |= {"SequenceLearner"}
    for room in ("evaluation", "figures", "training", "export"):
        for path in (PACKAGE / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                    where = f"{path.relative_to(ROOT)}:{node.lineno}"
                    assert node.func.id != "hasattr", where
                    asked = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
                    assert not (node.func.id == "isinstance" and asked & bases), where


def behaves(path: Path) -> bool:
    """Whether a file holds behaviour: a function that does more than to give a constant, an attribute or something empty."""

    def plain(node: ast.stmt) -> bool:
        if isinstance(node, ast.Raise | ast.Pass):
            return True
        value = node.value if isinstance(node, ast.Return | ast.Expr) else node
        empty = isinstance(value, ast.List | ast.Dict | ast.Tuple) and not any(ast.iter_child_nodes(value))
        return value is None or empty or isinstance(value, ast.Constant | ast.Attribute | ast.Name)

    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not all(map(plain, node.body)):
            return True
    return False


def mirror(path: Path) -> Path:
    inside = path.relative_to(PACKAGE)
    if path.name == "__init__.py":
        return ROOT / "tests" / inside.parent / f"test_{inside.parent.name or 'init'}.py"
    return ROOT / "tests" / inside.parent / f"test_{path.name}"


# What is imported when it is first asked for: `test_the_public_names_are_there` and the README's examples ask.
ELSEWHERE = {"zoo/__init__.py", "zoo/serving/__init__.py"}


def test_every_file_that_does_something_has_its_test_at_the_mirrored_path():
    inside = [path for path in FILES if path.relative_to(PACKAGE).parts[0] != "entries"]
    without = {path.relative_to(ROOT).as_posix() for path in inside if behaves(path) and not mirror(path).exists()}
    assert without <= ELSEWHERE


@pytest.mark.parametrize("link", LINKS)
def test_the_parts_are_seen_at_the_top(link):
    assert os.readlink(ROOT / link) == f"zoo/{link}"


def run(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize(
    "code", ["import zoo", "import zoo.cli; zoo.cli.main(['list'])", "import zoo; zoo.card('mela_sinusoid')"]
)
def test_light_use_imports_no_tensorflow(code):
    heavy = "{'tensorflow', 'keras', 'matplotlib', 'numpy'} & set(__import__('sys').modules)"
    assert run(f"{code}; print('heavy:', sorted({heavy}))").splitlines()[-1] == "heavy: []"


def test_the_public_names_are_there():
    import zoo

    for name in zoo.__all__:
        assert getattr(zoo, name) is not None
    with pytest.raises(AttributeError, match="it has ZooError"):
        zoo.nothing  # noqa: B018
