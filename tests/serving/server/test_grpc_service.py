import contextlib
import socket

import grpc
import numpy as np
import pytest

from zoo.serving.server import connections, grpc_service
from zoo.serving.server.followed import Followed
from zoo.serving.server.local_server import LocalServer, Options
from zoo.serving.wire import protos, tensors

pytestmark = pytest.mark.xdist_group("served")
QUERY = np.array([[0.5], [1.0]], np.float32)


@pytest.fixture(scope="module")
def server(served):
    with LocalServer(Followed([served]), Options(port=0, grpc_port=0, poll_seconds=3600, reload=True)) as server:
        yield server


@pytest.fixture(scope="module")
def channel(server):
    with grpc.insecure_channel(server.grpc_address) as channel:
        yield channel


@pytest.fixture(scope="module")
def prediction(channel):
    return protos.prediction_service_pb2_grpc.PredictionServiceStub(channel)


@pytest.fixture(scope="module")
def models(channel):
    return protos.model_service_pb2_grpc.ModelServiceStub(channel)


def request(name="wave", version=None, label="", signature="", outputs=(), **inputs):
    made = protos.predict_pb2.PredictRequest(output_filter=outputs)
    made.model_spec.name, made.model_spec.signature_name = name, signature
    if version is not None:
        made.model_spec.version.value = version
    if label:
        made.model_spec.version_label = label
    for key, value in inputs.items():
        made.inputs[key].CopyFrom(tensors.to_proto(value))
    return made


def shaped(shape):
    """A request of a hundred bytes: a shape, and no numbers."""
    made = request(query_x=QUERY)
    made.inputs["query_x"].CopyFrom(tensors.to_proto(np.zeros(0, np.float32)))
    del made.inputs["query_x"].tensor_shape.dim[:]
    for size in shape:
        made.inputs["query_x"].tensor_shape.dim.add(size=size)
    return made


def test_predict_answers_as_the_live_model(prediction, tiny):
    response = prediction.Predict(request(query_x=QUERY))
    want = tiny.learn([0.0, 1.0], [1.0, 4.0]).predict(QUERY)
    np.testing.assert_allclose(tensors.to_array(response.outputs["prediction"], "y").ravel(), want.ravel(), rtol=1e-5)
    spec = response.model_spec
    assert (spec.name, spec.version.value, spec.signature_name) == ("wave", 2, "serving_default")


def test_an_output_filter_chooses(prediction):
    support = {name: np.ones((1, 2, 1), np.float32) for name in ("support_x", "support_y")}
    support["support_size"] = np.array([2], np.int32)
    everything = prediction.Predict(request("tiny", signature="adapt", **support)).outputs
    one = sorted(everything)[0]
    chosen = prediction.Predict(request("tiny", signature="adapt", outputs=[one], **support)).outputs
    assert list(chosen) == [one]
    assert len(everything) > 1


@pytest.mark.parametrize(
    ("made", "code", "message"),
    [
        (request("other", query_x=QUERY), "NOT_FOUND", "Servable not found for request: Latest(other)"),
        (request(version=9, query_x=QUERY), "NOT_FOUND", "Specific(wave, 9)"),
        (request(label="x", query_x=QUERY), "INVALID_ARGUMENT", "Unrecognized servable version label: x"),
        (request(""), "INVALID_ARGUMENT", "no name"),
        (protos.predict_pb2.PredictRequest(), "INVALID_ARGUMENT", "Missing ModelSpec"),
        (request(signature="x", query_x=QUERY), "FAILED_PRECONDITION", 'Serving signature key "x" not found.'),
        (request(), "INVALID_ARGUMENT", "Missing but required: {query_x}"),
        (request(query_x=QUERY, other=QUERY), "INVALID_ARGUMENT", "Sent extra: {other}"),
        (request(query_x=QUERY.astype(np.int32)), "INVALID_ARGUMENT", "query_x is int32"),
        (request(query_x=QUERY[0]), "INVALID_ARGUMENT", "query_x has shape [1], expected [-1, 1]"),
        (shaped((1 << 18, 1)), "INVALID_ARGUMENT", "which holds 262144 numbers, but lists 0; list all of them"),
        (shaped((1 << 50, 1)), "INVALID_ARGUMENT", "but lists 0; list all of them"),
        (shaped((1,) * 300), "INVALID_ARGUMENT", "query_x has shape [1, 1, 1, …] of 300 axes, expected [-1, 1]"),
        (request(**{f"{number}" * 50: QUERY for number in range(100)}), "INVALID_ARGUMENT", " …"),
        (request(query_x=QUERY, outputs=["x"]), "INVALID_ARGUMENT", "alias not found in signature: x"),
        (request(query_x=QUERY, outputs=["prediction"] * 2), "INVALID_ARGUMENT", "duplicate"),
    ],
)
def test_refusals_have_tensorflow_servings_codes(prediction, made, code, message):
    with pytest.raises(grpc.RpcError) as refused:
        prediction.Predict(made)
    assert refused.value.code().name == code
    assert message in refused.value.details()


