"""Conformance of every layer: config, saving, shapes, precision, compilation, export; a layer without a case here fails."""

import inspect

import keras
import numpy as np
import pytest
import tensorflow as tf

import zoo.layers

SIZES = np.array([5, 2, 1], np.int32)

CASES = {  # constructor arguments, and the shapes of the arguments of a call; "sizes" stands for support_size
    "MLP": ({"widths": (4, 3), "kernel_regularizer": "l1"}, [(3, 5, 2)]),
    "SetPooling": ({"mode": "mean"}, [(3, 5, 2), "sizes"]),
    "SetEncoder": ({"row_widths": (4, 6), "code_widths": (5, 2), "pooling": "max+mean"}, [(3, 5, 2), "sizes"]),
    "FrameEncoder": ({"latents": 3, "filters": 2}, [(3, 2, 15, 15)]),
    "FrameDecoder": ({"size": 15, "filters": 3}, [(3, 2, 4)]),
    "FusedBatchNormalization": ({"momentum": 0.8}, [(3, 6, 5, 2)]),
    "ConvolutionalEncoder": ({"filters": (3, 4), "shrink": ("stride", "padded_pool")}, [(3, 2, 9, 9, 1)]),
    "TaskConvnet": ({"filters": (3, 4), "shrink": ("stride", "pool"), "ways": 3}, [(3, 5, 9, 9, 1), "sizes"]),
    "AttentionKernel": ({"kernel": "scaled_cosine"}, [(3, 5, 2), (3, 4, 2)]),
    "CausalConvolution": ({"filters": 4, "dilation": 2}, [(3, 5, 2)]),
    "DenseBlock": ({"filters": 4, "dilation": 2}, [(3, 5, 2)]),
    "TCBlock": ({"length": 6, "filters": 3}, [(3, 5, 2)]),
    "CausalAttention": ({"keys": 3, "values": 4}, [(3, 5, 2)]),
    "CausalStack": ({"length": 5, "blocks": 2, "filters": 3, "keys": 4, "values": 2}, [(3, 5, 2)]),
    "LSTMStack": ({"units": 4, "layers": 2}, [(3, 5, 2), (3, 5, 16)]),
    "CoordinatewiseLSTM": ({"units": 4, "layers": 2}, [(3, 5), (3, 5, 16)]),
    "CoordinatewiseGates": ({"units": 4, "feedback": "logit"}, [(3, 5), (3, 1), (3, 5), (3, 5, 10)]),
    "LeastRecentlyUsedMemory": ({"slots": 6, "width": 3, "heads": 2}, [(3, 4), (3, 6, 3), (3, 2, 6), (3, 6)]),
    "WeightedL1": ({}, [(3, 5, 2), (3, 4, 2)]),
    "PrototypeLogits": ({"distance": "cosine"}, [(3, 5, 2), (3, 4, 2)]),
    "SoftAssignment": ({}, [(3, 4, 2), (3, 4), (3, 5, 2), (3, 5)]),
    "DistractorCluster": ({"radius": 2.0}, [(3, 4, 2), (3, 4), (3, 5, 2), (3, 5)]),
    "SoftMask": ({"power": 2}, [(3, 4, 2), (3, 4), (3, 5, 2), (3, 5)]),
    "SupportContext": ({}, [(3, 5, 2), "sizes"]),
    "QueryContext": ({"steps": 2}, [(3, 5, 2), (3, 4, 2), (3, 4)]),
    "Hallucinator": ({"draws": 2, "spread": 0.5}, [(3, 5, 4)]),
    "LearnedShift": ({}, [(3, 5, 4)]),
    "HyperDense": ({"inputs": 2, "units": 4, "hidden": (3,), "base": True}, [(3, 2)]),
    "ExchangeableBlock": ({"wider": 3}, [(3, 5, 4, 6), (3, 5), (3, 4), (3, 5, 2), (3, 5, 2)]),
    "TableEncoder": (
        {"width": 6, "blocks": 1, "basis": 3, "numbers": True},
        [(3, 5, 4), (3, 5, 4), (3, 5, 1), (3, 5), (3, 4)],
    ),
}


def layer_names():
    return [name for name in zoo.layers.__all__ if inspect.isclass(getattr(zoo.layers, name))]


def make(name, **options):
    arguments, shapes = CASES[name]
    keras.utils.set_random_seed(0)  # rounding to half precision costs as much each time
    layer = getattr(zoo.layers, name)(**arguments, **options)
    generator = np.random.default_rng(0)
    inputs = [SIZES if shape == "sizes" else generator.normal(size=shape).astype(np.float32) for shape in shapes]
    return layer, inputs


def shapes_of(method, inputs):
    """As many shapes of the inputs as a method of a layer wants."""
    return [part.shape for part, _ in zip(inputs, inspect.signature(method).parameters, strict=False)]


def flat(outputs):
    return [keras.ops.convert_to_numpy(keras.ops.cast(output, "float32")) for output in keras.tree.flatten(outputs)]


@pytest.fixture(params=layer_names())
def layer_name(request):
    return request.param


def test_every_layer_has_a_case():
    assert set(layer_names()) == set(CASES)


