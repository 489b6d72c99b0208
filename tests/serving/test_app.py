import json
import shutil
import subprocess
import sys
import urllib.request

import numpy as np
import pytest
from starlette.testclient import TestClient

from zoo import export
from zoo.serving.app import application
from zoo.serving.servable import Servable, newest_version

ONE_TASK = {"support_x": [[0.0], [1.0]], "support_y": [[1.0], [2.0]], "support_size": 2, "query_x": [[0.5]]}


@pytest.fixture(scope="module")
def base(tiny, tmp_path_factory):
    base = tmp_path_factory.mktemp("models") / "tiny"
    export.saved_model(tiny, base / "3")
    (base / ".partial").mkdir()
    return base


@pytest.fixture(scope="module")
def client(base):
    with TestClient(application({"tiny": Servable("tiny", *newest_version(base))})) as client:
        yield client


def predict(client, body, name="tiny"):
    return client.post(f"/v1/models/{name}:predict", content=json.dumps(body))


def test_rows_and_columns_answer_as_the_live_model(client, tiny):
    want = tiny.learn([0.0, 1.0], [1.0, 2.0]).predict([0.5])
    rows = predict(client, {"instances": [ONE_TASK, ONE_TASK]}).json()["predictions"]
    columns = predict(client, {"inputs": {key: [value] for key, value in ONE_TASK.items()}}).json()["outputs"]
    np.testing.assert_allclose(np.ravel(rows), [want[0]] * 2, rtol=1e-5)
    np.testing.assert_allclose(np.ravel(columns), want, rtol=1e-5)


def test_adapt_then_apply_is_the_whole(client):
    whole = predict(client, {"instances": [ONE_TASK]}).json()["predictions"][0]
    support = {key: value for key, value in ONE_TASK.items() if key != "query_x"}
    (task,) = predict(client, {"signature_name": "adapt", "instances": [support]}).json()["predictions"]
    request = {"signature_name": "apply", "instances": [{**task, "query_x": ONE_TASK["query_x"]}]}
    np.testing.assert_allclose(predict(client, request).json()["predictions"][0], whole, rtol=1e-4)


def test_status_and_metadata_have_tensorflow_servings_form(client):
    (status,) = client.get("/v1/models/tiny").json()["model_version_status"]
    assert status == {"version": "3", "state": "AVAILABLE", "status": {"error_code": "OK", "error_message": ""}}
    assert client.get("/v1/models/tiny/versions/3").status_code == 200
    metadata = client.get("/v1/models/tiny/metadata").json()
    assert metadata["model_spec"] == {"name": "tiny", "signature_name": "", "version": "3"}
    signatures = metadata["metadata"]["signature_def"]["signature_def"]
    assert {"serving_default", "adapt", "apply"} <= set(signatures)
    shape = signatures["serving_default"]["inputs"]["support_x"]["tensor_shape"]
    assert [dimension["size"] for dimension in shape["dim"]] == ["-1", "-1", "1"]


@pytest.mark.parametrize(
    ("method", "path", "body", "code", "message"),
    [
        ("GET", "/v1/models/other", None, 404, "Could not find any versions of model other"),
        ("GET", "/v1/models/tiny/versions/2", None, 404, "Could not find"),
        ("GET", "/nothing", None, 400, "Malformed request: GET /nothing"),
        ("POST", "/v1/models/tiny", {}, 400, "Malformed request: POST /v1/models/tiny"),
        ("POST", "/v1/models/other:predict", {}, 404, "Servable not found for request: Latest(other)"),
        ("POST", "/v1/models/tiny/versions/9:predict", {}, 404, "Specific(tiny, 9)"),
        ("POST", "/v1/models/tiny:predict", {}, 400, "exactly one of"),
        ("POST", "/v1/models/tiny:predict", {"signature_name": "x", "instances": [ONE_TASK]}, 400, 'name: "x" not found'),
        ("POST", "/v1/models/tiny:predict", {"instances": [{}]}, 400, "keys must be equal to: query_x,support_size"),
    ],
)
def test_errors_have_tensorflow_servings_form(client, method, path, body, code, message):
    answer = client.request(method, path, content=json.dumps(body))
    assert answer.status_code == code
    assert message in answer.json()["error"]


def test_batches_that_do_not_match_are_refused_not_crashed(client):
    columns = {key: [value, value] for key, value in ONE_TASK.items()} | {"support_size": [2, 2, 2]}
    assert predict(client, {"inputs": columns}).status_code == 400


def test_the_newest_integer_is_the_version(base, tmp_path):
    assert newest_version(base) == (3, base / "3")
    with pytest.raises(FileNotFoundError, match="holds no version"):
        newest_version(tmp_path)


def test_zoo_serve_answers_on_this_machine(base, tmp_path):
    shutil.copytree(base, tmp_path / "tiny")
    command = [sys.executable, "-u", "-m", "zoo", "serve", str(tmp_path / "tiny"), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            notice, address = process.stdout.readline(), process.stdout.readline().split()[1]
            assert "development" in notice
            assert address.startswith("http://127.0.0.1:")
            request = urllib.request.Request(address, json.dumps({"instances": [ONE_TASK]}).encode())
            with urllib.request.urlopen(request, timeout=60) as answer:
                assert np.shape(json.load(answer)["predictions"]) == (1, 1, 1)
        finally:
            process.terminate()
