from types import SimpleNamespace

import numpy as np
import pytest
import tensorflow as tf

from zoo.export import as_litert, as_onnx
from zoo.layers import activations, concatenated, dense, scaled, task_dense
from zoo.layers.differentiable import add_to_rows, added, choose, matmul, product, sum_of_rows
from zoo.learners.endpoint import Endpoint

GENERATOR = np.random.default_rng(0)


def draw(*shape):
    return tf.constant(GENERATOR.normal(size=shape))


def plain_task_dense(x, kernel, bias):
    return tf.matmul(x, kernel) + bias[:, None]


MASK = tf.constant([[True], [False], [True]])

CASES = {  # ours, TensorFlow's, arguments
    "dense": (dense, lambda x, k, b: tf.tensordot(x, k, 1) + b, [draw(3, 4, 2), draw(2, 5), draw(5)]),
    "dense of rows": (dense, lambda x, k, b: tf.matmul(x, k) + b, [draw(4, 2), draw(2, 5), draw(5)]),
    "task_dense": (task_dense, plain_task_dense, [draw(3, 4, 2), draw(3, 2, 5), draw(3, 5)]),
    "scaled": (lambda x: scaled(x, 2.5), lambda x: 2.5 * x, [draw(3, 4)]),
    "choose": (lambda x, y: choose(MASK, x, y), lambda x, y: tf.where(MASK, x, y), [draw(3, 4), draw(3, 4)]),
    "concatenated": (concatenated, lambda *parts: tf.concat(parts, -1), [draw(3, 4), draw(3, 1), draw(3, 2)]),
    "concatenated alone": (concatenated, tf.identity, [draw(3, 4)]),
    "added": (added, tf.add, [draw(3, 4), draw(3, 4)]),
    "product": (product, tf.multiply, [draw(3, 4), draw(3, 4)]),
    "matmul": (matmul, tf.matmul, [draw(3, 4, 2), draw(3, 2, 5)]),
    "transpose_a": (
        lambda a, b: matmul(a, b, transpose_a=True),
        lambda a, b: tf.matmul(a, b, transpose_a=True),
        [draw(3, 2, 4), draw(3, 2, 5)],
    ),
    "transpose_b": (
        lambda a, b: matmul(a, b, transpose_b=True),
        lambda a, b: tf.matmul(a, b, transpose_b=True),
        [draw(3, 4, 2), draw(3, 5, 2)],
    ),
    "add_to_rows": (add_to_rows, lambda x, row: x + row[:, None], [draw(3, 4, 2), draw(3, 2)]),
    "sum_of_rows": (sum_of_rows, lambda x: tf.reduce_sum(x, 1), [draw(3, 4, 2)]),
}


def orders(function, arguments, jit_compile):
    """Value, gradient and a gradient of the gradient, where neither is constant."""

    @tf.function(jit_compile=jit_compile)
    def evaluate(*arguments):
        with tf.GradientTape() as outer:
            outer.watch(arguments)
            with tf.GradientTape() as inner:
                inner.watch(arguments)
                y = function(*arguments)
                loss = tf.reduce_sum(tf.sin(y))
            first = inner.gradient(loss, arguments)
            total = tf.add_n([tf.reduce_sum(tf.sin(part)) for part in first])
        return [y, *first, *outer.gradient(total, arguments)]

    return evaluate(*arguments)


@pytest.mark.parametrize("jit_compile", [False, True])
@pytest.mark.parametrize("case", CASES)
def test_value_and_both_gradients_are_tensorflows(case, jit_compile):
    ours, plain, arguments = CASES[case]
    for got, want in zip(orders(ours, arguments, jit_compile), orders(plain, arguments, False), strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-9, atol=1e-9)


def both_orders(x, kernel, bias, shared, last):
    """Gradient of a task's layer below shared ones with regard to the task's weights, and the gradient of that gradient."""
    with tf.GradientTape() as outer:
        outer.watch([x, kernel])
        with tf.GradientTape() as inner:
            inner.watch([kernel, bias])
            h = activations.tanh(dense(activations.leaky_relu(task_dense(x, kernel, bias)), shared, last))
            y = scaled(activations.relu(dense(h, shared, last)), 3.0)
        first = inner.gradient(y, [kernel, bias], output_gradients=tf.ones_like(y))
    second = outer.gradient(first[0], [x, kernel], output_gradients=tf.ones_like(first[0]))
    return dict(zip(("kernel_1", "bias_1", "x_2", "kernel_2"), [*first, *second], strict=True))


def test_gradients_of_both_orders_convert_to_onnx_and_litert(tmp_path):
    """The number of tasks and of rows is left open."""
    shapes = {"x": [None, None, 3], "kernel": [None, 3, 2], "bias": [None, 2], "shared": [2, 2], "last": [2]}
    specs = {name: tf.TensorSpec(shape) for name, shape in shapes.items()}
    endpoint = Endpoint(both_orders, specs, {"x": ("tasks", "rows"), "kernel": ("tasks",), "bias": ("tasks",)})
    model = SimpleNamespace(endpoints=lambda: {"gradients": endpoint}, weights_in_order=[])
    (tmp_path / "gradients.onnx").write_bytes(as_onnx.convert(endpoint, "gradients"))
    (tmp_path / "gradients.tflite").write_bytes(as_litert.convert(model))
    onnx, litert = as_onnx.runner(tmp_path / "gradients.onnx"), as_litert.runner(tmp_path / "gradients.tflite")("gradients")
    for tasks, rows in ((1, 1), (4, 7)):
        sizes = {"x": (tasks, rows, 3), "kernel": (tasks, 3, 2), "bias": (tasks, 2), "shared": (2, 2), "last": (2,)}
        inputs = {name: GENERATOR.normal(size=size).astype(np.float32) for name, size in sizes.items()}
        want = endpoint(**{name: tf.constant(value) for name, value in inputs.items()})
        for got in (onnx(inputs), litert(inputs)):
            for name, value in want.items():
                np.testing.assert_allclose(got[name], value, rtol=1e-4, atol=1e-4)
