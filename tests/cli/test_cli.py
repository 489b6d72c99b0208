import json
import os
import subprocess
import sys

import numpy as np
import pytest

from zoo import cli
from zoo.hub import registry

COMMANDS = ("list", "show", "train", "evaluate", "learn", "predict", "export", "serve", "demo", "selfcheck")


@pytest.fixture
def zoo(capsys, tmp_path, monkeypatch):
    """Run a command in an empty folder; return its exit code, standard output and standard error."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        code = cli.main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture
def points(tmp_path):
    x = np.linspace(-4, 4, 10)
    rows = [f"{a},{b}" for a, b in zip(x, 2 * np.sin(x - 1), strict=True)]
    (tmp_path / "points.csv").write_text("\n".join(["t,height", *rows]))
    (tmp_path / "new.csv").write_text("other,t\n9,0.5\n9,1.5\n")
    return tmp_path / "points.csv"


@pytest.mark.parametrize("command", COMMANDS)
def test_help_shows_an_example(command, capsys):
    with pytest.raises(SystemExit) as stopped:
        cli.main([command, "--help"])
    assert stopped.value.code == 0
    assert f"example:\n  zoo {command}" in capsys.readouterr().out


def test_list_and_show_for_people_and_programs(zoo):
    code, out, _ = zoo("list")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == registry.names()
    assert {row["name"] for row in json.loads(zoo("list", "--json")[1])} == set(registry.names())
    code, out, _ = zoo("show", "mela_sinusoid_paper")
    assert code == 0
    assert "published 0.208" in out
    assert json.loads(zoo("show", "mela_sinusoid_paper", "--json")[1]) == registry.card("mela_sinusoid_paper")


def test_learn_predict_export_on_a_users_csv(zoo, points):
    assert zoo("learn", "mela_sinusoid", "--support", points, "--out", "wave")[0] == 0
    code, out, _ = zoo("predict", "wave", "--query", "new.csv")
    assert code == 0
    lines = out.splitlines()
    assert lines[0] == "t,height"
    for line in lines[1:]:
        t, height = map(float, line.split(","))
        assert height == pytest.approx(2 * np.sin(t - 1), abs=0.2)
    told = json.loads(zoo("predict", "wave", "--query", "new.csv", "--json")[1])
    np.testing.assert_allclose(told["height"], [float(line.split(",")[1]) for line in lines[1:]], rtol=1e-5)
    assert zoo("predict", "wave", "--query", "new.csv", "--out", "answers.csv")[0] == 0
    assert zoo("export", "wave", "--format", "onnx", "--to", "wave.onnx")[0] == 0

    import onnxruntime

    (answer,) = onnxruntime.InferenceSession("wave.onnx").run(None, {"query_x": np.array([[0.5], [1.5]], np.float32)})
    np.testing.assert_allclose(answer[:, 0], told["height"], rtol=1e-4)
    code, out, _ = zoo("export", "wave/", "--to", "models/", "--json")
    facts = json.loads(out)
    assert (code, facts["path"], facts["name"], facts["version"]) == (0, "models/wave/1", "wave", 1)
    assert facts["signatures"] == [*facts["largest_difference"]] == ["serving_default"]
    code, out, _ = zoo("export", "wave", "--to", "models", "--keep", 1)
    assert code == 0
    assert "published models/wave/2, verified in TensorFlow's C++ loader" in out
    assert "removed 1" in out


def test_evaluate_prints_what_the_card_says_and_writes_nothing(zoo, tmp_path):
    code, out, _ = zoo("evaluate", "mela_sinusoid_paper", "--tasks", 100, "--json")
    assert code == 0
    assert json.loads(out)[0]["tasks"] == 100
    assert list(tmp_path.iterdir()) == []


def test_train_then_evaluate_the_run(zoo, tmp_path, tiny_entry, monkeypatch):
    monkeypatch.setattr(registry, "entry", lambda name: tiny_entry)
    every = tiny_entry.learner.endpoints
    monkeypatch.setattr(tiny_entry.learner, "endpoints", lambda self: {"serving_default": every(self)["serving_default"]})
    assert zoo("train", "mela_sinusoid")[0] == 0
    assert zoo("evaluate", "mela_sinusoid", "--run", "runs/mela_sinusoid", "--tasks", 20, "--card")[0] == 0
    card = registry.read_card(tmp_path / "runs/mela_sinusoid")
    assert card["evaluation"]["command"] == "zoo evaluate mela_sinusoid --tasks 20 --seed 1"
    assert zoo("train", "mela_sinusoid")[0] == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("show mela_sinusiod", "did you mean mela_sinusoid"),
        ("learn nothing --support points.csv --out wave", "there is no entry 'nothing'"),
        ("learn mela_sinusoid --support gone.csv --out wave", "gone.csv cannot be read"),
        ("learn mela_sinusoid --support empty.csv --out wave", "no rows"),
        ("learn mela_sinusoid --support nan.csv --out wave", "NaN or infinity"),
        ("learn mela_sinusoid --support wide.csv --out wave", "wide.csv has 3 columns"),
        ("learn mela_sinusoid --support points.csv --out taken", "exists already"),
        ("predict taken --query new.csv", "holds no whole task"),
        ("predict nowhere --query new.csv", "holds no whole task"),
        ("export nothing --to x", "there is no entry 'nothing'"),
        ("export mela_sinusoid --to taken --format saved_model", "exists already"),
        ("export mela_sinusoid --to a.onnx --format onnx --keep 2", "--keep goes with --format serving only"),
        ("export mela_sinusoid --to models/mela_sinusoid/1", "versions are numbered for you"),
        ("export mela_sinusoid --to models --force", "a published version never changes"),
        ("export mela_sinusoid --to models --name a/b", "cannot be a model's name"),
        ("train mela_sinusoid --out finished", "exists already"),
        ("evaluate mela_sinusoid --run taken", "cannot be read as a Keras model"),
        ("calibrate simple_shot_omniglot", "keeps its calibration on its card"),
        ("serve nothing", "there is no entry 'nothing'"),
        ("demo --out taken", "exists already"),
    ],
)
def test_wrong_use_gets_one_line_and_exit_code_2(zoo, points, tmp_path, arguments, message):
    (tmp_path / "taken").mkdir()
    (tmp_path / "finished").mkdir()
    (tmp_path / "finished/model.keras").touch()
    (tmp_path / "empty.csv").write_text("x,y\n")
    (tmp_path / "nan.csv").write_text("x,y\n1,nan\n")
    (tmp_path / "wide.csv").write_text("a,b,c\n1,2,3\n")
    code, out, err = zoo(*arguments.split())
    assert code == 2
    assert message in err
    assert len(err.splitlines()) == 1
    assert out == ""
    assert not list((tmp_path / "taken").iterdir())


def test_wrong_arguments_exit_with_2(capsys):
    for arguments in ([], ["fly"], ["evaluate", "mela_sinusoid", "--tasks", "0"]):
        with pytest.raises(SystemExit) as stopped:
            cli.main(arguments)
        assert stopped.value.code == 2
    assert "Traceback" not in capsys.readouterr().err


def test_demo_draws_and_exports(zoo, tmp_path):
    code, out, _ = zoo("demo", "--out", "demo", "--json")
    facts = json.loads(out)
    assert code == 0
    assert facts["mean_squared_error"] < 0.01
    assert {name: about["difference"] < 1e-4 for name, about in facts["formats"].items()} == dict.fromkeys(facts["formats"], True)
    assert (tmp_path / "demo/wave.png").read_bytes().startswith(b"\x89PNG")


def test_selfcheck_passes(zoo, monkeypatch):
    """Of three entries of two kinds; the suite itself holds every entry to more."""
    names = ["maml_sinusoid", "mela_sinusoid", "metasgd_sinusoid"]
    monkeypatch.setattr(registry, "names", lambda: names)
    code, out, _ = zoo("selfcheck", "--json")
    assert code == 0
    assert {name: bool(parity) for name, parity in json.loads(out).items()} == dict(zip(names, (True, True, False), strict=True))


def test_a_reader_that_goes_away_is_no_error():
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    command = f"{sys.executable} -m zoo show mela_sinusoid --json | head -n 1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, env=environment)
    assert "Traceback" not in done.stderr
