"""A row of answers for each row of tasks, equal to `learn` and `predict`; what is damaged is a row with its reason."""

import numpy as np
import pyarrow as pa
import pytest

from zoo import ZooError
from zoo.bulk import core


def want(learner, table):
    """What `learn` and `predict` say of each task."""
    rows = table.to_pylist()
    return [learner.learn(row["support_x"], row["support_y"]).predict(row["query_x"]) for row in rows]


def test_waves_of_unequal_lengths_are_answered_as_learn_does(predict, tiny, waves, close):
    table = waves(50)
    answers = predict(tiny)(table)
    assert answers.column_names == ["task_id", "prediction", "error"]
    assert answers["task_id"].equals(table["task_id"])
    assert answers["error"].null_count == 50
    for got, wanted in zip(answers["prediction"].to_pylist(), want(tiny, table), strict=True):
        close(got, wanted)


def test_one_long_task_does_not_pad_the_others_to_its_length(predict, tiny, waves, close):
    long = {name: [np.linspace(-5, 5, 30_000, dtype=np.float32)] for name in ("support_x", "support_y", "query_x")}
    table = pa.concat_tables([waves(20), pa.table({"task_id": ["long"], **long}).cast(waves(1).schema)])
    answers = predict(tiny)(table)["prediction"].to_pylist()
    close(answers[-1], tiny.learn(long["support_x"][0], long["support_y"][0]).predict(long["query_x"][0]))
    close(answers[3], want(tiny, table.slice(3, 1))[0])


DAMAGED = {
    "no support": ({"support_x": None}, "support_x is missing (null); give a list"),
    "no labels": ({"support_y": None}, "support_y is missing (null); give a list"),
    "no query": ({"query_x": None}, "query_x is missing (null); give a list"),
    "an empty support": ({"support_x": [], "support_y": []}, "x is empty"),
    "an empty query": ({"query_x": []}, "query_x is empty"),
    "unequal lengths": ({"support_y": [1.0]}, "x has 2 rows and y has 1; every example needs exactly one label"),
    "a null in it": ({"support_x": [1.0, None]}, "x holds NaN or infinity (first in row 1)"),
    "infinity": ({"query_x": [float("inf")]}, "query_x holds NaN or infinity (first in row 0)"),
    "too large": ({"support_y": [1e300, 1.0]}, "too large for float32"),
    "no id": ({"task_id": None}, "task_id is missing; give each task one of its own"),
    "an id twice": ({"task_id": "good"}, "task_id good is that of an earlier row"),
}


@pytest.mark.parametrize("case", DAMAGED)
def test_a_damaged_task_is_a_row_with_its_reason_and_the_others_are_answered(predict, tiny, close, case):
    good = {"task_id": "good", "support_x": [0.0, 1.0], "support_y": [1.0, 2.0], "query_x": [0.5]}
    change, reason = DAMAGED[case]
    table = pa.Table.from_pylist([good, good | {"task_id": "bad"} | change, good | {"task_id": "last"}])
    answers = predict(tiny).answer(table)
    errors = answers.table["error"].to_pylist()
    assert (errors[0], errors[2], answers.errors) == (None, None, 1)
    assert reason in errors[1] and reason in answers.first_error
    assert answers.table["prediction"].to_pylist()[1] is None
    for row in (0, 2):
        close(answers.table["prediction"].to_pylist()[row], tiny.learn([0.0, 1.0], [1.0, 2.0]).predict([0.5]))


def test_examples_may_lie_in_lists_of_any_depth_and_texts_that_are_numbers_are(predict, tiny, close):
    plain = {
        "task_id": [1, 2],
        "support_x": [[0.0, 1.0], [2.0]],
        "support_y": [[1.0, 2.0], [3.0]],
        "query_x": [[0.5], [0.1, 1.5]],
    }
    wanted = predict(tiny)(pa.table(plain))["prediction"].to_pylist()
    nested = plain | {"support_x": [[[0.0], [1.0]], [[2.0]]], "query_x": pa.array([[["0.5"]], [["0.1"], [" 1.5"]]])}
    fixed = pa.array([[[0.5]], [[0.1], [1.5]]], pa.list_(pa.list_(pa.float64(), 1)))
    for form in (
        nested,
        plain | {"query_x": fixed},
        plain | {"query_x": pa.array(plain["query_x"], pa.large_list(pa.float32()))},
    ):
        answers = predict(tiny)(pa.table(form))
        assert answers["error"].null_count == 2
        for got, wants in zip(answers["prediction"].to_pylist(), wanted, strict=True):
            close(got, wants)
    wrong = predict(tiny)(pa.table(nested | {"query_x": pa.array([[["0.5"]], [["0.1"], ["many"]]])}))["error"].to_pylist()
    assert wrong[0] is None and "it holds 'many'" in wrong[1]


