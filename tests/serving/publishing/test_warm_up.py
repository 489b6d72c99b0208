import numpy as np
import pytest
import tensorflow as tf
from tensorflow_serving.apis import prediction_log_pb2

from zoo.serving.publishing import warm_up
from zoo.serving.wire import warm_up_reader


@pytest.fixture
def requests(tiny):
    endpoints = tiny.endpoints()
    return warm_up.requests(endpoints, ["serving_default", "adapt", "apply", "query_scores"])


def test_every_signature_is_asked_as_users_ask(requests):
    sizes = {}
    for signature, inputs in requests:
        sizes.setdefault(signature, []).append({name: value.shape for name, value in inputs.items()})
        assert {value.dtype.name for value in inputs.values()} <= {"float32", "int32"}
        assert all(np.all(np.isfinite(value)) for value in inputs.values())
    one, several = sizes["serving_default"]
    assert one == {"support_x": (1, 10, 1), "support_y": (1, 10, 1), "support_size": (1,), "query_x": (1, 10, 1)}
    assert several["support_x"][0] == several["query_x"][0] == 4
    assert all(len(shapes) == 2 for shapes in sizes.values())


def test_a_batch_holds_supports_of_different_sizes(requests):
    signature, inputs = next(request for request in requests if len(request.inputs.get("support_size", "")) == 4)
    assert signature == "serving_default"
    assert inputs["support_size"].tolist() == [5, 4, 3, 2]


def test_a_learned_task_is_one_that_was_learned(tiny, requests):
    made = {
        signature: inputs for signature, inputs in requests if len(inputs["query_x" if "query_x" in inputs else "support_x"]) == 1
    }
    learned = tiny.endpoints()["adapt"](**made["adapt"])
    for name, value in learned.items():
        np.testing.assert_array_equal(made["apply"][name], value)


def test_tensorflows_own_reader_and_ours_find_what_was_written(tmp_path, requests):
    requests.append(
        warm_up.Request(
            "one", {"a": np.array([3], np.int32), "b": np.array([0.5], np.float32), "c": np.zeros((2, 0), np.float32)}
        )
    )
    warm_up.write(tmp_path, "tiny", requests)
    path = tmp_path / "assets.extra/tf_serving_warmup_requests"
    logs = [prediction_log_pb2.PredictionLog.FromString(record.numpy()) for record in tf.data.TFRecordDataset(str(path))]
    assert [log.WhichOneof("log_type") for log in logs] == ["predict_log"] * len(requests)
    for log, (signature, inputs), found in zip(logs, requests, warm_up.read(tmp_path), strict=True):
        request = log.predict_log.request
        assert (request.model_spec.name, request.model_spec.signature_name) == ("tiny", signature)
        assert set(request.inputs) == set(inputs) == set(found.inputs)
        assert found.signature == signature
        for name, value in inputs.items():
            np.testing.assert_array_equal(tf.make_ndarray(request.inputs[name]), value)
            np.testing.assert_array_equal(found.inputs[name], value)
            assert found.inputs[name].dtype == value.dtype


def test_a_damaged_file_is_noticed(tmp_path, requests):
    warm_up.write(tmp_path, "tiny", requests)
    path = tmp_path / warm_up_reader.FILE
    whole = path.read_bytes()
    for damaged in (whole[:-3], whole[:50] + b"\x00\x00\x00\x00" + whole[54:]):
        path.write_bytes(damaged)
        with pytest.raises(ValueError, match="is damaged"):
            list(warm_up.read(tmp_path))


def test_more_records_than_a_server_takes_are_refused(tmp_path, requests):
    with pytest.raises(ValueError, match="1000 at most"):
        warm_up.write(tmp_path, "tiny", requests[:1] * 1001)


def test_numbers_lie_where_the_learner_was_trained(tiny):
    assert warm_up.span_of(None) == (-1.0, 1.0)
    assert warm_up.span_of((0.0, 10.0)) == (3.0, 7.0)
    endpoint = tiny.endpoints()["serving_default"]
    inputs = warm_up.draw(endpoint, warm_up.SIZES[0], 0, {}, span=(3.0, 7.0))
    for name in ("support_x", "query_x"):
        assert 3 <= inputs[name].min() < inputs[name].max() <= 7
    np.testing.assert_allclose(inputs["support_y"], inputs["support_x"], atol=0.01)  # an example of one number is its own mean
