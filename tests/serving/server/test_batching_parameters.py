import pytest

from zoo.serving.server import batching_parameters
from zoo.serving.server.batching_parameters import BatchingParameters
from zoo.utils.errors import ZooError


def read(tmp_path, text):
    (tmp_path / "batching.txt").write_text(text)
    return batching_parameters.read(tmp_path / "batching.txt")


def test_tensorflow_servings_file_is_read(tmp_path):
    got = read(
        tmp_path,
        """max_batch_size { value: 128 } batch_timeout_micros { value: 500 } max_enqueued_batches { value: 20 }
        num_batch_threads { value: 2 } thread_pool_name { value: "pool" } pad_variable_length_inputs: true
        allowed_batch_sizes: 8 allowed_batch_sizes: 32 enable_large_batch_splitting { value: true }
        max_execution_batch_size { value: 32 }""",
    )
    assert got == BatchingParameters(128, 500, 20, 2, (8, 32), True, True, 32)
    assert read(tmp_path, "") == BatchingParameters()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("max_batch_size: 128", "cannot be read"),
        ("max_batch_sise { value: 1 }", "cannot be read"),
        ("max_batch_size { value: 0 }", "must be 1 or more"),
        ("max_batch_size { value: 8 } allowed_batch_sizes: 4", "end with 8"),
        ("max_batch_size { value: 8 } allowed_batch_sizes: 9 allowed_batch_sizes: 8", "must ascend"),
    ],
)
def test_what_tensorflow_serving_refuses_is_refused(tmp_path, text, message):
    with pytest.raises(ZooError, match=message):
        read(tmp_path, text)
