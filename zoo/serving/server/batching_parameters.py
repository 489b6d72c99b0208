"""TensorFlow Serving's file of batching parameters: how requests are merged into batches."""

import os
from dataclasses import dataclass
from pathlib import Path

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, text_format, wrappers_pb2
from google.protobuf.message import Message

from zoo.utils.errors import ZooError

# Field numbers and types as published in session_bundle_config.proto, which is not in the wheel of protos.
_FIELDS = {
    "max_batch_size": (1, "Int64Value"),
    "batch_timeout_micros": (2, "Int64Value"),
    "max_enqueued_batches": (3, "Int64Value"),
    "num_batch_threads": (4, "Int64Value"),
    "thread_pool_name": (5, "StringValue"),
    "allowed_batch_sizes": (6, "int64"),
    "pad_variable_length_inputs": (7, "bool"),
    "enable_large_batch_splitting": (8, "BoolValue"),
    "max_execution_batch_size": (9, "Int64Value"),
}


@dataclass(frozen=True)
class BatchingParameters:
    """How requests to one signature of one version are merged; the defaults are TensorFlow Serving's.

    Attributes:
        max_batch_size: largest number of rows of a batch; a larger request is refused, unless it may be split.
        batch_timeout_micros: how long a batch waits for more, in microseconds.
        max_enqueued_batches: batches that may wait; a further request is answered UNAVAILABLE.
        num_batch_threads: batches that run at once.
        allowed_batch_sizes: sizes that a batch is filled up to, ascending; the last is `max_batch_size`.
        pad_variable_length_inputs: whether inputs of different lengths share a batch, padded with their own first element.
        enable_large_batch_splitting: whether a request with more rows than fit is run in parts.
        max_execution_batch_size: largest number of rows of one run where requests are split.
    """

    max_batch_size: int = 1000
    batch_timeout_micros: int = 0
    max_enqueued_batches: int = 10
    num_batch_threads: int = os.cpu_count() or 1
    allowed_batch_sizes: tuple[int, ...] = ()
    pad_variable_length_inputs: bool = False
    enable_large_batch_splitting: bool = False
    max_execution_batch_size: int = 0

    def __post_init__(self) -> None:
        for name in ("max_batch_size", "max_enqueued_batches", "num_batch_threads"):
            if getattr(self, name) < 1:
                raise ZooError(f"{name} {getattr(self, name)}: it must be 1 or more.")
        sizes = self.allowed_batch_sizes
        if sizes and (list(sizes) != sorted(set(sizes)) or sizes[0] < 1 or sizes[-1] != self.largest_run):
            raise ZooError(f"allowed_batch_sizes {list(sizes)}: they must ascend, and end with {self.largest_run}.")

    @property
    def largest_run(self) -> int:
        """Largest number of rows of one run."""
        splits = self.enable_large_batch_splitting and self.max_execution_batch_size > 0
        return min(self.max_batch_size, self.max_execution_batch_size) if splits else self.max_batch_size


def read(path: Path) -> BatchingParameters:
    """Read a file of batching parameters in protobuf's text format, e.g. `max_batch_size { value: 128 }`.

    Raises:
        ZooError: if it cannot be read, or holds an impossible value.
    """
    message = _message()
    try:
        text_format.Parse(path.read_text(encoding="utf-8"), message)
    except (OSError, ValueError, text_format.ParseError) as error:
        raise ZooError(f"{path} cannot be read as TensorFlow Serving's batching parameters: {error}") from None
    given = {}
    for name, (_, kind) in _FIELDS.items():
        if kind.endswith("Value") and message.HasField(name):
            given[name] = getattr(message, name).value
    given.pop("thread_pool_name", None)
    given |= {"allowed_batch_sizes": tuple(message.allowed_batch_sizes)}
    given |= {"pad_variable_length_inputs": message.pad_variable_length_inputs}
    return BatchingParameters(**given)


def _message() -> Message:
    file = descriptor_pb2.FileDescriptorProto(name="zoo/batching_parameters.proto", package="zoo.serving", syntax="proto3")
    file.dependency.append(wrappers_pb2.DESCRIPTOR.name)
    kind = file.message_type.add(name="BatchingParameters")
    field_types = descriptor_pb2.FieldDescriptorProto
    for name, (number, type_name) in _FIELDS.items():
        field = kind.field.add(name=name, number=number, label=field_types.LABEL_OPTIONAL)
        if type_name == "int64":
            field.type, field.label = field_types.TYPE_INT64, field_types.LABEL_REPEATED
        elif type_name == "bool":
            field.type = field_types.TYPE_BOOL
        else:
            field.type, field.type_name = field_types.TYPE_MESSAGE, f".google.protobuf.{type_name}"
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(wrappers_pb2.DESCRIPTOR.serialized_pb)
    pool.AddSerializedFile(file.SerializeToString())
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("zoo.serving.BatchingParameters"))()
