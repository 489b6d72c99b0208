"""The shape of the house: who may import whom, how long a file and a function may be, what stands at the top."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "zoo"
LINKS = ("layers", "datasets", "export", "serving")
FILES = sorted(path for path in PACKAGE.rglob("*.py"))

# Each part may import the parts in its row, and those only. A part is a sub-package or a module of `zoo`.
MAY_IMPORT = {
    "errors": (),
    "machine": (),
    "native": (),
    "quiet": ("errors",),
    "checks": ("errors",),
    "files": ("errors",),
    "tables": ("errors", "files"),
    "endpoint": (),
    "layers": (),
    "datasets": ("errors",),
    "logits": (),
    "task_model": ("checks", "endpoint", "errors", "logits"),
    "fused_steps": (),
    "learner": ("checks", "endpoint", "errors", "fine_tuning", "fused_steps", "task_model"),
    "class_learner": ("endpoint", "learner", "task_model"),
    "classifier": ("class_learner", "endpoint", "fine_tuning"),
    "set_learner": ("endpoint", "errors", "fine_tuning", "layers", "learner", "task_model"),
    "rollout": ("endpoint", "learner"),
    "fine_tuning": ("endpoint", "layers"),
    "linear_refiner": ("endpoint", "layers"),
    "entry": (),
    "models": (
        "class_learner",
        "classifier",
        "endpoint",
        "fine_tuning",
        "layers",
        "learner",
        "linear_refiner",
        "rollout",
        "set_learner",
    ),
    "entries": ("datasets", "entry", "models"),
    "registry": ("errors", "files", "models"),
    "task_folder": ("errors", "files", "registry", "task_model"),
    "estimators": ("errors", "learner", "registry", "task_model"),
    "training": (
        "classifier",
        "datasets",
        "endpoint",
        "entry",
        "errors",
        "files",
        "learner",
        "logits",
        "machine",
        "registry",
        "rollout",
        "set_learner",
    ),
    "export": ("endpoint", "errors", "files", "learner", "task_model"),
    "serving": ("checks", "endpoint", "errors", "export", "files", "logits", "machine", "native", "quiet"),
    "page": ("errors", "export", "files", "registry"),
    "figures": ("datasets", "entry", "export", "files", "logits", "machine", "registry", "task_folder", "training"),
    "measuring": (
        "class_learner",
        "classifier",
        "datasets",
        "entry",
        "export",
        "files",
        "learner",
        "machine",
        "set_learner",
        "task_model",
        "training",
    ),
    "commands": (
        *(
            "classifier",
            "datasets",
            "errors",
            "export",
            "figures",
            "files",
            "measuring",
            "page",
            "registry",
            "serving",
            "tables",
            "task_folder",
            "training",
        ),
    ),
    "cli": ("commands", "errors", "quiet"),
    "__main__": ("cli",),
    "__init__": ("errors", "registry"),
}
FUNCTION_LINES, FILE_LINES = 60, 300


def part_of(path):
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def type_checking_lines(tree):
    blocks = [node for node in ast.walk(tree) if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"]
    return {line for block in blocks for line in range(block.lineno, block.end_lineno + 1)}


def imports(path):
    """Parts of `zoo` that a file imports when it runs, with the line of each."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skip = type_checking_lines(tree)
    for node in ast.walk(tree):
        if getattr(node, "lineno", None) in skip:
            continue
        if isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names] if node.module == "zoo" else [node.module or ""]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        yield from ((name.split(".")[1], node.lineno) for name in names if name.startswith("zoo."))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
class TestEveryFile:
    def test_imports_only_what_its_part_may(self, path):
        part = part_of(path)
        for imported, line in imports(path):
            assert imported == part or imported in MAY_IMPORT[part], f"{path}:{line}: {part} must not import {imported}"

    def test_imports_absolutely(self, path):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            assert not (isinstance(node, ast.ImportFrom) and node.level), f"{path}:{node.lineno}"

    def test_is_short(self, path):
        assert len(path.read_text(encoding="utf-8").splitlines()) <= FILE_LINES

    def test_has_short_functions(self, path):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = node.end_lineno - node.lineno + 1
                assert lines <= FUNCTION_LINES, f"{path}:{node.lineno} {node.name}: {lines} lines"

    def test_says_what_it_is(self, path):
        first = (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").partition("\n")[0]
        assert len(first) > 20, f"{path} needs a docstring whose first line says what the file is"


def test_every_part_has_its_row():
    assert {part_of(path) for path in FILES} == set(MAY_IMPORT)


def test_no_cycles():
    done = []

    def visit(part, trail):
        assert part not in trail, f"import cycle: {' -> '.join([*trail, part])}"
        if part not in done:
            for imported in MAY_IMPORT[part]:
                visit(imported, [*trail, part])
            done.append(part)

    for part in MAY_IMPORT:
        visit(part, [])


@pytest.mark.parametrize("link", LINKS)
def test_the_parts_are_seen_at_the_top(link):
    assert os.readlink(ROOT / link) == f"zoo/{link}"


def test_every_part_is_tested_under_its_own_name():
    tested = {path.stem.removeprefix("test_") for path in (ROOT / "tests").glob("test_*.py")}
    folders = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir()}
    untested = {part for part in MAY_IMPORT if part not in tested | folders}
    # Declarations and thin shells: the conformance suite, the cards and the command line test them.
    assert untested <= {"__init__", "__main__", "commands", "endpoint", "entries", "entry", "errors", "machine", "task_model"}


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
