"""The weights of a `.keras` file into a model, found by the groups of the file.

Keras' own loading looks through every attribute of every layer for one that may have weights, which takes as long as building the
model. The file names the attributes that do: a group is an attribute, a layer of a list or of a dict is named after its class.
"""

import io
import re
from collections.abc import Iterator, Mapping
from typing import Any

VARIABLES = "vars"  # the group of a layer's own weights, numbered
TRAINING = "optimizer"  # the group of what the training kept, which only training wants


def restore(model: Any, weights: bytes) -> None:
    """Give a model the weights of a file.

    Args:
        model: built, of the configuration that the weights were saved with.
        weights: the bytes of the file's `model.weights.h5`, whose checksum is known.

    Raises:
        AttributeError, KeyError, ValueError: if the model has other layers or weights than the file.
    """
    import h5py

    with h5py.File(io.BytesIO(weights), "r") as file:
        given = _into(model, file, without=TRAINING)
    if given != len(model.weights):
        raise ValueError(f"the file holds {given} arrays, and the model has {len(model.weights)}")


def _into(saved: Any, group: Any, without: str = "") -> int:
    """Give a layer, or layers kept in a list or a dict, what a group holds but for one part; how many arrays it was."""
    given = 0
    children = dict(_named(saved)) if isinstance(saved, (list, tuple, dict)) else None
    for name in group:
        if name == without:
            continue
        if name == VARIABLES:
            arrays = {key: value[()] for key, value in group[name].items()}
            if arrays:
                saved.load_own_variables(arrays)
            given += len(arrays)
        else:
            given += _into(getattr(saved, name) if children is None else children[name], group[name])
    return given


def _named(several: Any) -> Iterator[tuple[str, Any]]:
    """Layers in a list or a dict by the names that Keras gives them in a file: `dense`, `dense_1` and so on."""
    seen: dict[str, int] = {}
    for each in several.values() if isinstance(several, Mapping) else several:
        name = "container" if isinstance(each, (list, tuple, dict)) else _snake_case(type(each).__name__)
        seen[name] = seen.get(name, -1) + 1
        yield f"{name}_{seen[name]}" if seen[name] else name, each


def _snake_case(name: str) -> str:
    """`Conv2DTranspose` as Keras writes it, `conv2d_transpose`."""
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()
