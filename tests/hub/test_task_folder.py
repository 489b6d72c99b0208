import numpy as np
import pytest

import zoo
from zoo import ZooError


@pytest.fixture
def saved(tiny, tmp_path):
    tiny.save(tmp_path / "model.keras")
    task = zoo.load(str(tmp_path / "model.keras")).learn([0.0, 1.0], [1.0, 2.0])
    zoo.save_task(task, tmp_path / "wave", {"labels": ["y"]})
    return task


def test_a_saved_task_predicts_the_same(saved, tmp_path):
    loaded = zoo.load_task(tmp_path / "wave")
    np.testing.assert_array_equal(loaded.predict([3.0, 4.0]), saved.predict([3.0, 4.0]))


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


def test_a_folder_with_a_users_own_files_is_not_replaced(saved, tmp_path):
    (tmp_path / "wave/sub").mkdir()
    (tmp_path / "wave/sub/thesis.txt").write_text("years of work")
    with pytest.raises(ZooError, match="is nothing that the zoo wrote"):
        zoo.save_task(saved, tmp_path / "wave", force=True)
    assert (tmp_path / "wave/sub/thesis.txt").read_text() == "years of work"


def test_what_a_kill_moved_away_is_brought_back(saved, tmp_path):
    aside = tmp_path / ".wave.12345678.partial"
    (aside / "old").mkdir(parents=True)
    (aside / "lock").touch()
    (tmp_path / "wave").rename(aside / "old/wave")
    assert zoo.load_task(tmp_path / "wave").predict([3.0]) == saved.predict([3.0])
