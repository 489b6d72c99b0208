"""What the benchmark of serving serves and asks: two learners as SavedModels, one as ONNX, requests, the live models' answers."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

NAME, OTHER = "mela_sinusoid", "mela_sinusoid_resplit"  # the other one takes turns with it where versions are swapped
SIGNATURES = ("adapt", "apply", "serving_default")
CASES = 16
SUPPORT, QUERY = (5, 8, 10), 10  # examples of a task by turns, and questions
TOLERANCE = 1e-4  # of the largest number in an answer, and at least of 1


@dataclass(frozen=True)
class Case:
    """One request: the body, its arrays, and the answer of each live model by output name."""

    body: bytes
    inputs: dict[str, np.ndarray]
    wanted: tuple[dict[str, np.ndarray], ...]

    def right(self, answer: bytes) -> bool:
        """Whether an answer in JSON is that of a live model."""
        (row,) = json.loads(answer)["predictions"]
        got = row if isinstance(row, dict) else {next(iter(self.wanted[0])): row}
        return any(_near(got, wanted) for wanted in self.wanted)


def _near(got: dict, wanted: dict[str, np.ndarray]) -> bool:
    if got.keys() != wanted.keys():
        return False
    for name, value in wanted.items():
        array = np.asarray(got[name], np.float64)
        if array.shape != value.shape[1:] or not np.abs(array - value[0]).max() <= TOLERANCE * max(1, np.abs(value).max()):
            return False
    return True


def make(folder: Path, seed: int) -> None:
    """Export and ask the live models; takes half a minute and TensorFlow."""
    import zoo
    from zoo.export import as_onnx, as_saved_model

    draw = np.random.default_rng(seed).uniform
    learners = [zoo.load(name) for name in (NAME, OTHER)]
    for learner, path in zip(learners, ("first", "second"), strict=True):
        as_saved_model.write(learner, folder / path)
    endpoints = [learner.endpoints() for learner in learners]
    arrays = {}
    for signature in SIGNATURES:
        path = folder / f"{signature}.onnx"
        path.write_bytes(as_onnx.convert(endpoints[0][signature], signature))
    for case in range(CASES):
        size = SUPPORT[case % len(SUPPORT)]
        x = draw(-5, 5, (1, size, 1)).astype(np.float32)
        support = {"support_x": x, "support_y": (draw(0.5, 2) * np.sin(x + draw(0, 3))).astype(np.float32)}
        support["support_size"] = np.array([size], np.int32)
        query = {"query_x": draw(-5, 5, (1, QUERY, 1)).astype(np.float32)}
        learned = {name: value.numpy() for name, value in endpoints[0]["adapt"](**support).items()}
        inputs = {"adapt": support, "apply": {**learned, **query}, "serving_default": {**support, **query}}
        for signature in SIGNATURES:
            arrays |= {f"{signature} {case} in {name}": value for name, value in inputs[signature].items()}
            for model in (0, 1):
                wanted = endpoints[model][signature](**inputs[signature])
                arrays |= {f"{signature} {case} {model} {name}": value.numpy() for name, value in wanted.items()}
        if not case:
            for path in ("first", "second"):
                _warm_up(folder / path, "serving_default", inputs["serving_default"])
    np.savez(folder / "cases.npz", allow_pickle=False, **arrays)


def _warm_up(model: Path, signature: str, inputs: dict[str, np.ndarray]) -> None:
    """Give a version a warm-up request for what is asked while it takes over, as every published version has some."""
    import tensorflow as tf
    from tensorflow_serving.apis import predict_pb2, prediction_log_pb2

    request = predict_pb2.PredictRequest()
    request.model_spec.signature_name = signature
    for name, value in inputs.items():
        request.inputs[name].CopyFrom(tf.make_tensor_proto(value))
    log = prediction_log_pb2.PredictionLog(predict_log=prediction_log_pb2.PredictLog(request=request))
    path = model / "assets.extra" / "tf_serving_warmup_requests"
    path.parent.mkdir(exist_ok=True)
    with tf.io.TFRecordWriter(str(path)) as writer:
        writer.write(log.SerializeToString())


def cases(folder: Path) -> dict[str, list[Case]]:
    """The requests of each signature, as `make` wrote them."""
    parts: dict[tuple[str, int], dict[str, dict[str, np.ndarray]]] = {}
    with np.load(folder / "cases.npz") as arrays:
        for key in arrays.files:
            signature, case, what, name = key.split()
            parts.setdefault((signature, int(case)), {}).setdefault(what, {})[name] = arrays[key]
    found: dict[str, list[Case]] = {signature: [] for signature in SIGNATURES}
    for (signature, _), part in sorted(parts.items()):
        row = {name: value[0].tolist() for name, value in part["in"].items()}
        body = json.dumps({"signature_name": signature, "instances": [row]}).encode()
        found[signature].append(Case(body, part["in"], (part["0"], part["1"])))
    return found


if __name__ == "__main__":
    make(Path(sys.argv[1]), int(sys.argv[2]))
