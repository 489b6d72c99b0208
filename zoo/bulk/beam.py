"""Bulk on Apache Beam: a transform from tables of tasks to tables of answers, and a job that runs wherever Beam does.

    python -m zoo.bulk.beam --learner mela_sinusoid --tasks 'gs://…/tasks/*.parquet' --out gs://…/answers --runner=DataflowRunner

What this module does not know goes to Beam. Without `--runner` the job runs in this process by Beam's own runner in Python, as
its default one is fetched from the network when it is first used.
"""

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from typing import Any, final

from zoo.utils import extras

extras.need("beam", "zoo.bulk.beam")

import apache_beam as beam  # noqa: E402
import pyarrow as pa  # noqa: E402
import pyarrow.parquet as pq  # noqa: E402
from apache_beam.io.filesystems import FileSystems  # noqa: E402
from apache_beam.metrics import Metrics  # noqa: E402
from apache_beam.options.pipeline_options import PipelineOptions  # noqa: E402

from zoo.bulk.names import GIVEN  # noqa: E402
from zoo.bulk.predictor import Predictor, predictor  # noqa: E402
from zoo.utils.errors import ZooError  # noqa: E402

LOCAL = "--runner=FnApiRunner"
COUNTS = ("tasks", "errors", "warned")  # names of Beam's counters, in the namespace `zoo`


@final
class Predict(beam.PTransform):
    """`pyarrow.Table` of tasks to `pyarrow.Table` of answers, as Beam's batched readers and writers of Parquet have them.

    An id that is there twice is an error within a table only, as no worker sees more.

    Args:
        predict: of the learner.
    """

    def __init__(self, predict: Predictor):
        super().__init__()
        self._predict = predict

    def expand(self, tables: Any) -> Any:
        return tables | beam.ParDo(_Answer(self._predict))


class _Answer(beam.DoFn):
    """Answers a table, and counts what became of its tasks."""

    def __init__(self, predict: Predictor):
        super().__init__()
        self._predict = predict
        self._counters = {name: Metrics.counter("zoo", name) for name in COUNTS}

    def process(self, table: pa.Table) -> Iterator[pa.Table]:
        answered = self._predict.answer(table)
        for name, count in zip(COUNTS, (len(table), answered.errors, answered.warned), strict=True):
            self._counters[name].inc(count)
        yield answered.table


def main(typed: Sequence[str] | None = None) -> int:
    """Run a job; return 0, or 2 with one line on standard error for a mistake that the user can correct."""
    parser = argparse.ArgumentParser("python -m zoo.bulk.beam", description="Learn and answer many tasks on Apache Beam.")
    parser.add_argument("--learner", required=True, help="an entry, or the path of a model.keras")
    parser.add_argument("--tasks", required=True, help="a pattern of files of Parquet, wherever Beam reads")
    parser.add_argument("--out", required=True, help="where the files of answers begin, such as gs://…/answers")
    parser.add_argument("--keep-tasks", action="store_true", help="write what was learned too, as the column task")
    options, others = parser.parse_known_args(typed)
    try:
        counts = run(predictor(options.learner, keep_tasks=options.keep_tasks), options.tasks, options.out, others)
    except ZooError as error:
        print(f"zoo.bulk.beam: {error}", file=sys.stderr)
        return 2
    print(", ".join(f"{name}: {count:,}" for name, count in counts.items()))
    return 0


def run(predict: Predictor, tasks: str, out: str, others: Sequence[str] = ()) -> dict[str, int]:
    """Run a pipeline to its end.

    Args:
        predict: of the learner.
        tasks: a pattern of files.
        out: where the files of answers begin.
        others: options of Beam.

    Returns:
        How many tasks there were, with an error, and warned of; zeros where the runner does not count.

    Raises:
        ZooError: for a pattern that no file matches, or files that lack a column.
    """
    # Of this machine Beam finds no pattern without a folder.
    tasks, out = (path if "://" in path else os.path.abspath(path) for path in (tasks, out))
    given = _schema(tasks)
    columns = [name for name in given.names if name in GIVEN]
    answers = predict.schema(pa.schema([given.field(name) for name in columns]))
    named = any(each.partition("=")[0] == "--runner" for each in others)
    pipeline = beam.Pipeline(options=PipelineOptions([*others, *([] if named else [LOCAL])]))
    read = pipeline | "tasks" >> beam.io.ReadFromParquetBatched(tasks, columns=columns)
    answered = read | "predict" >> Predict(predict)
    _ = answered | "answers" >> beam.io.WriteToParquetBatched(out, answers, file_name_suffix=".parquet")
    result = pipeline.run()
    result.wait_until_finish()
    found = dict.fromkeys(COUNTS, 0)
    for counter in result.metrics().query(beam.metrics.MetricsFilter().with_namespace("zoo"))["counters"]:
        found[counter.key.metric.name] = counter.result or 0
    return found


def _schema(tasks: str) -> pa.Schema:
    """The columns of the first file."""
    found = FileSystems.match([tasks])[0].metadata_list
    if not found:
        raise ZooError(f"--tasks {tasks}: no file of that pattern.")
    with FileSystems.open(found[0].path) as file:
        return pq.read_schema(file)


if __name__ == "__main__":
    sys.exit(main())
