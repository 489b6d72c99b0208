import io
import json

import numpy as np
import pytest


@pytest.fixture
def wave(zoo, points):
    assert zoo("learn", "mela_sinusoid", "--support", points, "--out", "wave")[0] == 0
    return points.parent / "wave"


def test_learn_says_what_it_learned(zoo, points):
    code, out, _ = zoo("learn", "mela_sinusoid", "--support", points, "--out", "wave", "--json")
    facts = json.loads(out)
    assert (code, facts["task"], facts["rows"]) == (0, "wave", 10)
    assert facts["bytes"] > 0
    notes = json.loads((points.parent / "wave/task.json").read_text())["notes"]
    assert notes == {"examples": ["t"], "labels": ["height"], "rows": 10}


def test_predict_finds_its_columns_by_name_and_prints_a_csv_or_json(zoo, wave):
    code, out, _ = zoo("predict", "wave", "--query", "new.csv")
    assert code == 0
    header, *lines = out.splitlines()
    assert header == "other,t,height"
    for line in lines:
        _, t, height = map(float, line.split(","))
        assert height == pytest.approx(2 * np.sin(t - 1), abs=0.2)
    predicted = json.loads(zoo("predict", "wave", "--query", "new.csv", "--json")[1])
    np.testing.assert_allclose(predicted["height"], [float(line.split(",")[2]) for line in lines], rtol=1e-5)
    assert zoo("predict", "wave", "--query", "new.csv", "--out", "answers.csv")[:2] == (0, "")
    assert (wave.parent / "answers.csv").read_text() == out


def test_a_task_without_names_of_columns_is_predicted_with_in_python(zoo, wave):
    task = json.loads((wave / "task.json").read_text())
    (wave / "task.json").write_text(json.dumps(task | {"notes": {}}))
    code, _, err = zoo("predict", "wave", "--query", "new.csv")
    assert code == 2
    assert "wave was not learned from a CSV, so its columns have no names; go on with it in Python." in err


def test_columns_that_are_not_inputs_come_back_untouched(zoo, wave):
    (wave.parent / "new.csv").write_text("id,t,height\n007,0.123456789012,1\nlast one,1.50,2\n")
    code, out, _ = zoo("predict", "wave", "--query", "new.csv")
    header, *lines = out.splitlines()
    assert (code, header) == (0, "id,t,height,predicted height")
    assert [line.rsplit(",", 1)[0] for line in lines] == ["007,0.123456789012,1", "last one,1.50,2"]


def test_json_and_a_csv_are_both_written(zoo, wave):
    code, out, _ = zoo("predict", "wave", "--query", "new.csv", "--json", "--out", "answers.csv")
    assert code == 0
    heights = [float(line.rsplit(",", 1)[1]) for line in (wave.parent / "answers.csv").read_text().splitlines()[1:]]
    np.testing.assert_array_equal(np.float32(json.loads(out)["height"]), np.float32(heights))


def test_standard_input_is_learned_from_and_predicted(zoo, points, monkeypatch):
    def typed(text):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

    typed(points.read_text())
    assert zoo("learn", "mela_sinusoid", "--support", "-", "--out", "wave")[0] == 0
    typed("t\n0.5\n")
    assert zoo("predict", "wave", "--query", "-")[1].startswith("t,height\n0.5,")
    typed("u\n0.5\n")
    code, _, err = zoo("predict", "wave", "--query", "-")
    assert (code, err) == (2, "zoo predict: standard input lacks the column t; it has u.\n")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x,y,x,y,x,y,x,y\n" + "0.5,0.5," * 3 + "0.5,0.5\n", "names 2 column(s) more than once: 'x', 'y'"),
        ("a,b\n1,nan\n", "points.csv, line 2: 'nan' in column 'b' is not a finite number"),
        ("a,b\n1,1e39\n", "points.csv, line 2: '1e39' in column 'b' is larger than"),
        (",".join(f"c{n}" for n in range(5000)) + "\n" + ",".join(map(str, range(5000))) + "\n", "and 4,988 more"),
    ],
)
def test_what_a_csv_says_wrongly_is_one_short_line(zoo, points, text, message):
    points.write_text(text)
    name = "mela_bouncing_ball" if text.startswith("x") else "mela_sinusoid"
    code, out, err = zoo("learn", name, "--support", "points.csv", "--out", "new")
    assert (code, out) == (2, "")
    assert message in err
    assert len(err.splitlines()) == 1
    assert len(err) < 500


def test_warnings_are_one_line_without_source(zoo, points):
    points.write_text("t,height\n" + "".join(f"{n},{n}\n" for n in range(-4, 5)))
    code, _, err = zoo("learn", "mela_sinusoid", "--support", "points.csv", "--out", "line")
    assert code == 0
    assert err.startswith("zoo learn: the task misses its own examples by ")
    assert "mela_sinusoid knows sine waves" in err
    points.write_text("t\n99\n")
    code, _, err = zoo("predict", "line", "--query", "points.csv")
    assert (code, len(err.splitlines())) == (0, 1)
    assert err.startswith("zoo predict: x holds 99, outside the range [-5, 5]")


def test_semicolons_and_decimal_commas_are_the_same_task(zoo, points):
    assert zoo("learn", "mela_sinusoid", "--support", "points.csv", "--out", "one")[0] == 0
    points.write_text(points.read_text().replace(",", ";").replace(".", ","))
    assert zoo("learn", "mela_sinusoid", "--support", "points.csv", "--out", "two")[0] == 0
    assert zoo("predict", "one", "--query", "new.csv") == zoo("predict", "two", "--query", "new.csv")
