"""The folder of a repository holds what was promised, whole; what cannot be one is refused; and its example of use runs."""

import json
import shutil
import warnings

import numpy as np
import onnxruntime
import pytest

import zoo
from zoo import ZooError
from zoo.hub import hub_folder, registry
from zoo.models import maml, prototypical, siamese, snail_policy, tabular
from zoo.utils import files

LEARNERS = {
    f"{module.__name__.rpartition('.')[2]}-{name}": model
    for module in (maml, prototypical, siamese, snail_policy, tabular)
    for name, model in module.tiny().items()
}


def test_it_holds_the_learner_its_graphs_its_card_and_its_licence(hub_folder, tiny):
    place = hub_folder / "repository"
    assert {path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file()} == {
        *("LICENSE", "README.md", "card.json", "model.keras", "onnx/adapt.onnx", "onnx/serving_default.onnx"),
    }
    card = json.loads((place / "card.json").read_text())
    assert (card["name"], card["licence"], card["weights"]["parameters"]) == ("wave", "MIT", tiny.count_params())
    assert card["weights"]["sha256"] == files.sha256(place / "model.keras") == files.sha256(hub_folder / "wave.keras")
    assert (place / "LICENSE").read_text() == "The weights in this repository are licensed under MIT.\n"
    x, y, query = np.float32([[[0], [1]]]), np.float32([[[1], [2]]]), np.float32([[[0.5]]])
    asked = {"support_x": x, "support_y": y, "support_size": np.int32([2]), "query_x": query}
    (got,) = onnxruntime.InferenceSession(place / "onnx/serving_default.onnx").run(None, asked)
    np.testing.assert_allclose(got[0], tiny.learn(x[0], y[0]).predict(query[0]), rtol=1e-4, atol=1e-4)


def test_an_entry_leaves_with_its_own_file_card_and_licence(tmp_path, monkeypatch):
    """Of one that uses the weights of another, the calibration of its own card is in its own file."""
    monkeypatch.setattr(zoo.export, "onnx", lambda learner, path: path.mkdir() or {"serving_default": 0.0})
    hub_folder.write("protonet_omniglot", tmp_path / "own")
    assert files.sha256(tmp_path / "own/model.keras") == registry.card("protonet_omniglot")["weights"]["sha256"]
    card = json.loads((tmp_path / "own/card.json").read_text())
    assert card["evaluation"] == registry.card("protonet_omniglot")["evaluation"]
    assert (card["summary"], card["data"]) == (registry.summary("protonet_omniglot"), "Omniglot")
    assert "Apache License" in (tmp_path / "own/LICENSE").read_text()
    page = (tmp_path / "own/README.md").read_text()
    assert 'pipeline_tag: "image-classification"' in page and "Snell" in page and "hf://YOUR_NAME/protonet_omniglot" in page
    hub_folder.write("semi_none_omniglot", tmp_path / "shared")
    card = json.loads((tmp_path / "shared/card.json").read_text())
    assert card["weights"]["file"] == "model.keras"
    assert card["weights"]["sha256"] == files.sha256(tmp_path / "shared/model.keras")
    there, here = registry.load("semi_none_omniglot"), registry.load(str(tmp_path / "shared"))
    assert there.calibration == here.calibration
    x = np.random.default_rng(0).uniform(size=[6, *there.example.sizes]).astype(np.float32)
    one, other = (learner.learn(x[:4], ["a", "b"] * 2).predict_proba(x) for learner in (there, here))
    np.testing.assert_allclose(one, other, atol=1e-6)


def test_what_is_no_learner_of_the_zoo_a_stale_card_and_a_wrong_name_are_refused(hub_folder, tmp_path):
    for name in ("photos", "embeddings-8"):
        with pytest.raises(ZooError, match=f"{name} has no weights of the zoo that could be uploaded"):
            hub_folder_write(name, tmp_path / "out")
    shutil.copytree(hub_folder / "repository", tmp_path / "run")
    shutil.copyfile(registry.CARDS / "mela_sinusoid/card.json", tmp_path / "run/card.json")
    with pytest.raises(ZooError, match=r"the card beside .* is of other weights than these; measure them, or move the card away"):
        hub_folder_write(str(tmp_path / "run"), tmp_path / "out")
    with pytest.raises(ZooError, match="names no learner of the hub; give hf://user/name"):
        hub_folder_write(str(hub_folder / "wave.keras"), tmp_path / "out", "wave")
    assert not (tmp_path / "out").exists()


def test_only_a_folder_of_its_own_is_replaced(hub_folder, tmp_path):
    shutil.copytree(hub_folder / "repository", tmp_path / "out")
    with pytest.raises(ZooError, match="exists already"):
        hub_folder_write(str(hub_folder / "wave.keras"), tmp_path / "out")
    (tmp_path / "out/notes.txt").touch()
    with pytest.raises(ZooError, match=r"notes\.txt is nothing that the zoo wrote"):
        hub_folder_write(str(hub_folder / "wave.keras"), tmp_path / "out", force=True)


@pytest.mark.parametrize("kind", LEARNERS)
def test_its_example_of_use_runs_with_every_kind_of_learner(kind, capsys):
    learner = LEARNERS[kind]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of untrained learners that miss examples at random
        exec("\n".join(hub_folder._use(learner)), {"learner": learner, "np": np})
    assert capsys.readouterr().out.strip()


def test_the_hub_is_told_what_a_learner_does():
    pipelines = {kind.partition("-")[0]: hub_folder._pipeline(learner) for kind, learner in LEARNERS.items()}
    assert pipelines == {
        "maml": "",
        "prototypical": "image-classification",
        "siamese": "image-classification",
        "snail_policy": "reinforcement-learning",
        "tabular": pipelines["tabular"],
    }
    assert {hub_folder._pipeline(learner) for learner in tabular.tiny().values()} <= {
        "tabular-classification",
        "tabular-regression",
    }


def hub_folder_write(name, to, repository="", force=False):
    from zoo.hub import hub_folder as module

    return module.write(name, to, repository, force=force)
