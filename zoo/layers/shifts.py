"""Small shifts of pictures: the mean of an encoder's features over a picture and its four shifted copies."""

from collections.abc import Callable

import tensorflow as tf

VIEWS = 5  # a picture, and the same shifted down, up, right and left


def over_shifts(encode: Callable[[tf.Tensor], tf.Tensor], pictures: tf.Tensor, pixels: int) -> tf.Tensor:
    """Mean of `encode` over pictures and their four shifts by `pixels`, zero-padded at the border.

    Args:
        encode: pictures `[rows, height, width, channels]` to float32 `[rows, features]`.
        pictures: `[rows, height, width, channels]`.
        pixels: size of a shift, 1 or more; with 0 the pictures alone are encoded.

    Returns:
        float32 `[rows, features]`.
    """
    if not pixels:
        return encode(pictures)
    pictures = tf.convert_to_tensor(pictures)
    height, width = pictures.shape[1:3]
    padded = tf.pad(pictures, [[0, 0], [pixels, pixels], [pixels, pixels], [0, 0]])
    corners = ((pixels, pixels), (0, pixels), (2 * pixels, pixels), (pixels, 0), (pixels, 2 * pixels))
    shifted = [padded[:, top : top + height, left : left + width] for top, left in corners]
    rows = encode(tf.concat(shifted, axis=0))  # [VIEWS * rows, features]
    return tf.reduce_mean(tf.reshape(rows, [VIEWS, -1, rows.shape[1]]), axis=0)  # [rows, features]
