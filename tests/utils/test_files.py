import hashlib
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
    with pytest.raises(RuntimeError), files.written_aside(tmp_path / "a", force=True):
        raise RuntimeError
    assert (tmp_path / "a/old").read_text() == "old"
    with files.written_aside(tmp_path / "a", force=True) as path:
        path.write_text("new")
    assert (tmp_path / "a").read_text() == "new"


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
