"""Any table on the command line: a CSV of numbers, texts and gaps is learned, predicted and refused in words."""

import json

import numpy as np
import pytest
from table_means import TableMeans, TableMeansConfig

from zoo.cli import tabulated

ROWS = """name of ward;age;smokes;state
north;20,5;no;well
south;30;no;well
north;;yes;well
east;70;yes;ill
east;80;yes;ill
NA;75;no;ill
"""
NEW = "id,age,smokes,name of ward\n007,22.50,no,north\n008,,yes,east\n"


@pytest.fixture(scope="session")
def learners(tmp_path_factory):
    """Two learners in files, as entries that differ in their labels."""
    folder = tmp_path_factory.mktemp("learners")
    for name, numbers in (("means", False), ("lines", True)):
        (folder / name).mkdir()
        TableMeans(TableMeansConfig(numbers)).save(folder / name / "model.keras")
    return str(folder / "means"), str(folder / "lines")


@pytest.fixture(autouse=True)
def pair(learners, monkeypatch):
    monkeypatch.setattr(tabulated, "OF_NUMBERS", {learners[0]: learners[1]})


@pytest.fixture
def learn(zoo, tmp_path, learners):
    """Learn from a text, by the learner of classes unless another is named."""

    def run(text, *more, name=learners[0], out="model"):
        (tmp_path / "rows.csv").write_text(text)
        return zoo("learn", name, "--support", "rows.csv", "--out", out, *more)

    return run


@pytest.fixture
def predict(zoo, tmp_path):
    def run(text, *more, task="model"):
        (tmp_path / "new.csv").write_text(text)
        return zoo("predict", task, "--query", "new.csv", *more)

    return run


def test_classes_of_any_table(learn, predict, tmp_path):
    code, out, err = learn(ROWS)
    assert (code, err) == (0, "")
    assert out.startswith("learned model from 6 rows of 3 columns: 2 classes of state; ")
    code, out, err = predict(NEW)
    header, *lines = out.splitlines()
    assert (code, err) == (0, "")
    assert header == "id,age,smokes,name of ward,class,probability of ill,probability of well,ood_score,is_ood"
    assert [line.split(",")[:5] for line in lines] == [
        ["007", "22.50", "no", "north", "well"],
        ["008", "", "yes", "east", "ill"],
    ]
    found = json.loads(predict(NEW, "--json", "--out", "predicted.csv")[1])
    assert [each["class"] for each in found] == ["well", "ill"]
    assert sum(found[0]["probabilities"].values()) == pytest.approx(1, abs=1e-5)
    assert found[0]["is_ood"] is False
    assert (tmp_path / "predicted.csv").read_text() == out


def test_numbers_take_the_place_of_classes_with_a_word_and_the_other_way_round(learn, predict, learners):
    grades = ROWS.replace("well", "1,5").replace("ill", "3,25")
    code, out, err = learn(grades)
    assert code == 0 and "numbers of state" in out
    assert err == f"zoo learn: {learners[1]} learns in place of {learners[0]}: regression, as the labels are; --task overrules\n"
    code, out, _ = predict(NEW.replace("id", "state"))
    assert out.splitlines()[0] == "state,age,smokes,name of ward,predicted state"
    found = json.loads(predict(NEW, "--json")[1])["state"]
    assert found[0] < 2.4 < found[1]
    code, out, err = learn(grades, "--task", "classification", out="other", name=learners[1])
    assert code == 0 and "2 classes of state" in out and "as --task says" in err


@pytest.mark.parametrize(
    ("labels", "kind"),
    [
        (["a", "b"], "classification"),
        (["1", "x"], "classification"),
        (["0", "1.0", "2"], "classification"),
        (list(map(str, range(11))), "regression"),
        (["1", "2.5"], "regression"),
        (["1", "2,5"], "regression"),
    ],
)
def test_what_labels_are_is_recognised(labels, kind):
    from zoo.utils.tables import Table

    table = Table("rows.csv", ["y"], [[label] for label in labels], list(range(2, 2 + len(labels))))
    assert tabulated.recognised(table, "y") == kind


