import subprocess
import sys
import tarfile

import pytest

from zoo import ZooError
from zoo.page import runtime
from zoo.utils import cache, files


@pytest.fixture
def small(monkeypatch, tmp_path):
    """Two small files in the place of the runtime's, in a folder, with the cache in another."""
    folder = tmp_path / "dist"
    folder.mkdir()
    for name in runtime.SHA256:
        (folder / name).write_text(f"content of {name}")
    monkeypatch.setattr(runtime, "SHA256", {name: files.sha256(folder / name) for name in runtime.SHA256})
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return folder


@pytest.fixture
def npm(monkeypatch, tmp_path, small):
    """An npm that packs the folder `small`, or does what it is told; the list of its calls."""
    calls = []

    def run(command, **options):
        calls.append(command)
        return subprocess.CompletedProcess(command, *(npm_says[0] or packed(command[-1])))

    def packed(folder):
        with tarfile.open(f"{folder}/onnxruntime-web-{runtime.VERSION}.tgz", "w:gz") as archive:
            for file in small.iterdir():
                archive.add(file, f"package/dist/{file.name}")
        return 0, "[]", ""

    npm_says = [None]
    monkeypatch.setattr(runtime.subprocess, "run", run)
    monkeypatch.setattr(runtime, "npm", lambda: "npm")
    return calls, npm_says


def test_npm_is_asked_once_and_the_cache_after_that(npm, tmp_path, capsys):
    calls, _ = npm
    found = runtime.find()
    assert found == tmp_path / "cache/zoo" / f"onnxruntime-web-{runtime.VERSION}"
    assert runtime.find() == found
    assert len(calls) == 1
    assert calls[0][1:3] == ["pack", f"onnxruntime-web@{runtime.VERSION}"]
    assert capsys.readouterr().err.startswith("fetching onnxruntime-web")


def test_a_damaged_cache_is_fetched_anew(npm, capsys):
    found = runtime.find()
    (found / runtime.WASM).write_text("damaged")
    assert runtime.find() == found
    runtime.check(found)
    assert len(npm[0]) == 2


def test_what_npm_brings_is_checked_before_it_is_kept(npm, small, capsys):
    (small / runtime.WASM).write_text("other")
    with pytest.raises(ZooError, match="is not that of onnxruntime-web"):
        runtime.find()
    assert list(cache.folder().iterdir()) == []


@pytest.mark.parametrize(
    ("says", "told"),
    [
        ((1, '{"error": {"code": "E404", "summary": "no such package\\nmore"}}', ""), "no such package"),
        ((1, "", "npm error network\nmore"), "npm error network"),
        ((3, "", ""), "exit code 3"),
    ],
)
def test_a_failing_npm_is_told_on_one_line_with_the_remedies(npm, says, told, capsys):
    npm[1][0] = says
    with pytest.raises(ZooError, match=r"fewshot-zoo\[page\].*--runtime") as raised:
        runtime.find()
    assert told in str(raised.value)
    assert "\n" not in str(raised.value)


def test_without_npm_the_remedies_are_told(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(runtime.sysconfig, "get_path", lambda name: str(tmp_path))
    with pytest.raises(ZooError, match=r"there is no npm; install Node.js, or pip install 'fewshot-zoo\[page\]', or pass"):
        runtime.find()


def test_the_npm_beside_this_python_is_found():
    assert runtime.npm().endswith("npm")


def test_a_folder_is_used_as_it_is_and_checked(small):
    assert runtime.find(small) == small
    (small / runtime.SCRIPT).write_text("other")
    with pytest.raises(ZooError, match="is not that of onnxruntime-web"):
        runtime.find(small)
    (small / runtime.SCRIPT).unlink()
    with pytest.raises(ZooError, match=r"has no ort\.wasm\.bundle\.min\.mjs; give the folder dist/"):
        runtime.find(str(small))


def test_the_page_does_not_cost_those_who_do_not_build_it():
    code = "import sys, zoo.page.runtime, zoo.page.bundle; print({'tensorflow', 'keras', 'numpy'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"
