"""The demo, once, of the shipped learner; the formats that it exports to have tests of their own."""

import numpy as np
import pytest

import zoo
from zoo import ZooError
from zoo.figures import demo, style
from zoo.hub import registry


@pytest.fixture(scope="module")
def made(shipped, tmp_path_factory):
    learner, folder = shipped(demo.NAME), tmp_path_factory.mktemp("demo") / "out"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry, "load", lambda name: learner)
        return folder, demo.make(folder), zoo.load_task(folder / "wave")


def test_the_task_can_be_loaded_again_and_knows_the_wave(made):
    _, facts, task = made
    curve = np.linspace(-5, 5, 200)
    wrong = np.mean((task.predict(curve) - facts["amplitude"] * np.sin(curve - facts["phase"])) ** 2)
    assert wrong < 0.01
    assert facts["mean_squared_error"] == pytest.approx(wrong, rel=1e-3)
    assert facts["task_bytes"] == task.nbytes
    assert facts["learn_seconds"] > 0


def test_every_format_is_there_and_agrees_in_its_own_runtime(made):
    folder, facts, _ = made
    assert list(facts["formats"]) == ["SavedModel", "ONNX", "LiteRT"]
    files = {about["file"] for about in facts["formats"].values()}
    assert {path.name for path in folder.iterdir()} == {"wave", "wave.png", *files}
    for about in facts["formats"].values():
        assert about["difference"] < 1e-4
        path = folder / about["file"]
        assert about["bytes"] == sum(part.stat().st_size for part in (path, *path.rglob("*")) if part.is_file())


def test_the_picture_shows_the_wave_the_model_and_the_points(monkeypatch, tmp_path):
    figure, part = style.axes()
    monkeypatch.setattr(style, "axes", lambda: (figure, part))
    curve, x, y = np.linspace(-5, 5, 9), np.array([1.0, 2.0]), np.array([3.0, 4.0])
    demo._draw(tmp_path / "wave.png", (x, y), (curve, np.sin(curve), np.cos(curve)), "a title")
    drawn = {line.get_label(): line.get_xydata() for line in part.lines}
    assert list(drawn) == ["the wave", "the task model", "ten labelled points"]
    for got, want in zip(drawn.values(), ((curve, np.sin(curve)), (curve, np.cos(curve)), (x, y)), strict=True):
        np.testing.assert_array_equal(got, np.transpose(want))
    assert part.get_title() == "a title"
    assert (tmp_path / "wave.png").read_bytes().startswith(b"\x89PNG")
    assert not style.plt.fignum_exists(figure.number)


def test_the_report_names_the_wave_and_every_file(made):
    facts = {
        **{"folder": "out", "amplitude": 2.5, "phase": 1.25, "learn_seconds": 0.0015, "mean_squared_error": 0.00123},
        **{"task_bytes": 12_345, "formats": {"ONNX": {"file": "wave.onnx", "bytes": 9_876, "difference": 2.5e-7}}},
    }
    assert demo.report(facts).splitlines() == [
        "learned y = 2.50 sin(x - 1.25) from 10 points in 1.5 ms: mean squared error 0.0012 along the curve",
        "the task model has 12,345 bytes; exported, and run in its own runtime:",
        "  wave.onnx             9,876 bytes, differs from the live model by 2.5e-07",
        "look at out/wave.png",
    ]
    assert all(about["file"] in demo.report(made[1]) for about in made[1]["formats"].values())


def test_a_folder_that_exists_is_kept_and_nothing_is_learned(tmp_path, monkeypatch):
    monkeypatch.setattr(registry, "load", lambda name: pytest.fail("learned"))
    with pytest.raises(ZooError, match="exists already"):
        demo.make(tmp_path)
