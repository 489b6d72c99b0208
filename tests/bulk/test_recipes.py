"""The lines for Ray and Spark in docs/beyond_one_machine.md give the predictor's answers; skipped where an engine is missing."""

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.dataset
import pyarrow.parquet as pq
import pytest

from zoo import bulk

PAGE = Path(__file__).resolve().parents[2] / "docs/beyond_one_machine.md"
SECONDS = 300
START = {
    "ray": "import ray.data\nray.init(num_cpus=1, include_dashboard=False, _temp_dir={folder!r}, object_store_memory=2**27)\n",
    "spark": (
        "from pyspark.sql import SparkSession\n"
        "spark = SparkSession.builder.master('local[1]').config('spark.ui.enabled', 'false').getOrCreate()\n"
    ),
}
PACKAGE = {"ray": "ray", "spark": "pyspark"}


def recipe(engine):
    """The line of an engine, and what it needs."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    return "\n".join([line for line in lines if line.startswith((f"{engine}.", "schema = "))])


@pytest.mark.parametrize("engine", START)
def test_an_engine_gives_what_the_predictor_gives(engine, tmp_path):
    if importlib.util.find_spec(PACKAGE[engine]) is None:
        pytest.skip(f"{PACKAGE[engine]} is not installed")
    if engine == "spark" and not shutil.which("java"):
        pytest.skip("Spark needs Java, which is not installed")
    table = pa.table(
        {
            "task_id": ["a", "b", "c"],
            "support_x": [[0.0, 1.0, 2.0], [0.5], [-1.0, 3.0]],
            "support_y": [[0.5, 0.1, -0.3], [1.0], [0.0, 0.2]],
            "query_x": [[0.3, 1.7], [0.3], [2.0, 0.0]],
        }
    )
    (tmp_path / "tasks").mkdir()
    pq.write_table(table, tmp_path / "tasks/tasks.parquet")
    make = 'import zoo.bulk\npredict = zoo.bulk.predictor("mela_sinusoid")\n'
    workers = os.environ | {"PYSPARK_PYTHON": sys.executable}
    # A path of a socket has room for 107 bytes, and Ray's own share is most of them.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as short:
        command = [sys.executable, "-c", make + START[engine].format(folder=short) + recipe(engine)]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=SECONDS, env=workers)
    assert done.returncode == 0, done.stderr[-2000:]
    found = pa.dataset.dataset(tmp_path / "answers", format="parquet", exclude_invalid_files=True).to_table().to_pylist()
    want = bulk.predictor("mela_sinusoid")(table).to_pylist()
    assert sorted(row["task_id"] for row in found) == ["a", "b", "c"]
    for row in found:
        expected = next(each for each in want if each["task_id"] == row["task_id"])
        np.testing.assert_allclose(row["prediction"], expected["prediction"], rtol=1e-4, atol=1e-4)
        assert row["error"] == expected["error"]
