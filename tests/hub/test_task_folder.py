"""A learned task as a folder: the same answers from disk, and clear words where something is missing or has changed."""

import copy
import json
import shutil
import zipfile

import numpy as np
import onnxruntime
import pytest
from table_means import TableMeans

import zoo
from zoo import ZooError
from zoo.hub import registry, task_folder
from zoo.learners import made


@pytest.fixture
def saved(written, tmp_path):
    """A task, and in a folder of each test's own what was saved of it: `wave/`, and the learner."""
    folder, task = written
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    return copy.deepcopy(task, {id(task.learner): task.learner})


@pytest.fixture(scope="module")
def written(tiny, tmp_path_factory):
    folder = tmp_path_factory.mktemp("written")
    tiny.save(folder / "model.keras")
    task = zoo.load(str(folder / "model.keras")).learn([0.0, 1.0], [1.0, 2.0])
    zoo.save_task(task, folder / "wave", {"labels": ["y"]})
    return folder, task


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


def test_other_weights_are_refused(saved, tmp_path):
    change(tmp_path / "wave", learner=saved.learner.origin | {"sha256": "0" * 64})
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


# A folder that anybody may have written: one error, before anything of it is used.


def change(folder, **changes):
    about = json.loads((folder / "task.json").read_text())
    (folder / "task.json").write_text(json.dumps(about | changes))


def write(folder, **arrays):
    with np.load(folder / "task.npz") as held:
        arrays = {name: value for name, value in (dict(held) | arrays).items() if value is not None}
    np.savez(folder / "task.npz", **arrays)


def refused(folder, message):
    with pytest.raises(ZooError, match=message) as raised:
        zoo.load_task(folder)
    assert len(str(raised.value).splitlines()) == 1
    assert len(str(raised.value)) < 700


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "holds a list and no object"),
        ("null", "holds a NoneType and no object"),
        ("[" * 100_000, "nested too deeply"),
        ('{"a": ' * 100_000, "nested too deeply"),
        ("{}", "'format' is None, but a value of type int was expected"),
        ('{"format": NaN}', "holds NaN, which is no number of JSON"),
        ('"\\ud800"', "no whole task"),
        ("\x00", "no whole task"),
    ],
)
def test_json_of_another_form(saved, tmp_path, text, message):
    (tmp_path / "wave/task.json").write_text(text)
    refused(tmp_path / "wave", message)
    with pytest.raises(ZooError, match=message):
        task_folder.notes(tmp_path / "wave")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"format": 2}, "has format 2, and this version of the zoo reads 4; update"),
        ({"format": True}, "has format True|'format' is True"),
        ({"format": "2"}, "'format' is 2, but a value of type int"),
        ({"learner": None}, "'learner' is None, but a value of type dict"),
        ({"learner": {"name": 5, "sha256": ""}}, "the name of its learner is 5 and no text"),
        ({"learner": {"name": "mela_sinusoid", "sha256": ["a"]}}, "the sha256 of its learner"),
        ({"learner": {"name": "mela_sinusiod", "sha256": ""}}, "did you mean mela_sinusoid"),
        ({"learner": {"name": "gone.keras", "sha256": ""}}, "gone; put the learner back"),
        ({"learner": {"name": "a\0b.keras", "sha256": ""}}, "gone; put the learner back"),
        ({"learner": {"name": "mela_sinusoid", "sha256": "0"}}, "other weights of mela_sinusoid"),
        ({"flat": 1}, "'flat' is 1, but a value of type bool"),
        ({"summarised": 1.5}, "'summarised' is 1.5, but a value of type int"),
        ({"summarised": -1}, "'summarised' is -1"),
        ({"summarised": 2**31}, "'summarised' is 2147483648"),
        ({"notes": []}, "'notes' is .., but a value of type dict"),
        ({"notes": {"examples": 5}}, "note 'examples' is 5"),
        ({"notes": {"labels": ["y", "z"]}}, "names 2 columns"),
        ({"notes": {"pictures": {"size": 28}}}, "note 'pictures'"),
        ({"classes": None}, "'classes' is None, but a value of type list"),
        ({"classes": ["elm", 5]}, "all of one kind"),
        ({"classes": ["elm", "elm"]}, "some are the same"),
        ({"classes": [["elm"]]}, "names or whole numbers"),
        ({"classes": ["elm", "oak"]}, "2 classes, and model learns no classes|learns no classes"),
        ({"summary": "yes"}, "'summary' is yes, but a value of type bool"),
    ],
)
def test_values_of_other_types(saved, tmp_path, changes, message):
    change(tmp_path / "wave", **changes)
    refused(tmp_path / "wave", message)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"kernel_0": None}, "holds bias_0, bias_1, kernel_1, but bias_0, bias_1, kernel_0, kernel_1 was expected"),
        ({"more": np.zeros(1, np.float32)}, "was expected"),
        ({"bias_0": np.zeros([1, 7], np.float32)}, r"bias_0 has shape \[1, 7\], but \[1, 6\]"),
        ({"bias_0": np.zeros([2, 6], np.float32)}, r"shape \[2, 6\]"),
        ({"bias_0": np.zeros([6], np.float32)}, r"shape \[6\]"),
        ({"bias_0": np.zeros([1, 6], np.int32)}, "bias_0 holds int32, but float32"),
        ({"bias_0": np.zeros([1, 6], np.float64)}, "bias_0 holds float64"),
        ({"bias_0": np.zeros([1, 6], ">f4")}, "bias_0 holds >f4"),
        ({"bias_0": np.array([["a"] * 6], object)}, "bias_0 holds object"),
        ({"bias_0": np.full([1, 6], np.nan, np.float32)}, "bias_0 holds NaN or infinity"),
        ({"bias_0": np.full([1, 6], -np.inf, np.float32)}, "bias_0 holds NaN or infinity"),
    ],
)
def test_arrays_of_other_names_shapes_types_and_numbers(saved, tmp_path, arrays, message):
    write(tmp_path / "wave", **arrays)
    refused(tmp_path / "wave", message)


