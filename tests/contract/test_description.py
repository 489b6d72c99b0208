"""The OpenAPI description, made from what the server itself says of its models, against the server's behaviour."""

import json

import hypothesis
import pytest
import schemathesis
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from zoo.serving.wire import openapi

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance]
NO_JSON = ("NaN", "Infinity")  # TensorFlow Serving writes them bare; no schema can describe them
OPERATIONS = {  # how many requests of each kind are drawn
    ("/v1/models/tiny:predict", "POST"): 20,
    ("/v1/models/tiny_task:predict", "POST"): 40,
    ("/v1/models/tiny_task/versions/{version}:predict", "POST"): 10,
    ("/v1/models/tiny_task/versions/{version}", "GET"): 10,
    ("/v1/models/tiny_task/labels/{label}", "GET"): 10,
    ("/v1/models/words:predict", "POST"): 10,
    ("/v1/models/tiny/metadata", "GET"): 1,
    ("/v1/models/tiny", "GET"): 1,
}


@pytest.fixture(scope="session")
def signatures(server):
    metadata = {name: json.loads(server.ask("GET", f"/v1/models/{name}/metadata")[1]) for name in ("tiny", "tiny_task", "words")}
    return {name: openapi.signatures(found) for name, found in metadata.items()}


@pytest.fixture(scope="session")
def schema(signatures):
    few = {name: signatures["tiny"][name] for name in ("serving_default", "adapt")}  # each costs seconds before the first draw
    return schemathesis.openapi.from_dict(openapi.description(signatures | {"tiny": few}))


def test_the_description_is_published(server, signatures):
    status, data = server.ask("GET", openapi.PATH)
    if status != 200:
        pytest.skip("this server does not describe itself")
    assert json.loads(data) == json.loads(json.dumps(openapi.description(signatures)))


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=lambda mode: mode.value)
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_the_server_behaves_as_described(schema, server, path, method, mode):
    operation = schema[path][method]
    if mode == GenerationMode.NEGATIVE and method == "GET" and "{" not in path:
        pytest.skip("nothing can be wrong in it")
    settings = hypothesis.settings(
        max_examples=OPERATIONS[path, method],
        phases=[hypothesis.Phase.generate],
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )

    @settings
    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    def ask(case):
        response = case.call(base_url=server.url)
        strict = not any(word in response.text for word in NO_JSON)
        if response.status_code != 503:
            case.validate_response(response, checks=[*CHECKS, *([response_schema_conformance] if strict else [])])

    ask()


def test_a_model_is_described_as_the_live_one(signatures, live):
    assert signatures["tiny"].keys() == live.models["tiny/1"].keys()
    for name, endpoint in live.models["tiny/1"].items():
        inputs, _ = signatures["tiny"][name]
        assert inputs == {key: (spec.dtype.as_numpy_dtype, tuple(spec.shape)) for key, spec in sorted(endpoint.inputs.items())}
