import os
import subprocess
import sys
import time

from zoo.utils import locks, partial

DIES = "import os; from pathlib import Path; from zoo.utils import partial\n"
DIES += "kept = partial.beside(Path('wave')); kept.__enter__(); os._exit(9)"


def test_a_folder_is_there_while_the_block_runs(tmp_path):
    with partial.beside(tmp_path / "wave") as folder:
        assert folder.name.startswith(".wave.")
        assert sorted(path.name for path in folder.iterdir()) == ["lock", "new", "old"]
        assert partial.sweep(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_what_a_dead_process_left_is_swept_and_nothing_else(tmp_path):
    subprocess.run([sys.executable, "-c", DIES], cwd=tmp_path)
    (left,) = tmp_path.iterdir()
    for name in (".mine.partial", "wave.12345678.partial", ".a.12345678.part"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "lock").touch()
    (tmp_path / ".file.12345678.partial").touch()
    (tmp_path / ".users.12345678.partial").mkdir()  # without a lock, and with something that the zoo never makes
    (tmp_path / ".users.12345678.partial/thesis.txt").touch()
    os.utime(tmp_path / ".users.12345678.partial", (0, 0))
    before = {path.name for path in tmp_path.iterdir()}
    assert partial.sweep(tmp_path) == [left]
    assert {path.name for path in tmp_path.iterdir()} == before - {left.name}
    assert partial.sweep(tmp_path / "nowhere") == []


def test_without_locks_age_tells(tmp_path, monkeypatch):
    def none(path):
        raise OSError

    monkeypatch.setattr(locks, "take", none)
    with partial.beside(tmp_path / "wave") as folder:
        assert partial.sweep(tmp_path) == []
        old = time.time() - partial.ABANDONED - 1
        os.utime(folder, (old, old))
        assert partial.sweep(tmp_path) == [folder]


def test_what_was_moved_away_comes_back_or_the_new_takes_its_place(tmp_path):
    for name, whole in (("a", True), ("b", False), ("c", True)):
        folder = tmp_path / f".{name}.12345678.partial"
        for part in ["old", "new"] if whole else ["old"]:
            (folder / part).mkdir(parents=True)
            (folder / part / name).write_text(part)
        (folder / "lock").touch()
    (tmp_path / "c").write_text("there")
    assert len(partial.sweep(tmp_path)) == 3
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a": "new", "b": "old", "c": "there"}