def test_config_rebuilds_the_layer(layer_name):
    layer, inputs = make(layer_name)
    want = flat(layer(*inputs))
    again = type(layer).from_config(layer.get_config())
    again.build(*shapes_of(again.build, inputs))
    again.set_weights(layer.get_weights())
    np.testing.assert_array_equal(
        np.concatenate(list(map(np.ravel, flat(again(*inputs))))), np.concatenate(list(map(np.ravel, want)))
    )


def test_keras_file_keeps_the_layer(layer_name, tmp_path):
    layer, inputs = make(layer_name)
    symbols = [keras.Input(part.shape[1:], dtype=part.dtype.name) for part in inputs]
    model = keras.Model(symbols, layer(*symbols))
    model.save(tmp_path / "layer.keras")
    loaded = keras.saving.load_model(tmp_path / "layer.keras", safe_mode=True)
    for got, want in zip(flat(loaded(inputs)), flat(model(inputs)), strict=True):
        np.testing.assert_array_equal(got, want)


def test_is_registered_under_the_package(layer_name):
    assert keras.saving.get_registered_name(getattr(zoo.layers, layer_name)) == f"zoo>{layer_name}"


def test_shapes_are_as_computed(layer_name):
    layer, inputs = make(layer_name)
    layer.build(*shapes_of(layer.build, inputs))
    want = layer.compute_output_shape(*shapes_of(layer.compute_output_shape, inputs))
    want = want if isinstance(want[0], tuple) else (want,)
    assert tuple(output.shape for output in flat(layer(*inputs))) == tuple(want)


@pytest.mark.parametrize("policy", ["float16", "bfloat16", "mixed_bfloat16"])
def test_half_precision_is_close_to_single(layer_name, policy):
    layer, inputs = make(layer_name)
    half, _ = make(layer_name, dtype=policy)
    want, got = flat(layer(*inputs)), None
    half(*inputs)
    half.set_weights(layer.get_weights())
    outputs = half(*inputs)
    got = flat(outputs)
    assert {output.dtype.name for output in keras.tree.flatten(outputs)} == {half.compute_dtype}
    for one, other in zip(got, want, strict=True):
        np.testing.assert_allclose(one, other, atol=0.06 * max(1.0, np.abs(other).max()))


def test_compiles_to_the_same(layer_name):
    layer, inputs = make(layer_name)
    compiled = tf.function(lambda *arguments: layer(*arguments), jit_compile=True)
    for got, want in zip(flat(compiled(*map(tf.constant, inputs))), flat(layer(*inputs)), strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-4, atol=1e-6)


def test_one_task_alone_is_the_same_as_in_a_batch(layer_name):
    layer, inputs = make(layer_name)
    together = flat(layer(*inputs))
    for task in range(len(SIZES)):
        alone = flat(layer(*[part[task : task + 1] for part in inputs]))
        for got, want in zip(alone, together, strict=True):
            np.testing.assert_allclose(got[0], want[task], rtol=1e-5, atol=1e-6)


def test_gradients_reach_every_weight(layer_name):
    layer, inputs = make(layer_name)
    with tf.GradientTape() as tape:
        loss = sum(tf.reduce_sum(tf.square(output)) for output in keras.tree.flatten(layer(*inputs)))
    for variable, gradient in zip(layer.trainable_variables, tape.gradient(loss, layer.trainable_variables), strict=True):
        assert gradient is not None, variable.path
        assert np.isfinite(gradient).all(), variable.path


def test_saved_model_keeps_the_layer(layer_name, tmp_path):
    layer, inputs = make(layer_name)
    layer(*inputs)
    module = tf.Module()
    module.weights = [variable.value for variable in layer.variables]
    specs = [tf.TensorSpec([None, *part.shape[1:]], part.dtype) for part in inputs]
    module.call = tf.function(lambda *arguments: layer(*arguments), input_signature=specs, autograph=False)
    tf.saved_model.save(module, str(tmp_path / "layer"))
    loaded = tf.saved_model.load(str(tmp_path / "layer"))
    for got, want in zip(flat(loaded.call(*inputs)), flat(layer(*inputs)), strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-6)


def test_onnx_keeps_the_layer(layer_name, tmp_path):
    from zoo.export import as_onnx
    from zoo.learners.endpoint import Endpoint

    layer, inputs = make(layer_name)
    names = ["x", "support_size" if inputs[-1] is SIZES else "y", "z", "a", "b"][: len(inputs)]
    specs = {name: tf.TensorSpec([None, *part.shape[1:]], part.dtype) for name, part in zip(names, inputs, strict=True)}

    def function(**arguments):
        outputs = keras.tree.flatten(layer(*arguments.values()))
        return {f"output_{order}": output for order, output in enumerate(outputs)}

    path = tmp_path / "layer.onnx"
    path.write_bytes(as_onnx.convert(Endpoint(function, specs, {}), layer_name))
    got = as_onnx.runner(path)(dict(zip(names, inputs, strict=True)))
    for order, want in enumerate(flat(layer(*inputs))):
        np.testing.assert_allclose(got[f"output_{order}"], want, rtol=1e-5, atol=1e-6)
