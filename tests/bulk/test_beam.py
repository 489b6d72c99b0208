"""A job on Beam answers as the core does; run by a Python that has Beam: this one, or the one that ZOO_BEAM_PYTHON names."""

import importlib.util
import os
import subprocess
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from zoo import bulk

PYTHON = sys.executable if importlib.util.find_spec("apache_beam") else os.environ.get("ZOO_BEAM_PYTHON")
needs_beam = pytest.mark.skipif(
    PYTHON is None, reason="apache-beam is not installed, and ZOO_BEAM_PYTHON names no Python that has it"
)


def beam(folder, *arguments):
    command = [PYTHON, "-m", "zoo.bulk.beam", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, env=os.environ)


@needs_beam
def test_every_task_is_answered_once_and_a_damaged_one_is_a_row(waves, tmp_path, close):
    predict = bulk.predictor("mela_sinusoid")
    bad = pa.Table.from_pylist([{"task_id": "bad", "support_x": None, "support_y": [1.0], "query_x": [1.0]}], waves(1).schema)
    parts = [waves(40), pa.concat_tables([waves(30, 1, 40), bad])]
    for number, part in enumerate(parts):
        pq.write_table(part.append_column("shop", pa.nulls(len(part))), tmp_path / f"tasks-{number}.parquet", row_group_size=16)
    done = beam(tmp_path, "--learner", "mela_sinusoid", "--tasks", "tasks-*.parquet", "--out", "out/answers")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].startswith("tasks: 71, errors: 1, warned:")
    found = (
        pa.concat_tables([pq.read_table(path) for path in (tmp_path / "out").glob("*.parquet")]).sort_by("task_id").to_pylist()
    )
    want = predict(pa.concat_tables(parts)).sort_by("task_id").to_pylist()
    assert [row["task_id"] for row in found] == [row["task_id"] for row in want]
    for got, wanted in zip(found, want, strict=True):
        assert got["error"] == wanted["error"]
        if wanted["error"] is None:
            close(got["prediction"], wanted["prediction"])


@needs_beam
def test_mistakes_are_one_line(tmp_path, waves):
    done = beam(tmp_path, "--learner", "mela_sinusoid", "--tasks", "none-*.parquet", "--out", "out")
    assert (done.returncode, done.stderr.splitlines()[-1]) == (
        2,
        f"zoo.bulk.beam: --tasks {tmp_path}/none-*.parquet: no file of that pattern.",
    )
    pq.write_table(waves(3).drop_columns(["query_x"]), tmp_path / "tasks.parquet")
    done = beam(tmp_path, "--learner", "mela_sinusoid", "--tasks", "tasks.parquet", "--out", "out")
    assert "lacks the column query_x" in done.stderr.splitlines()[-1]


@pytest.mark.skipif(importlib.util.find_spec("apache_beam") is not None, reason="apache-beam is installed")
def test_without_beam_one_line_names_the_extra():
    with pytest.raises(
        ImportError, match=r"zoo\.bulk\.beam needs apache_beam, which is not installed; pip install 'fewshot-zoo\[beam\]'"
    ):
        importlib.import_module("zoo.bulk.beam")
