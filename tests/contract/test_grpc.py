"""The same contract over gRPC, with TensorFlow Serving's own protos. Runs where the server's gRPC address is known."""

import json

import grpc
import numpy as np
import pytest

TASK = {
    "support_x": np.array([[[0.0], [1.0]]], np.float32),
    "support_y": np.array([[[1.0], [2.0]]], np.float32),
    "support_size": np.array([2], np.int32),
    "query_x": np.array([[[0.5], [1.5]]], np.float32),
}
CODE = grpc.StatusCode


@pytest.fixture(scope="session")
def channel(server):
    if server.grpc is None:
        pytest.skip("the gRPC address of this server is unknown; ZOO_SERVING_GRPC names it")
    with grpc.insecure_channel(server.grpc) as channel:
        yield channel


@pytest.fixture(scope="session")
def prediction(channel):
    from tensorflow_serving.apis import prediction_service_pb2_grpc

    return prediction_service_pb2_grpc.PredictionServiceStub(channel)


def ask(name, inputs=TASK, signature="", version=None, label=None, only=()):
    import tensorflow as tf
    from tensorflow_serving.apis import predict_pb2

    request = predict_pb2.PredictRequest()
    request.model_spec.name, request.model_spec.signature_name = name, signature
    if version is not None:
        request.model_spec.version.value = version
    if label is not None:
        request.model_spec.version_label = label
    for key, value in inputs.items():
        request.inputs[key].CopyFrom(tf.make_tensor_proto(value))
    request.output_filter.extend(only)
    return request


def arrays(answer):
    import tensorflow as tf

    return {name: tf.make_ndarray(value) for name, value in answer.outputs.items()}


def refusal(call, request):
    with pytest.raises(grpc.RpcError) as refused:
        call(request, timeout=30)
    return refused.value.code(), refused.value.details()


def test_predict_agrees_with_the_live_model_and_with_rest(prediction, server, live):
    answer = prediction.Predict(ask("tiny"), timeout=30)
    assert (answer.model_spec.name, answer.model_spec.signature_name) == ("tiny", "serving_default")
    assert answer.model_spec.version.value == 1
    got = arrays(answer)
    np.testing.assert_allclose(got["prediction"], live.run("tiny/1", "serving_default", TASK)["prediction"], rtol=1e-4, atol=1e-5)
    _, rest = server.predict("tiny", {"inputs": {name: value.tolist() for name, value in TASK.items()}})
    np.testing.assert_array_equal(np.array(rest["outputs"], np.float32), got["prediction"])


def test_strings_come_out(prediction, written):
    x = np.array([[-1.0], [1.0]], np.float32)
    got = arrays(prediction.Predict(ask("words", {"x": x}, "all", only=["word", "words"]), timeout=30))
    first, second = (word.encode() for word in written.WORDS)
    assert got["word"].tolist() == [first, second]
    assert got["words"].tolist() == [[first, second]] * 2


def test_several_outputs_and_a_filter(prediction, live):
    support = {name: value for name, value in TASK.items() if name != "query_x"}
    want = live.run("tiny/1", "adapt", support)
    got = arrays(prediction.Predict(ask("tiny", support, "adapt"), timeout=30))
    assert got.keys() == want.keys()
    for name, value in want.items():
        np.testing.assert_allclose(got[name], value, rtol=1e-4, atol=1e-5)
    first = min(want)
    assert arrays(prediction.Predict(ask("tiny", support, "adapt", only=[first]), timeout=30)).keys() == {first}


def test_versions_and_labels(prediction, server, live):
    query = {"query_x": np.array([[0.5], [-1.0]], np.float32)}
    wanted = [({}, 2), ({"version": 2}, 2)]
    if server.offers("/v1/models/tiny_task/versions/1"):
        wanted.append(({"version": 1}, 1))
    if server.offers("/v1/models/tiny_task/labels/stable"):
        wanted += [({"label": "stable"}, 1), ({"label": "canary"}, 2)]
    for chosen, version in wanted:
        answer = prediction.Predict(ask("tiny_task", query, **chosen), timeout=30)
        want = live.run(f"tiny_task/{version}", "serving_default", query)["prediction"]
        np.testing.assert_allclose(arrays(answer)["prediction"], want, rtol=1e-4, atol=1e-5)
        assert answer.model_spec.version.value == version


