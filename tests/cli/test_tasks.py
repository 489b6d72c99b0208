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
    assert "wave was not learned from a CSV, so its columns have no names; predict with it in Python." in err
