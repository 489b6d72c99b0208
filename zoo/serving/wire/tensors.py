"""TensorProto to array and back, by the rules of TensorFlow, without TensorFlow."""

import math

import numpy as np

from zoo.serving.native import DTYPES, OUTPUT_DTYPES
from zoo.serving.wire.protos import tensor_pb2, types_pb2
from zoo.serving.wire.statuses import Code, StatusError

_VALUES = {1: "float_val", 3: "int_val", 7: "string_val"}  # DT_FLOAT, DT_INT32 and DT_STRING: the field that holds the values
_CODES = {dtype: code for code, dtype in OUTPUT_DTYPES.items()}


def to_array(proto: tensor_pb2.TensorProto, name: str) -> np.ndarray:
    """Read a tensor. Where it lists fewer numbers than its shape holds, the last one is repeated; an empty list stands for zeros.

    Args:
        proto: the message.
        name: of the tensor, for errors.

    Raises:
        StatusError: INVALID_ARGUMENT if it is incomplete, or of a type that is not served.
    """
    if proto.dtype not in DTYPES:
        kind = types_pb2.DataType.Name(proto.dtype) if proto.dtype in types_pb2.DataType.values() else proto.dtype
        raise StatusError(Code.INVALID_ARGUMENT, f"{name} has type {kind}; this server takes DT_FLOAT and DT_INT32")
    dtype, shape = DTYPES[proto.dtype], [dimension.size for dimension in proto.tensor_shape.dim]
    if proto.tensor_shape.unknown_rank or any(size < 0 for size in shape):
        raise StatusError(Code.INVALID_ARGUMENT, f"{name} has no fixed shape: {shape}")
    size = math.prod(shape)
    if proto.tensor_content:
        if len(proto.tensor_content) != size * dtype.itemsize:
            message = f"{name} has shape {shape}, which takes {size * dtype.itemsize} bytes, and {len(proto.tensor_content)} came"
            raise StatusError(Code.INVALID_ARGUMENT, message)
        return np.frombuffer(proto.tensor_content, dtype.newbyteorder("<")).reshape(shape).astype(dtype, copy=False)
    values = getattr(proto, _VALUES[proto.dtype])
    if len(values) > size:
        raise StatusError(Code.INVALID_ARGUMENT, f"{name} has shape {shape}, which holds {size} numbers, and {len(values)} came")
    if size > len(values) and size > _REPEATED:
        raise StatusError(Code.INVALID_ARGUMENT, f"{name} has shape {shape} and lists {len(values)} numbers only")
    array = np.full(size, values[-1] if values else 0, dtype)
    array[: len(values)] = values
    return array.reshape(shape)


_REPEATED = 1 << 20  # a message of a few bytes must not allocate a tensor of gigabytes


def to_proto(array: np.ndarray) -> tensor_pb2.TensorProto:
    """Write a tensor as TensorFlow Serving answers: the numbers, or the strings of an array of `bytes`, listed one by one."""
    proto = tensor_pb2.TensorProto(dtype=_CODES[array.dtype])
    for size in array.shape:
        proto.tensor_shape.dim.add(size=size)
    getattr(proto, _VALUES[proto.dtype]).extend(array.ravel().tolist())
    return proto
