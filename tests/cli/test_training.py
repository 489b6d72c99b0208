"""`zoo train` as one of several workers, or as several processes here: what is refused, and what processes are asked to do."""

import json
import os
import sys

import pytest

from zoo.hub import registry
from zoo.training import local_workers, trainer


def config(index=0, **more):
    return json.dumps({"cluster": {"worker": ["127.0.0.1:1", "127.0.0.1:2"]}, "task": {"type": "worker", "index": index, **more}})


@pytest.mark.parametrize(
    ("arguments", "variable", "message"),
    [
        ("train mela_sinusoid", '{"cluster"', "TF_CONFIG is no JSON"),
        ("train mela_sinusoid", config(type="evaluator"), "a task of type 'evaluator'"),
        ("train mela_sinusoid", '{"cluster": {"worker": ["a:1", "b:1"]}}', "does not say which task"),
        ("train mela_sinusoid --workers 2", config(), "TF_CONFIG names one already"),
        ("train mela_sinusoid --tasks a.parquet --out a", config(), "--tasks trains on one worker"),
        ("train mela_sinusoid --tasks a.parquet --out a --workers 2", "", "--tasks trains on one worker"),
        ("train mela_sinusoid --workers 2 --steps 5", "", "go with --tasks only"),
        ("train mela_sinusiod --workers 2", "", "did you mean mela_sinusoid"),
        ("train mela_sinusoid --workers 2 --out finished", "", "exists already"),
        ("train protonet_omniglot", config(), "tasks_per_step=1 evenly; take one of: 1."),
        ("train protonet_omniglot --tasks-per-step 3", config(1), "tasks_per_step=3 evenly; take one of: 1, 3."),
    ],
)
def test_wrong_use_gets_one_line_before_anything_starts(zoo, tmp_path, monkeypatch, arguments, variable, message):
    monkeypatch.setenv("TF_CONFIG", variable)
    monkeypatch.setattr(local_workers, "end_with_parent", lambda: None)
    (tmp_path / "finished").mkdir()
    (tmp_path / "finished/model.keras").touch()
    code, out, err = zoo(*arguments.split())
    assert (code, out) == (2, "")
    assert message in err
    assert len(err.splitlines()) == 1
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize("count", ["0", "-1", "two"])
def test_a_number_of_workers_is_one_or_more(zoo, capsys, count):
    with pytest.raises(SystemExit) as stopped:
        zoo("train", "mela_sinusoid", "--workers", count)
    assert stopped.value.code == 2
    assert "--workers" in capsys.readouterr().err


def test_processes_here_get_the_same_command_without_their_number(zoo, monkeypatch):
    asked = []
    monkeypatch.setattr(local_workers, "run", lambda *what: asked.append(what))
    typed = "train mela_sinusoid --workers 2 --seed 3 --tasks-per-step 8 --out mine --force"
    assert zoo(*typed.split()) == (0, "", "")
    want = "-m zoo train mela_sinusoid --seed 3 --tasks-per-step 8 --out mine --force"
    assert asked == [([sys.executable, *want.split()], 2)]


@pytest.mark.parametrize("workers", [[], ["--workers", "1"]])
def test_one_worker_trains_here_with_what_was_asked_for(zoo, tmp_path, monkeypatch, workers):
    trained = []
    monkeypatch.setattr(trainer, "train", lambda entry, out, **how: trained.append((entry, how)) or out / "model.keras")
    code, out, _ = zoo("train", "mela_sinusoid", "--seed", 3, "--tasks-per-step", 8, *workers)
    assert code == 0
    assert "wrote runs/mela_sinusoid/model.keras" in out
    ((entry, how),) = trained
    assert (entry.recipe.seed, entry.recipe.tasks_per_step) == (3, 8)
    assert entry.config == registry.entry("mela_sinusoid").config
    assert how == {"command": "zoo train mela_sinusoid --seed 3 --tasks-per-step 8", "force": False}
    assert "TF_CONFIG" not in os.environ