def test_refusals(prediction):
    predict = prediction.Predict
    assert refusal(predict, ask("tiny", signature="x")) == (CODE.FAILED_PRECONDITION, 'Serving signature key "x" not found.')
    assert refusal(predict, ask("x")) == (CODE.NOT_FOUND, "Servable not found for request: Latest(x)")
    assert refusal(predict, ask("tiny", version=9)) == (CODE.NOT_FOUND, "Servable not found for request: Specific(tiny, 9)")
    assert refusal(predict, ask("tiny_task", {}, label="nothing"))[0] == CODE.INVALID_ARGUMENT
    for wrong in (
        {name: value for name, value in TASK.items() if name != "support_size"},
        TASK | {"other": np.zeros(1, np.float32)},
        TASK | {"support_size": np.array([2.0], np.float32)},
        TASK | {"support_y": np.zeros((1, 3, 1), np.float32)},
    ):
        assert refusal(predict, ask("tiny", wrong))[0] == CODE.INVALID_ARGUMENT
    assert refusal(predict, ask("tiny", only=["nothing"]))[0] in (CODE.INVALID_ARGUMENT, CODE.NOT_FOUND)


@pytest.mark.parametrize("size", [0, -1, 3, 2**31 - 1])
def test_a_support_size_outside_its_support_is_refused(prediction, server, size):
    if not server.ours:
        pytest.skip("a rule of zoo serve, not TensorFlow Serving's")
    code, details = refusal(prediction.Predict, ask("tiny", TASK | {"support_size": np.array([size], np.int32)}))
    assert code == CODE.INVALID_ARGUMENT
    assert details.startswith(f"support_size is {size} in task 0, but must be from 1 to 2, the rows of support_x; ")


@pytest.mark.parametrize("rows", [1 << 18, 1 << 20, 1 << 50])
def test_a_shape_without_its_numbers_is_refused(prediction, server, rows):
    if not server.ours:
        pytest.skip("TensorFlow Serving repeats the last number, or zero")
    request = ask("tiny", {name: value for name, value in TASK.items() if not name.startswith("support_x")})
    tensor = request.inputs["support_x"]
    tensor.dtype = 1
    for size in (1, rows, 1):
        tensor.tensor_shape.dim.add(size=size)
    code, details = refusal(prediction.Predict, request)
    assert (code, details) == (
        CODE.INVALID_ARGUMENT,
        f"support_x has shape [1, {rows}, 1], which holds {rows} numbers, but lists 0; list all of them",
    )


def test_a_tensor_of_many_axes_is_an_invalid_argument(prediction):
    request = ask("tiny")
    request.inputs["query_x"].tensor_shape.dim.extend([request.inputs["query_x"].tensor_shape.dim[0]] * 300)
    assert refusal(prediction.Predict, request)[0] == CODE.INVALID_ARGUMENT


def test_clients_may_not_replace_the_models(channel, server):
    if not server.ours:
        pytest.skip("TensorFlow Serving lets them")
    from tensorflow_serving.apis import model_management_pb2, model_service_pb2_grpc

    request = model_management_pb2.ReloadConfigRequest()
    request.config.model_config_list.config.add(name="tiny", base_path="/", model_platform="tensorflow")
    stub = model_service_pb2_grpc.ModelServiceStub(channel)
    assert refusal(stub.HandleReloadConfigRequest, request)[0] == CODE.PERMISSION_DENIED


def test_status_and_metadata_say_what_rest_says(channel, prediction, server):
    from tensorflow_serving.apis import get_model_metadata_pb2, get_model_status_pb2, model_service_pb2_grpc

    request = get_model_status_pb2.GetModelStatusRequest()
    request.model_spec.name = "tiny_task"
    status = model_service_pb2_grpc.ModelServiceStub(channel).GetModelStatus(request, timeout=30)
    _, rest = server.ask("GET", "/v1/models/tiny_task")
    versions = json.loads(rest)["model_version_status"]
    assert [str(one.version) for one in status.model_version_status] == [one["version"] for one in versions]
    assert all(one.state == get_model_status_pb2.ModelVersionStatus.AVAILABLE for one in status.model_version_status)

    request = get_model_metadata_pb2.GetModelMetadataRequest(metadata_field=["signature_def"])
    request.model_spec.name = "tiny"
    found = get_model_metadata_pb2.SignatureDefMap()
    assert prediction.GetModelMetadata(request, timeout=30).metadata["signature_def"].Unpack(found)
    _, rest = server.ask("GET", "/v1/models/tiny/metadata")
    assert set(found.signature_def) == set(json.loads(rest)["metadata"]["signature_def"]["signature_def"])
