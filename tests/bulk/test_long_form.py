"""A CSV with a line for each example: ids as they were written, lines in any order, a bad cell spoils its own task only."""

import numpy as np
import pyarrow as pa
import pytest

from zoo import ZooError
from zoo.bulk import long_form


@pytest.fixture
def read(tmp_path, carried):
    def write(text, learner, **how):
        path = tmp_path / "tasks.csv"
        path.write_text(text)
        return long_form.read(path, carried(learner).opened(), **how)

    return write


def test_lines_become_tasks_in_the_order_of_their_first_lines(read, tiny):
    got = read("x,task_id,y\n1,007,2\n5,b,\n3,007,4\n9,007,\n6,b,7\n", tiny)
    assert got.tasks.to_pydict() == {
        "task_id": ["007", "b"],
        "support_x": [[1.0, 3.0], [6.0]],
        "support_y": [[2.0, 4.0], [7.0]],
        "query_x": [[9.0], [5.0]],
    }
    assert (got.queries.to_pydict(), got.counts.tolist()) == ({"x": ["9", "5"]}, [1, 1])


def test_other_delimiters_a_mark_at_the_beginning_and_a_named_label_are_read(read, tiny):
    got = read("\ufefftask_id;y;x\na;1;2\na;;3\n", tiny, label="y")
    assert got.tasks.to_pydict() == {"task_id": ["a"], "support_x": [[2.0]], "support_y": [[1.0]], "query_x": [[3.0]]}


def test_a_cell_that_is_no_number_stays_a_text_for_the_task_to_complain_of(read, tiny):
    got = read("task_id,x,y\na,many,1\nb,2,1\n", tiny)
    assert got.tasks["support_x"].to_pylist() == [["many"], ["2"]]


def test_rows_of_tables_keep_their_columns_and_classes_are_texts(read, rows_of_tables):
    got = read("task_id,age,city,kind\n1,30,Rome,1\n1,,Oslo,\n", rows_of_tables)
    assert got.tasks.to_pylist() == [
        {
            "task_id": "1",
            "support_x": [{"age": "30", "city": "Rome"}],
            "support_y": ["1"],
            "query_x": [{"age": None, "city": "Oslo"}],
        }
    ]


def test_tasks_that_are_known_need_no_labels(read, tiny):
    for text in ("task_id,x\na,1\n", "task_id,x,y\na,1,2\n"):
        got = read(text, tiny, learns=False)
        assert "support_x" not in got.tasks.column_names
    assert got.tasks.column_names == ["task_id", "query_x"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x,y\n1,2\n", "lacks the column task_id; it has x, y"),
        ("task_id,x,x2,y\na,1,2,3\n", "has 3 columns beside task_id .* but tiny reads 1 of examples and 1 of labels"),
        ("task_id,x,x\na,1,2\n", "columns of the same name"),
    ],
)
def test_columns_that_do_not_fit_are_refused(read, tiny, text, reason):
    with pytest.raises(ZooError, match=reason):
        read(text, tiny)


def test_a_missing_label_column_and_a_ragged_line_are_refused(read, tiny):
    with pytest.raises(ZooError, match="has no column height for labels; it has x, y"):
        read("task_id,x,y\na,1,2\n", tiny, label="height")
    with pytest.raises(pa.ArrowInvalid, match="Expected 3 columns, got 2"):
        read("task_id,x,y\na,1\n", tiny)


def test_answers_become_lines_beside_their_queries_and_errors_one_each():
    answers = pa.table(
        {
            "task_id": ["a", "b", "c"],
            "prediction": pa.array([[["1", "2"]], None, [["3", "4"], ["5", "6"]]]),
            "error": [None, "no good", None],
        }
    )
    queries = pa.table({"error": ["q0", "q1", "q2", "q3"]})
    kind = long_form.schema(answers.schema, queries.schema, ["up", "down"])
    assert kind.names == ["task_id", "error", "prediction up", "prediction down", "predicted error"]
    assert long_form.lines(answers, queries, np.array([1, 1, 2]), kind).to_pylist() == [
        dict(zip(kind.names, row, strict=True))
        for row in [
            ("a", "q0", "1", "2", None),
            ("b", None, None, None, "no good"),
            ("c", "q2", "3", "4", None),
            ("c", "q3", "5", "6", None),
        ]
    ]