def test_what_an_archive_declares_is_compared_with_what_it_holds(saved, tmp_path):
    with np.load(tmp_path / "wave/task.npz") as held:
        arrays = dict(held)
    np.savez_compressed(tmp_path / "wave/task.npz", **arrays)
    refused(tmp_path / "wave", "is compressed")
    np.savez(tmp_path / "wave/task.npz", **arrays)
    text = (tmp_path / "wave/task.npz").read_bytes().replace(b"'shape': (1, 6), }          ", b"'shape': (1, 1000000000), } ")
    (tmp_path / "wave/task.npz").write_bytes(text)
    refused(tmp_path / "wave", r"\[1, 1000000000\]|no whole task")


def test_every_flipped_byte_is_an_error_or_changes_nothing(saved, tmp_path, monkeypatch):
    monkeypatch.setattr(registry, "load", lambda name: saved.learner)  # whose file is whole, and is not read again each time
    whole, want = (tmp_path / "wave/task.npz").read_bytes(), saved.predict([3.0])
    for at in range(0, len(whole), 97):
        damaged = bytearray(whole)
        damaged[at] ^= 1 << at % 8
        (tmp_path / "wave/task.npz").write_bytes(bytes(damaged))
        try:
            np.testing.assert_array_equal(zoo.load_task(tmp_path / "wave").predict([3.0]), want)
        except ZooError as error:
            assert "holds no whole task" in str(error)


def test_a_summary_is_checked_too(saved, tmp_path):
    with np.load(tmp_path / "wave/summary.npz") as held:
        arrays = dict(held)
    np.savez(tmp_path / "wave/summary.npz", **arrays | {"max": arrays["max"] + np.nan})
    refused(tmp_path / "wave", "max holds NaN")
    np.savez(tmp_path / "wave/summary.npz", **arrays | {"row": arrays["row"].astype(np.float32)})
    refused(tmp_path / "wave", "row holds float32, but int32")
    (tmp_path / "wave/summary.npz").unlink()
    refused(tmp_path / "wave", "summary.npz is missing")


