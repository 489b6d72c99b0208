"""Small shifts of pictures: what an encoder says of a picture and its four neighbours, on average."""

from collections.abc import Callable

import tensorflow as tf

VIEWS = 5  # a picture, and the same shifted down, up, right and left


def over_shifts(encode: Callable, pictures, pixels: int):
    """Mean of `encode` over pictures and their four shifts by so many pixels; what comes in is empty.

    Args:
        encode: pictures `[rows, height, width, channels]` to float32 `[rows, features]`.
        pictures: `[rows, height, width, channels]`.
        pixels: 1 or more; with 0 the pictures alone are encoded.
    """
    if not pixels:
        return encode(pictures)
    pictures = tf.convert_to_tensor(pictures)
    height, width = pictures.shape[1:3]
    padded = tf.pad(pictures, [[0, 0], [pixels, pixels], [pixels, pixels], [0, 0]])
    corners = ((pixels, pixels), (0, pixels), (2 * pixels, pixels), (pixels, 0), (pixels, 2 * pixels))
    shifted = [padded[:, top : top + height, left : left + width] for top, left in corners]
    rows = encode(tf.concat(shifted, axis=0))
    return tf.reduce_mean(tf.reshape(rows, [VIEWS, -1, rows.shape[1]]), axis=0)
