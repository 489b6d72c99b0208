import errno
import hashlib
import os
import subprocess
import sys
import threading

import pytest

from zoo.utils import files
from zoo.utils.errors import ZooError


def test_a_file_appears_whole_or_not_at_all(tmp_path):
    with pytest.raises(RuntimeError), files.written_aside(tmp_path / "a.txt") as path:
        path.write_text("half")
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []
    with files.written_aside(tmp_path / "deep/a.txt") as path:
        path.write_text("whole")
        assert not (tmp_path / "deep/a.txt").exists()
    assert [file.name for file in (tmp_path / "deep").iterdir()] == ["a.txt"]


def test_what_exists_is_kept_unless_forced(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a/old").write_text("old")
    with pytest.raises(ZooError, match="exists already"), files.written_aside(tmp_path / "a"):
        raise AssertionError("must refuse before the work is done")
    with pytest.raises(RuntimeError), files.written_aside(tmp_path / "a", True, files.other_than("old")):
        raise RuntimeError
    assert (tmp_path / "a/old").read_text() == "old"
    with files.written_aside(tmp_path / "a", True, files.other_than("old")) as path:
        path.mkdir()
    assert list((tmp_path / "a").iterdir()) == []


def test_of_two_writers_one_wins_whole(tmp_path):
    errors, barrier = [], threading.Barrier(2)

    def write(text):
        try:
            with files.written_aside(tmp_path / "a") as path:
                path.write_text(text * 1000)
                barrier.wait()
        except (ZooError, OSError) as error:
            errors.append(error)

    threads = [threading.Thread(target=write, args=(text,)) for text in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (tmp_path / "a").read_text() in ("a" * 1000, "b" * 1000)
    assert [file.name for file in tmp_path.iterdir()] == ["a"]


def test_sha256(tmp_path):
    (tmp_path / "a").write_bytes(b"zoo")
    assert files.sha256(tmp_path / "a") == hashlib.sha256(b"zoo").hexdigest()


# What --force replaces, what a kill leaves behind, and errors of the operating system.


def only_ours(path):
    return files.other_than("a.txt", "deep", "deep/b.*")(path)


def write_folder(path, force=True, names=("a.txt",)):
    with files.written_aside(path, force, only_ours) as aside:
        aside.mkdir()
        for name in names:
            (aside / name).write_text("new")


@pytest.mark.parametrize("foreign", ["thesis.txt", "sub/thesis.txt", "deep/thesis.txt", "deep/b.txt/thesis.txt", "empty/"])
def test_a_folder_that_holds_more_than_the_zoo_wrote_is_not_replaced(tmp_path, foreign):
    (tmp_path / "d" / foreign).parent.mkdir(parents=True)
    (tmp_path / "d" / foreign).mkdir() if foreign.endswith("/") else (tmp_path / "d" / foreign).write_text("years of work")
    (tmp_path / "d/a.txt").write_text("old")
    with pytest.raises(ZooError, match="is nothing that the zoo wrote; choose another place"):
        write_folder(tmp_path / "d")
    assert (tmp_path / "d" / foreign).exists()
    assert (tmp_path / "d/a.txt").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["d"]


def test_what_comes_to_a_folder_while_it_is_made_anew_is_kept(tmp_path):
    write_folder(tmp_path / "d")
    with pytest.raises(ZooError, match=r"thesis\.txt is nothing"), files.written_aside(tmp_path / "d", True, only_ours) as aside:
        aside.mkdir()
        (tmp_path / "d/thesis.txt").write_text("years of work")
    assert (tmp_path / "d/thesis.txt").read_text() == "years of work"


def test_a_folder_of_the_zoo_or_an_empty_one_is_replaced(tmp_path):
    (tmp_path / "d/deep").mkdir(parents=True)
    (tmp_path / "d/deep/b.old").write_text("old")
    for _ in range(2):
        write_folder(tmp_path / "d")
        assert [path.name for path in (tmp_path / "d").iterdir()] == ["a.txt"]
        (tmp_path / "d/a.txt").unlink()


def test_a_file_and_a_folder_do_not_replace_each_other(tmp_path):
    (tmp_path / "file").write_text("years of work")
    (tmp_path / "folder").mkdir()
    with pytest.raises(ZooError, match="nothing that the zoo wrote"):
        write_folder(tmp_path / "file")
    with pytest.raises(ZooError, match="nothing that the zoo wrote"), files.written_aside(tmp_path / "folder", True) as aside:
        aside.write_text("new")


def test_a_link_is_replaced_and_not_what_it_leads_to(tmp_path):
    (tmp_path / "far").mkdir()
    (tmp_path / "far/a.txt").write_text("old")
    (tmp_path / "near").symlink_to("far")
    (tmp_path / "dangling").symlink_to("nowhere")
    write_folder(tmp_path / "near")
    assert (tmp_path / "far/a.txt").read_text() == "old"
    assert (tmp_path / "near/a.txt").read_text() == "new"
    with pytest.raises(ZooError, match="exists already"):
        write_folder(tmp_path / "dangling", force=False)


def test_of_two_writers_without_force_the_second_replaces_nothing(tmp_path):
    with pytest.raises(ZooError, match="exists already"), files.written_aside(tmp_path / "a") as aside:
        aside.write_text("second")
        (tmp_path / "a").write_text("first")
    assert (tmp_path / "a").read_text() == "first"


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("file/x", "Not a directory"),
        ("n" * 300, "File name too long"),
        ("a\0b", "null (byte|character)"),  # as the version of Python says it
        (".", "ends in no name"),
        ("d/..", "ends in no name"),
        ("", "ends in no name"),
        ("/sys/x", "cannot be written"),
    ],
)
@pytest.mark.parametrize("force", [False, True])
def test_an_error_of_the_system_is_one_line_with_path_and_reason(tmp_path, monkeypatch, path, reason, force):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(ZooError, match=reason) as raised:
        write_folder(path, force)
    assert repr(path) in str(raised.value)
    assert len(str(raised.value).splitlines()) == 1


