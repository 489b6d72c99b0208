"""README and the pages for people with data are true: every block runs, and prints what the page shows; links lead somewhere."""

import contextlib
import functools
import os
import re
import shlex
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import zoo
from zoo import cli
from zoo.hub import registry

ROOT = Path(__file__).resolve().parents[1]
PAGES = (
    "README.md",
    "docs/which_entry.md",
    "docs/tables.md",
    "docs/pictures.md",
    "docs/ask.md",
    "docs/acting.md",
    "docs/edge.md",
    "docs/hub.md",
    "docs/imagined.md",
    "docs/serve.md",
    "docs/train_your_own.md",
    "docs/your_encoder.md",
    "docs/beyond_one_machine.md",
)
DOCUMENTS = (*PAGES, "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$(?:\n\n```text\n(.*?)^```$)?", re.DOTALL | re.MULTILINE)
# Command lines that are not run as they stand, and where the same is tested.
ELSEWHERE = {
    "python -m venv": "pip's own",
    ".venv/bin/pip install": "test_installing_the_plain_way_is_understood_by_pip",
    ". .venv/bin/activate": "pip's own",
    "zoo demo-page": "tests/page, with a runtime that is there",
    "zoo train": "tests/training, and tests/cli/test_entries.py with a small recipe",
    "zoo evaluate mela_sinusoid --run": "tests/cli/test_entries.py",
    "cd models && docker compose": "test_production_is_started_where_export_published",
}

_load = functools.lru_cache(maxsize=4)(registry.load)


def text_of(page):
    return (ROOT / page).read_text(encoding="utf-8")


def blocks(page):
    """Language, content, and what is said to be printed, of every block of a page in order."""
    return [(language, content, shown) for language, content, shown in BLOCK.findall(text_of(page)) if language != "text"]


def lines(page):
    """Every command line of a page, without comments."""
    typed = "\n".join(content for language, content, _ in blocks(page) if language == "sh")
    return [line for line in (re.sub(r"\s+#.*", "", line).strip() for line in typed.splitlines()) if line]


