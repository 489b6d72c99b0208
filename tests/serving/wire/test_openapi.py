import json
import subprocess
import sys

import jsonschema
import numpy as np
import pytest

from zoo.serving.wire import openapi, protocol

FLOAT, INT = np.dtype(np.float32), np.dtype(np.int32)
SIGNATURES = {
    "serving_default": ({"x": (FLOAT, (None, None, 2)), "size": (INT, (None,))}, {"y": (FLOAT, (None, None))}),
    "adapt": ({"x": (FLOAT, (None, 2))}, {"bias": (FLOAT, (None, 3)), "steps": (INT, (None,))}),
}
TASK = {"x": [[1, 2.5]], "size": 1}


@pytest.fixture(scope="module")
def described():
    return openapi.description({"tiny": SIGNATURES, "a b": SIGNATURES})


@pytest.fixture(scope="module")
def validators(described):
    operation = described["paths"]["/v1/models/tiny:predict"]["post"]
    schemas = (
        operation["requestBody"]["content"]["application/json"]["schema"],
        operation["responses"]["200"]["content"]["application/json"]["schema"],
    )
    return [jsonschema.Draft202012Validator(schema) for schema in schemas]


def test_it_is_openapi(described):
    import schemathesis

    schema = schemathesis.openapi.from_dict(json.loads(json.dumps(described)))
    schema.validate()
    operations = {result.ok().label for result in schema.get_all_operations()}
    assert {
        "POST /v1/models/tiny:predict",
        "POST /v1/models/tiny/versions/{version}:predict",
        "POST /v1/models/tiny/labels/{label}:predict",
        "GET /v1/models/a%20b",
        "GET /v1/models/tiny/versions/{version}/metadata",
        f"GET {openapi.METRICS}",
    } <= operations


def test_every_schema_is_one(described):
    for path in described["paths"].values():
        for operation in path.values():
            for part in (operation.get("requestBody", {"content": {}}), operation["responses"]["200"]):
                for content in part["content"].values():
                    jsonschema.Draft202012Validator.check_schema(content["schema"])
    for schema in described["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize(
    ("body", "valid"),
    [
        ({"instances": [TASK, TASK]}, True),
        ({"inputs": {"x": [TASK["x"]], "size": [1], "other": "ignored"}}, True),
        ({"signature_name": "adapt", "instances": [[1, 2], [3, 4]]}, True),
        ({"signature_name": "adapt", "inputs": {"x": [[1, 2]]}}, True),
        ({"signature_name": "other", "instances": [TASK]}, False),
        ({"instances": [TASK], "inputs": {"x": [TASK["x"]], "size": [1]}}, False),
        ({"instances": [TASK | {"other": 1}]}, False),
        ({"instances": [{"x": [[1, 2]]}]}, False),
        ({"instances": [TASK | {"size": 1.5}]}, False),
        ({"instances": [TASK | {"x": [[1, 2, 3]]}]}, False),
        ({"instances": [TASK | {"x": []}]}, False),
        ({"instances": []}, False),
        ({}, False),
    ],
)
def test_the_request_schema_agrees_with_the_codec(validators, body, valid):
    assert validators[0].is_valid(body) == valid
    inputs, _ = SIGNATURES.get(body.get("signature_name", "serving_default"), ({}, {}))
    try:
        protocol.decode(protocol.parse(json.dumps(body).encode()), inputs)
    except protocol.BadRequestError:
        assert not valid
    else:
        assert valid


@pytest.mark.parametrize("format", ["instances", "inputs"])
@pytest.mark.parametrize("signature", SIGNATURES)
def test_the_answer_schema_agrees_with_the_codec(validators, signature, format):
    _, outputs = SIGNATURES[signature]
    values = {name: np.ones([size or 2 for size in shape], dtype) for name, (dtype, shape) in outputs.items()}
    answer = json.loads(protocol.encode({format: 1}, values))
    validators[1].validate(answer)
    assert not validators[1].is_valid({next(iter(answer)): "other"})


def test_signatures_are_read_from_the_metadata_of_any_server():
    tensor = {"dtype": "DT_FLOAT", "tensor_shape": {"dim": [{"size": "-1", "name": ""}, {"size": "2"}], "unknown_rank": False}}
    numbers = {"dtype": "DT_INT32", "tensor_shape": {"dim": [{"size": "-1"}]}}
    definitions = {
        "adapt": {"inputs": {"x": tensor}, "outputs": {"bias": tensor, "steps": numbers}},
        "__saved_model_init_op": {"inputs": {}, "outputs": {"op": {"dtype": "DT_INVALID", "tensor_shape": {}}}},
    }
    read = openapi.signatures({"metadata": {"signature_def": {"signature_def": definitions}}})
    assert read == {
        "adapt": ({"x": (FLOAT, (None, 2))}, {"bias": (FLOAT, (None, 2)), "steps": (INT, (None,))}),
    }


def test_strings_may_come_in_base64():
    described = openapi.description({"words": {"serving_default": ({"s": (np.dtype(object), (None,))}, {})}})
    schema = described["paths"]["/v1/models/words:predict"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert jsonschema.Draft202012Validator(schema).is_valid({"instances": ["a", {"b64": "YQ=="}]})


def test_a_support_has_at_least_one_row():
    inputs = {"support_x": (FLOAT, (None, None, 1)), "support_size": (INT, (None,)), "summary_size": (INT, (None,))}
    described = openapi.description({"m": {"update": (inputs, {})}})
    schema = described["paths"]["/v1/models/m:predict"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    valid = jsonschema.Draft202012Validator(schema).is_valid
    row = {"support_x": [[0.5]], "support_size": 1, "summary_size": 0}
    for key, bodies in (("instances", lambda row: [row]), ("inputs", lambda row: {name: [value] for name, value in row.items()})):
        assert valid({"signature_name": "update", key: bodies(row)})
        assert not valid({"signature_name": "update", key: bodies(row | {"support_size": 0})})


def test_it_needs_no_tensorflow():
    code = "import sys, zoo.serving.wire.openapi; sys.exit('tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
