import dataclasses
import gzip
import json
import threading
import time

import numpy as np
import pytest
from starlette.testclient import TestClient

from zoo.serving.server.app import application
from zoo.serving.server.catalog import Catalog
from zoo.serving.server.model_sources import ModelSource, Policy
from zoo.serving.server.servable import Servable, newest_version
from zoo.serving.server.service import Limits, Service
from zoo.serving.wire import protocol

pytestmark = pytest.mark.xdist_group("served")
ONE_TASK = {"support_x": [[0.0], [1.0]], "support_y": [[1.0], [2.0]], "support_size": 2, "query_x": [[0.5]]}


@pytest.fixture(scope="module")
def service(served):
    catalog = Catalog()
    labels = (("stable", 1), ("canary", 2))
    catalog.refresh([ModelSource("tiny", served / "tiny"), ModelSource("wave", served / "wave", Policy(latest=2), labels)])
    service = Service(catalog, Limits(body=10_000))
    yield service
    service.close()
    catalog.close()


@pytest.fixture(scope="module")
def client(service):
    with TestClient(application(service)) as client:
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


def test_versions_and_labels_choose_whatever_the_case_of_the_path(client):
    def asked(path):
        return client.post(f"/{path}:PREDICT", content='{"instances": [[0.5]]}').json()["predictions"]

    first, second = asked("v1/models/wave/versions/1"), asked("V1/Models/wave/Versions/2")
    assert first != second
    assert asked("v1/models/wave") == second
    assert asked("v1/models/wave/labels/stable") == first
    assert asked("v1/MODELS/wave/LABELS/canary") == second
    statuses = client.get("/v1/models/wave").json()["model_version_status"]
    assert [status["version"] for status in statuses] == ["2", "1"]
    assert client.get("/v1/models/wave/labels/stable").json()["model_version_status"][0]["version"] == "1"
    assert client.get("/v1/models/wave/labels/stable/metadata").json()["model_spec"]["version"] == "1"


@pytest.mark.parametrize(
    ("method", "path", "body", "code", "message"),
    [
        ("GET", "/v1/models/other", None, 404, "Could not find any versions of model other"),
        ("GET", "/v1/models/tiny/versions/2", None, 404, "Could not find version 2 of model tiny"),
        ("GET", "/v1/models/tiny/versions/9223372036854775808", None, 400, "Failed to convert version: 9223372036854775808"),
        ("GET", "/v1/models/other/metadata", None, 404, "Servable not found for request: Latest(other)"),
        ("GET", "/v1/models/wave/labels/none", None, 400, "Unrecognized servable version label: none"),
        ("GET", "/v1/models", None, 400, "Malformed request: GET /v1/models"),
        ("GET", "/nothing", None, 400, "Malformed request: GET /nothing"),
        ("PUT", "/v1/models/tiny:predict", {}, 400, "Malformed request: PUT /v1/models/tiny:predict"),
        ("POST", "/v1/models/tiny", {}, 400, "Malformed request: POST /v1/models/tiny"),
        ("POST", "/v1/models/tiny:classify", {"instances": []}, 400, "Expected classification signature method_name to be "),
        ("POST", "/v1/models/other:predict", {"instances": []}, 404, "Servable not found for request: Latest(other)"),
        ("POST", "/v1/models/tiny/versions/9:predict", {"instances": []}, 404, "Specific(tiny, 9)"),
        ("POST", "/v1/models/other:predict", [], 400, ""),
        ("POST", "/v1/models/wave/labels/none:predict", {"instances": []}, 400, "Unrecognized servable version label: none"),
        ("POST", "/v1/models/tiny:predict", {"signature_name": "x", "instances": [ONE_TASK]}, 400, 'name: "x" not found'),
        ("POST", "/v1/models/tiny:predict", {"signature_name": "__saved_model_init_op", "inputs": {}}, 400, "not found"),
        ("POST", "/v1/models/tiny:predict", {"instances": [{}]}, 400, "keys must be equal to: query_x,support_size"),
        ("POST", "/v1/models/tiny:predict", {"instances": [], "pad": "x" * 10_000}, 413, "larger than 10000 bytes"),
    ],
)
def test_errors_have_tensorflow_servings_form(client, method, path, body, code, message):
    answer = client.request(method, path, content=json.dumps(body))
    assert answer.status_code == code
    assert message in answer.json()["error"]


def test_what_is_neither_rows_nor_columns_is_refused(client):
    assert predict(client, {}).status_code == 400


def test_batches_that_do_not_match_are_refused_not_crashed(client):
    columns = {key: [value, value] for key, value in ONE_TASK.items()} | {"support_size": [2, 2, 2]}
    assert predict(client, {"inputs": columns}).status_code == 400


def test_compressed_bodies_are_read_and_bombs_are_not(client):
    def post(body):
        return client.post("/v1/models/wave:predict", content=body, headers={"Content-Encoding": "gzip"})

    assert post(gzip.compress(b'{"instances": [[0.5]]}')).status_code == 200
    assert post(b"no gzip").status_code == 400
    assert post(gzip.compress(b" " * 10_000_000)).status_code == 413


def test_a_compressed_body_must_be_whole(client):
    whole = gzip.compress(b'{"instances": [[0.5]]}')
    for body, why in (
        (whole[:-6], "it ends too early"),
        (whole[:-20], "it ends too early"),
        (whole + whole, "bytes follow its end"),
    ):
        answer = client.post("/v1/models/wave:predict", content=body, headers={"Content-Encoding": "gzip"})
        assert answer.status_code == 400
        assert why in answer.json()["error"]