def test_the_label_may_be_any_column_and_codes_may_be_categories(learn, predict):
    code, out, _ = learn(ROWS, "--label", "smokes", "--categorical", "age", "--json")
    facts = json.loads(out)
    assert (code, facts["label"], facts["classes"], facts["columns"]) == (0, "smokes", ["no", "yes"], 3)
    assert predict("state,age,name of ward\nill,70,east\n")[0] == 0


def test_whole_numbers_are_classes_as_they_are(learn, predict):
    assert learn(ROWS.replace("well", "0").replace("ill", "1"))[0] == 0
    assert json.loads(predict(NEW, "--json")[1])[0]["class"] == 0


@pytest.mark.parametrize(
    ("text", "more", "message"),
    [
        (ROWS, ["--label", "x"], "--label x: rows.csv has no such column; it has name of ward, age, smokes, state."),
        (ROWS, ["--categorical", "x"], "categorical names 'x', but rows.csv has 'name of ward', 'age', 'smokes'; name one"),
        (ROWS, ["--task", "regression"], "rows.csv, line 2: 'well' in column 'state' is not a number"),
        (ROWS.replace("80;yes;ill", "80;yes;"), [], "rows.csv, line 6: the label 'state' is missing; remove such rows"),
        ("y\n1\n2\n", [], "rows.csv has the column y only, which is the label; add columns"),
        ("id,y\na,1\nb,2\nc,1\n", [], "rows.csv has texts that are all different in column 'id', as ids and names are"),
        ("x,y\n" + "".join(f"{n},c{n}\n" for n in range(11)), [], "y holds 11 classes, but means tells 10 apart; join"),
        ("x,y\n1,a\n2,b\n1e400,a\n", [], "rows.csv holds infinity in column 'x' (first in line 4)"),
        ("x,y\n1e400,a\n", ["--invert", "yes"], "--invert yes is about pictures"),
    ],
)
def test_what_is_wrong_is_one_line(learn, text, more, message):
    code, out, err = learn(text, *more)
    assert (code, out) == (2, "")
    assert message in err
    assert len(err.splitlines()[-1]) < 400


def test_a_query_that_does_not_fit_is_one_line(learn, predict):
    assert learn(ROWS)[0] == 0
    code, _, err = predict("age,smokes\n1,no\n")
    assert (code, err) == (2, "zoo predict: new.csv lacks column 'name of ward'; it has 'age', 'smokes'.\n")
    code, _, err = predict(NEW.replace("22.50", "old"))
    assert code == 2 and "new.csv holds 'old' in column 'age' (first in line 2), but a number was expected" in err
    code, _, err = predict(NEW.replace("north", "Mars"))
    assert code == 0 and "zoo predict: new.csv has 1 cell(s) of a level that" in err


def test_more_rows_than_are_read_are_drawn_with_a_word(learn):
    rows = np.random.default_rng(0).normal(size=[600, 2])
    code, out, err = learn("a,b,y\n" + "".join(f"{a},{b},{'pn'[int(a > b)]}\n" for a, b in rows))
    assert code == 0 and "from 500 rows" in out
    assert "has 600 rows, and means learns from at most 500: so many are drawn" in err


def test_a_task_that_cannot_be_updated_says_what_to_do(zoo, learn):
    assert learn(ROWS)[0] == 0
    code, _, err = zoo("update", "model", "--support", "rows.csv", "--out", "more")
    assert code == 2 and "has no update" in err and "learn it again from all examples together" in err


def test_options_of_tables_are_refused_elsewhere(zoo, points):
    for option in (["--label", "t"], ["--task", "regression"], ["--categorical", "t"]):
        code, _, err = zoo("learn", "mela_sinusoid", "--support", points, "--out", "wave", *option)
        assert (code, err) == (2, f"zoo learn: {option[0]} is for learners of tables, and mela_sinusoid is none; leave it out.\n")
