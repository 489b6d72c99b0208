"""The site builds without a warning, documents every public name and nothing of Keras', and asks no other host for anything."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import zoo

ROOT = Path(__file__).resolve().parents[2]
KERAS = (
    "add_loss",
    "add_weight",
    "build",
    "call",
    "compile",
    "compute_loss",
    "count_params",
    "get_config",
    "load_weights",
)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site, built once."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--site-dir", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"})
    assert done.returncode == 0, done.stderr
    return folder


def anchors(page):
    """What a page documents, by full name."""
    return set(re.findall(r'<h\d id="(zoo\.[\w.]+)"', page.read_text(encoding="utf-8")))


def listed(part):
    """`__all__` of a part of the zoo, read without importing it; empty where it has none."""
    tree = ast.parse((ROOT / "zoo" / part / "__init__.py").read_text(encoding="utf-8"))
    lists = [node.value for node in tree.body if isinstance(node, ast.Assign) and node.targets[0].id == "__all__"]
    return [name for names in lists for name in ast.literal_eval(names)]


def test_every_public_name_is_documented(site):
    parts = [name for name in zoo.__all__ if (ROOT / "zoo" / name).is_dir()]
    assert {f"zoo.{name}" for name in set(zoo.__all__) - set(parts)} <= anchors(site / "api/index.html")
    for part in parts:
        found = anchors(site / f"api/{part}.html")
        assert found and {f"zoo.{part}.{name}" for name in listed(part)} <= found, part
    assert {f"zoo.learners.labels.{name}" for name in listed("learners/labels")} <= anchors(site / "api/labels.html")
    files = {path.stem for path in (ROOT / "zoo/models").glob("*.py")} - {"__init__"}
    assert {f"zoo.models.{name}" for name in files} <= anchors(site / "api/models.html")
    assert {"zoo.estimators.FewShotClassifier.task_", "zoo.estimators.FewShotRegressor.task_"} <= anchors(
        site / "api/estimators.html"
    )
    learning = {f"zoo.learners.{name}" for name in ("meta_learner.MetaLearner.learn", "set_learner.SetLearner.ask")}
    assert learning <= anchors(site / "api/learners.html")
    assert {"zoo.serving.Client.learn", "zoo.serving.GrpcClient.learn"} <= anchors(site / "api/serving.html")


def test_what_keras_brings_is_left_to_keras(site):
    found = set().union(*(anchors(page) for page in (site / "api").glob("*.html")))
    assert len(found) > 300
    assert {name for name in found if name.rpartition(".")[2] in KERAS} == {"zoo.hub.entry.Entry.build"}  # which is no layer's


def test_pages_ask_no_other_host_for_anything(site):
    pages = list(site.rglob("*.html"))
    assert len(pages) > 20
    for page in pages:
        tags = re.findall(r"<(?:link|script|img|iframe)\b[^>]*>", page.read_text(encoding="utf-8"))
        assert [tag for tag in tags if re.search(r'(?:src|href)="?(?:https?:)?//', tag)] == [], page


def test_the_first_page_is_the_readme_and_a_notebook_is_a_page(site):
    first = (site / "index.html").read_text(encoding="utf-8")
    assert 'href="models.html"' in first
    assert [link for link in re.findall(r'(?:src|href)="([^"]+)"', first) if link.startswith("docs/")] == []
    notebook = (site / "your_own_table.html").read_text(encoding="utf-8")
    assert notebook.count('src="data:image/png;base64,') == 2
    assert "as the task model says: True" in notebook and 'href="your_own_table.ipynb"' in notebook


def test_every_page_with_python_in_it_is_named_in_a_test_that_runs_it():
    tests = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py") if path != Path(__file__))
    pages = [page for page in (ROOT / "docs").rglob("*.md") if "```python" in page.read_text(encoding="utf-8")]
    assert pages
    assert [page.name for page in pages if page.name not in tests] == []


def test_the_commands_that_hold_a_server_to_the_contract_are_there():
    (block,) = re.findall(r"```sh\n(.*?)```", (ROOT / "docs/serving/contract.md").read_text(encoding="utf-8"), re.DOTALL)
    (script,) = re.findall(r"\.venv/bin/python (\S+)", block)
    (command,) = re.findall(r"\./dev (\S+)", block)
    assert (ROOT / script).exists() and f"    {command})" in (ROOT / "dev").read_text(encoding="utf-8")