def test_part_of_a_table_is_read_as_that_part(predict, tiny, waves, close):
    table = waves(30)
    for got, wanted in zip(
        predict(tiny)(table.slice(7, 5))["prediction"].to_pylist(), want(tiny, table.slice(7, 5)), strict=True
    ):
        close(got, wanted)


def test_classes_are_told_by_name_beside_their_probability(predict, tiny_names, close):
    learner, generator = tiny_names.learner, np.random.default_rng(1)
    x = generator.uniform(size=[9, 8, 8, 1]).astype(np.float32)
    labels = ["elm", "oak", "elm"], ["ash", "elm", "oak", "yew"]
    rows = [
        {
            "task_id": task,
            "support_x": x[: len(y)].reshape(len(y), -1).tolist(),
            "support_y": y,
            "query_x": x[5 : 7 + task].tolist(),
        }
        for task, y in enumerate(labels)
    ]
    answers = predict(learner)(
        pa.Table.from_pylist([{**row, "query_x": np.reshape(row["query_x"], [-1, 64]).tolist()} for row in rows])
    )
    assert answers.column_names == ["task_id", "prediction", "probability", "ood_score", "error"]
    for answer, y in zip(answers.to_pylist(), labels, strict=True):
        asked = x[5 : 7 + answer["task_id"]]
        names, probability, odd = learner.learn(x[: len(y)], y).classify(asked)
        assert answer["prediction"] == names.tolist()
        close(answer["probability"], probability.max(axis=1))
        close(answer["ood_score"], odd)


def test_whole_numbers_stay_classes_of_whole_numbers(predict, tiny_names):
    x = np.random.default_rng(1).uniform(size=[4, 64])
    table = pa.table({"task_id": [0], "support_x": [x.tolist()], "support_y": [[7, 9, 7, 9]], "query_x": [x[:2].tolist()]})
    answers = predict(tiny_names.learner)(table)
    assert answers.schema.field("prediction").type == pa.list_(pa.int64())
    assert set(answers["prediction"].to_pylist()[0]) <= {7, 9}
    missing = predict(tiny_names.learner)(table.set_column(2, "support_y", pa.array([[7, None, 7, 9]])))
    assert "y is missing (None) in row 1" in missing["error"].to_pylist()[0]


def test_rows_of_tables_are_structs_with_gaps_and_texts(predict, rows_of_tables, close):
    generator, rows = np.random.default_rng(2), []
    for task in range(3):
        people = [
            {"age": None if place == 4 else float(generator.integers(20, 70)), "city": str(generator.choice(["Rome", "Oslo"]))}
            for place in range(12 + task)
        ]
        kinds = ["yes" if (each["age"] or 30) > 40 else "no" for each in people]
        rows.append({"task_id": task, "support_x": people[:-2], "support_y": kinds[:-2], "query_x": people[-2:]})
    answers = predict(rows_of_tables)(pa.Table.from_pylist(rows)).to_pylist()
    for row, answer in zip(rows, answers, strict=True):
        task = rows_of_tables.learn(row["support_x"], row["support_y"])
        names, probability, odd = task.classify(row["query_x"])
        assert (answer["error"], answer["prediction"]) == (None, names.tolist())
        close(answer["probability"], probability.max(axis=1))
        close(answer["ood_score"], odd)


def test_a_batch_that_fails_is_tried_task_by_task(predict, tiny, waves, monkeypatch):
    answered = core.answered

    def brittle(learner, batch, schema):
        if 3 in batch.rows:
            raise RuntimeError("the graph broke")
        return answered(learner, batch, schema)

    monkeypatch.setattr(core, "answered", brittle)
    answers = predict(tiny).answer(waves(8))
    assert answers.table["error"].to_pylist() == [None] * 3 + ["RuntimeError: the graph broke"] + [None] * 4
    assert answers.errors == 1


