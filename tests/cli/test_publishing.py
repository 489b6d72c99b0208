import json
import sys

import numpy as np
import pytest

from zoo.cli import publishing
from zoo.serving.server import followed, local_server
from zoo.serving.server.service import MEBIBYTE
from zoo.utils.errors import ZooError


@pytest.fixture
def wave(zoo, points):
    assert zoo("learn", "mela_sinusoid", "--support", points, "--out", "wave")[0] == 0
    return points.parent / "wave"


def test_export_writes_a_file_of_another_format(zoo, wave):
    code, out, _ = zoo("export", "wave", "--format", "onnx", "--to", "wave.onnx", "--json")
    facts = json.loads(out)
    assert (code, facts["path"]) == (0, "wave.onnx")
    assert facts["largest_difference"]["serving_default"] < 1e-4

    import onnxruntime

    predicted = json.loads(zoo("predict", "wave", "--query", "new.csv", "--json")[1])
    (answer,) = onnxruntime.InferenceSession("wave.onnx").run(None, {"query_x": np.array([[0.5], [1.5]], np.float32)})
    np.testing.assert_allclose(answer[:, 0], predicted["height"], rtol=1e-4)


def test_export_publishes_versions_and_keeps_the_newest(zoo, wave):
    code, out, _ = zoo("export", "wave/", "--to", "models/", "--json")
    facts = json.loads(out)
    assert (code, facts["path"], facts["name"], facts["version"]) == (0, "models/wave/1", "wave", 1)
    assert facts["signatures"] == [*facts["largest_difference"]] == ["serving_default"]
    code, out, _ = zoo("export", "wave", "--to", "models", "--keep", 1)
    assert code == 0
    assert "published models/wave/2, verified in TensorFlow's C++ loader" in out
    assert "removed 1" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            "--format saved_model --quantize int8",
            "--quantize int8: only litert and c store weights so; pass --format litert",
        ),
        ("--format onnx --version 2", "--version goes with --format serving only; leave it out."),
        ("--format c --signatures adapt", "--signatures goes with --format serving only; leave it out."),
        ("--format hub --version 2", "--version goes with --format serving only; leave it out."),
        ("--format hub --head-only", "--format hub holds whole learners; leave --head-only and --encoder-only out."),
        ("--format onnx --licence MIT", "--licence goes with --format hub only; leave it out."),
        ("--force", "--force has nothing to replace, as a published version never changes"),
    ],
)
def test_options_that_do_not_go_together_are_refused_before_a_model_is_loaded(zoo, monkeypatch, arguments, message):
    monkeypatch.setattr(publishing, "learner_or_task", lambda name: pytest.fail("loaded"))
    code, out, err = zoo("export", "mela_sinusoid", "--to", "somewhere", *arguments.split())
    assert (code, out) == (2, "")
    assert message in err


def test_serve_hands_its_options_to_the_server(zoo, tmp_path, monkeypatch):
    runs = []
    monkeypatch.setattr(local_server, "run", lambda followed, options: runs.append((followed, options)))
    monkeypatch.setattr(followed, "Followed", lambda folders, config: (folders, config))
    (tmp_path / "models/wave/1").mkdir(parents=True)
    (tmp_path / "batching.txt").write_text("max_batch_size { value: 8 }")
    limits = "--queue 3 --deadline 2 --body-limit 1 --access-log --allow-reload --batching-parameters-file batching.txt"
    assert zoo("serve", "models", "--port", 0, "--grpc-port", 0, "--grace", 1, *limits.split())[0] == 0
    ((folders, config), options) = runs.pop()
    assert ([str(folder) for folder in folders], config) == (["models"], None)
    assert (options.port, options.grpc_port, options.grace_seconds) == (0, 0, 1)
    assert (options.limits.queue, options.limits.deadline, options.limits.body) == (3, 2, MEBIBYTE)
    assert options.limits.batching.max_batch_size == 8
    assert options.limits.access_log
    assert options.reload


def test_serve_exports_an_entry_in_another_process_and_passes_its_error_on(tmp_path, monkeypatch):
    commands = []

    def run(command, **_):
        commands.append(command)
        stderr = "a note\nzoo export: it cannot be exported; take another.\n"
        return type("Done", (), {"returncode": len(commands) - 1, "stderr": stderr})

    monkeypatch.setattr(publishing.subprocess, "run", run)
    assert publishing._exported("mela_sinusoid", tmp_path) == tmp_path / "mela_sinusoid"
    assert commands[0][:5] == [sys.executable, "-m", "zoo", "export", "mela_sinusoid"]
    assert commands[0][-1] == str(tmp_path / "mela_sinusoid" / "1")
    with pytest.raises(ZooError, match=r"^it cannot be exported; take another\.$"):
        publishing._exported("mela_sinusoid", tmp_path)
    with pytest.raises(ZooError, match="there is no entry 'nothing'"):
        publishing._exported("nothing", tmp_path)


