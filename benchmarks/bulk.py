"""Many tasks by every engine: CPU seconds, wall time, memory over time, and how much of it is the start.

    .venv/bin/python benchmarks/bulk.py --folder runs/bulk [--tasks 1000000] [--engines plain job beam ray spark]

Waves of 5 to 10 points, each asked at ten others, in shards of 65,536 tasks and row groups of 4,096. `plain` is a loop over row
groups in one process, `job` is `zoo predict NAME --tasks` on two; `beam` is one process by Beam's own runner in Python, `ray`
and `spark` have two. Each runs in a process of its own, after a run with one task, which is its start. All answers are checked:
every task once, in words of its own id, and the mean squared error against the truth.

An engine that is not installed is left out. Nothing here needs TensorFlow once the learner is prepared (any `zoo predict`).
"""

import argparse
import importlib.util
import json
import os
import resource
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

LEARNER, SHARD, GROUP, ASKED = "mela_sinusoid", 65_536, 4096, 10
NEEDS = {"plain": "pyarrow", "job": "pyarrow", "beam": "apache_beam", "ray": "ray", "spark": "pyspark"}
COLUMNS = ["task_id", "support_x", "support_y", "query_x"]
SAMPLE = 0.5  # seconds between two looks at memory


def make(folder: Path, tasks: int) -> None:
    """Write tasks, with the truth beside them, which no engine reads."""
    folder.mkdir(parents=True)
    generator = np.random.default_rng(0)
    for first in range(0, tasks, SHARD):
        count = min(SHARD, tasks - first)
        height, shift, size = (
            generator.uniform(0.1, 5, count),
            generator.uniform(0, np.pi, count),
            generator.integers(5, 11, count),
        )
        x = generator.uniform(-5, 5, size.sum()).astype(np.float32)
        query = generator.uniform(-5, 5, count * ASKED).astype(np.float32)

        def wave(values: np.ndarray, each: Any, height: np.ndarray = height, shift: np.ndarray = shift) -> np.ndarray:
            return (np.repeat(height, each) * np.sin(values - np.repeat(shift, each))).astype(np.float32)

        few, many = np.concatenate([[0], size.cumsum()]).astype(np.int32), np.arange(0, count * ASKED + 1, ASKED, dtype=np.int32)
        table = {
            "task_id": np.arange(first, first + count),
            "support_x": pa.ListArray.from_arrays(few, x),
            "support_y": pa.ListArray.from_arrays(few, wave(x, size)),
            "query_x": pa.ListArray.from_arrays(many, query),
            "truth": pa.ListArray.from_arrays(many, wave(query, ASKED)),
        }
        pq.write_table(pa.table(table), folder / f"part-{first // SHARD:04d}.parquet", row_group_size=GROUP)


def run(engine: str, tasks: Path, out: Path) -> None:
    """Answer the tasks of a folder by one engine, in this process."""
    from zoo import bulk

    predict = bulk.predictor(LEARNER)
    if engine == "plain":
        out.mkdir()
        for path in sorted(tasks.glob("*.parquet")):
            file = pq.ParquetFile(path)
            with pq.ParquetWriter(out / path.name, predict.schema(file.schema_arrow)) as writer:
                for group in range(file.num_row_groups):
                    writer.write_table(predict(file.read_row_group(group, COLUMNS)))
    elif engine == "job":
        from zoo.bulk import job, shards

        job.run(job.Job(predict, shards.shards([str(tasks)], str(out)), out, workers=2))
    elif engine == "beam":
        from zoo.bulk import beam

        beam.run(predict, str(tasks / "*.parquet"), str(out / "answers"))
    elif engine == "ray":
        os.environ.setdefault("RAY_raylet_start_wait_time_s", "600")  # of a machine that does other things too
        import ray

        ray.init(num_cpus=2, object_store_memory=512 * 2**20, log_to_driver=False, logging_level="ERROR")
        ray.data.DataContext.get_current().enable_progress_bars = False
        data = ray.data.read_parquet(str(tasks), columns=COLUMNS)
        data.map_batches(predict, batch_format="pyarrow", batch_size=2048).write_parquet(str(out))
    else:
        from pyspark.sql import SparkSession

        spark = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
        spark.sparkContext.setLogLevel("ERROR")
        schema = "task_id long, prediction array<float>, error string"
        spark.read.parquet(str(tasks)).select(COLUMNS).mapInArrow(predict.batches, schema).write.parquet(str(out))
        spark.stop()


