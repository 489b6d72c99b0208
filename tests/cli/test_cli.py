import os
import subprocess
import sys

import pytest

from zoo import ZooError, cli
from zoo.cli import commands
from zoo.utils import silence


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("show mela_sinusiod", "did you mean mela_sinusoid"),
        ("learn nothing --support points.csv --out wave", "there is no entry 'nothing'"),
        ("learn mela_sinusoid --support gone.csv --out wave", "gone.csv cannot be read"),
        ("learn mela_sinusoid --support empty.csv --out wave", "no rows"),
        ("learn mela_sinusoid --support nan.csv --out wave", "is not a finite number"),
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


def test_a_reader_that_goes_away_is_no_error():
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    command = f"{sys.executable} -m zoo show mela_sinusoid --json | head -n 1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, env=environment)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("raised", "code", "said"),
    [
        (ZooError("no such thing; take another."), 2, "zoo list: no such thing; take another.\n"),
        (KeyboardInterrupt(), 130, "zoo list: stopped.\n"),
    ],
)
def test_a_mistake_and_an_interrupt_have_exit_codes_of_their_own(zoo, monkeypatch, raised, code, said):
    def fail(options):
        raise raised

    monkeypatch.setattr(commands, "run_list", fail)
    assert zoo("list") == (code, "", said)


def test_tensorflow_starts_only_for_commands_that_need_it(zoo, monkeypatch):
    started = []
    monkeypatch.setattr(silence, "start_tensorflow", lambda: started.append(True))
    for name in ("list", "show", "serve", "figures"):
        monkeypatch.setattr(commands, f"run_{name}", lambda options: None)
    for arguments in (["list"], ["show", "maml_sinusoid"], ["serve"]):
        assert zoo(*arguments)[0] == 0
    assert not started
    assert zoo("figures", "mela")[0] == 0
    assert started


@pytest.mark.parametrize("raised", [PermissionError(13, "Permission denied", "points.csv"), OSError(28, "No space left")])
def test_an_error_of_the_system_is_one_line_with_path_and_reason(zoo, monkeypatch, raised):
    def fail(options):
        raise raised

    monkeypatch.setattr(commands, "run_list", fail)
    where = raised.filename or "input or output"
    assert zoo("list") == (2, "", f"zoo list: {where}: {raised.strerror}\n")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no full disk at hand")
def test_a_full_disk_is_one_line():
    done = subprocess.run(f"{sys.executable} -m zoo list > /dev/full", shell=True, capture_output=True, text=True)
    assert done.stderr.splitlines()[:1] == ["zoo list: input or output: No space left on device"]
    assert "Traceback" not in done.stderr
    assert done.returncode == 2


@pytest.mark.parametrize("out", ["/sys/x", "points.csv/x", "n" * 300])
def test_a_place_that_cannot_be_written_is_one_line(zoo, points, out):
    for force in ([], ["--force"]):
        code, _, err = zoo("learn", "mela_sinusoid", "--support", "points.csv", "--out", out, *force)
        assert code == 2
        assert out in err and "cannot be written" in err
        assert len(err.splitlines()) == 1


def test_force_keeps_a_users_own_files(zoo, points, tmp_path):
    (tmp_path / "d/sub").mkdir(parents=True)
    (tmp_path / "d/sub/thesis.txt").touch()
    code, _, err = zoo("learn", "mela_sinusoid", "--support", "points.csv", "--out", "d", "--force")
    assert code == 2
    assert "nothing that the zoo wrote" in err
    assert (tmp_path / "d/sub/thesis.txt").exists()
