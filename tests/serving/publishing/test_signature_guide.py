import json
import re

import numpy as np

from zoo.export import as_saved_model
from zoo.serving.native import DTYPES
from zoo.serving.publishing import boundary, signature_guide, verification
from zoo.serving.publishing import publish as publish_module
from zoo.serving.publishing.publish import publish
from zoo.serving.wire import protocol


def test_every_example_of_the_guide_is_decoded_and_answered_as_it_says(published):
    guide = (published.path / "SIGNATURES.md").read_text()
    run = as_saved_model.runner(published.path)
    sections = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", guide, re.MULTILINE | re.DOTALL))
    assert [*sections] == [*published.signatures]
    for signature, definition in boundary.signatures(published.path).items():
        shown = re.findall(r"```json\n(.*?)\n```", sections[signature], re.DOTALL)
        (file,) = re.findall(r"curl -d @(\S+) http://localhost:8501/v1/models/tiny:predict\n", sections[signature])
        body = (published.path / file).read_bytes()
        assert shown[0] == body.decode().strip()
        request = protocol.parse(body)
        assert request["signature_name"] == signature
        specs = {
            name: (DTYPES[info.dtype], tuple(None if size.size == -1 else size.size for size in info.tensor_shape.dim))
            for name, info in definition.inputs.items()
        }
        answer = protocol.encode(request, run(signature)(protocol.decode(request, specs)))
        np.testing.assert_allclose(numbers(json.loads(answer)), numbers(json.loads(shown[1])), rtol=2e-3, atol=1e-6)


def numbers(answer):
    if isinstance(answer, dict):
        return [number for key in sorted(answer) for number in numbers(answer[key])]
    return [number for value in answer for number in numbers(value)] if isinstance(answer, list) else [answer]


def test_the_guide_names_every_axis(published):
    guide = (published.path / "SIGNATURES.md").read_text()
    for row in (
        *("| in | `support_x` | float32 | `[tasks, support, 1]` |", "| in | `support_size` | int32 | `[tasks]` |"),
        *("| out | `prediction` | float32 | `[tasks, query, 1]` |", "| out | `influence` | float32 | `[tasks, support]` |"),
        *("| out | `score` | float32 | `[tasks, candidates]` |", "| out | `kernel_1` | float32 | `[tasks, 6, 1]` |"),
    ):
        assert row in guide
    assert "any" not in set(re.findall(r"\w+", " ".join(re.findall(r"`\[(.*?)\]`", guide))))


def test_a_request_too_long_for_json_is_not_written(tiny_task, tmp_path, monkeypatch):
    monkeypatch.setattr(signature_guide, "MOST_BYTES", 10)
    monkeypatch.setattr(verification, "answers", lambda folder: [])
    monkeypatch.setattr(publish_module, "_verified", lambda folder, endpoints: iter([]))
    path = publish(tiny_task, tmp_path, "wave").path
    assert list((path / "examples").iterdir()) == []
    assert "send it by gRPC" in (path / "SIGNATURES.md").read_text()


def test_the_guide_says_what_a_support_size_may_be(published):
    guide = (published.path / "SIGNATURES.md").read_text()
    assert "send its number of real rows as `support_size`, from 1 to the rows of `support_x`" in guide
    assert "Start with a summary of zeros and `summary_size` 0" in guide


def test_a_request_has_an_instance_for_each_row_in_the_fewest_digits():
    inputs = {"query_x": np.array([[0.1], [2.0]], np.float32), "steps": np.array([3, 4], np.int32)}
    request = json.loads(signature_guide.request("rollout", inputs))
    assert request["signature_name"] == "rollout"
    assert request["instances"] == [{"query_x": [0.1], "steps": 3}, {"query_x": [2.0], "steps": 4}]
