"""Tasks that were kept are found by id in any order, in several files and row groups."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from zoo import ZooError
from zoo.bulk.learned import LearnedTasks


@pytest.fixture
def kept(predict, tiny, waves, tmp_path):
    """Thirty tasks in two files, of which one could not be learned."""
    table = pa.Table.from_pylist([*waves(29).to_pylist(), {"task_id": "bad"}], waves(1).schema)
    answers = predict(tiny, keep_tasks=True)(table)
    for name, part in (("one", answers.slice(0, 12)), ("two", answers.slice(12))):
        pq.write_table(part, tmp_path / f"{name}.parquet", row_group_size=5)
    return tmp_path, answers


def test_tasks_are_found_in_any_order(kept):
    folder, answers = kept
    known = LearnedTasks([str(folder)])
    assert len(known) == 29
    ids = ["wave 20", "nobody", "wave 3", None, "wave 28", "wave 3", "bad"]
    tasks = dict(zip(answers["task_id"].to_pylist(), answers["task"].to_pylist(), strict=True))
    assert known.of(pa.array(ids)).to_pylist() == [tasks.get(each) for each in ids]
    assert known.of(pa.array(ids)).type == known.type


def test_whole_numbers_are_found_by_the_texts_of_a_csv(kept):
    folder, answers = kept
    numbered = answers.slice(0, 12).set_column(0, "task_id", pa.array(range(12)))
    pq.write_table(numbered, folder / "numbered.parquet")
    known = LearnedTasks([str(folder / "numbered.parquet")])
    assert known.of(pa.array(["7"])).to_pylist() == [answers["task"][7].as_py()]
    with pytest.raises(ZooError, match="--tasks have ids of string, and --learned of int64"):
        known.of(pa.array(["seven"]))


def test_ids_twice_other_files_and_damaged_ones_are_refused(kept, waves):
    folder, _ = kept
    with pytest.raises(ZooError, match="the task wave 0 is there twice"):
        LearnedTasks([str(folder / "one.parquet"), str(folder / "one.parquet")])
    pq.write_table(waves(1), folder / "tasks.parquet")
    with pytest.raises(ZooError, match="has no columns task_id and task, but task_id, support_x"):
        LearnedTasks([str(folder / "tasks.parquet")])
    (folder / "broken.parquet").write_bytes(b"no")
    with pytest.raises(ZooError, match="cannot be read"):
        LearnedTasks([str(folder / "broken.parquet")])
    with pytest.raises(ZooError, match="cannot be read"):
        LearnedTasks([str(folder / "none.parquet")])
    (folder / "empty").mkdir()
    with pytest.raises(ZooError, match="holds no file of Parquet"):
        LearnedTasks([str(folder / "empty")])


def test_another_file_makes_another_digest(kept):
    folder, answers = kept
    before = LearnedTasks([str(folder)]).digest
    assert LearnedTasks([str(folder)]).digest == before
    pq.write_table(answers.slice(12, 3), folder / "two.parquet")
    assert LearnedTasks([str(folder)]).digest != before
