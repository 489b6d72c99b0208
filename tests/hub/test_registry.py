"""The registry: folders list the entries, and weights are those of the card or refused."""

import io
import json
import shutil
import zipfile

import h5py
import keras
import numpy as np
import pytest

from zoo import ZooError
from zoo.hub import keras_file, registry
from zoo.learners.capabilities.calibrates import Calibration


@pytest.fixture
def copied_cards(tmp_path, monkeypatch):
    shutil.copytree(registry.CARDS, tmp_path / "cards")
    monkeypatch.setattr(registry, "CARDS", tmp_path / "cards")
    return tmp_path / "cards"


def test_the_folder_is_the_registry():
    """The file of an entry lies on a shelf, which is no part of its name."""
    assert registry.names() == sorted(path.stem for path in registry.ENTRIES.glob("*/[!_]*.py"))
    assert "mela_sinusoid" in registry.names()
    assert registry.entry("mela_sinusoid").learner.__name__ == "MeLA"


def test_a_typo_gets_the_closest_names():
    with pytest.raises(ZooError, match="did you mean mela_sinusoid or"):
        registry.load("mela_sinusiod")
    with pytest.raises(ZooError, match=rf"`zoo list` shows the {len(registry.names())} there are"):
        registry.load("qqqqqqqq")


def test_every_entry_has_a_summary_that_fits_a_line():
    for name in registry.names():
        assert 20 < len(registry.summary(name)) < 110


def test_untrained_weights_must_be_asked_for():
    for name in registry.names():
        assert registry.load(name, weights=None).origin == {}
    with pytest.raises(ZooError, match="pass 'shipped', or None"):
        registry.load(name, weights="mine")


def test_missing_weights_are_an_error(copied_cards):
    (copied_cards / "mela_sinusoid/model.keras").unlink()
    with pytest.raises(ZooError, match="weights of mela_sinusoid are missing"):
        registry.load("mela_sinusoid")


