"""A learned task as a folder: the same answers from disk, and clear words where something is missing or has changed."""

import json

import numpy as np
import onnxruntime
import pytest

import zoo
from zoo import ZooError
from zoo.hub import task_folder
from zoo.learners import made


def test_a_saved_task_predicts_the_same(saved, tmp_path):
    loaded = zoo.load_task(tmp_path / "wave")
    np.testing.assert_array_equal(loaded.predict([3.0, 4.0]), saved.predict([3.0, 4.0]))
    assert (loaded.given, loaded.size) == (saved.given, 2)
    np.testing.assert_array_equal(loaded.influence, saved.influence)  # of the summary that is kept beside it


def test_notes_are_plain_text_beside_the_numbers(saved, tmp_path):
    assert task_folder.notes(tmp_path / "wave") == {"labels": ["y"]}
    about = json.loads((tmp_path / "wave/task.json").read_text())
    assert about["learner"] == saved.learner.origin
    assert about.items() >= {"format": 4, "flat": True, "classes": [], "summary": True, "summarised": 2}.items()


def test_does_not_overwrite_unless_forced(saved, tmp_path):
    with pytest.raises(ZooError, match="exists already"):
        zoo.save_task(saved, tmp_path / "wave")
    zoo.save_task(saved, tmp_path / "wave", force=True)


def test_a_task_of_a_learner_that_is_not_on_disk_is_refused(tiny_task, tmp_path):
    with pytest.raises(ZooError, match="save the learner first"):
        zoo.save_task(tiny_task, tmp_path / "wave")


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


# A folder that anybody may have written: one error, before anything of it is used.


def test_what_is_saved_can_be_loaded(saved, tmp_path):
    for notes in ({"rows": np.int64(3)}, {"rows": float("nan")}, {"examples": 3}):
        with pytest.raises(ZooError, match=r"notes: .*; give texts, finite numbers"):
            zoo.save_task(saved, tmp_path / "other", notes)
    saved.learned["bias_0"] = saved.learned["bias_0"] + np.float32(np.nan)
    with pytest.raises(ZooError, match="holds NaN or infinity"):
        zoo.save_task(saved, tmp_path / "other")
    for task in (saved.learner, 5, None):
        with pytest.raises(ZooError, match=r"task is a .*; give a task model"):
            zoo.save_task(task, tmp_path / "other")
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize("learner", ["finetune_omniglot", "matching_fce_omniglot", "maml_sinusoid", "zeroshot_attributes"])
def test_a_task_of_every_form_comes_back(learner, shipped, tmp_path):
    task, want = made.answers(shipped(learner))
    zoo.save_task(task, tmp_path / "task")
    np.testing.assert_array_equal(zoo.load_task(tmp_path / "task").answers(made.queries(task.learner)), want)


# Without TensorFlow: by the task model in the folder.


def test_the_folder_holds_a_task_model_that_answers_alone(saved, tmp_path):
    light = task_folder.load_light(tmp_path / "wave")
    np.testing.assert_allclose(light.predict([3.0, 4.0]), saved.predict([3.0, 4.0]), rtol=1e-5)
    assert light.given == saved.given
    session = onnxruntime.InferenceSession(tmp_path / "wave/task.onnx")
    got = session.run(["prediction"], {"query_x": np.array([[3.0]], np.float32)})[0]
    np.testing.assert_allclose(got, saved.answers([3.0]), rtol=1e-5)


@pytest.mark.parametrize("lost", ["task.onnx", "task.npz"])
def test_a_model_beside_other_tensors_is_not_believed(saved, tmp_path, lost):
    with np.load(tmp_path / "wave/task.npz") as held:
        arrays = {name: value + 1 for name, value in held.items()}
    if lost == "task.npz":
        np.savez(tmp_path / "wave/task.npz", **arrays)
    else:
        (tmp_path / "wave/task.onnx").unlink()
    with pytest.raises(ZooError, match="are not those that were written together"):
        task_folder.load_light(tmp_path / "wave")


def test_a_model_that_answers_otherwise_is_left_out_with_a_word(saved, tmp_path, monkeypatch):
    monkeypatch.setattr(task_folder.baked, "TOLERANCE", -1.0)
    with pytest.warns(UserWarning, match="task.onnx is left out, and the first prediction takes longer: .* apart from itself"):
        task_folder.save(saved, tmp_path / "other")
    assert not (tmp_path / "other/task.onnx").exists()
    np.testing.assert_array_equal(task_folder.load(tmp_path / "other").predict([3.0]), saved.predict([3.0]))


def test_an_update_is_refused_before_a_learner_is_loaded(tabulated, saved, tmp_path, monkeypatch):
    folder, _ = tabulated
    monkeypatch.setattr(task_folder.registry, "load", lambda name: pytest.fail("loaded"))
    with pytest.raises(ZooError, match="has no update: it holds no summary of its support"):
        task_folder.refuse_update(folder / "patients")
    task_folder.refuse_update(tmp_path / "wave")
    about = json.loads((tmp_path / "wave/task.json").read_text())
    (tmp_path / "wave/task.json").write_text(json.dumps(about | {"interface": {"title": "wave"}}))
    with pytest.raises(ZooError, match="holds no whole task"):
        task_folder.refuse_update(tmp_path / "wave")


def test_what_is_not_prepared_is_not_updated_without_tensorflow(saved, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "empty"))
    assert task_folder.load_light(tmp_path / "wave").predict([3.0]).shape == (1,)
    assert task_folder.load_light(tmp_path / "wave", update=True) is None


def test_a_task_of_a_table_answers_tables_from_disk_with_tensorflow_or_without(tabulated):
    folder, task = tabulated
    new = {"age": [25, None], "city": ["Rome", "Bonn"]}
    for loaded in (zoo.load_task(folder / "patients"), task_folder.load_light(folder / "patients")):
        assert loaded.columns == task.columns
        np.testing.assert_allclose(loaded.answers(new), task.answers(new), rtol=1e-5, atol=1e-5)
        with pytest.raises(ZooError, match="x lacks column 'age'"):
            loaded.predict({"city": ["Bonn"]})
    assert not isinstance(loaded.learner, type(task.learner))