def test_a_task_leaves_in_two_halves(zoo, wave, tmp_path):
    """As files, and the head as a version that is served."""
    from PIL import Image

    for name in ("bright", "dark"):
        (tmp_path / "pictures" / name).mkdir(parents=True)
        picture = np.full((30, 30), 255 if name == "dark" else 0, np.uint8)
        picture[5:25, 5 : 15 if name == "dark" else 25] = 128
        Image.fromarray(picture).save(tmp_path / "pictures" / name / "1.png")
    assert zoo("learn", "protonet_omniglot", "--support", "pictures", "--out", "task")[0] == 0
    code, out, _ = zoo("export", "task", "--head-only", "--to", "models", "--json")
    assert (code, json.loads(out)["signatures"]) == (0, ["serving_default", "classify"])
    assert zoo("export", "task", "--head-only", "--format", "litert", "--to", "head.tflite")[0] == 0
    assert zoo("export", "protonet_omniglot", "--encoder-only", "--format", "onnx", "--to", "encoder.onnx")[0] == 0
    assert (tmp_path / "head.tflite").stat().st_size < 10_000 < (tmp_path / "encoder.onnx").stat().st_size
    code, _, err = zoo("export", "wave", "--head-only", "--format", "onnx", "--to", "no.onnx")
    assert (code, err) == (
        2,
        "zoo export: task of mela_sinusoid has no head of its own; only a learned task of a classifier that embeds has one.\n",
    )


def test_a_learner_leaves_as_a_repository_of_the_hub_and_a_task_does_not(zoo, wave, tiny, tmp_path, monkeypatch):
    every = type(tiny).endpoints
    monkeypatch.setattr(type(tiny), "endpoints", lambda self: {"adapt": every(self)["adapt"]})
    tiny.save(tmp_path / "mine.keras")
    code, out, _ = zoo("export", "mine.keras", "--format", "hub", "--to", "out", "--name", "user/mine", "--licence", "CC-BY-4.0")
    assert (code, out.partition("; ")[0], out.rpartition(": ")[2]) == (0, "wrote out", "hf upload user/mine out\n")
    assert 'license: "cc-by-4.0"' in (tmp_path / "out/README.md").read_text()
    code, _, err = zoo("export", "wave", "--format", "hub", "--to", "no")
    assert (code, err.count("\n")) == (2, 1)
    assert "wave is a learned task, and the hub takes learners; export it as onnx" in err


def test_a_learner_of_the_hub_stands_wherever_a_name_may(zoo, hub, hub_folder, points, tiny, tmp_path, monkeypatch):
    hub.upload("user/wave", hub_folder / "repository")
    code, out, _ = zoo("show", "hf://user/wave")
    assert code == 0 and out.startswith("wave: a learner without a summary\n") and "MIT" in out
    assert zoo("learn", "hf://user/wave", "--support", points, "--out", "task")[0] == 0
    told = json.loads(zoo("predict", "task", "--query", "new.csv", "--json")[1])["height"]
    x, y = np.loadtxt(points, delimiter=",", skiprows=1).T
    np.testing.assert_allclose(told, tiny.learn(x, y).predict([0.5, 1.5]), atol=1e-4)
    every = type(tiny).endpoints  # one is enough from here on, and none is missing from what other tests find prepared
    monkeypatch.setattr(type(tiny), "endpoints", lambda self: {"serving_default": every(self)["serving_default"]})
    assert zoo("export", "hf://user/wave", "--format", "onnx", "--to", "wave.onnx")[0] == 0
    assert zoo("export", "hf://user/wave@main", "--to", "models")[0] == 0
    assert (tmp_path / "models/wave/1").is_dir()
    assert zoo("export", "hf://user/wave", "--format", "hub", "--to", "again")[0] == 0
    first, again = (json.loads((place / "card.json").read_text()) for place in (hub_folder / "repository", tmp_path / "again"))
    assert first == again
    for command in ("train", "evaluate", "calibrate"):
        code, _, err = zoo(command, "hf://user/wave")
        assert (code, err.count("\n")) == (2, 1) and "is a learner and no entry: it has no recipe" in err


def test_a_card_of_the_hub_that_lacks_what_is_shown_is_one_line(zoo, hub, tmp_path):
    (tmp_path / "bare").mkdir()
    (tmp_path / "bare/card.json").write_text(json.dumps({"weights": {"sha256": "0" * 64}}))
    hub.upload("user/bare", tmp_path / "bare")
    code, _, err = zoo("show", "hf://user/bare")
    assert (code, err.count("\n")) == (2, 1)
    assert "its card lacks what is shown (KeyError: 'name')" in err
    assert zoo("show", "hf://user/bare", "--json")[0] == 0


def test_serve_exports_a_learner_of_the_hub_under_its_last_part(tmp_path, monkeypatch):
    class Done:
        returncode = 0

    monkeypatch.setattr(publishing.subprocess, "run", lambda command, **_: Done())
    assert publishing._exported("hf://user/wave.v2@main", tmp_path) == tmp_path / "wave.v2"
