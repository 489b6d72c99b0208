import pytest
import tensorflow as tf

from zoo.serving import widths
from zoo.serving.native import NativeModel

pytestmark = pytest.mark.xdist_group("served")


def test_the_widest_tensors_are_found_within_functions_and_loops(tmp_path):
    weights = tf.Variable(tf.ones([3, 70]))

    @tf.function(input_signature=[tf.TensorSpec([None, None, 3], tf.float32, "x"), tf.TensorSpec([None], tf.float32, "z")])
    def wide(x, z):
        rows = tf.while_loop(
            lambda n, _: n < 2, lambda n, rows: (n + 1, rows + tf.tile(rows, [1, 1, 9])[..., :70]), [0, x @ weights]
        )
        pairs = tf.reduce_sum(x[:, :, None] - x[:, None], -1)
        return {"y": tf.reduce_sum(rows[1]), "z": tf.tile(z[:, None], [1, 5]), "pairs": pairs}

    module = tf.Module()
    module.weights, module.wide = weights, wide
    tf.saved_model.save(module, str(tmp_path / "1"), signatures={"serving_default": wide})
    model = NativeModel(tmp_path / "1")
    found = model.widths["serving_default"]
    model.close()
    assert found[1] == 5
    assert found[2] == 630  # within the loop
    assert found[3] == 3  # each row meets each: [B, N, N, 3]
    assert not any(found[4:])


def test_a_graph_that_tells_no_shapes_counts_as_a_common_network(served):
    model = NativeModel(served / "tiny" / "3")
    assert model.widths["__saved_model_init_op"] == widths._UNKNOWN
    assert 8 <= model.widths["serving_default"][2] < 1000
    model.close()
