import os
import threading
from pathlib import Path

import numpy as np
import pytest
from tensorflow.core.protobuf import saved_model_pb2

from zoo import ZooError
from zoo.export import labels, parity
from zoo.serving.publishing import deployment, server_files, verification, versions, warm_up
from zoo.serving.publishing import publish as publish_module
from zoo.serving.publishing.publish import publish


def contents(path):
    return {file.relative_to(path).as_posix(): file.read_bytes() for file in sorted(path.rglob("*")) if file.is_file()}


def test_a_version_is_whole_and_agrees_with_the_live_model(published, tiny):
    assert published.path.parts[-2:] == ("tiny", "1")
    assert published.signatures == tuple(tiny.endpoints())
    assert max(published.differences.values()) < 1e-5
    assert (published.pruned, published.notes) == ((), ())
    there = set(contents(published.path))
    assert there >= {"saved_model.pb", "fingerprint.pb", "SIGNATURES.md", "assets.extra/tf_serving_warmup_requests"}
    assert [child.name for child in published.path.parent.iterdir()] == ["1"]
    assert {child.name for child in published.path.parents[1].iterdir()} >= {
        "models.config",
        "kserve.yaml",
        "docker-compose.yaml",
    }


def test_every_signature_is_warmed_up(published):
    asked = [signature for signature, _ in warm_up.read(published.path)]
    assert asked == [*published.signatures] * 2


def test_an_answer_of_the_fresh_process_that_differs_is_noticed(tiny_task, tmp_path, monkeypatch):
    true = verification.answers
    monkeypatch.setattr(verification, "answers", lambda folder: [{"prediction": one["prediction"] + 0.1} for one in true(folder)])
    with pytest.raises(
        ZooError, match=r"C\+\+ loader, signature 'serving_default': output 'prediction' differs .* warm-up record"
    ):
        publish(tiny_task, tmp_path, "wave")
    assert list((tmp_path / "wave").iterdir()) == []


def test_names_of_classes_are_published_and_a_wrong_one_is_noticed(tiny_names, tmp_path, monkeypatch):
    published = publish(tiny_names, tmp_path, "names")
    assert published.signatures == ("serving_default", "classify")
    assert labels.read(published.path) == list(tiny_names.classes)
    guide = (published.path / "SIGNATURES.md").read_text(encoding="utf-8")
    for part in (
        *("| out | `class` | string | `[query]` |", "| out | `probability` | float32 | `[query, 3]` |"),
        *("| out | `ood_score` | float32 | `[query]` |", "above the number in `ood_threshold.txt` beside that file"),
        *("Classify each row", "in the order of `assets.extra/labels.txt`", '"class": "Äpfel \\"süß\\", 100 %",'),
    ):
        assert part in guide
    true = verification.answers

    def wrong(folder):
        return [one | ({"class": np.roll(one["class"], 1)} if "class" in one else {}) for one in true(folder)]

    monkeypatch.setattr(verification, "answers", wrong)
    with pytest.raises(ZooError, match=r"C\+\+ loader, signature 'classify': output 'class' differs .* by 0\.\d+ on a warm-up"):
        publish(tiny_names, tmp_path, "names")
    assert [child.name for child in (tmp_path / "names").iterdir()] == ["1"]


def test_task_models_follow_one_another_and_old_ones_go_on_request(tiny_task, tmp_path):
    first = publish(tiny_task, tmp_path, "wave")
    assert "Each instance below is one row of the query" in (first.path / "SIGNATURES.md").read_text()
    assert "| out | `prediction` | float32 | `[query, 1]` |" in (first.path / "SIGNATURES.md").read_text()
    config = tmp_path / "models.config"
    config.write_text(config.read_text().replace("  }\n}", '    version_labels { key: "stable" value: 1 }\n  }\n}'))
    later = publish(tiny_task, tmp_path, "wave", version=7)
    last = publish(tiny_task, tmp_path, "wave", keep=1, signatures=["serving_default"])
    assert (later.version, last.version, last.pruned) == (7, 8, (7,))
    assert set(versions.present(tmp_path / "wave")) == {1, 8}
    same, other = contents(first.path), contents(last.path)
    assert {name for name in same if same[name] != other[name]} <= {"fingerprint.pb"}  # holds a random uuid
    assert 'key: "stable"' in config.read_text()


