"""A learned task as a folder: the same answers from disk, and clear words where something is missing or has changed."""

import json

import numpy as np
import pytest

import zoo
from zoo import ZooError
from zoo.hub import task_folder


@pytest.fixture
def saved(tiny, tmp_path):
    tiny.save(tmp_path / "model.keras")
    task = zoo.load(str(tmp_path / "model.keras")).learn([0.0, 1.0], [1.0, 2.0])
    zoo.save_task(task, tmp_path / "wave", {"labels": ["y"]})
    return task


def test_a_saved_task_predicts_the_same(saved, tmp_path):
    loaded = zoo.load_task(tmp_path / "wave")
    np.testing.assert_array_equal(loaded.predict([3.0, 4.0]), saved.predict([3.0, 4.0]))
    assert (loaded.given, loaded.size) == (saved.given, 2)
    np.testing.assert_array_equal(loaded.influence, saved.influence)  # of the summary that is kept beside it


def test_notes_are_plain_text_beside_the_numbers(saved, tmp_path):
    assert task_folder.notes(tmp_path / "wave") == {"labels": ["y"]}
    about = json.loads((tmp_path / "wave/task.json").read_text())
    assert about["learner"] == saved.learner.origin
    assert about.items() >= {"format": 2, "flat": True, "classes": [], "summary": True, "summarised": 2}.items()


def test_does_not_overwrite_unless_forced(saved, tmp_path):
    with pytest.raises(ZooError, match="exists already"):
        zoo.save_task(saved, tmp_path / "wave")
    zoo.save_task(saved, tmp_path / "wave", force=True)


def test_a_task_of_a_learner_that_is_not_on_disk_is_refused(tiny_task, tmp_path):
    with pytest.raises(ZooError, match="save the learner first"):
        zoo.save_task(tiny_task, tmp_path / "wave")


def test_other_weights_are_refused(saved, tiny, tmp_path):
    again = type(tiny)(tiny.config)
    again.save(tmp_path / "model.keras")
    with pytest.raises(ZooError, match="other weights"):
        zoo.load_task(tmp_path / "wave")


@pytest.mark.parametrize("damage", ["task.npz", "task.json"])
def test_a_damaged_or_missing_part_is_an_error(saved, tmp_path, damage):
    path = tmp_path / "wave" / damage
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(ZooError, match="holds no whole task"):
        zoo.load_task(tmp_path / "wave")
    path.unlink()
    with pytest.raises(ZooError, match="holds no whole task"):
        zoo.load_task(tmp_path / "wave")
