"""The first page of a repository: its metadata are YAML that the hub's library reads, whatever a card holds."""

import pytest
import yaml

from zoo.hub import readme

CARD = {
    "name": "wave",
    "licence": "MIT",
    "data": "FreshSinusoids",
    "weights": {"file": "model.keras", "sha256": "0" * 64, "bytes": 1234, "parameters": 56},
    "evaluation": {
        "command": "zoo evaluate wave",
        "metric": "mean squared error over query points; interval is half a width",
        "date": "2026-11-30",
        "hardware": "AMD EPYC, 2 cores",
        "scores": [
            {"condition": {"support": 10, "on": "code"}, "mean": 1e-05, "interval": 2.5e-07, "published": 0.2},
            {"condition": {"support": 5, "noise": 0.1}, "mean": 0.25, "interval": 0.01},
        ],
    },
}
SHOWN = readme.Shown("user/wave", "MeLA", "MeLA: a paper.", "", ["task = learner.learn(x, y)"], ["adapt", "apply"])


def front(text):
    begin, metadata, body = text.split("---\n", 2)
    assert begin == ""
    return yaml.safe_load(metadata), body


def test_the_metadata_are_those_of_the_card():
    found, body = front(readme.text(CARD, SHOWN))
    assert found == readme.metadata(CARD, SHOWN)
    assert (found["license"], found["library_name"], found["tags"][-1]) == ("mit", "fewshot-zoo", "mela")
    assert "pipeline_tag" not in found
    (index,) = found["model-index"]
    (result,) = index["results"]
    first, second = result["metrics"]
    assert (first["type"], first["value"], first["args"]) == ("mean_squared_error", 1e-05, {"support": 10, "on": "code"})
    assert second["name"] == "mean squared error over query points; support 5, noise 0.1"
    assert "| support 10, on code | 1e-05 ± 2.5e-07 | 0.2 |" in body
    assert 'learner = zoo.load("hf://user/wave")\ntask = learner.learn(x, y)' in body


def test_a_card_of_weights_alone_and_a_licence_of_another_name():
    bare = {key: CARD[key] for key in ("name", "weights")} | {"licence": "Mine 1.0", "data": ""}
    found, body = front(readme.text(bare, SHOWN))
    assert (found["license"], found["license_name"]) == ("other", "Mine 1.0")
    assert "model-index" not in found and "## Scores" not in body
    found, body = front(readme.text(bare | {"licence": ""}, SHOWN))
    assert "license" not in found and "Nobody has named a licence" in body


@pytest.mark.parametrize(
    "value",
    [
        {"on": "no", "y": True, "a b": None, "c": [], "d": {}, "1": 1},
        {
            "texts": ['quote "', "colon: #x", "- dash", "Äpfel 日本", "back\\slash", "null"],
            "numbers": [1e-7, -2.5e20, 3, 0.1, 1e16],
        },
        {"deep": [{"a": [{"b": 1}, {"c": {"d": [1, 2]}}]}, "text"]},
    ],
)
def test_plain_data_come_back_from_yaml(value):
    assert yaml.safe_load("\n".join(readme.yaml(value))) == value


def test_what_is_not_printed_is_left_out():
    assert yaml.safe_load("\n".join(readme.yaml({"a": "x\u2028y\x00z"}))) == {"a": "xyz"}


def test_the_hub_s_own_library_reads_it():
    hub = pytest.importorskip("huggingface_hub", reason="huggingface_hub, of the extra hub, is not installed")
    data = hub.ModelCard(readme.text(CARD, SHOWN)).data
    assert (data.license, data.library_name, data.model_name) == ("mit", "fewshot-zoo", "wave")
    assert [(each.metric_value, each.metric_args["support"]) for each in data.eval_results] == [(1e-05, 10), (0.25, 5)]
