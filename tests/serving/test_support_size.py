"""A `support_size` outside its support is refused by clients and servers, over REST and gRPC, before a graph runs."""

import json

import grpc
import numpy as np
import pytest
import tensorflow as tf
import urllib3
from tensorflow_serving.apis import predict_pb2, prediction_service_pb2_grpc

from zoo.serving import support_size
from zoo.serving.server import servable

WRONG = (0, -1, 3, 2**31 - 1)  # of a support of two rows
MESSAGE = "support_size is {} in task 1, but must be from 1 to 2, the rows of support_x; send the number of its real rows"


def task(*sizes, rows=2):
    x = np.zeros((len(sizes), rows, 1), np.float32)
    return {"support_x": x, "support_y": x, "support_size": np.array(sizes, np.int32), "query_x": x}


@pytest.mark.parametrize("size", WRONG)
def test_the_first_wrong_size_is_named_with_its_task(size):
    assert support_size.problem(task(2, size, 0)) == MESSAGE.format(size)


def test_sizes_from_one_to_all_rows_pass():
    assert support_size.problem(task(1, 2)) is None


def test_a_support_without_rows_is_named():
    assert "support_size is 0 in task 0, and support_x has no rows; send at least one example" in support_size.problem(
        task(0, rows=0)
    )


def test_other_inputs_pass():
    assert support_size.problem({"query_x": np.zeros((1, 1))}) is None
    assert support_size.problem(task(1) | {"summary_size": np.zeros(1, np.int32)}) is None
    assert support_size.problem(task(1) | {"support_size": np.int32(0)}) is None  # of another shape, which the signature refuses


@pytest.mark.parametrize("size", WRONG)
def test_rest_answers_400(rest_server, size):
    rows = {name: value.tolist() for name, value in task(2, size).items()}
    for body in ({"inputs": rows}, {"instances": [{name: value[row] for name, value in rows.items()} for row in (0, 1)]}):
        answer = urllib3.request("POST", f"{rest_server}/v1/models/tiny:predict", json=body)
        assert (answer.status, json.loads(answer.data)) == (400, {"error": MESSAGE.format(size)})


@pytest.mark.parametrize("size", WRONG)
def test_grpc_answers_invalid_argument(grpc_server, size):
    request = predict_pb2.PredictRequest()
    request.model_spec.name = "tiny"
    for name, value in task(2, size).items():
        request.inputs[name].CopyFrom(tf.make_tensor_proto(value))
    with grpc.insecure_channel(grpc_server) as channel, pytest.raises(grpc.RpcError) as refused:
        prediction_service_pb2_grpc.PredictionServiceStub(channel).Predict(request, timeout=30)
    assert (refused.value.code(), refused.value.details()) == (grpc.StatusCode.INVALID_ARGUMENT, MESSAGE.format(size))


@pytest.mark.parametrize("size", WRONG)
def test_a_client_refuses_before_it_sends(here, size):
    client, transport = here
    metadata = client.connection.metadata()
    with pytest.raises(ValueError, match=f"signature 'serving_default': {MESSAGE.format(size)}"):
        client.connection.call(metadata, "serving_default", task(2, size))
    assert transport.calls == ["metadata"]


def test_no_graph_runs(served, monkeypatch):
    from zoo.serving.server.catalog import Catalog, Wanted
    from zoo.serving.server.service import Service
    from zoo.serving.wire.statuses import Code, StatusError

    loaded, service = servable.Servable("tiny", 3, served / "tiny" / "3"), None
    monkeypatch.setattr(loaded, "run", lambda *_: pytest.fail("a graph ran"))
    service = Service(Catalog.of({"tiny": loaded}))
    with pytest.raises(StatusError) as refused, service.call(Wanted("tiny"), "REST") as call:
        call.signature = "serving_default"
        service.run(call, loaded, task(2, 0))
    assert (refused.value.code, refused.value.message) == (Code.INVALID_ARGUMENT, MESSAGE.format(0))
    service.close()


def test_an_update_of_no_summary_has_the_size_zero(rest_server, tiny):
    inputs = {name: value for name, value in task(2).items() if name != "query_x"}
    summary = {
        name: np.zeros([size or 1 for size in spec.shape], spec.dtype.as_numpy_dtype)
        for name, spec in tiny.endpoints()["update"].inputs.items()
        if name.startswith("summary_")
    }
    assert summary["summary_size"] == 0
    body = {"signature_name": "update", "inputs": {name: value.tolist() for name, value in (inputs | summary).items()}}
    answer = urllib3.request("POST", f"{rest_server}/v1/models/tiny:predict", json=body)
    assert answer.status == 200, answer.data
    assert json.loads(answer.data)["outputs"]["updated_summary_size"] == [2]
