"""TensorProto to array and back, by the rules of TensorFlow, without TensorFlow."""

import math

import numpy as np

from zoo.serving.native import DTYPES, OUTPUT_DTYPES
from zoo.serving.wire.json_arrays import DEEPEST
from zoo.serving.wire.protos import tensor_pb2, types_pb2
from zoo.serving.wire.statuses import Code, StatusError

_VALUES = {1: "float_val", 3: "int_val", 7: "string_val"}  # DT_FLOAT, DT_INT32 and DT_STRING: the field that holds the values
_CODES = {dtype: code for code, dtype in OUTPUT_DTYPES.items()}


def to_array(proto: tensor_pb2.TensorProto, name: str, repeats: bool = False) -> np.ndarray:
    """Read a tensor, which lists as many numbers as its shape holds.

    TensorFlow repeats the last number where fewer are listed. A message of a hundred bytes could so take gigabytes, so here it is
    refused, before anything is allocated.

    Args:
        proto: the message.
        name: of the tensor, for errors.
        repeats: whether the last number of a shorter list is repeated, zero if there is none; for files of an operator.

    Raises:
        StatusError: INVALID_ARGUMENT if it is incomplete, or of a type that is not served.
    """
    if proto.dtype not in DTYPES:
        kind = types_pb2.DataType.Name(proto.dtype) if proto.dtype in types_pb2.DataType.values() else proto.dtype
        raise StatusError(Code.INVALID_ARGUMENT, f"{name} has type {kind}; this server takes DT_FLOAT and DT_INT32")
    dtype, shape = DTYPES[proto.dtype], [dimension.size for dimension in proto.tensor_shape.dim]
    if proto.tensor_shape.unknown_rank or any(size < 0 for size in shape):
        raise StatusError(Code.INVALID_ARGUMENT, f"{name} has no fixed shape: {shape}")
    if len(shape) > DEEPEST:
        raise StatusError(Code.INVALID_ARGUMENT, f"{name} has {len(shape)} axes; at most {DEEPEST} are read")
    size = math.prod(shape)
    if not size and math.prod(length or 1 for length in shape) >= _MOST_WITHOUT_NUMBERS:  # 2^62 rows of nothing are still rows
        raise StatusError(
            Code.INVALID_ARGUMENT, f"{name} has shape {shape}, which holds no numbers; send at least one in each row"
        )
    if proto.tensor_content:
        if len(proto.tensor_content) != size * dtype.itemsize:
            message = f"{name} has shape {shape}, which takes {size * dtype.itemsize} bytes, and {len(proto.tensor_content)} came"
            raise StatusError(Code.INVALID_ARGUMENT, message)
        return np.frombuffer(proto.tensor_content, dtype.newbyteorder("<")).reshape(shape).astype(dtype, copy=False)
    values = getattr(proto, _VALUES[proto.dtype])
    if len(values) > size:
        raise StatusError(Code.INVALID_ARGUMENT, f"{name} has shape {shape}, which holds {size} numbers, and {len(values)} came")
    if size > len(values) and (not repeats or size > _REPEATED):
        message = f"{name} has shape {shape}, which holds {size} numbers, but lists {len(values)}; list all of them"
        raise StatusError(Code.INVALID_ARGUMENT, message)
    array = np.full(size, values[-1] if values else 0, dtype)
    array[: len(values)] = values
    return array.reshape(shape)


_REPEATED = 1 << 20
_MOST_WITHOUT_NUMBERS = 1 << 16


def to_proto(array: np.ndarray) -> tensor_pb2.TensorProto:
    """Write a tensor as TensorFlow Serving answers: the numbers, or the strings of an array of `bytes`, listed one by one."""
    proto = tensor_pb2.TensorProto(dtype=_CODES[array.dtype])
    for size in array.shape:
        proto.tensor_shape.dim.add(size=size)
    getattr(proto, _VALUES[proto.dtype]).extend(array.ravel().tolist())
    return proto
