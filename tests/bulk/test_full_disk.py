"""Answers that a disk has no room for: one line, whole shards and no parts, and a job that goes on once there is room."""

import os
import pickle
import shlex
import shutil
import subprocess
import sys

import pyarrow.parquet as pq
import pytest

from zoo.bulk.job import run

ROWS = 3000
# A disk of 100 kB, which only this process and its children see; what it holds is copied before it is gone.
SCRIPT = """
mkdir disk kept && mount -t tmpfs -o size=100k tmpfs disk || exit 77
{python} alone.py; code=$?
cp disk/answers/*.parquet kept/ 2>/dev/null
find disk -path '*.partial/*'
exit $code
"""
ALONE = """
import pickle, sys
from zoo.bulk import job
from zoo.utils.errors import ZooError

if __name__ == "__main__":
    with open("job.pickle", "rb") as file:
        what = pickle.load(file)
    try:
        job.run(what)
    except ZooError as error:
        sys.exit(f"refused: {error}")
"""


@pytest.mark.skipif(shutil.which("unshare") is None, reason="unshare, of util-linux, is not installed")
@pytest.mark.parametrize("workers", [1, 2])
def test_a_full_disk_is_one_line_and_holds_no_part_of_a_shard(job, tmp_path, tasks, waves, workers):
    for seed, path in enumerate(sorted(tasks[0].iterdir())):
        pq.write_table(waves(ROWS, seed, ROWS * seed), path)
    (tmp_path / "job.pickle").write_bytes(pickle.dumps(job(workers=workers, out="disk/answers")))
    (tmp_path / "alone.py").write_text(ALONE)
    script = SCRIPT.format(python=shlex.quote(sys.executable))
    command = ["unshare", "--map-root-user", "--user", "--mount", "sh", "-c", script]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=os.environ)
    if done.returncode == 77 or "unshare: " in done.stderr:
        pytest.skip(f"nobody may mount a small disk here: {done.stderr.strip()}")
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1), done.stderr
    assert done.stderr.startswith("refused: ") and "No space left on device" in done.stderr
    assert done.stdout == ""  # nothing that was written aside
    whole = [pq.read_table(path).num_rows for path in (tmp_path / "kept").iterdir()]
    assert len(whole) < 3 and set(whole) <= {ROWS}
    assert run(job(out="elsewhere")).tasks == 3 * ROWS
