"""A predictor is made once of a name, needs no TensorFlow after that, and says what columns its answers have."""

import os
import pickle
import subprocess
import sys
import warnings

import numpy as np
import pyarrow as pa
import pytest

import zoo
from zoo import ZooError, bulk


@pytest.fixture(scope="module")
def written(tiny, tmp_path_factory):
    path = tmp_path_factory.mktemp("predictor") / "wave.keras"
    tiny.save(path)
    return str(path)


ALONE = """
import pickle, sys
with open("predict.pickle", "rb") as file:
    predict, table = pickle.load(file)
with open("answers.pickle", "wb") as file:
    pickle.dump(predict(table), file)
heavy = {"tensorflow", "keras", "onnx", "matplotlib"} & set(sys.modules)
assert not heavy, heavy
"""


def test_it_is_sent_to_a_process_that_knows_no_tensorflow(written, waves, tmp_path):
    predict, table = bulk.predictor(written), waves(5)
    (tmp_path / "predict.pickle").write_bytes(pickle.dumps((predict, table)))
    subprocess.run([sys.executable, "-c", ALONE], cwd=tmp_path, check=True, env=os.environ)
    answers = pickle.loads((tmp_path / "answers.pickle").read_bytes())
    assert answers.equals(predict(table))
    assert answers.schema.equals(predict.schema(table.schema))


def test_graphs_are_those_that_are_needed(written):
    assert set(bulk.predictor(written).carried.graphs) == {"adapt", "apply"}
    assert set(bulk.predictor(written, keep_tasks=True).carried.graphs) == {"adapt", "apply", "update"}
    assert set(bulk.predictor(written, update=True).carried.graphs) == {"adapt", "apply", "update"}


def test_batches_are_answered_as_spark_gives_them(predict, tiny, waves, close):
    table = waves(9)
    got = pa.Table.from_batches(predict(tiny).batches(table.to_batches(max_chunksize=4)))
    for one, other in zip(got["prediction"].to_pylist(), predict(tiny)(table)["prediction"].to_pylist(), strict=True):
        close(one, other)


def test_columns_of_answers_depend_on_the_labels(predict, tiny, tiny_names, rows_of_tables, waves):
    given = waves(1).schema
    texts = given.set(2, pa.field("support_y", pa.list_(pa.dictionary(pa.int32(), pa.string()))))
    assert predict(tiny).schema(given).names == ["task_id", "prediction", "error"]
    assert predict(tiny, keep_tasks=True).schema(given).names == ["task_id", "prediction", "task", "error"]
    names = predict(tiny_names.learner).schema(texts)
    assert names.names == ["task_id", "prediction", "probability", "ood_score", "error"]
    assert names.field("prediction").type == pa.list_(pa.string())
    kept = predict(rows_of_tables, keep_tasks=True).schema(texts).field("task").type
    assert [field.name for field in kept] == ["size", "classes", "columns", "learned"]
    with pytest.raises(ZooError, match="has the column query_x more than once"):
        predict(tiny).schema(given.append(pa.field("query_x", pa.string())))


def test_what_learns_no_tasks_or_cannot_grow_is_refused(tmp_path, monkeypatch):
    with pytest.raises(ZooError, match="lstm_optimizer_quadratic is a LSTMOptimizer, which learns no tasks"):
        bulk.predictor("lstm_optimizer_quadratic")
    with pytest.raises(ZooError, match="there is no entry 'nothing'"):
        bulk.predictor("nothing")
    with pytest.raises(ZooError, match="tasks of maml_sinusoid cannot grow"):
        bulk.predictor("maml_sinusoid", update=True)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (tmp_path / "zoo").write_text("no folder")
    with pytest.raises(ZooError, match="the graphs of maml_sinusoid could not be prepared as ONNX"):
        bulk.predictor("maml_sinusoid")


@pytest.mark.parametrize("name", ["mela_sinusoid", "maml_sinusoid"])
def test_shipped_learners_answer_as_learn_does(name, waves, close):
    learner, table = zoo.load(name), waves(3)
    answers = bulk.predictor(name)(table).to_pylist()
    with warnings.catch_warnings():  # some of these waves are too large for a learner of few points
        warnings.simplefilter("ignore", UserWarning)
        for row, answer in zip(table.to_pylist(), answers, strict=True):
            close(answer["prediction"], learner.learn(np.array(row["support_x"]), row["support_y"]).predict(row["query_x"]))
