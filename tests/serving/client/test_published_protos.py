import subprocess
import sys

import pytest

from zoo.serving.client.published_protos import message_types
from zoo.utils.errors import ZooError

CODE = """
import sys
from zoo.serving import GrpcClient
from zoo.serving.client.grpc_transport import tensor_pb2
GrpcClient("127.0.0.1:1", "m").close()
assert not [name for name in sys.modules if name == "tensorflow" or name.startswith("tensorflow.python")]
import tensorflow as tf
assert isinstance(tf.make_tensor_proto([1.0, 2.0]), tensor_pb2.TensorProto)
assert float(tf.function(lambda x: x + 1)(tf.constant(1.0))) == 2.0
print("fine")
"""


def test_a_client_loads_no_tensorflow_and_does_not_stand_in_its_way():
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=False)
    assert done.stdout == "fine\n", done.stderr


def test_what_is_not_installed_is_told_with_the_extra():
    with pytest.raises(ZooError, match=r"gRPC needs .*no_such_pb2, which is not installed; pip install 'fewshot-zoo\[serve\]'"):
        message_types("tensorflow_serving.apis.no_such_pb2")