def test_one_flipped_bit_is_an_error(copied_cards):
    path = copied_cards / "mela_sinusoid/model.keras"
    damaged = bytearray(path.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    path.write_bytes(damaged)
    with pytest.raises(ZooError, match="does not match the SHA-256"):
        registry.load("mela_sinusoid")


@pytest.mark.parametrize(("text", "message"), [(None, "is missing"), ("{", "is damaged")])
def test_a_missing_or_damaged_card_is_an_error(copied_cards, text, message):
    path = copied_cards / "mela_sinusoid/card.json"
    path.unlink() if text is None else path.write_text(text)
    with pytest.raises(ZooError, match=message):
        registry.load("mela_sinusoid")


def test_two_learners_of_one_file_of_weights(copied_cards):
    learner, trained = registry.load("simple_shot_omniglot"), registry.load("pretrained_omniglot")
    assert not (copied_cards / "simple_shot_omniglot/model.keras").exists()
    assert learner.config == registry.entry("simple_shot_omniglot").config
    assert learner.calibration != trained.calibration
    trained.calibration = learner.calibration
    for weight, other in zip(learner.get_weights(), trained.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, other)
    assert learner.origin == {"name": "simple_shot_omniglot", "sha256": trained.origin["sha256"]}
    (copied_cards / "pretrained_omniglot/model.keras").unlink()
    with pytest.raises(ZooError, match="weights of simple_shot_omniglot are missing"):
        registry.load("simple_shot_omniglot")


def test_loads_a_users_own_file_or_folder(tiny, tmp_path):
    tiny.save(tmp_path / "model.keras")
    for path in (tmp_path, tmp_path / "model.keras"):
        learner = registry.load(str(path))
        assert learner.config == tiny.config
        assert learner.origin["name"] == str(tmp_path / "model.keras")


def test_a_file_that_is_no_model_is_an_error(tmp_path):
    (tmp_path / "model.keras").write_text("nothing")
    with pytest.raises(ZooError, match="cannot be read as a Keras model"):
        registry.load(str(tmp_path / "model.keras"))
    with pytest.raises(ZooError, match="cannot be read as a Keras model"):
        registry.load(str(tmp_path / "gone.keras"))


def test_every_entry_has_a_card_of_its_own_name():
    for name in registry.names():
        assert registry.card(name)["name"] == name


def test_an_entry_of_other_weights_is_as_sure_as_its_own_card_says(copied_cards):
    path = copied_cards / "simple_shot_omniglot/card.json"
    card = json.loads(path.read_text())
    card["evaluation"]["calibration"] = {"temperature": 0.5, "spread": 0.0, "ood_threshold": 3.0, "error": []}
    path.write_text(json.dumps(card))
    assert registry.load("simple_shot_omniglot").calibration == Calibration(0.5, 0.0, 3.0)
    path.unlink()  # before it was ever measured
    assert registry.load("simple_shot_omniglot").calibration == Calibration()


# Files that anybody may have written.


def parts_of(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pack(path, parts, **how):
    with zipfile.ZipFile(path, "w", **how) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


def refused(path, message):
    with pytest.raises(ZooError, match=message) as raised:
        registry.load(str(path))
    assert len(str(raised.value).splitlines()) == 1
    assert len(str(raised.value)) < 600


@pytest.mark.parametrize("at", [0.001, 0.2, 0.5, 0.9, 0.999])
def test_a_flipped_byte_is_one_line(tiny, tmp_path, at):
    tiny.save(tmp_path / "model.keras")
    damaged = bytearray((tmp_path / "model.keras").read_bytes())
    damaged[int(at * len(damaged))] ^= 255
    (tmp_path / "model.keras").write_bytes(damaged)
    try:
        registry.load(str(tmp_path / "model.keras"))  # a byte that nothing reads
    except ZooError as error:
        assert "cannot be read as a Keras model" in str(error)
        assert len(str(error).splitlines()) == 1


@pytest.mark.parametrize(
    "config",
    [
        "[]",
        "null",
        "5",
        "{}",
        "[" * 100_000,
        '{"class_name": 5}',
        '{"class_name": "MeLA", "config": []}',
        "\x00",
        '{"module": []}',
    ],
)
def test_a_configuration_of_another_form_is_one_line(tiny, tmp_path, config):
    tiny.save(tmp_path / "model.keras")
    pack(tmp_path / "model.keras", parts_of(tmp_path / "model.keras") | {"config.json": config})
    refused(tmp_path / "model.keras", "cannot be read as a Keras model")


@pytest.mark.parametrize("missing", ["config.json", "model.weights.h5"])
def test_a_missing_part_is_one_line(tiny, tmp_path, missing):
    tiny.save(tmp_path / "model.keras")
    pack(tmp_path / "model.keras", {name: data for name, data in parts_of(tmp_path / "model.keras").items() if name != missing})
    refused(tmp_path / "model.keras", "cannot be read as a Keras model")


def test_declared_sizes_are_bounded_before_anything_is_unpacked(tiny, tmp_path, monkeypatch):
    tiny.save(tmp_path / "model.keras")
    parts = parts_of(tmp_path / "model.keras")
    monkeypatch.setattr(keras_file, "SMALL", 10**6)
    pack(tmp_path / "model.keras", parts | {"more": bytes(10**7)}, compression=zipfile.ZIP_DEFLATED)
    refused(tmp_path / "model.keras", "it unpacks to 10,")
    with io.BytesIO() as text:
        with h5py.File(text, "w") as file:
            file.create_dataset("x", [10**9], "f4", chunks=(1000,), compression="gzip")
        packed = text.getvalue()
    pack(tmp_path / "model.keras", parts | {"model.weights.h5": packed})
    refused(tmp_path / "model.keras", r"model\.weights\.h5 declares more than")
    large = parts["config.json"].replace(b'"row_widths": [8]', b'"row_widths": [1000000000]')
    assert large != parts["config.json"]
    pack(tmp_path / "model.keras", parts | {"config.json": large})
    refused(tmp_path / "model.keras", "asks for 1,000,000,000 of something")


def test_weights_in_another_file_are_not_read(tiny, tmp_path):
    tiny.save(tmp_path / "model.keras")
    parts = parts_of(tmp_path / "model.keras")
    (tmp_path / "secret").write_bytes(bytes(400))
    for external in (True, False):
        with io.BytesIO() as text:
            with h5py.File(text, "w") as file:
                if external:
                    file.create_dataset("x", [100], "f4", external=[(str(tmp_path / "secret"), 0, 400)])
                else:
                    file["x"] = h5py.ExternalLink(str(tmp_path / "secret"), "/")
            packed = text.getvalue()
        pack(tmp_path / "model.keras", parts | {"model.weights.h5": packed})
        refused(tmp_path / "model.keras", "refers to another")


def test_a_plain_keras_model_is_told_what_is_wanted(tmp_path):
    backbone = keras.Sequential([keras.Input([28, 28, 1]), keras.layers.Flatten(), keras.layers.Dense(4)])
    backbone.save(tmp_path / "backbone.keras")
    refused(tmp_path / "backbone.keras", r"holds a Keras model of class Sequential, but what is wanted is a learner of the zoo")


def test_the_checksum_of_what_a_name_stands_for_is_known_without_loading(tiny, tmp_path):
    tiny.save(tmp_path / "model.keras")
    for name in (str(tmp_path), "mela_sinusoid", "simple_shot_omniglot"):
        assert registry.origin(name) == registry.load(name).origin
    with pytest.raises(ZooError, match="is gone; put the learner back there"):
        registry.origin("gone.keras")
    with pytest.raises(ZooError, match="did you mean mela_sinusoid"):
        registry.origin("mela_sinusiod")


def test_a_learner_is_called_by_its_entry_or_its_file(tiny, tmp_path):
    (tmp_path / "wave").mkdir()
    for path in ("wave/model.keras", "mine.keras"):
        tiny.save(tmp_path / path)
    assert registry.load(str(tmp_path / "wave")).title == "wave"
    assert registry.load(str(tmp_path / "mine.keras")).title == "mine"
    for name in ("mela_sinusoid", "simple_shot_omniglot"):
        for learner in (registry.load(name), registry.load(name, weights=None)):
            assert learner.title == name
    task = registry.load("mela_sinusoid").learn([0.0, 1.0], [1.0, 2.0])
    assert "mela_sinusoid" in repr(task)
    with pytest.raises(ZooError, match="this task of mela_sinusoid has no classes"):
        task.logits([0.0])


@pytest.mark.parametrize("name", ["a" * 300 + ".keras", "a" * 300, "b/" * 3000, "a\nb.keras", "a\0b.keras", "circle.keras"])
def test_a_name_that_no_file_can_have_is_one_line(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "circle.keras").symlink_to("circle.keras")
    for door in (registry.load, registry.origin):
        with pytest.raises(ZooError, match=r"there is no entry|there is no such file|is gone") as raised:
            door(name)
        assert len(str(raised.value).splitlines()) == 1
        assert len(str(raised.value)) <= 1000


def test_a_learner_of_embeddings_of_any_width_has_no_weights_and_no_entry():
    learner = registry.load("embeddings-7")
    assert (learner.title, learner.example.sizes) == ("embeddings-7", (7,))
    assert learner.origin == registry.origin("embeddings-7") != registry.origin("embeddings-8")
    assert "embeddings-7" not in registry.names()
    with pytest.raises(ZooError, match="there is no entry 'embeddings-0'"):
        registry.load("embeddings-0")
