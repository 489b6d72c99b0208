"""A learner of the hub is that of its card at one commit, or refused in one line; nothing but card and weights is fetched."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import zoo
from zoo import ZooError, bulk
from zoo.hub import hugging_face, prepared, registry

NAME = "hf://user/wave"
X, Y, QUERY = [0.0, 1.0, 2.0], [0.5, 0.1, -0.3], [0.3, 1.7]


@pytest.fixture
def uploaded(hub, hub_folder):
    """The hub with one learner, and its commit."""
    return hub, hub.upload("user/wave", hub_folder / "repository")


@pytest.fixture
def changed(hub_folder, tmp_path):
    """A copy of the repository to change."""
    return Path(shutil.copytree(hub_folder / "repository", tmp_path / "changed"))


def test_what_was_exported_and_uploaded_answers_as_the_learner_did(uploaded, tiny):
    hub, commit = uploaded
    learner = zoo.load(NAME)
    want = tiny.learn(X, Y).predict(QUERY)
    np.testing.assert_allclose(learner.learn(X, Y).predict(QUERY), want, rtol=1e-6, atol=1e-6)
    assert learner.title == "wave"
    assert learner.origin == {"name": f"{NAME}@{commit}", "sha256": zoo.card(NAME)["weights"]["sha256"]}
    assert sorted(hub.asked) == ["card.json", "model.keras"]


def test_what_is_in_the_cache_needs_no_hub_and_a_commit_stays_what_it_was(uploaded, changed):
    hub, commit = uploaded
    zoo.load(NAME)
    card = json.loads((changed / "card.json").read_text())
    (changed / "card.json").write_text(json.dumps(card | {"name": "another"}))
    newer = hub.upload("user/wave", changed)
    assert registry.origin(f"{NAME}@{commit}")["name"].endswith(commit)
    assert (zoo.card(f"{NAME}@{commit}")["name"], zoo.card(NAME)["name"]) == ("wave", "another")
    assert registry.origin(NAME)["name"] == f"{NAME}@{newer}"
    hub.refuses = 503
    assert zoo.load(f"{NAME}@{commit}").title == "wave"
    assert zoo.card(NAME)["name"] == "another"


def test_weights_that_are_not_those_of_the_card_are_refused(hub, changed):
    damaged = bytearray((changed / "model.keras").read_bytes())
    damaged[len(damaged) // 2] ^= 1
    (changed / "model.keras").write_bytes(damaged)
    hub.upload("user/wave", changed)
    with pytest.raises(ZooError, match=r"model\.keras does not match the SHA-256 of its card: it is damaged, or was exchanged"):
        zoo.load(NAME)


def test_code_in_a_stranger_s_file_does_not_run(hub, changed, tmp_path):
    """A Lambda layer may hold Python's own bytes; its file is whole and its card fits, and Keras' safe mode refuses it."""
    import keras

    model = keras.Sequential([keras.Input((1,)), keras.layers.Lambda(lambda x: x + 1)])
    model.save(changed / "model.keras")
    card = json.loads((changed / "card.json").read_text())
    card["weights"]["sha256"] = zoo.hub.registry.files.sha256(changed / "model.keras")
    (changed / "card.json").write_text(json.dumps(card))
    hub.upload("user/wave", changed)
    with pytest.raises(ZooError, match="cannot be read as a Keras model"):
        zoo.load(NAME)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("hf://user", "names no learner of the hub; give hf://user/name, or hf://user/name@revision"),
        ("hf://user/../wave", "names no learner of the hub"),
        ("hf://user/wave@../../x", "names no learner of the hub"),
        ("hf://user/nothing", "hf://user/nothing: there is no such repository, or it is private; check the name, or log in"),
        ("hf://user/wave@none", "hf://user/wave@none: user/wave has no revision none; leave it out for the newest"),
    ],
)
def test_a_name_that_leads_nowhere_is_one_line(uploaded, name, reason):
    with pytest.raises(ZooError) as raised:
        zoo.load(name)
    assert reason in str(raised.value) and "\n" not in str(raised.value)


def test_a_repository_of_something_else_is_one_line(hub, changed):
    for damage, reason in (
        ("[]", "its card.json is no card of the zoo"),
        ('{"weights": {"sha256": "../x"}}', "it names no SHA-256 of the weights"),
        (f'{{"a": "{" " * 2**23}"}}', "it has more than 4,194,304 bytes"),
    ):
        (changed / "card.json").write_text(damage)
        hub.upload("user/wave", changed)
        with pytest.raises(ZooError, match=reason):
            zoo.card(NAME)
    (changed / "card.json").unlink()
    hub.upload("user/wave", changed)
    with pytest.raises(
        ZooError, match=r"it has no card\.json, so it is no learner of the zoo; `zoo export NAME --format hub` makes"
    ):
        zoo.load(NAME)


def test_a_hub_that_is_not_reached_or_refuses_is_one_line(hub, monkeypatch):
    from huggingface_hub import constants

    hub.upload("user/wave", Path(__file__).parent / "nothing")
    hub.refuses = 403
    with pytest.raises(ZooError, match="hf://user/wave: "):
        zoo.load(NAME)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(ZooError, match="it is not in the hub's cache, and the hub is not reached"):
        zoo.load(NAME)


def test_without_the_extra_one_line_names_it(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(
        ImportError, match=r"^hf://user/wave needs huggingface_hub, which is not installed; pip install 'fewshot-zoo\[hub\]'\.$"
    ):
        zoo.load(NAME)


def test_a_name_of_the_hub_is_no_entry():
    for asked in (registry.check, registry.entry):
        with pytest.raises(ZooError, match="hf://user/wave is a learner and no entry: it has no recipe and no benchmark"):
            asked(NAME)
    assert (hugging_face.title("hf://user/wave-2.1@main"), hugging_face.is_named("wave")) == ("wave-2.1", False)


def test_a_task_remembers_the_commit_and_is_prepared_without_tensorflow(uploaded, changed, tmp_path):
    hub, commit = uploaded
    learner = zoo.load(NAME)
    zoo.save_task(learner.learn(X, Y), tmp_path / "task")
    prepared.prepare(learner, "learn", "apply")
    (changed / "model.keras").write_bytes(b"")
    hub.upload("user/wave", changed)
    assert json.loads((tmp_path / "task/task.json").read_text())["learner"]["name"] == f"{NAME}@{commit}"
    np.testing.assert_allclose(zoo.load_task(tmp_path / "task").predict(QUERY), learner.learn(X, Y).predict(QUERY), atol=1e-6)
    assert prepared.load(f"{NAME}@{commit}", "learn", "apply").title == "wave"


def test_bulk_takes_it(uploaded, waves_of_the_hub, tiny):
    answers = bulk.predictor(NAME)(waves_of_the_hub)["prediction"].to_pylist()
    for row, answer in zip(waves_of_the_hub.to_pylist(), answers, strict=True):
        want = tiny.learn(row["support_x"], row["support_y"]).predict(row["query_x"])
        np.testing.assert_allclose(answer, want, atol=1e-4, rtol=1e-4)


@pytest.fixture
def waves_of_the_hub():
    import pyarrow as pa

    return pa.table({"task_id": [1, 2], "support_x": [X, X[:2]], "support_y": [Y, Y[1:]], "query_x": [QUERY, QUERY[:1]]})


def test_the_environment_of_the_hub_s_own_tools_is_heeded(uploaded, tmp_path):
    hub, _ = uploaded
    environment = {**os.environ, "HF_ENDPOINT": hub.url, "HF_HOME": str(tmp_path / "home"), "HOME": str(tmp_path)}
    command = [sys.executable, "-m", "zoo", "show", NAME]
    shown = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=tmp_path)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout.startswith("wave: ") and "MIT" in shown.stdout
    assert list((tmp_path / "home/hub").glob("models--user--wave/snapshots/*/card.json"))