def test_classify_and_its_kin_are_unimplemented(prediction):
    apis = "tensorflow_serving.apis"
    import importlib

    for method, module in (("Classify", "classification"), ("Regress", "regression"), ("MultiInference", "inference")):
        kind = {"MultiInference": "MultiInferenceRequest", "Classify": "ClassificationRequest", "Regress": "RegressionRequest"}
        message = getattr(importlib.import_module(f"{apis}.{module}_pb2"), kind[method])()
        with pytest.raises(grpc.RpcError) as refused:
            getattr(prediction, method)(message)
        assert refused.value.code().name == "UNIMPLEMENTED"


def test_metadata_holds_every_signature(prediction):
    asked = protos.get_model_metadata_pb2.GetModelMetadataRequest(metadata_field=["signature_def"])
    asked.model_spec.name = "tiny"
    response = prediction.GetModelMetadata(asked)
    signatures = protos.get_model_metadata_pb2.SignatureDefMap()
    response.metadata["signature_def"].Unpack(signatures)
    assert {"serving_default", "adapt", "apply"} <= set(signatures.signature_def)
    assert response.model_spec.version.value == 3
    asked.metadata_field[:] = ["other"]
    with pytest.raises(grpc.RpcError, match="other is not supported"):
        prediction.GetModelMetadata(asked)


def status(models, name):
    asked = protos.get_model_status_pb2.GetModelStatusRequest()
    asked.model_spec.name = name
    return {version.version: version for version in models.GetModelStatus(asked).model_version_status}


def test_clients_may_not_replace_the_models_unless_they_are_let(served):
    asked = protos.model_management_pb2.ReloadConfigRequest()
    asked.config.model_config_list.config.add(name="wave", base_path=str(served / "wave"), model_platform="tensorflow")
    with (
        LocalServer(Followed([served]), Options(port=0, grpc_port=0, poll_seconds=3600)) as server,
        grpc.insecure_channel(server.grpc_address) as channel,
    ):
        with pytest.raises(grpc.RpcError, match="start the server with --allow-reload") as refused:
            protos.model_service_pb2_grpc.ModelServiceStub(channel).HandleReloadConfigRequest(asked)
        assert refused.value.code().name == "PERMISSION_DENIED"
        assert server.catalog.available("tiny") == [3]


def test_silent_connections_are_closed_and_their_number_is_bounded(served, monkeypatch):
    monkeypatch.setattr(grpc_service, "HEADER_SECONDS", 1)
    monkeypatch.setattr(connections, "room", lambda: connections.Room(5, 5))
    with LocalServer(Followed([served]), Options(port=0, grpc_port=0, poll_seconds=3600)) as server:
        host, _, port = server.grpc_address.rpartition(":")
        silent = [socket.create_connection((host, int(port)), timeout=30) for _ in range(20)]
        with grpc.insecure_channel(server.grpc_address) as channel:
            stub = protos.prediction_service_pb2_grpc.PredictionServiceStub(channel)
            assert stub.Predict(request(query_x=QUERY), timeout=60, wait_for_ready=True).model_spec.name == "wave"
        for connection in silent:
            with contextlib.suppress(ConnectionResetError):
                while connection.recv(1000):
                    pass
            connection.close()


def test_a_reloaded_configuration_replaces_everything(models, server, served, tmp_path):
    assert list(status(models, "wave")) == [2]

    def reload(*lines):
        asked = protos.model_management_pb2.ReloadConfigRequest()
        for name, base in lines:
            config = asked.config.model_config_list.config.add(name=name, base_path=str(base), model_platform="tensorflow")
            config.model_version_policy.all.SetInParent()
        return models.HandleReloadConfigRequest(asked).status

    assert reload(("wave", served / "wave")).error_code == 0
    assert {number: version.state for number, version in status(models, "wave").items()} == {2: 30, 1: 30}
    assert [version.state for version in status(models, "tiny").values()] == [50]  # END
    assert "{gone}" in reload(("wave", served / "wave"), ("gone", served / "gone")).error_message
    with pytest.raises(grpc.RpcError, match="needs a base_path"):
        reload(("wave", ""))
    (tmp_path / "link").symlink_to("/")
    for outside in ("/", served.parent, served / "..", tmp_path / "link"):
        with pytest.raises(grpc.RpcError, match="is not below a folder that this server was started with") as refused:
            reload(("wave", served / "wave"), ("other", outside))
        assert refused.value.code().name == "PERMISSION_DENIED"
    assert status(models, "wave")[2].state == 30
    server.reload(Followed([served]).read())
    with pytest.raises(grpc.RpcError) as refused:
        status(models, "other")
    assert refused.value.code().name == "NOT_FOUND"
