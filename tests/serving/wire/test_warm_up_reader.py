import shutil

import numpy as np
import pytest

from zoo.serving.server.servable import Servable
from zoo.serving.wire import protos, tensors, warm_up_reader
from zoo.serving.wire.statuses import StatusError
from zoo.serving.wire.warm_up_reader import FILE, MOST, WarmUpError

pytestmark = pytest.mark.xdist_group("served")


def write(model, *logs):
    import tensorflow as tf

    (model / FILE).parent.mkdir(parents=True, exist_ok=True)
    with tf.io.TFRecordWriter(str(model / FILE)) as writer:
        for log in logs:
            writer.write(log if isinstance(log, bytes) else log.SerializeToString())


def predict_log(query):
    log = protos.prediction_log_pb2.PredictionLog()
    log.predict_log.request.inputs["query_x"].CopyFrom(tensors.to_proto(np.array(query, np.float32)))
    return log


@pytest.fixture
def model(served, tmp_path):
    return shutil.copytree(served / "wave" / "1", tmp_path / "1")


def test_requests_are_read_and_answered_before_a_version_is_served(model):
    assert list(warm_up_reader.requests(model)) == []
    write(model, predict_log([[1.0]]), predict_log([[1.0], [2.0]]))
    _, second = warm_up_reader.requests(model)
    np.testing.assert_array_equal(warm_up_reader.inputs(second)["query_x"], [[1], [2]])
    servable = Servable("wave", 1, model)
    assert servable.warmed == 2
    servable.close()


@pytest.mark.parametrize(
    ("log", "why"),
    [
        (protos.prediction_log_pb2.PredictionLog(predict_log={}), "warm-up failed: .*query_x"),
        (b"\xff\xff", "record 0 is no PredictionLog"),
        (protos.prediction_log_pb2.PredictionLog(), "only predict_log"),
    ],
)
def test_a_version_that_fails_its_own_warm_up_is_not_served(model, log, why):
    write(model, log)
    with pytest.raises(StatusError, match=why):
        Servable("wave", 1, model)


@pytest.mark.parametrize("damage", [lambda data: data[:-3], lambda data: data[:20] + b"x" + data[21:], lambda data: b"text" * 9])
def test_a_damaged_file_is_refused(model, damage):
    write(model, predict_log([[1.0]]))
    (model / FILE).write_bytes(damage((model / FILE).read_bytes()))
    with pytest.raises(WarmUpError, match="is damaged"):
        list(warm_up_reader.requests(model))


def test_more_records_than_tensorflow_serving_takes_are_refused(model):
    write(model, *[predict_log([[1.0]])] * (MOST + 1))
    with pytest.raises(WarmUpError, match=f"more than {MOST}"):
        list(warm_up_reader.requests(model))


def test_a_model_without_its_weights_is_refused_by_its_warm_up(served, tmp_path):
    model = shutil.copytree(served / "tiny" / "3", tmp_path / "3")
    shutil.rmtree(model / "variables")
    Servable("tiny", 3, model).close()  # the loader does not mind; every request would fail
    log = predict_log([[[1.0]]])
    for name, value in {"support_x": [[[1.0]]], "support_y": [[[1.0]]]}.items():
        log.predict_log.request.inputs[name].CopyFrom(tensors.to_proto(np.array(value, np.float32)))
    log.predict_log.request.inputs["support_size"].CopyFrom(tensors.to_proto(np.array([1], np.int32)))
    write(model, log)
    with pytest.raises(StatusError, match=r"warm-up failed: .*variable"):
        Servable("tiny", 3, model)