def test_axes_of_any_size_agree_with_each_other_and_the_classes(tiny_names, tmp_path):
    tiny_names.learner.save(tmp_path / "model.keras")
    x = np.random.default_rng(0).uniform(size=[6, 8, 8, 1])
    task = zoo.load(str(tmp_path / "model.keras")).learn(x, ["elm", "oak", "ash"] * 2)
    zoo.save_task(task, tmp_path / "wave")
    np.testing.assert_array_equal(zoo.load_task(tmp_path / "wave").predict_proba(x), task.predict_proba(x))
    change(tmp_path / "wave", classes=["elm", "oak"])
    refused(tmp_path / "wave", r"\[1, 2.*was expected")
    change(tmp_path / "wave", classes=[])
    refused(tmp_path / "wave", "0 classes, and .* learns classes")
    change(tmp_path / "wave", classes=["elm", "oak", "ash"], flat=True)
    refused(tmp_path / "wave", "'flat' is true")
    change(tmp_path / "wave", classes=["elm", "oak\n", "oak"], flat=False)
    refused(tmp_path / "wave", "differ in white space only")
    change(tmp_path / "wave", classes=["elm", "oak", "\ud800"])
    refused(tmp_path / "wave", "no whole task")


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


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"format": 10**4000}, "has format 1000.*; update fewshot-zoo, or learn again"),
        ({"learner": {"name": "a" * 300, "sha256": ""}}, "there is no entry 'aaa"),
        ({"learner": {"name": "a" * 300 + ".keras", "sha256": ""}}, "gone; put the learner back"),
        ({"learner": {"name": "a\nb.keras", "sha256": ""}}, "a b.keras is gone"),
        ({"classes": ["\0" * 3000]}, "has a NUL in it; name it otherwise"),
    ],
)
def test_values_that_are_long_or_of_several_lines(saved, tmp_path, changes, message):
    change(tmp_path / "wave", **changes)
    refused(tmp_path / "wave", message)


@pytest.mark.parametrize("header", ["{'descr': (", "{'descr'\0", "'" * 9, "[" * 300, "\n\n"])
def test_a_header_that_is_no_text_of_python_is_damaged(saved, tmp_path, header):
    with zipfile.ZipFile(tmp_path / "wave/summary.npz") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["max.npy"] = b"\x93NUMPY\1\0" + len(header).to_bytes(2, "little") + header.encode()
    with zipfile.ZipFile(tmp_path / "wave/summary.npz", "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    refused(tmp_path / "wave", "summary.npz: max has a damaged header")


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


# A task of a table: the rule of its columns is kept with it, and checked.

ROWS = {"age": [20, 30, None, 70], "city": ["Bonn", "Rome", "Bonn", "Rome"]}


@pytest.fixture(scope="module")
def tabulated(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tabulated")
    TableMeans().save(folder / "model.keras")
    task = zoo.load(str(folder / "model.keras")).learn(ROWS, ["a", "a", "b", "b"])
    zoo.save_task(task, folder / "patients", {"examples": ["age", "city"], "labels": ["state"]})
    return folder, task


def test_a_task_of_a_table_answers_tables_from_disk_with_tensorflow_or_without(tabulated):
    folder, task = tabulated
    for loaded in (zoo.load_task(folder / "patients"), task_folder.load_light(folder / "patients")):
        assert loaded.columns == task.columns
        np.testing.assert_allclose(loaded.answers(ROWS), task.answers(ROWS), rtol=1e-5, atol=1e-5)
        with pytest.raises(ZooError, match="x lacks column 'age'"):
            loaded.predict({"city": ["Bonn"]})
    assert not isinstance(loaded.learner, type(task.learner))


def test_a_rule_that_is_damaged_or_of_another_learner_is_refused(tabulated, saved, tmp_path):
    shutil.copytree(tabulated[0] / "patients", tmp_path / "patients")
    rule = tabulated[1].columns.as_json()
    change(tmp_path / "wave", columns=rule)
    refused(tmp_path / "wave", "has a rule of columns, and .* reads no tables")
    for columns, message in (
        ({}, "has no rule of columns, and .* reads tables"),
        ([], "'columns' is .*, but a value of type dict was expected"),
        (rule | {"inputs": 3}, "the rule of its columns is damaged"),
        (rule | {"inputs": rule["inputs"][:2]}, "has shape .* was expected"),
    ):
        change(tmp_path / "patients", columns=columns)
        refused(tmp_path / "patients", message)
