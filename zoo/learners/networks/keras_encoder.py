"""A Keras model of anybody's as an encoder: which models are one, the model as plain data, and made anew of that.

The copy computes in float32, whatever policy the model had: its variables are as exact as before, and every format of export
takes it.
"""

import copy
import json
from dataclasses import dataclass
from typing import Any, final

import keras
import numpy as np
import tensorflow as tf

from zoo.utils.errors import ZooError, cut, listed
from zoo.utils.ranges import warn

Sizes = tuple[int, ...]
Plain = dict[str, Any]
OTHER_FLOATS = {"float16", "bfloat16", "float64", "mixed_float16", "mixed_bfloat16"}
APART = 1e-3  # of the largest number, and at least of 1, that a copy may answer otherwise
APART_HALF = 0.2  # the same where the model computed in half precision
PROBABILITIES = ("softmax", "sigmoid")
DOOR = "embed with it yourself and give the vectors: zoo.encoded(None, shape=WIDTH), or zoo learn --embeddings"


@final
@dataclass(frozen=True)
class Accepted:
    """A model that is an encoder.

    Attributes:
        plain: the model as plain data, of what JSON holds.
        sizes: of an example.
        weights: its numbers, in Keras' order.
    """

    plain: Plain
    sizes: Sizes
    weights: list[np.ndarray]


def accepted(model: Any, layer: str | None, shape: int | Sizes | None) -> Accepted:
    """Check that a model is an encoder, and take a copy of it.

    Args:
        model: a `keras.Model` or another Keras layer that maps one array of examples to one array.
        layer: the name of the layer whose output is the embedding; the last one by default.
        shape: of one example, or the side of a picture, where the model leaves it open.

    Raises:
        ZooError: if it is none, in one line.
    """
    if not isinstance(model, keras.Layer):
        raise ZooError(
            f"model is a {type(model).__name__}; give a keras.Model or keras.Layer, or None for vectors that something else made."
        )
    inner = _until(model, layer)
    sizes = _sizes(inner, shape)
    output = _output(inner, sizes)
    if layer is None:
        _warn_of_probabilities(inner, output)
    plain, half = described(inner)
    weights = [each.numpy() for each in inner.weights]
    if half:
        warn("the model computes in half precision; its copy computes in float32, which every export takes.")
    found = Accepted(plain, sizes, [each.astype(np.float32) if each.dtype.kind != "i" else each for each in weights])
    _check_copy(inner, found, APART_HALF if half else APART)
    return found


def made(found: Accepted) -> keras.Layer:
    """The copy, with its weights."""
    layer = built(found.plain, found.sizes)
    if [tuple(each.shape) for each in layer.weights] != [each.shape for each in found.weights]:
        raise ZooError(
            f"{cut(type(layer).__name__)}: made anew of its get_config it has other weights than the model; return all arguments "
            "of __init__ there."
        )
    layer.set_weights(found.weights)
    return layer


def built(plain: Plain, sizes: Sizes) -> keras.Layer:
    """A layer of its own, built for examples of such sizes.

    Raises:
        ZooError: for a class that cannot be made anew, such as a Lambda, or one that Keras does not know.
    """
    try:
        with tf.name_scope("encoder"):  # imported models may begin names with "_", which a graph takes within another only
            layer = keras.saving.deserialize_keras_object(copy.deepcopy(plain))
            if not layer.built or not layer.weights:
                layer(keras.KerasTensor((None, *sizes), dtype="float32"))
    except (TypeError, ValueError, KeyError, NotImplementedError) as error:
        reason = cut(str(error).partition("Full object config")[0], 200)
        raise ZooError(
            f"{cut(plain.get('class_name'))} cannot be made anew of its configuration ({reason}); a class of your own needs "
            "get_config and @keras.saving.register_keras_serializable(), and no Lambda."
        ) from None
    return layer


def described(layer: keras.Layer) -> tuple[Plain, bool]:
    """A layer as plain data in float32, and whether it computed in half precision.

    Raises:
        ZooError: for a layer without a configuration, or one that is quantised.
    """
    try:
        plain = json.loads(json.dumps(keras.saving.serialize_keras_object(layer)))
    except (TypeError, ValueError, NotImplementedError) as error:
        raise ZooError(
            f"{cut(type(layer).__name__)} has no configuration that is plain data ({cut(error, 200)}); {DOOR}."
        ) from None
    plain.pop("compile_config", None)  # how it was trained is no part of an encoder
    changed = _in_float32(plain)
    return plain, changed


def _in_float32(part: Any) -> bool:
    """Change every policy and type of floats to float32, in place; whether there was another one."""
    changed = False
    if isinstance(part, list):
        return any([_in_float32(each) for each in part])
    if not isinstance(part, dict):
        return False
    for key, value in part.items():
        if isinstance(value, dict) and value.get("class_name") in (
            "DTypePolicyMap",
            "QuantizedDTypePolicy",
            "QuantizedFloat8DTypePolicy",
        ):
            raise ZooError(
                "the model is quantised; give it before quantisation: an export stores weights in fewer bits if asked."
            )
        if isinstance(value, dict) and value.get("class_name") == "DTypePolicy":
            changed |= value["config"]["name"] in OTHER_FLOATS
            part[key] = "float32"
        elif key == "dtype" and value in OTHER_FLOATS:
            part[key], changed = "float32", True
        else:
            changed |= _in_float32(value)
    return changed


