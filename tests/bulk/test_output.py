"""A folder of answers belongs to one job and one process, and nothing of anybody else's is touched."""

import json

import pytest

from zoo import ZooError
from zoo.bulk import output

FACTS = {"learner": "tiny", "sha256": "0"}


def test_a_job_says_what_it_is_and_finds_itself_again(tmp_path):
    out = tmp_path / "deep/answers"
    with output.of_job(out, FACTS, force=False):
        assert json.loads((out / "job.json").read_text()) == {"format": 1, **FACTS}
        (out / "a.parquet").touch()
    with output.of_job(out, FACTS, force=False):
        assert (out / "a.parquet").exists()


def test_another_job_is_refused_and_removed_only_by_force(tmp_path):
    with output.of_job(tmp_path / "out", FACTS, force=False):
        (tmp_path / "out/a.parquet").touch()
    other = FACTS | {"sha256": "1"}
    with (
        pytest.raises(ZooError, match="holds the answers of another job, with another sha256; choose another folder"),
        output.of_job(tmp_path / "out", other, force=False),
    ):
        pass
    with output.of_job(tmp_path / "out", other, force=True):
        assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [".job.lock", "job.json"]
    (tmp_path / "out/mine.txt").touch()
    with (
        pytest.raises(ZooError, match=r"mine\.txt is nothing that a job wrote"),
        output.of_job(tmp_path / "out", FACTS, force=True),
    ):
        pass


def test_a_damaged_note_of_a_job_counts_as_another(tmp_path):
    (tmp_path / "job.json").write_text("{")
    with pytest.raises(ZooError, match="of another job"), output.of_job(tmp_path, FACTS, force=False):
        pass
    with output.of_job(tmp_path, FACTS, force=True):
        pass


def test_a_folder_of_something_else_a_file_and_one_in_use_are_refused(tmp_path):
    (tmp_path / "notes.txt").touch()
    with (
        pytest.raises(ZooError, match=r"holds notes\.txt, which no job of answers wrote; choose a new folder"),
        output.of_job(tmp_path, FACTS, force=True),
    ):
        pass
    with pytest.raises(ZooError, match="is a file"), output.of_job(tmp_path / "notes.txt", FACTS, force=False):
        pass
    with (
        output.of_job(tmp_path / "out", FACTS, force=False),
        pytest.raises(ZooError, match="another process writes the answers of"),
        output.of_job(tmp_path / "out", FACTS, force=False),
    ):
        pass