def test_two_lengths_of_one_body_are_refused_and_end_the_connection(client):
    headers = {"Content-Length": "22", "Transfer-Encoding": "chunked"}
    answer = client.post("/v1/models/wave:predict", content=b'{"instances": [[0.5]]}', headers=headers)
    assert (answer.status_code, answer.headers["Connection"]) == (400, "close")
    assert "exclude each other" in answer.json()["error"]


def test_bodies_together_are_bounded_and_small_ones_are_not_shut_out(served):
    service = Service(Catalog.of({"wave": Servable("wave", *newest_version(served / "wave"))}), Limits(bodies=200_000))
    large = json.dumps({"instances": [[0.5]] * 10_000})
    with TestClient(application(service)) as client:
        with service.bodies.hold(150_000):
            refused = client.post("/v1/models/wave:predict", content=large)
            assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")
            assert "large requests hold 150000 bytes" in refused.json()["error"]
            assert client.post("/v1/models/wave:predict", content='{"instances": [[0.5]]}').status_code == 200
        assert client.post("/v1/models/wave:predict", content=large).status_code == 200
    assert service.bodies.held == 0
    service.close()


def test_a_body_with_more_values_than_its_signature_takes_is_not_parsed(served, monkeypatch):
    limits = Limits(numbers=1000)
    body = b'{"instances": [' + b"[]," * 100_000 + b"[]]}"
    monkeypatch.setattr(protocol, "parse", lambda _: pytest.fail("it was parsed"))
    service = Service(Catalog.of({"wave": Servable("wave", *newest_version(served / "wave"))}), limits)
    with TestClient(application(service)) as client:
        answer = client.post("/v1/models/wave:predict", content=body)
        assert answer.status_code == 400
        assert "the body holds up to 200004 values, but a request for this signature at most" in answer.json()["error"]
        assert client.post("/v1/models/other:predict", content=body).status_code == 404
    service.close()


def test_a_body_that_says_it_is_huge_is_refused_before_it_comes(client):
    def never():
        yield b"{"
        pytest.fail("it was read")

    headers = {"Content-Length": str(1 << 40)}
    assert client.post("/v1/models/wave:predict", content=never(), headers=headers).status_code == 413


def test_metrics_have_tensorflow_servings_names_and_no_made_up_models(client):
    predict(client, {"instances": [ONE_TASK]})
    predict(client, {"instances": [{}]})
    predict(client, {}, name="made_up")
    page = client.get("/monitoring/prometheus/metrics").text
    counted = {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in page.splitlines() if line[0] != "#"}
    assert counted[':tensorflow:serving:request_count{model_name="tiny",status="OK"}'] >= 1
    assert counted[':tensorflow:serving:request_count{model_name="tiny",status="INVALID_ARGUMENT"}'] >= 1
    assert counted[':tensorflow:serving:request_latency_count{API="Predict",entrypoint="REST",model_name="tiny"}'] >= 1
    assert counted[':tensorflow:serving:runtime_latency_count{API="Predict",model_name="tiny",runtime="TF1"}'] >= 1
    assert counted['zoo_versions_available{model_name="wave"}'] == 2
    assert "made_up" not in page


class SlowServable(Servable):
    """A servable that waits to be let go."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.begun, self.go_on = threading.Semaphore(0), threading.Event()

    def run(self, signature, inputs):
        self.begun.release()
        self.go_on.wait(30)
        return super().run(signature, inputs)


def test_a_full_queue_answers_503_and_a_late_answer_504(served):
    slow = SlowServable("wave", *newest_version(served / "wave"))
    service = Service(Catalog.of({"wave": slow}), Limits(threads=1, queue=1, deadline=5))
    answers = []

    def ask():
        answers.append(client.post("/v1/models/wave:predict", content='{"instances": [[0.5]]}'))

    with TestClient(application(service)) as client:
        threads = [threading.Thread(target=ask) for _ in range(2)]
        for thread in threads:
            thread.start()
        assert slow.begun.acquire(timeout=30)
        until = time.monotonic() + 30
        while service.admission.taken < 2 and time.monotonic() < until:
            time.sleep(0.01)
        ask()
        assert (answers[0].status_code, answers[0].headers["Retry-After"]) == (503, "1")
        assert "the queue is full" in answers[0].json()["error"]
        slow.go_on.set()
        for thread in threads:
            thread.join()
        assert [answer.status_code for answer in answers[1:]] == [200, 200]
        slow.go_on.clear()
        service.limits = dataclasses.replace(service.limits, deadline=0.05)
        ask()
        assert answers[-1].status_code == 504
        slow.go_on.set()
        page = client.get("/monitoring/prometheus/metrics").text
    assert 'zoo_requests_refused_total{status="UNAVAILABLE"} 1.0' in page
    assert 'zoo_requests_refused_total{status="DEADLINE_EXCEEDED"} 1.0' in page
    service.close()


def test_a_failure_of_ours_is_answered_500_and_told_in_one_line(served):
    class Broken(Servable):
        def run(self, signature, inputs):
            raise RuntimeError("broken")

    with TestClient(application({"wave": Broken("wave", *newest_version(served / "wave"))})) as client:
        answer = client.post("/v1/models/wave:predict", content='{"instances": [[0.5]]}')
    assert answer.status_code == 500
    assert "broken" in answer.json()["error"]