def _until(model: keras.Layer, layer: str | None) -> keras.Layer:
    """The part of a model up to a layer."""
    if layer is None:
        return model
    layers = getattr(model, "layers", [])
    names = [each.name for each in layers]
    if layer not in names:
        raise ZooError(f"layer={cut(repr(layer))}: the model has no layer of that name, but {listed(names) or 'none at all'}.")
    try:
        return keras.Model(model.inputs[0] if len(model.inputs) == 1 else model.inputs, model.get_layer(layer).output)
    except (AttributeError, ValueError, TypeError):
        raise ZooError(
            f"layer={cut(repr(layer))}: only of a Sequential or functional model can a part be taken; leave it out."
        ) from None


def _sizes(model: keras.Layer, shape: int | Sizes | None) -> Sizes:
    """Of an example."""
    known: Any = None
    if isinstance(model, keras.Model) and getattr(model, "inputs", None):
        if len(model.inputs) != 1:
            raise ZooError(f"the model has {len(model.inputs)} inputs, and an encoder has one; {DOOR}.")
        given = model.inputs[0]
        known = tuple(given.shape[1:])
        if "int" in given.dtype and len(known) < 3:
            raise ZooError(f"the model reads {given.dtype}, such as the numbers of words, and not pictures or vectors; {DOOR}.")
    sizes = _asked(shape, known)
    if sizes is None or not sizes or None in sizes:
        raise ZooError(
            f"the model leaves the shape of an example open ({cut(known)}); give it: shape=224, or shape=(height, width, 3)."
        )
    if known is not None and (
        len(known) != len(sizes) or any(one not in (None, other) for one, other in zip(known, sizes, strict=True))
    ):
        raise ZooError(
            f"shape={cut(shape)}: the model reads examples of {list(known)}; leave shape out, or give one that agrees."
        )
    return tuple(int(each) for each in sizes)


def _asked(shape: int | Sizes | None, known: Any) -> Any:
    """The shape that a user asks for; a single number is the side of a picture, or the width of a vector."""
    if shape is None:
        return known
    if isinstance(shape, int):
        channels = known[-1] if known and known[-1] else 3
        return (shape,) if known is not None and len(known) == 1 else (shape, shape, channels)
    return tuple(shape)


def _output(model: keras.Layer, sizes: Sizes) -> Any:
    """The symbolic embedding, checked."""
    try:
        output = model(keras.KerasTensor((None, *sizes), dtype="float32"))
    except Exception as error:  # a model of anybody's may raise anything of examples that it does not take
        raise ZooError(
            f"the model does not take examples of shape {list(sizes)} ({cut(error, 200)}); give another shape."
        ) from None
    if not isinstance(output, keras.KerasTensor):
        raise ZooError(
            f"the model answers with a {type(output).__name__} of arrays, and an encoder with one; choose one by layer=."
        )
    if len(output.shape) not in (2, 3, 4) or output.shape[-1] is None:
        raise ZooError(
            f"the model answers with {list(output.shape)}, and an embedding is one vector of a known width for each example; "
            "choose the output of another layer by layer=."
        )
    if len(output.shape) > 2:
        warn(
            f"the model answers with {list(output.shape)}; an embedding is the mean over all places, {output.shape[-1]} numbers."
        )
    return output


def _warn_of_probabilities(model: keras.Layer, output: Any) -> None:
    last = model.layers[-1] if getattr(model, "layers", None) else model
    activation = getattr(getattr(last, "activation", None), "__name__", "")
    if activation in PROBABILITIES and len(output.shape) == 2:
        warn(
            f"the model ends in a {activation} over {output.shape[-1]} classes, which tell less than what comes before; choose "
            "that by layer=."
        )


def _check_copy(model: keras.Layer, found: Accepted, apart: float) -> None:
    """Check that the copy answers as the model: a get_config may leave something out."""
    x = np.random.default_rng(0).uniform(0.0, 1.0, (2, *found.sizes)).astype(np.float32)
    want, got = (tf.cast(each(x, training=False), tf.float32).numpy() for each in (model, made(found)))
    difference = float(np.abs(want - got).max()) / max(1.0, float(np.abs(want).max()))
    if not difference <= apart:
        raise ZooError(
            f"{cut(type(model).__name__)}: made anew of its get_config it answers {difference:.2g} apart from the model; return "
            "all arguments of __init__ there."
        )


def leading_rescaling(layer: Any) -> tuple[float, float] | None:
    """Scale and offset of a Rescaling that a model begins with, of one number each; None where it begins otherwise."""
    while isinstance(layer, keras.Model):
        layers = [each for each in layer.layers if not isinstance(each, keras.layers.InputLayer)]
        if not layers:
            return None
        layer = layers[0]
    if not isinstance(layer, keras.layers.Rescaling):
        return None
    try:
        return float(layer.scale), float(layer.offset)
    except (TypeError, ValueError):
        return None