def test_what_differs_is_not_published(tiny_task, tmp_path, monkeypatch):
    monkeypatch.setattr(parity, "TOLERANCE", -1.0)
    with pytest.raises(ZooError, match="differs from the live model"):
        publish(tiny_task, tmp_path, "wave")
    assert [child.name for child in tmp_path.iterdir()] == ["wave"]
    assert list((tmp_path / "wave").iterdir()) == []


@pytest.mark.parametrize("name", ["a/b", "a:b", "", ".", "..", ".a", "-a", "7", "a b", "ä", "a\n"])
def test_a_name_that_an_address_cannot_hold_is_refused(name, tiny_task, tmp_path):
    with pytest.raises(ZooError, match="cannot be a model's name: take letters"):
        publish(tiny_task, tmp_path, name)
    assert list(tmp_path.iterdir()) == []


def test_wrong_wishes_are_refused_before_any_work(tiny_task, tmp_path, monkeypatch):
    monkeypatch.setattr(publish_module, "_build", None)
    (tmp_path / "wave/03").mkdir(parents=True)
    for wish, message in (
        ({"version": 3}, "03 exists already"),
        ({"keep": 0}, "keep=0: keep 1 version or more"),
        ({"signatures": ["adapt"]}, "no signature 'adapt'; this model has serving_default"),
        ({"signatures": []}, "add serving_default"),
    ):
        with pytest.raises(ZooError, match=message):
            publish(tiny_task, tmp_path, "wave", **wish)
    (tmp_path / "models.config").write_text("?")
    with pytest.raises(ZooError, match="no configuration of TensorFlow Serving"):
        publish(tiny_task, tmp_path, "wave")


def test_exporters_at_once_get_a_version_each_and_every_model_is_served(tiny_task, tmp_path, monkeypatch):
    threads, done = [], []
    barrier = threading.Barrier(6)

    def build(model, endpoints, folder, name, bar):
        pb = saved_model_pb2.SavedModel()
        pb.meta_graphs.add().meta_info_def.tensorflow_version = "2.21.0"
        folder.mkdir()
        (folder / "saved_model.pb").write_bytes(pb.SerializeToString())
        barrier.wait(30)
        yield "serving_default", 0.0

    monkeypatch.setattr(publish_module, "_build", build)
    for name in ("wave", "wave", "wave", "wave", "ball", "ball"):
        threads.append(threading.Thread(target=lambda name=name: done.append(publish(tiny_task, tmp_path, name))))
        threads[-1].start()
    for thread in threads:
        thread.join(60)
    assert sorted((one.name, one.version) for one in done) == [("ball", 1), ("ball", 2), *[("wave", n) for n in (1, 2, 3, 4)]]
    assert sorted(versions.present(tmp_path / "wave")) == [1, 2, 3, 4]
    config = server_files.parse_models((tmp_path / deployment.CONFIG).read_text(), "")
    assert [model.name for model in config.model_config_list.config] == ["ball", "wave"]


def test_files_and_folders_are_durable_before_the_number_appears(tiny_task, tmp_path, monkeypatch):
    events = []
    sync, rename = os.fsync, Path.rename

    def note_sync(descriptor):
        events.append(os.readlink(f"/proc/self/fd/{descriptor}"))
        sync(descriptor)

    def note_rename(path, target):
        events.append(("rename", str(target)))
        return rename(path, target)

    monkeypatch.setattr(os, "fsync", note_sync)
    monkeypatch.setattr(Path, "rename", note_rename)
    monkeypatch.setattr(publish_module, "_verified", lambda folder, endpoints: iter([]))
    path = publish(tiny_task, tmp_path, "wave").path
    published = events.index(("rename", str(path)))
    before = {
        Path(event).relative_to(Path(event).parents[-1]).parts[-1] for event in events[:published] if isinstance(event, str)
    }
    expected = {child.name for child in path.rglob("*")}
    assert expected <= before
    assert events[published + 1] == str(path.parent)
