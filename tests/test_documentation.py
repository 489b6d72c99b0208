"""The README is true: every code block runs, every figure is the card's, every link leads somewhere."""

import json
import os
import re
import shlex
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from zoo import cli
from zoo.figures import catalogue
from zoo.hub import registry

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def lines():
    """Every command line of the README, comments and continuation lines resolved."""
    concatenated = "\n".join(blocks("sh")).replace("\\\n", " ")
    return [line for line in (re.sub(r"\s+#.*", "", line).strip() for line in concatenated.splitlines()) if line]


@pytest.fixture
def offline(tmp_path_factory, monkeypatch):
    """A machine without a network, data sets or caches: whoever reaches for an address beyond this machine is refused."""
    reached = []
    connect = socket.socket.connect

    def only_here(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            reached.append(address)
            raise ConnectionRefusedError(f"{address}: tests reach no network")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", only_here)
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *_: reached.append(host) or (_ for _ in ()).throw(OSError(host)))
    monkeypatch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
    monkeypatch.delenv("TFDS_DATA_DIR", raising=False)
    yield
    assert reached == []


@pytest.fixture
def users_folder(tmp_path, monkeypatch):
    """An empty folder with the files that the README's examples read."""
    monkeypatch.chdir(tmp_path)
    x = np.linspace(-4, 4, 10)
    rows = "".join(f"{a},{b}\n" for a, b in zip(x, 3 * np.sin(x - 1), strict=True))
    (tmp_path / "points.csv").write_text("x,y\n" + rows)
    (tmp_path / "new.csv").write_text("x\n0.5\n1.5\n")
    for shape in ("ellipse", "rectangle"):
        for number in range(3):
            drawn(shape, number, tmp_path / "pictures" / shape / f"{number}.png")
        drawn(shape, 3, tmp_path / "new" / f"{shape}.png")
    return tmp_path


def drawn(shape, number, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    paper = Image.new("L", (60, 60), 255)
    getattr(ImageDraw.Draw(paper), shape)((8 + number, 10, 45, 48 - number), outline=0, width=3)
    paper.save(path)


@pytest.mark.usefixtures("offline")
def test_python_blocks_run_from_top_to_bottom(users_folder, capsys):
    serving = [block for block in blocks("python") if ":8501" in block]
    names: dict = {}
    for block in blocks("python"):
        if block not in serving:
            exec(compile(block, "README.md", "exec"), names)
    assert names["task"].predict([0.0]).shape == (1,)
    assert (users_folder / "wave.onnx").exists()
    assert len(serving) == 2


@pytest.mark.usefixtures("offline")
def test_command_lines_of_zoo_run_in_order_without_a_network(users_folder, capsys):
    """Among them `learn`, `predict`, `export`, `evaluate` and `selfcheck`, of every entry."""
    elsewhere = ("zoo serve", "zoo demo-page")  # tested below, and in tests/page with a runtime that is there
    ran = [line for line in lines() if line.startswith("zoo ") and not line.startswith(elsewhere)]
    for line in ran:
        assert cli.main(shlex.split(line)[1:]) == 0, line
    assert len(ran) >= 5


def test_the_serving_example_is_answered(users_folder):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    needed = [line for line in lines() if line.startswith("zoo export") and "--format" not in line]
    (learning,) = (line for line in lines() if line.startswith("zoo learn") and "--out shapes/" in line)
    for line in [learning, *needed]:
        assert cli.main(shlex.split(line)[1:]) == 0, line
    (line,) = (line for line in lines() if line.startswith("zoo serve"))
    command = [sys.executable, "-u", "-m", *shlex.split(line), "--port", port, "--grpc-port", "0"]
    learner, task = (block for block in blocks("python") if ":8501" in block)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert any("POST" in line for line in iter(process.stdout.readline, "")), "the server ended before it served"
            names: dict = {}
            exec(compile(learner.replace("8501", port), "README.md", "exec"), names)
            in_one = names["client"].learn_and_predict([0.0, 1.0, 2.0], [0.0, 0.8, 0.9], [1.5])
            np.testing.assert_allclose(names["remote"].predict([1.5]), in_one, rtol=1e-5)
            exec(compile(task.replace("8501", port), "README.md", "exec"), names)
            assert names["shapes"].predict(names["pictures"] / 255).tolist() == ["ellipse", "rectangle"]
            body = (users_folder / "models/shapes/1/examples/classify.json").read_bytes()
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/v1/models/shapes:predict", body) as answer:
                rows = json.load(answer)["predictions"]
            assert all(
                row.keys() == {"class", "probability", "ood_score"} and row["class"] in ("ellipse", "rectangle") for row in rows
            )
        finally:
            process.terminate()


def test_production_is_started_where_export_published():
    (compose,) = (line for line in lines() if "docker compose" in line)
    published = [shlex.split(line) for line in lines() if line.startswith("zoo export") and "--format" not in line]
    for words in published:
        assert compose.startswith(f"cd {words[words.index('--to') + 1]} && ")


def test_the_developers_commands_exist_and_the_demo_runs():
    script = (ROOT / "dev").read_text(encoding="utf-8")
    commands = {shlex.split(line)[1] for line in lines() if line.startswith("./dev")}
    assert {"demo", "test", "check", "benchmark"} <= commands
    for command in commands:
        assert f"    {command})" in script
    subprocess.run(["sh", "-n", str(ROOT / "dev")], check=True)
    done = subprocess.run([ROOT / "dev", "demo"], capture_output=True, text=True, check=True)
    assert "look at demo/wave.png" in done.stdout


def test_installing_the_plain_way_is_understood_by_pip():
    (line,) = (line for line in lines() if "pip install" in line and "-e" in line)
    arguments = [sys.executable, "-m", *shlex.split(line)[0].split("/")[-1:], *shlex.split(line)[1:]]
    extra = ["--dry-run", "--no-deps", "--no-build-isolation", "--quiet"]
    done = subprocess.run([*arguments, *extra], cwd=ROOT, capture_output=True, text=True, env={**os.environ, "PIP_NO_INDEX": "1"})
    assert done.returncode == 0, done.stderr


def test_the_catalogue_is_that_of_the_cards():
    """`zoo figures models --out docs` writes it; nobody types a figure."""
    assert (ROOT / "docs/models.md").read_text(encoding="utf-8") == catalogue.text()


def test_the_readme_names_entries_that_there_are():
    named = set(re.findall(r"`((?:mela|maml|metasgd|protonet|zeroshot|matching|siamese)_\w+)`", README))
    assert named <= set(registry.names()) and len(named) >= 5


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_somewhere(document):
    text = (ROOT / document).read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!http)([^)#]+)", text):
        assert (ROOT / target).exists(), target


@pytest.mark.parametrize("document", ["ARCHITECTURE.md"])
def test_the_map_shows_every_part(document):
    text = (ROOT / document).read_text(encoding="utf-8")
    for path in (ROOT / "zoo").iterdir():
        if path.name not in ("__pycache__", "py.typed", "__main__.py"):
            assert path.name in text, f"{document} does not mention {path.name}"


def test_cli_help_names_every_command_of_the_readme(capsys):
    commands = {shlex.split(line)[1] for line in lines() if line.startswith("zoo ")}
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    shown = capsys.readouterr().out
    assert all(command in shown for command in commands)
