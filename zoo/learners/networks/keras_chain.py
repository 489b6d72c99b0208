"""Small Keras models as chains of layers: which models are one, the layers as plain data, and built anew of that."""

import json
from collections.abc import Iterable
from typing import Any

import keras

from zoo.learners.networks.keras_steps import Sizes, check_kind
from zoo.utils.errors import ZooError, cut


def chain_of(model: Any) -> list[keras.Layer]:
    """The layers of a model in order, without its input.

    Raises:
        ZooError: for anything but a built Sequential or functional model whose layers are one chain.
    """
    kind = type(model)
    if not (isinstance(model, keras.Model) and kind.__name__ in ("Sequential", "Functional") and _is_keras(kind)):
        raise ZooError(
            f"{cut(kind.__name__)}: give a keras.Sequential, or a keras.Model of inputs and outputs, since what another class "
            "computes is not in its layers."
        )
    if not model.built or not isinstance(shape := model.input_shape, tuple) or len(shape) < 2 or None in shape[1:]:
        shown = cut(model.input_shape) if model.built else "unknown"
        raise ZooError(
            f"the model has inputs of shape {shown}; begin it with one keras.Input(shape) in which every size is known."
        )
    layers = [layer for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]
    for layer in layers:
        check_kind(layer.name, type(layer).__name__ if _is_keras(type(layer)) else f"{type(layer).__name__} of your own")
    if kind is not keras.Sequential:
        _check_chain(model, layers)
    return layers


def _check_chain(model: Any, layers: list[keras.Layer]) -> None:
    """Check that each layer of a functional model reads what the one before it gives, once."""
    plain = model.get_config()
    nodes = {layer["name"]: layer["inbound_nodes"] for layer in plain["layers"]}
    before = next(name for name, reads in nodes.items() if not reads)  # the input
    for layer in layers:
        read = [part["config"]["keras_history"] for node in nodes[layer.name] for part in node["args"] if isinstance(part, dict)]
        if len(nodes[layer.name]) != 1 or read != [[before, 0, 0]]:
            raise ZooError(
                f"layer {cut(repr(layer.name))} does not read what layer {cut(repr(before))} gives, or reads more than once; "
                "give a model whose layers follow each other."
            )
        options = {name: value for name, value in nodes[layer.name][0]["kwargs"].items() if value is not None}
        if options:
            raise ZooError(f"layer {cut(repr(layer.name))} is called with {cut(options)}; call it with its input alone.")
        before = layer.name
    if keras.tree.flatten(plain["output_layers"]) != [before, 0, 0]:
        raise ZooError("the model has more outputs than that of its last layer; give one whose layers follow each other.")


def _is_keras(kind: type) -> bool:
    return kind.__module__.split(".")[0] == "keras"


def described(layer: keras.Layer) -> dict[str, Any]:
    """A layer as plain data, of what JSON holds."""
    described = keras.layers.serialize(layer)
    return json.loads(json.dumps({key: value for key, value in described.items() if key != "build_config"}))


def built(layers: Iterable[dict[str, Any]], sizes: Sizes) -> tuple[list[keras.Layer], Sizes]:
    """Layers of their own, built for examples of such sizes, and the sizes of what the last one gives.

    Raises:
        ZooError: for a layer that is not supported.
    """
    chain = []
    for plain in layers:
        check_kind(plain["config"]["name"], plain["class_name"])  # before Keras makes what a file asks for
        layer = keras.layers.deserialize(plain)
        layer.build((None, *sizes))
        sizes = tuple(layer.compute_output_shape((None, *sizes))[1:])
        chain.append(layer)
    return chain, sizes
