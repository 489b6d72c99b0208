import numpy as np
import pytest

from zoo.serving.wire import tensors
from zoo.serving.wire.protos import tensor_pb2
from zoo.serving.wire.statuses import StatusError


def proto(**fields):
    shape = fields.pop("shape", ())
    made = tensor_pb2.TensorProto(dtype=fields.pop("dtype", 1), **fields)
    for size in shape:
        made.tensor_shape.dim.add(size=size)
    return made


@pytest.mark.parametrize("dtype", [np.float32, np.int32])
@pytest.mark.parametrize("shape", [(), (3,), (2, 0), (2, 1, 3)])
def test_arrays_survive_there_and_back_and_agree_with_tensorflow(dtype, shape):
    import tensorflow as tf

    array = np.arange(np.prod(shape, dtype=int), dtype=dtype).reshape(shape)
    for message in (tensors.to_proto(array), tf.make_tensor_proto(array)):
        back = tensors.to_array(message, "x")
        assert back.dtype == dtype
        np.testing.assert_array_equal(back, array)
    np.testing.assert_array_equal(tf.make_ndarray(tensors.to_proto(array)), array)


@pytest.mark.parametrize("values", [[], [b"elm", "Äpfel".encode(), b"", b"\0\xff"], [[b"a"], [b"b"]]])
def test_strings_are_written_as_tensorflow_reads_them(values):
    import tensorflow as tf

    message = tensors.to_proto(np.array(values, object))
    assert (message.dtype, list(message.string_val)) == (7, list(np.ravel(np.array(values, object))))
    assert tf.make_ndarray(message).tolist() == values


def test_the_last_number_is_repeated_in_files_only():
    for message, expected in ((proto(shape=(3,), float_val=[1, 2]), [1, 2, 2]), (proto(shape=(2,), dtype=3), [0, 0])):
        np.testing.assert_array_equal(tensors.to_array(message, "x", repeats=True), expected)
        with pytest.raises(StatusError, match=f"holds {len(expected)} numbers, but lists .; list all of them"):
            tensors.to_array(message, "x")
    with pytest.raises(StatusError, match="but lists 1; list all of them"):
        tensors.to_array(proto(shape=(1 << 40,), float_val=[1]), "x", repeats=True)


@pytest.mark.parametrize("shape", [(1, 1 << 18, 1), (1, 1 << 40, 1), (1 << 62, 1 << 62)])
def test_a_shape_without_its_numbers_is_refused_before_anything_is_allocated(shape, monkeypatch):
    monkeypatch.setattr(tensors.np, "full", lambda *_: pytest.fail("allocated"))
    with pytest.raises(StatusError, match="but lists 0; list all of them"):
        tensors.to_array(proto(shape=shape), "x")


@pytest.mark.parametrize(
    ("message", "why"),
    [
        (proto(dtype=7, string_val=[b"a"]), "x has type DT_STRING"),
        (proto(dtype=999), "x has type 999"),
        (proto(shape=(-1,)), "no fixed shape"),
        (proto(shape=(2,), tensor_content=b"1234"), "takes 8 bytes, and 4 came"),
        (proto(shape=(1,), float_val=[1, 2]), "holds 1 numbers, and 2 came"),
        (proto(shape=(1 << 40,), float_val=[1]), "but lists 1; list all of them"),
        (proto(shape=(1,) * 300, float_val=[1]), "x has 300 axes; at most 32 are read"),
        (proto(shape=(1 << 62, 0, 1 << 62)), "which holds no numbers; send at least one in each row"),
    ],
)
def test_what_is_no_tensor_is_refused(message, why):
    with pytest.raises(StatusError, match=why):
        tensors.to_array(message, "x")
