"""TensorFlow Serving's own files: the models to serve, the batching parameters, the metrics.

Text protos: `ModelServerConfig`, `BatchingParameters` and `MonitoringConfig` of tensorflow/serving. The folder of the models is
`/models` to the server, as in its image.
"""

import re
from collections.abc import Iterable

from google.protobuf import text_format
from tensorflow_serving.config import model_server_config_pb2

from zoo.utils.errors import ZooError

ROOT = "/models"  # where the server sees the folder of the models
METRICS = "/monitoring/prometheus/metrics"  # TensorFlow Serving's own default
LARGEST_BATCH = 1024

_TOKEN = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|#[^\n]*|[{}]")


def models(names: Iterable[str]) -> str:
    """`models.config` of models, each with the default policy: the highest version."""
    blocks = "".join(_block(name) for name in sorted(names))
    return f"model_config_list {{\n{blocks}}}\n"


def parse_models(text: str, where: str) -> model_server_config_pb2.ModelServerConfig:
    """Read a `models.config`.

    Raises:
        ZooError: if TensorFlow Serving could not read it either.
    """
    try:
        return text_format.Parse(text, model_server_config_pb2.ModelServerConfig(), allow_unknown_field=True)
    except text_format.ParseError as error:
        problem = f"{where} is no configuration of TensorFlow Serving ({error})"
        raise ZooError(f"{problem}; correct it, or remove it for a new one.") from None


def with_models(text: str, names: Iterable[str], where: str) -> str | None:
    """Add the models that a `models.config` lacks, and keep every character of it, comments included.

    Returns:
        The new text, or None where it cannot be extended, as with a `custom_model_config`.

    Raises:
        ZooError: as `parse_models`.
    """
    config = parse_models(text, where)
    lacking = sorted(set(names) - {model.name for model in config.model_config_list.config})
    if not lacking:
        return text
    if not config.WhichOneof("config"):
        longer = f"{text.rstrip()}\n{models(lacking)}".lstrip("\n")
    else:
        closing = [token.start() for token in _TOKEN.finditer(text) if token[0] == "}"]
        end = closing[-1] if closing else len(text)
        longer = f"{text[:end].rstrip(' ')}{''.join(map(_block, lacking))}{text[end:]}"
    config.model_config_list.MergeFrom(parse_models(models(lacking), where).model_config_list)
    try:
        return longer if parse_models(longer, where) == config else None
    except ZooError:
        return None


def named_versions(config: model_server_config_pb2.ModelServerConfig, name: str) -> set[int]:
    """The versions of a model that a configuration names, by a specific policy or by a label."""
    named: set[int] = set()
    for model in config.model_config_list.config:
        if model.name == name:
            named |= {*model.model_version_policy.specific.versions, *model.version_labels.values()}
    return named


def batching() -> str:
    """`batching_parameters.txt`, right for signatures of any support and query size."""
    sizes = sorted({2**power for power in range(11)} | {3 * 2**power for power in range(9)})
    allowed = "".join(f"allowed_batch_sizes: {size}\n" for size in sizes)
    return (
        "# One batch holds tasks of different support and query sizes. The server pads each tensor with its own first number:\n"
        "# `support_size` is the number of real rows, and a client cuts the answer to its own number of queries.\n"
        "pad_variable_length_inputs: true\n"
        "# Largest number of tasks in a batch, or of rows of a task model's query, and in one request. A larger request is\n"
        "# refused: its parts could be padded to different sizes, and the server could not concatenate their answers.\n"
        f"max_batch_size {{ value: {LARGEST_BATCH} }}\n"
        "# A batch does not wait: it holds the requests that arrived while every thread was busy. Raise it where throughput\n"
        "# matters more than latency.\n"
        "batch_timeout_micros { value: 0 }\n"
        "# The number of cores of the server.\n"
        "num_batch_threads { value: 4 }\n"
        "# Batches that may wait; further requests are answered 503 at once, and clients retry.\n"
        "max_enqueued_batches { value: 64 }\n"
        "# A batch is padded to the next of these sizes with copies of a row, at most half as many again.\n"
        f"{allowed}"
    )


def monitoring() -> str:
    """`monitoring.config`: metrics for Prometheus, on the REST port."""
    return f'prometheus_config {{\n  enable: true\n  path: "{METRICS}"\n}}\n'


def _block(name: str) -> str:
    return f'  config {{\n    name: "{name}"\n    base_path: "{ROOT}/{name}"\n    model_platform: "tensorflow"\n  }}\n'
