"""Shards in, shards out, every task exactly once: killed, damaged, full, begun anew, or written by two at once."""

import dataclasses
import os
import pickle
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from zoo import ZooError
from zoo.bulk.job import run
from zoo.bulk.learned import LearnedTasks

KILLS = 10


def answers_of(folder):
    return pa.concat_tables([pq.read_table(path) for path in sorted(folder.glob("*.parquet"))])


def left(folder):
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def test_each_shard_has_its_answers_in_its_order_and_is_not_answered_again(job, tasks, tmp_path, predict, tiny):
    told = []
    report = run(job(), progress=told.append)
    assert (report.tasks, report.errors, report.shards, report.already, sum(told)) == (210, 0, 3, 0, 210)
    assert left(tmp_path / "answers") == ["job.json", "part-0.parquet", "part-1.parquet", "part-2.parquet"]
    assert answers_of(tmp_path / "answers").equals(predict(tiny)(tasks[1]), check_metadata=False)
    again = run(job())
    assert (again.tasks, again.shards, again.already) == (0, 0, 3)
    (tmp_path / "answers/part-1.parquet").unlink()
    time.sleep(0.01)
    os.utime(tasks[0] / "part-2.parquet")  # newer than its answers
    assert (run(job()).shards, run(job()).already) == (2, 3)


def test_two_processes_give_the_same_as_one_and_end_with_the_job(job, tasks, tmp_path):
    run(job())
    report = run(job(workers=2, out="of two"))
    assert report.tasks == 210
    assert answers_of(tmp_path / "of two").equals(answers_of(tmp_path / "answers"))


# A job in a process of its own, so that it can be killed; it is slow, so that there is time to.
ALONE = """
import pickle, sys, time
from zoo.bulk import batch, core, job, shards

def slow(*arguments):
    time.sleep(0.02)
    return batch.answered(*arguments)

core.answered = slow
shards.AT_ONCE = 8
if __name__ == "__main__":
    with open("job.pickle", "rb") as file:
        what = pickle.load(file)
    print("begun", flush=True)
    job.run(what)
"""


@pytest.fixture
def alone(job, tmp_path):
    (tmp_path / "alone.py").write_text(textwrap.dedent(ALONE))

    def start(what):
        (tmp_path / "job.pickle").write_bytes(pickle.dumps(what))
        command = [sys.executable, "alone.py"]
        process = subprocess.Popen(
            command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ
        )
        assert process.stdout.readline() == "begun\n", process.stderr.read()
        return process

    return start


def test_killed_at_random_moments_and_run_again_every_task_is_there_once(alone, job, tasks, tmp_path):
    generator = np.random.default_rng(0)
    for number in range(KILLS):
        workers = 1 + number % 2  # two take longer to start
        process = alone(job(workers=workers))
        time.sleep(generator.uniform(0.0, 0.35 if workers == 1 else 2.5))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        for path in (tmp_path / "answers").glob("*.parquet"):
            assert pq.read_table(path).num_rows == 70
    process = alone(job())
    _, told = process.communicate()
    assert process.returncode == 0, told
    assert left(tmp_path / "answers") == ["job.json", "part-0.parquet", "part-1.parquet", "part-2.parquet"]
    found = answers_of(tmp_path / "answers")
    assert found["task_id"].to_pylist() == tasks[1]["task_id"].to_pylist()
    assert found["error"].null_count == 210


def test_processes_of_a_job_that_is_killed_end_too(alone, job):
    process = alone(job(workers=2))
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    deadline = time.monotonic() + 60
    while len(mine := children.read_text().split()) < 3 and time.monotonic() < deadline:  # two, and Python's resource tracker
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    while any(os.path.exists(f"/proc/{each}") for each in mine) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [each for each in mine if os.path.exists(f"/proc/{each}")] == []


def test_a_worker_that_is_killed_is_one_line_and_the_job_goes_on_later(job, monkeypatch, tmp_path, tasks):
    from zoo.bulk import workers

    begin = workers.Workers.__init__

    def broken(self, work, count):
        begin(self, Deadly(), count)

    monkeypatch.setattr(workers.Workers, "__init__", broken)
    with pytest.raises(ZooError, match="a worker process was ended from outside"):
        run(job(workers=2))
    monkeypatch.undo()
    assert run(job()).tasks == 210
    assert answers_of(tmp_path / "answers").num_rows == 210


class Deadly:
    def __call__(self, *_):
        os.kill(os.getpid(), signal.SIGKILL)