def check(tasks: Path, out: Path) -> float:
    """The mean squared error of answers; an error where a task is missing, twice, or has none."""
    read = [pq.read_table(path) for path in sorted(out.rglob("*.parquet"))]
    got = (
        pa.concat_tables([table.select(["task_id", "prediction", "error"]) for table in read]).sort_by("task_id").combine_chunks()
    )
    want = pa.concat_tables([pq.read_table(path, columns=["task_id", "truth"]) for path in sorted(tasks.glob("*.parquet"))])
    assert got["task_id"].to_numpy().tolist() == want["task_id"].to_numpy().tolist(), "a task is missing, or there twice"
    assert got["error"].null_count == len(got), "a task has an error"
    apart = [table.combine_chunks().flatten().to_numpy() for table in (got["prediction"], want["truth"])]
    return float(np.square(apart[0] - apart[1], dtype=np.float64).mean())


def measured(engine: str, tasks: Path, out: Path) -> dict[str, Any]:
    """CPU and wall seconds of an engine's processes, and their memory, in MB: at most, and in each quarter of its time."""
    shutil.rmtree(out, ignore_errors=True)
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    command = [sys.executable, __file__, "--run", engine, "--folder", str(tasks), "--out", str(out)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    seen: list[float] = []
    watching = threading.Thread(target=_watch, args=(process, seen), daemon=True)
    watching.start()
    _, told = process.communicate()
    watching.join()
    assert process.returncode == 0, told
    wall, after = time.monotonic() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    quarters = [
        round(max(part, default=0.0)) for part in (seen[len(seen) * at // 4 : len(seen) * (at + 1) // 4] for at in range(4))
    ]
    return {"cpu": round(cpu, 1), "wall": round(wall, 1), "memory": round(max(seen, default=0.0)), "quarters": quarters}


def _watch(process: "subprocess.Popen[str]", seen: list[float]) -> None:
    while process.poll() is None:
        seen.append(sum(map(_proportional, _tree(process.pid))))
        time.sleep(SAMPLE)


def _tree(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(inner for child in children for inner in _tree(int(child)))]


def _proportional(pid: int) -> float:
    """Memory of a process in MB, its share of what it shares."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)
    except OSError:
        return 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--tasks", type=int, default=1_000_000)
    parser.add_argument("--engines", nargs="+", default=list(NEEDS), choices=list(NEEDS))
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--run", choices=list(NEEDS), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        return run(options.run, options.folder.resolve(), options.out.resolve())
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    tasks, one = options.folder / f"tasks-{options.tasks}", options.folder / "tasks-1"
    for folder, count in ((tasks, options.tasks), (one, 1)):
        if not folder.exists():
            make(folder, count)
    print(f"{options.tasks:,} tasks, load {os.getloadavg()[0]:.1f}", flush=True)
    for engine in options.engines:
        if importlib.util.find_spec(NEEDS[engine]) is None:
            print(f"{engine}: {NEEDS[engine]} is not installed")
            continue
        out = options.folder / f"answers-{engine}"
        start = measured(engine, one, out)
        found = measured(engine, tasks, out) | {"start": start["cpu"], "error": round(check(tasks, out), 6)}
        found["per_cpu_second"] = round(options.tasks / found["cpu"])
        print(json.dumps({"engine": engine, **found}), flush=True)


if __name__ == "__main__":
    main()