class Session:
    """Runs the blocks of one page from top to bottom, as somebody who pastes them into an empty folder."""

    def __init__(self, capsys):
        self.capsys = capsys
        self.names = {}
        self.port = None
        self.closing = contextlib.ExitStack()

    def run(self, language, content, shown):
        self.capsys.readouterr()
        printed = getattr(self, language)(content) or self.capsys.readouterr().out
        if shown:
            assert alike(printed, shown), f"{content}\nprinted\n{printed}\nand not\n{shown}"

    def python(self, content):
        exec(compile(content.replace(":8501", f":{self.port}"), "page", "exec"), self.names)

    def c(self, content):
        Path("main.c").write_text(content, encoding="utf-8")

    def sh(self, content):
        """Returns what the last line printed; only that is shown."""
        printed = ""
        for line in (each for each in content.splitlines() if not each.startswith(tuple(ELSEWHERE))):
            self.capsys.readouterr()
            if line.startswith("zoo serve"):
                self.serve(line)
            elif line.startswith("zoo "):
                assert cli.main(shlex.split(line)[1:]) == 0, f"{line}\n{self.capsys.readouterr().err}"
                printed = self.capsys.readouterr().out
            else:
                done = subprocess.run(shlex.split(line), capture_output=True, text=True)
                assert done.returncode == 0, f"{line}\n{done.stderr}"
                printed = done.stdout
        return printed

    def serve(self, line):
        """In a process of its own, on a free port that takes the place of 8501 from here on."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        command = [sys.executable, "-u", "-m", *shlex.split(line), "--port", str(self.port), "--grpc-port", "0"]
        server = self.closing.enter_context(
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        )
        self.closing.callback(server.terminate)
        assert any("POST" in said for said in iter(server.stdout.readline, "")), "the server ended before it served"


def alike(printed, shown):
    """Whether two texts have the same words, and numbers that differ by no more than processors do."""
    words, wanted = (re.findall(r"[\[\](){}]|[^\s,\[\](){}]+", text) for text in (printed, shown))
    return len(words) == len(wanted) and all(map(_same, words, wanted))


def _same(word, wanted):
    try:
        return float(word) == pytest.approx(float(wanted), rel=0.05, abs=0.02)
    except ValueError:
        return word == wanted


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

    resolve = socket.getaddrinfo

    def nobody(host, *arguments, **options):
        if host in ("127.0.0.1", "::1", "localhost"):
            return resolve(host, *arguments, **options)
        reached.append(host)
        raise OSError(host)

    monkeypatch.setattr(socket.socket, "connect", only_here)
    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    monkeypatch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
    monkeypatch.delenv("TFDS_DATA_DIR", raising=False)
    yield
    assert reached == []


@pytest.fixture
def session(tmp_path, monkeypatch, capsys):
    """A person in an empty folder; entries that another page has loaded already are not loaded again."""
    monkeypatch.chdir(tmp_path)

    def load(name, weights=registry.SHIPPED):
        return _load(name, weights) if name in registry.names() else registry_load(name, weights)

    registry_load = registry.load
    monkeypatch.setattr(registry, "load", load)
    monkeypatch.setattr(zoo, "load", load)
    person = Session(capsys)
    with person.closing:
        yield person


@pytest.mark.usefixtures("offline")
@pytest.mark.xdist_group("documentation")
@pytest.mark.parametrize("page", PAGES)
def test_every_block_runs_and_prints_what_the_page_shows(page, session):
    found = blocks(page)
    assert found and {language for language, _, _ in found} <= {"python", "sh", "c"}
    for block in found:
        session.run(*block)
    for name, size in re.findall(r"\| `([\w.]+)`[^|]*, (\d+) kB", text_of(page)):
        assert Path(name).stat().st_size == pytest.approx(1000 * int(size), rel=0.1), name


def test_a_page_that_shows_something_else_is_found_out():
    assert alike("x,y\n1,-0.42659318\n", "x,y\n1,-0.42659\n")
    assert alike("star [1.31 2]\n[False  True]", "star  [1.32  2.] [False True]")
    for printed, shown in (("star 1.31", "fish 1.31"), ("1 2", "1 2 3"), ("x,y 1,2", "x,y 1,2.2"), ("[1] 2", "[1 2]"), ("", "1")):
        assert not alike(printed, shown)


def test_production_is_started_where_export_published():
    (compose,) = (line for line in lines("docs/serve.md") if "docker compose" in line)
    published = [shlex.split(line) for line in lines("docs/serve.md") if line.startswith("zoo export")]
    assert len(published) == 2
    for words in published:
        assert compose.startswith(f"cd {words[words.index('--to') + 1]} && ")


def test_the_developers_commands_exist():
    script = (ROOT / "dev").read_text(encoding="utf-8")
    named = {word for page in DOCUMENTS for word in re.findall(r"`\./dev ([\w-]+)", text_of(page))}
    assert {"demo", "test", "check", "benchmark"} <= named
    for command in named:
        assert f"    {command})" in script
    subprocess.run(["sh", "-n", str(ROOT / "dev")], check=True)
    done = subprocess.run([ROOT / "dev", "run", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"zoo {zoo.__version__}\n"  # what `demo` runs is tested in tests/cli/test_drawing.py


def test_installing_the_plain_way_is_understood_by_pip():
    (line,) = (line for line in lines("README.md") if line.startswith(".venv/bin/pip install"))
    extra = ["--dry-run", "--no-deps", "--no-build-isolation", "--quiet"]
    done = subprocess.run(
        [sys.executable, "-m", "pip", *shlex.split(line)[1:], *extra],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "PIP_NO_INDEX": "1"},
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", DOCUMENTS)
def test_pages_name_entries_that_there_are(page):
    named = set(re.findall(r"`((?:mela|maml|metasgd|protonet|zeroshot|matching|siamese|oracle|pretrained)_\w+)`", text_of(page)))
    assert named <= set(registry.names())


@pytest.mark.parametrize("page", DOCUMENTS)
def test_links_lead_somewhere(page):
    for target, anchor in re.findall(r"\]\((?!http)([^)#]*)(?:#([^)]*))?\)", text_of(page)):
        path = (ROOT / page).parent / target if target else ROOT / page
        assert path.exists(), target
        headings = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE) if anchor else []
        assert not anchor or anchor in [re.sub(r"[^\w -]", "", each).lower().replace(" ", "-") for each in headings], anchor


def test_the_map_shows_every_part():
    parts = {path.name for path in (ROOT / "zoo").iterdir()} - {"__pycache__", "py.typed", "__main__.py"}
    assert {part for part in parts if part not in text_of("ARCHITECTURE.md")} == set()


def test_pages_are_short_and_the_first_is_one_that_a_stranger_reads():
    assert len(text_of("README.md").splitlines()) <= 135
    for page in PAGES:
        assert [line for line in text_of(page).splitlines() if len(line) > 130 and not line.startswith("|")] == []