DAMAGE = {
    "cut off": lambda data: data[: len(data) // 2],
    "bytes changed within": lambda data: data[:200] + bytes(300) + data[500:],
    "empty": lambda data: b"",
    "something else": lambda data: b"no parquet at all",
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_shard_is_named_and_the_others_are_answered(job, tasks, tmp_path, kind):
    path = tasks[0] / "part-1.parquet"
    fine = path.read_bytes()
    path.write_bytes(DAMAGE[kind](fine))
    report = run(job())
    assert list(report.failed) == [str(path)]
    assert report.failed[str(path)]
    assert left(tmp_path / "answers") == ["job.json", "part-0.parquet", "part-2.parquet"]
    path.write_bytes(fine)
    report = run(job())
    assert (report.shards, report.already, report.failed) == (1, 2, {})
    assert answers_of(tmp_path / "answers")["task_id"].equals(tasks[1]["task_id"])


def test_unknown_columns_are_left_alone_and_a_missing_one_fails_its_shard(job, tasks, tmp_path):
    path = tasks[0] / "part-0.parquet"
    table = pq.read_table(path)
    pq.write_table(table.append_column("shop", [["anything"] * 70]), path)
    pq.write_table(table.drop_columns(["support_y"]), tasks[0] / "part-1.parquet")
    report = run(job())
    assert report.shards == 2
    assert report.failed == {
        str(tasks[0] / "part-1.parquet"): "lacks the column support_y; it has task_id, support_x, query_x, and task_id, "
        "support_x, support_y, query_x are read."
    }
    assert pq.read_schema(tmp_path / "answers/part-0.parquet").names == ["task_id", "prediction", "error"]


def test_an_id_twice_in_a_shard_is_an_error_wherever_it_lies(job, tasks, tmp_path, monkeypatch):
    from zoo.bulk import shards as reading

    monkeypatch.setattr(reading, "AT_ONCE", 16)
    path = tasks[0] / "part-0.parquet"
    table = pq.read_table(path)
    pq.write_table(pa.concat_tables([table, table.slice(3, 1)]), path)
    assert run(job()).errors == 1
    answers = pq.read_table(tmp_path / "answers/part-0.parquet").to_pylist()
    assert (answers[3]["error"], answers[70]["error"]) == (
        None,
        "task_id wave 3 is that of an earlier row; give each task its own.",
    )


def test_a_type_that_cannot_be_read_fails_its_shard_and_leaves_no_file(job, tasks, tmp_path):
    path = tasks[0] / "part-2.parquet"
    pq.write_table(pq.read_table(path).set_column(1, "support_x", pa.array([[True]] * 70)), path)
    report = run(job())
    assert report.failed == {str(path): "column support_x: it holds bool where numbers were expected; write lists of floats."}
    assert left(tmp_path / "answers") == ["job.json", "part-0.parquet", "part-1.parquet"]


def test_a_shard_without_tasks_has_answers_without_any(job, tasks, tmp_path):
    path = tasks[0] / "part-2.parquet"
    pq.write_table(pq.read_table(path).slice(0, 0), path)
    assert run(job()).shards == 3
    assert pq.read_table(tmp_path / "answers/part-2.parquet").num_rows == 0


FULL = """
import pickle, resource, sys
from zoo.bulk import job
from zoo.utils.errors import ZooError

with open("job.pickle", "rb") as file:
    what = pickle.load(file)
resource.setrlimit(resource.RLIMIT_FSIZE, (600, 600))
try:
    job.run(what)
except ZooError as error:
    sys.exit(f"refused: {error}")
"""


def test_a_full_disk_is_one_line_and_what_was_whole_stays(job, tmp_path, tasks):
    run(job())
    (tmp_path / "answers/part-1.parquet").unlink()
    before = (tmp_path / "answers/part-0.parquet").read_bytes()
    (tmp_path / "job.pickle").write_bytes(pickle.dumps(job(keep_tasks=False)))
    (tmp_path / "full.py").write_text(FULL)
    done = subprocess.run([sys.executable, "full.py"], cwd=tmp_path, capture_output=True, text=True, env=os.environ)
    assert done.stderr.startswith("refused: ") and "cannot be written" in done.stderr and "File too large" in done.stderr, (
        done.stderr
    )
    assert len(done.stderr.splitlines()) == 1
    assert (tmp_path / "answers/part-0.parquet").read_bytes() == before
    assert left(tmp_path / "answers") == ["job.json", "part-0.parquet", "part-2.parquet"]
    assert run(job()).shards == 1


def test_tasks_that_were_kept_answer_later_and_grow(job, tasks, tmp_path, close):
    run(job(keep_tasks=True, out="kept"))
    known = LearnedTasks([str(tmp_path / "kept")])
    later = dataclasses.replace(job(out="later"), learned=known)
    assert run(later).errors == 0
    run(job())
    got, want = (answers_of(tmp_path / name)["prediction"] for name in ("later", "answers"))
    for one, other in zip(got.to_pylist(), want.to_pylist(), strict=True):
        close(one, other)
    grown = dataclasses.replace(job(keep_tasks=True, out="grown"), learned=known, grows=True)
    assert run(grown).errors == 0
    sizes = [row["size"] for row in answers_of(tmp_path / "grown")["task"].to_pylist()]
    assert sizes == [2 * len(row) for row in tasks[1]["support_x"].to_pylist()]
