"""Read the warm-up requests inside a SavedModel, as TensorFlow Serving does; they are run before a version is served."""

from collections.abc import Iterator
from pathlib import Path

from google.protobuf.message import DecodeError
from tensorboard.compat.tensorflow_stub import errors
from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import PyRecordReader_New

from zoo.serving.wire import protos, tensors

FILE = Path("assets.extra/tf_serving_warmup_requests")
MOST = 1000  # records; TensorFlow Serving refuses a model with more


class WarmUpError(ValueError):
    """A warm-up file that cannot be read or run; the version must not be served."""


def requests(model: Path) -> Iterator[protos.predict_pb2.PredictRequest]:
    """Every request in the warm-up file of a SavedModel; none where there is no file.

    Raises:
        WarmUpError: if the file is damaged, too long, or holds another kind of request.
    """
    if not (model / FILE).exists():
        return
    for number, data in enumerate(_records(model / FILE)):
        if number == MOST:
            raise WarmUpError(f"{FILE}: more than {MOST} records")
        try:
            log = protos.prediction_log_pb2.PredictionLog.FromString(data)
        except DecodeError:
            raise WarmUpError(f"{FILE}: record {number} is no PredictionLog") from None
        if log.WhichOneof("log_type") != "predict_log":
            raise WarmUpError(f"{FILE}: record {number} is a {log.WhichOneof('log_type')}; only predict_log is supported")
        yield log.predict_log.request


def inputs(request: protos.predict_pb2.PredictRequest) -> dict:
    """The named arrays of a request."""
    return {name: tensors.to_array(value, name, repeats=True) for name, value in request.inputs.items()}


def _records(path: Path) -> Iterator[bytes]:
    reader = PyRecordReader_New(str(path))
    while True:
        try:
            reader.GetNext()
        except errors.OutOfRangeError:
            return
        except errors.DataLossError as error:
            raise WarmUpError(f"{FILE} is damaged: {error}") from None
        yield reader.record()