def test_a_long_name_that_the_disk_takes_is_written(tmp_path):
    write_folder(tmp_path / ("ä" * 127))
    assert [path.name for path in tmp_path.iterdir()] == ["ä" * 127]


def test_a_full_disk_is_named_and_other_errors_of_the_body_stay_what_they_are(tmp_path):
    with pytest.raises(ZooError, match="a' cannot be written: No space left"), files.written_aside(tmp_path / "a"):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    with pytest.raises(FileNotFoundError, match="elsewhere"), files.written_aside(tmp_path / "a"):
        (tmp_path / "elsewhere").read_text()
    with pytest.raises(ValueError, match="mine"), files.written_aside(tmp_path / "a"):
        raise ValueError("mine")


KILLED = """
import os, sys
from pathlib import Path
from zoo.utils import files
path, way, at = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
if way == "renamed":
    files._renameat2 = lambda *given: False
left, sync, rename = [at], os.fsync, Path.rename
def counted(function):
    def call(*given):
        left[0] -= 1
        if left[0] < 0:
            os._exit(9)
        return function(*given)
    return call
os.fsync, Path.rename, files._renameat2 = counted(sync), counted(rename), counted(files._renameat2)
with files.written_aside(path, True, files.other_than("a.txt")) as aside:
    aside.mkdir()
    (aside / "a.txt").write_text("new")
"""


@pytest.mark.parametrize("way", ["exchanged", "renamed"])
def test_a_kill_at_any_moment_leaves_the_old_or_the_new(tmp_path, way):
    """Or, without an exchange in one step, what the next run makes whole before it does anything."""
    seen, at, code = set(), 1, 9  # 0: before the folder has its lock, so that only its age tells
    while code:
        write_folder(tmp_path / "d")
        (tmp_path / "d/a.txt").write_text("old")
        command = [sys.executable, "-c", KILLED, str(tmp_path / "d"), way, str(at)]
        code = subprocess.run(command).returncode
        if way == "exchanged":
            assert (tmp_path / "d/a.txt").exists()
        with pytest.raises(ZooError, match="exists already"):
            files.refuse_existing(tmp_path / "d", force=False)
        seen.add((tmp_path / "d/a.txt").read_text())
        at += 1
    assert seen == {"old", "new"}
    assert at >= 6
    write_folder(tmp_path / "other")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["d", "other"]


def test_a_path_that_leads_nowhere_is_no_file_and_no_folder(tmp_path):
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    (tmp_path / "file").touch()
    for path in (tmp_path / "circle", tmp_path / ("a" * 300), tmp_path / "a\0b", tmp_path / "gone"):
        assert not files.is_file(path)
        assert not files.is_folder(path)
    assert files.is_file(tmp_path / "file")
    assert files.is_folder(tmp_path)