def test_what_is_learned_is_kept_applied_later_and_grows(predict, tiny, waves, close):
    table, keep = waves(12), predict(tiny, keep_tasks=True)
    kept = keep(table.drop_columns(["query_x"]))
    assert kept.column_names == ["task_id", "prediction", "task", "error"]
    assert kept["prediction"].to_pylist() == [[]] * 12
    learned = kept["task"].combine_chunks()
    asked = table.select(["task_id", "query_x"])
    later = predict(tiny).answer(asked, learned=learned).table
    for got, wanted in zip(later["prediction"].to_pylist(), want(tiny, table), strict=True):
        close(got, wanted)
    grown = keep.answer(table, learned=learned).table
    live = [tiny.learn(row["support_x"] * 2, row["support_y"] * 2) for row in table.to_pylist()]
    for row, wanted in zip(zip(grown.to_pylist(), table.to_pylist(), strict=True), live, strict=True):
        close(row[0]["prediction"], wanted.predict(row[1]["query_x"]))
        assert row[0]["task"]["size"] == wanted.size
    unknown = pa.array([None, *learned.to_pylist()[1:]], learned.type)
    errors = predict(tiny).answer(asked, learned=unknown).table["error"].to_pylist()
    assert errors == ["task_id wave 0 is not among the learned tasks; learn it first."] + [None] * 11


def test_kept_classes_grow_by_new_ones(predict, tiny_names, close):
    learner, x = tiny_names.learner, np.random.default_rng(1).uniform(size=[6, 64]).astype(np.float32)
    rows = {"task_id": [0], "support_x": [x[:3].tolist()], "support_y": [["elm", "oak", "elm"]], "query_x": [x[4:].tolist()]}
    keep = predict(learner, keep_tasks=True)
    learned = keep(pa.table(rows))["task"].combine_chunks()
    more = rows | {"support_x": [x[3:5].tolist()], "support_y": [["ash", "oak"]]}
    got = keep.answer(pa.table(more), learned=learned).table.to_pylist()[0]
    task = learner.learn(x[:3].reshape(3, 8, 8, 1), rows["support_y"][0]).update(x[3:5].reshape(2, 8, 8, 1), more["support_y"][0])
    names, probability, _ = task.classify(x[4:].reshape(2, 8, 8, 1))
    assert (got["prediction"], got["task"]["classes"], got["task"]["size"]) == (names.tolist(), ["elm", "oak", "ash"], 5)
    close(got["probability"], probability.max(axis=1))


def test_columns_of_other_types_are_refused_for_all_rows_at_once(predict, tiny, tiny_names, waves):
    table = waves(3)
    with pytest.raises(ZooError, match="lacks the column query_x; it has task_id, support_x, support_y"):
        predict(tiny)(table.drop_columns(["query_x"]))
    with pytest.raises(ZooError, match=r"column support_x: it holds bool where numbers were expected"):
        predict(tiny)(table.set_column(1, "support_x", pa.array([[True]] * 3)))
    with pytest.raises(ZooError, match="column support_y is one of"):
        predict(tiny_names.learner)(table.set_column(2, "support_y", pa.array([[{"a": 1}]] * 3)))


def test_numbers_beyond_training_are_answered_and_counted(carried, tiny, waves):
    import dataclasses
    import json

    from zoo.bulk.predictor import Predictor

    known = carried(tiny)
    description = json.dumps(json.loads(known.description) | {"input_range": [-5.0, 5.0]})
    narrow = dataclasses.replace(known, description=description, digest="narrow")
    table = waves(4)
    wide = table.set_column(3, "query_x", pa.array([[0.0], [7.0], [1.0], [-5.0]], pa.list_(pa.float32())))
    answers = Predictor(narrow).answer(wide)
    assert (answers.errors, answers.warned) == (0, 1)
    assert answers.first_warning == "task wave 1: numbers outside the range [-5, 5] of training"


def test_of_ids_that_are_there_already_the_first_is_none():
    ids = pa.chunked_array([["a", "b"], ["a", None], [None, "b"]])
    assert core.doubles_of(ids).tolist() == [False, False, True, False, False, True]
