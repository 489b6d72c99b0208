"""Classes on a server: a published task whose names are hard to write, and a learner of any classes, by REST and gRPC."""

import json
import urllib.request

import grpc
import numpy as np
import pytest
import tensorflow as tf
from tensorflow_serving.apis import get_model_metadata_pb2, predict_pb2, prediction_service_pb2_grpc

from zoo.serving import Client, GrpcClient, RemoteTask
from zoo.serving.publishing.publish import publish
from zoo.serving.server.batching_parameters import BatchingParameters
from zoo.serving.server.followed import Followed
from zoo.serving.server.local_server import LocalServer, Options
from zoo.serving.server.service import Limits
from zoo.utils.errors import ZooError

X = np.random.default_rng(2).uniform(size=[5, 8, 8, 1]).astype(np.float32)


@pytest.fixture(scope="module")
def folder(tiny_names, tmp_path_factory):
    base = tmp_path_factory.mktemp("models")
    publish(tiny_names, base, "names")
    publish(tiny_names.learner, base, "learner", signatures=["serving_default", "adapt", "apply", "update"])
    return base


@pytest.fixture(scope="module", params=["alone", "batching"])
def server(request, folder):
    batching = BatchingParameters(max_batch_size=4, enable_large_batch_splitting=True) if request.param == "batching" else None
    options = Options(port=0, grpc_port=0, limits=Limits(batching=batching))
    with LocalServer(Followed([folder]), options) as server:
        yield server


def post(server, **body):
    url = f"{server.url}/v1/models/names:predict"
    request = urllib.request.Request(url, json.dumps({"signature_name": "classify", **body}).encode())
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read()


def test_rows_have_a_name_each(server, tiny_names):
    answer = post(server, instances=X.tolist())
    rows = json.loads(answer)["predictions"]
    assert [row["class"] for row in rows] == tiny_names.predict(X).tolist()
    np.testing.assert_allclose([row["probability"] for row in rows], tiny_names.predict_proba(X), rtol=1e-5)
    np.testing.assert_allclose([row["ood_score"] for row in rows], tiny_names.ood_score(X), rtol=1e-5)
    assert all(row.keys() == {"class", "probability", "ood_score"} for row in rows)
    assert len({row["class"] for row in rows}) > 1
    assert all(json.dumps(row["class"], ensure_ascii=False) in answer.decode() for row in rows)


def test_columns_hold_all_names(server, tiny_names):
    columns = json.loads(post(server, inputs={"query_x": X.tolist()}))["outputs"]
    assert columns["class"] == tiny_names.predict(X).tolist()
    np.testing.assert_allclose(columns["probability"], tiny_names.predict_proba(X), rtol=1e-5)


def test_the_logits_are_there_as_ever(server, tiny_names):
    logits = json.loads(post(server, signature_name="serving_default", instances=X.tolist()))["predictions"]
    np.testing.assert_allclose(logits, tiny_names.logits(X), rtol=1e-4, atol=1e-5)


def test_the_example_of_the_guide_is_answered(server, folder, tiny_names):
    body = json.loads((folder / "names/1/examples/classify.json").read_text())
    rows = json.loads(post(server, **body))["predictions"]
    x = np.array([instance["query_x"] for instance in body["instances"]], np.float32)
    assert [row["class"] for row in rows] == tiny_names.predict(x).tolist()


def test_grpc_gives_them_in_utf8(server, tiny_names):
    with grpc.insecure_channel(server.grpc_address) as channel:
        stub = prediction_service_pb2_grpc.PredictionServiceStub(channel)
        request = predict_pb2.PredictRequest()
        request.model_spec.name, request.model_spec.signature_name = "names", "classify"
        request.inputs["query_x"].CopyFrom(tf.make_tensor_proto(X))
        answer = stub.Predict(request, timeout=60)
        asked = get_model_metadata_pb2.GetModelMetadataRequest(metadata_field=["signature_def"])
        asked.model_spec.name = "names"
        metadata = stub.GetModelMetadata(asked, timeout=60)
    assert [name.decode() for name in tf.make_ndarray(answer.outputs["class"])] == tiny_names.predict(X).tolist()
    np.testing.assert_allclose(tf.make_ndarray(answer.outputs["probability"]), tiny_names.predict_proba(X), rtol=1e-5)
    signatures = get_model_metadata_pb2.SignatureDefMap.FromString(metadata.metadata["signature_def"].value).signature_def
    assert signatures["classify"].outputs["class"].dtype == tf.string.as_datatype_enum
    assert set(signatures) >= {"serving_default", "classify"}


