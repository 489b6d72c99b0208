"""Shapes as Keras gives them to `build` and `compute_output_shape`, and the sizes that a layer must know."""

CHANNELS_LAST = "channels_last"  # of every picture in the zoo, whatever the user's Keras is set to

KerasShape = tuple[int | None, ...]  # None: a size that is known only when the graph runs


def known_sizes(layer: object, shape: KerasShape, axes: int) -> tuple[int, ...]:
    """The sizes of the last axes of an input of a layer.

    Args:
        layer: the layer that is built, named in the error.
        shape: of its input.
        axes: how many of the last axes must have a known size.

    Raises:
        ValueError: if one of them is unknown, or there are fewer axes.
    """
    sizes = tuple(size for size in shape[-axes:] if size is not None)
    if len(sizes) < axes:
        last = "last size" if axes == 1 else f"last {axes} sizes"
        raise ValueError(
            f"{type(layer).__name__}: the {last} of its input must be known, but its shape is {tuple(shape)}. "
            "Give it inputs of a fixed size along these axes."
        )
    return sizes
