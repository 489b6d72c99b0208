"""Files of tasks are found, read a portion after the other, and written in the format of their name."""

import os

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from zoo import ZooError
from zoo.bulk import shards as module
from zoo.bulk.shards import Writer, opened, shards, total_of


@pytest.fixture
def folder(tmp_path, waves):
    for place in ("tasks/a/one.parquet", "tasks/b/one.parquet"):
        (tmp_path / place).parent.mkdir(parents=True)
        pq.write_table(waves(10), tmp_path / place)
    (tmp_path / "tasks/b/two.csv").write_text("task_id,x,y\na,1,2\na,2,\nb,3,\nb,1,1\n")
    (tmp_path / "tasks/notes.txt").touch()
    return tmp_path / "tasks"


def test_folders_files_and_patterns_are_shards_whose_answers_lie_as_they_do(folder, monkeypatch):
    monkeypatch.chdir(folder.parent)
    names = ["out/a/one.parquet", "out/b/one.parquet", "out/b/two.csv"]
    assert [str(shard.out) for shard in shards(["tasks"], "out")] == names
    assert [str(shard.out) for shard in shards(["tasks/*/one.parquet"], "out")] == names[:2]
    assert [str(shard.out) for shard in shards(["tasks/b/one.parquet", "tasks/b/one.parquet"], "out")] == ["out/one.parquet"]
    for given, reason in (("none*.parquet", "no such file"), ("tasks/notes.txt", "no file of tasks")):
        with pytest.raises(ZooError, match=reason):
            shards([given], "out")
    with pytest.raises(ZooError, match="--out tasks holds the tasks"):
        shards(["tasks"], "tasks")


def test_a_shard_is_done_when_its_answers_are_no_older(folder, monkeypatch):
    monkeypatch.chdir(folder.parent)
    (shard,) = shards(["tasks/b/two.csv"], "out")
    assert not shard.is_done
    shard.out.parent.mkdir()
    shard.out.touch()
    os.utime(shard.path, (1, 1))
    assert shard.is_done
    os.utime(shard.out, (0, 0))
    assert not shard.is_done


def test_portions_are_in_order_and_tell_ids_that_are_there_twice(folder, carried, tiny, monkeypatch):
    monkeypatch.setattr(module, "AT_ONCE", 4)
    path = folder / "a/one.parquet"
    table = pq.read_table(path)
    pq.write_table(pa.concat_tables([table, table.slice(9)]), path, row_group_size=3)
    shard = opened(path, carried(tiny).opened(), None, True)
    portions = list(shard.portions())
    assert pa.concat_tables([portion.tasks for portion in portions])["task_id"].to_pylist() == [
        *table["task_id"].to_pylist(),
        "wave 9",
    ]
    assert [double for portion in portions for double in portion.doubles] == [False] * 10 + [True]
    assert max(len(portion.tasks) for portion in portions) <= 4
    assert total_of(shards([str(path)], "out")) == 11
    assert total_of(shards([str(folder)], "out")) is None


def test_answers_to_a_csv_are_a_csv(folder, carried, predict, tiny, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "AT_ONCE", 1)
    shard = opened(folder / "b/two.csv", carried(tiny).opened(), None, True)
    columns = shard.columns(predict(tiny).schema(shard.schema))
    writer = Writer(tmp_path / "answers.csv", columns)
    for portion in shard.portions():
        writer.write(predict(tiny)(portion.tasks), portion)
    writer.close()
    header, *lines = (tmp_path / "answers.csv").read_text().splitlines()
    assert header == '"task_id","x","prediction","error"'
    assert [line.split(",")[:2] for line in lines] == [['"a"', '"2"'], ['"b"', '"3"']]
    assert float(lines[0].split(",")[2]) == pytest.approx(float(tiny.learn([1.0], [2.0]).predict([2.0])[0]), abs=1e-4)