def test_the_description_says_that_names_are_strings(server):
    with urllib.request.urlopen(f"{server.url}/v1/openapi.json", timeout=60) as answer:
        paths = json.load(answer)["paths"]
    answers = paths["/v1/models/names:predict"]["post"]["responses"]["200"]["content"]["application/json"]["schema"]["anyOf"]
    rows = [one["properties"]["predictions"]["items"] for one in answers if "predictions" in one["properties"]]
    (named,) = (row["properties"]["class"] for row in rows if "class" in row.get("properties", {}))
    assert {"type": "string"} in named["anyOf"]


@pytest.fixture(params=["REST", "gRPC"])
def client(request, server):
    way = Client(server.url, "learner") if request.param == "REST" else GrpcClient(server.grpc_address, "learner")
    with way as client:
        yield client


NAMES = ["elm", "süß", "elm", "oak", "süß"]
MORE, NEW = X[::-1] / 2, X * 0.8


def test_a_learner_of_classes_is_as_at_home(client, tiny_names):
    home, there = tiny_names.learner.learn(X, NAMES), client.learn(X, NAMES)
    assert there.classes == home.classes == ("elm", "oak", "süß")
    assert there.predict(NEW).tolist() == home.predict(NEW).tolist()
    np.testing.assert_allclose(there.logits(NEW), home.logits(NEW), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(there.predict_proba(NEW), home.predict_proba(NEW), rtol=1e-4, atol=1e-6)
    assert client.learn_and_predict(X, NAMES, NEW).tolist() == home.predict(NEW).tolist()


def test_a_task_grows_by_new_classes_which_come_last(client, tiny_names):
    labels = ["ash", "elm", "birch", "ash", "oak"]
    there = client.learn(X, NAMES).update(MORE, labels)
    home = tiny_names.learner.learn(X, NAMES).update(MORE, labels)
    assert there.classes == home.classes == ("elm", "oak", "süß", "ash", "birch")
    assert there.size == 10
    np.testing.assert_allclose(there.logits(NEW), home.logits(NEW), rtol=1e-4, atol=1e-5)


def test_tasks_of_different_classes_in_one_request(client, tiny_names):
    supports = [(X, NAMES), (MORE[:2], [7, 3])]
    tasks = client.learn_many(supports)
    for task, found, (x, y) in zip(tasks, client.predict_many(tasks, [NEW, NEW[:2]]), supports, strict=True):
        home = tiny_names.learner.learn(x, y)
        assert task.classes == home.classes
        assert found.tolist() == home.predict(NEW[: len(found)]).tolist()
        np.testing.assert_allclose(task.logits(NEW), home.logits(NEW), rtol=1e-4, atol=1e-5)
    with pytest.raises(ZooError, match="different sizes; learn them in one request, by learn_many"):
        client.predict_many([tasks[0], client.learn(MORE[:2], [7, 3])], [NEW, NEW])


def test_a_saved_task_keeps_its_classes(client, tmp_path):
    task = client.learn(X, [4, 4, 2, 9, 2])
    task.save(tmp_path / "characters.task")
    again = RemoteTask.load(tmp_path / "characters.task", client)
    assert again.classes == task.classes == (2, 4, 9)
    assert again.predict(NEW).tolist() == task.predict(NEW).tolist()
    assert again.update(MORE, [1, 2, 4, 9, 1]).classes == (2, 4, 9, 1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda client: client.learn(X, [0.5, 1, 1, 1, 1]), "not whole, such as 0.5; name the classes"),
        (lambda client: client.learn(X, NAMES[:3]), "5 .* 3"),
        (
            lambda client: client.learn(X, NAMES, remember="summary"),
            "makes no summaries of examples; learn with remember='examples'",
        ),
    ],
)
def test_what_is_no_class_is_refused_before_it_is_sent(client, call, message):
    with pytest.raises(ZooError, match=message):
        call(client)
