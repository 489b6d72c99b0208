"""A folder of a task that was damaged, or written by a stranger: one short line says what is wrong, and nothing is believed."""

import json
import shutil
import zipfile

import numpy as np
import pytest

import zoo
from zoo import ZooError
from zoo.hub import registry, task_folder


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


def test_other_weights_are_refused(saved, tmp_path):
    change(tmp_path / "wave", learner=saved.learner.origin | {"sha256": "0" * 64})
    with pytest.raises(ZooError, match="other weights"):
        zoo.load_task(tmp_path / "wave")


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
