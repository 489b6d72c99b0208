"""Learners prepared for work without TensorFlow: made once, where they belong, and of no other weights or code."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

import zoo.export
from zoo import ZooError
from zoo.hub import prepared, registry
from zoo.runtime.onnx_learner import OnnxLearner
from zoo.utils import cache


@pytest.fixture(scope="module")
def written(tiny, tmp_path_factory):
    path = tmp_path_factory.mktemp("prepared") / "wave.keras"
    tiny.save(path)
    return path


@pytest.fixture
def learner(written, tmp_path, monkeypatch):
    """A learner from a file, and a cache of each test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return registry.load(str(written))


def test_what_is_prepared_is_found_again_graph_by_graph(learner, written, monkeypatch):
    assert prepared.load(str(written), "apply") is None
    light = prepared.prepare(learner, "apply")
    assert isinstance(light, OnnxLearner)
    found = prepared.load(str(written), "apply")
    assert found.description == light.description
    assert (found.title, found.origin) == ("wave", learner.origin)
    assert prepared.load(str(written), "apply", "update") is None
    before = light.file("apply").stat().st_mtime_ns
    assert prepared.prepare(learner, "apply", "learn").file("learn").exists()
    assert light.file("apply").stat().st_mtime_ns == before
    monkeypatch.setattr(prepared, "code", lambda: "other code")
    assert prepared.load(str(written), "apply") is None


def test_other_weights_have_another_folder(learner):
    place = prepared.folder(**learner.origin)
    assert place.parent == cache.folder() / "learners"
    assert place != prepared.folder(learner.origin["name"], "0" * 64)
    assert place != prepared.folder("other", learner.origin["sha256"])


def test_a_damaged_description_counts_as_none_and_is_made_again_once_it_is_gone(learner, written):
    light = prepared.prepare(learner, "apply")
    (light.folder / prepared.DESCRIPTION).write_text(json.dumps({"title": "wave"}))
    assert prepared.load(str(written), "apply") is None


def test_what_cannot_be_written_is_left_live(learner, tmp_path, monkeypatch):
    (tmp_path / "zoo").write_text("no folder")
    with pytest.raises(ZooError, match=r"the cache '.*zoo' cannot be written: Not a directory"):
        prepared.prepare(learner, "apply")
    zoo.save_task(learner.learn([0.0], [1.0]), tmp_path / "task")
    assert zoo.load_task(tmp_path / "task").title == "task of wave"


def test_only_the_newest_folders_are_kept(learner, monkeypatch):
    monkeypatch.setattr(prepared, "MOST", 2)
    for name in ("one", "two", "three"):
        (cache.folder() / "learners" / name).mkdir(parents=True)
    kept = prepared.prepare(learner).folder
    left = {folder.name for folder in (cache.folder() / "learners").iterdir()}
    assert kept.name in left
    assert len(left) == 2


def test_an_unknown_name_is_refused():
    with pytest.raises(ZooError, match="did you mean mela_sinusoid"):
        prepared.load("mela_sinusiod", "apply")


@pytest.mark.parametrize("damage", [b"", b"no graph", None])
def test_a_damaged_graph_counts_as_none_and_is_made_again(learner, written, damage):
    file = prepared.prepare(learner, "apply").file("apply")
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2] if damage is None else damage)
    assert prepared.load(str(written), "apply") is None
    prepared.prepare(learner, "apply")
    assert file.read_bytes() == whole
    assert prepared.load(str(written), "apply") is not None


def test_what_cannot_be_converted_is_tried_once(learner, monkeypatch):
    tried = []

    def convert(*arguments, **options):
        tried.append(arguments[2])
        raise ZooError("no converter takes this")

    monkeypatch.setattr(zoo.export, "onnx", convert)
    for _ in range(2):
        with pytest.raises(ZooError, match="no converter takes this"):
            prepared.prepare(learner, "apply")
    assert tried == ["apply"]
    assert prepared.is_hopeless(learner, "apply")
    assert not prepared.is_hopeless(learner, "update")
    monkeypatch.setattr(prepared, "code", lambda: "other code")
    assert not prepared.is_hopeless(learner, "apply")


def test_two_that_prepare_at_once_both_have_it(learner, written, monkeypatch):
    """One waits for the other, and makes nothing anew."""
    made = []
    convert = prepared._convert

    def counted(learner, file):
        made.append(file.stem)
        convert(learner, file)

    monkeypatch.setattr(prepared, "_convert", counted)
    with ThreadPoolExecutor() as pool:
        for future in [pool.submit(prepared.prepare, learner, "apply") for _ in range(2)]:
            assert future.result().file("apply").exists()
    assert made == ["apply"]
    assert prepared.load(str(written), "apply") is not None


def test_a_folder_that_another_process_removes_counts_as_old(learner, tmp_path):
    """Two runs may tidy the cache at once."""
    assert prepared._time(tmp_path / "gone") < prepared._time(tmp_path)
