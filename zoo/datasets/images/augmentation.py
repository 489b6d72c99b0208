"""Small distortions of images inside a `tf.data` graph, affine and elastic, drawn for every image or every class of an episode.

The ranges that are the default here are those of G. Koch, R. Zemel, R. Salakhutdinov, "Siamese neural networks for one-shot image
recognition", 2015: each of the seven affine components is switched on with probability one half. Elastic ones are smooth fields
of random displacements, after P. Simard, D. Steinkraus, J. Platt, "Best practices for convolutional neural networks applied to
visual document analysis", 2003.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import tensorflow as tf

from zoo.utils.errors import ZooError

_COMPONENTS = 7  # angle; shear along x, along y; scale along x, along y; shift along x, along y
_KNOTS = 5  # a side of the grid of random displacements, between which those of the pixels are interpolated


@dataclass(frozen=True)
class Augmentation:
    """Distort images about their middle; beyond their border images count as 0.

    Attributes:
        rotation: largest angle, degrees, either way.
        shear: largest shear along each axis, a factor, either way.
        scale: smallest and largest factor of size along each axis.
        shift: largest shift along each axis, pixels, either way.
        probability: of each of the seven components, independently, to be switched on.
        elastic: standard deviation of the displacements along each axis, pixels, at 5 x 5 places spread over the image; between
            them they are interpolated.
        per_class: whether all images of a class in an episode share one distortion, which makes new classes of old ones;
            otherwise every image has its own, which teaches what a class may look like.
    """

    rotation: float = 10.0
    shear: float = 0.3
    scale: tuple[float, float] = (0.8, 1.2)
    shift: float = 2.0
    probability: float = 0.5
    elastic: float = 0.0
    per_class: bool = False

    def __post_init__(self) -> None:
        if not 0 < self.scale[0] <= self.scale[1] or not 0 <= self.shear < 1 or min(self.rotation, self.shift) < 0:
            raise ZooError(f"{self}: give rotation and shift of 0 or more, a shear from 0 to below 1, positive scales in order.")
        if self.elastic < 0:
            raise ZooError(f"elastic={self.elastic}: give a standard deviation of 0 or more pixels.")
        if not 0 <= self.probability <= 1:
            raise ZooError(f"probability={self.probability}: choose from 0 to 1.")

    def components(self, shape: Sequence[int], seed: tf.Tensor) -> tf.Tensor:
        """Draw distortions.

        Args:
            shape: leading shape, one distortion each.
            seed: int64 `[2]`.

        Returns:
            Angle (radians), shear along x and y, scale along x and y, shift along x and y, float32 `[*shape, 7]`; where they
            are elastic, followed by the 50 displacements of the grid.
        """
        u = tf.random.stateless_uniform(tf.concat([shape, [2, _COMPONENTS]], 0), seed)
        angle = self.rotation * 3.141592653589793 / 180
        low = tf.constant([-angle, -self.shear, -self.shear, self.scale[0], self.scale[0], -self.shift, -self.shift])
        high = tf.constant([angle, self.shear, self.shear, self.scale[1], self.scale[1], self.shift, self.shift])
        off = tf.constant([0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0])
        affine = tf.where(u[..., 0, :] < self.probability, low + (high - low) * u[..., 1, :], off)
        if not self.elastic:
            return affine
        another = seed + tf.constant([1 << 31, 0], tf.int64)  # a stream of its own
        grid = tf.random.stateless_normal(tf.concat([shape, [2 * _KNOTS * _KNOTS]], 0), another, stddev=self.elastic)
        return tf.concat([affine, grid], axis=-1)

    def distort(self, images: tf.Tensor, components: tf.Tensor) -> tf.Tensor:
        """Distort images `[n, height, width, channels]`, each by its own components `[n, 7 or 57]`; bilinear, same shape."""
        if not self.elastic:
            return moved(images, components, "CONSTANT")
        return _bent(images, components[:, :_COMPONENTS], tf.reshape(components[:, _COMPONENTS:], [-1, _KNOTS, _KNOTS, 2]))


def moved(images: tf.Tensor, components: tf.Tensor, outside: str) -> tf.Tensor:
    """Distort images, continued beyond their border by 0 if `outside` is "CONSTANT", by the nearest pixel if "NEAREST"."""
    height, width = images.shape[1:3]
    return tf.raw_ops.ImageProjectiveTransformV3(
        images=images,
        transforms=_inverse(components, (width - 1) / 2, (height - 1) / 2),
        output_shape=[height, width],
        fill_value=0.0,
        interpolation="BILINEAR",
        fill_mode=outside,
    )


def _bent(images: tf.Tensor, components: tf.Tensor, grid: tf.Tensor) -> tf.Tensor:
    """Distort images by an affine map and then by displacements `[n, knots, knots, 2]` along x and y."""
    height, width, channels = images.shape[1:]
    inverse = _inverse(components, (width - 1) / 2, (height - 1) / 2)
    a, b, c, d, e, f = (part[:, None, None] for part in tf.unstack(inverse, axis=1)[:6])
    x, y = tf.meshgrid(tf.range(width, dtype=tf.float32), tf.range(height, dtype=tf.float32))
    by_x, by_y = tf.unstack(tf.image.resize(grid, [height, width], "bicubic"), axis=-1)
    # A frame of zeros, to which all coordinates beyond the border are clipped, but for a thousandth of the border's pixels.
    framed = tf.pad(images, [[0, 0], [1, 1], [1, 1], [0, 0]])
    from_x = tf.clip_by_value(a * x + b * y + c + by_x + 1.0, 0.0, width + 0.999)
    from_y = tf.clip_by_value(d * x + e * y + f + by_y + 1.0, 0.0, height + 0.999)
    left, top = tf.cast(from_x, tf.int32), tf.cast(from_y, tf.int32)
    across, down = ((part - tf.floor(part))[..., None] for part in (from_x, from_y))
    first = tf.range(tf.shape(images)[0])[:, None, None] * ((height + 2) * (width + 2))
    pixels, corner = tf.reshape(framed, [-1, channels]), first + top * (width + 2) + left
    upper, lower = (
        tf.gather(pixels, corner + row) * (1.0 - across) + tf.gather(pixels, corner + row + 1) * across for row in (0, width + 2)
    )
    return upper * (1.0 - down) + lower * down


def _inverse(components: tf.Tensor, middle_x: float, middle_y: float) -> tf.Tensor:
    """Where each pixel of the result comes from: rows of `x' = a x + b y + c, y' = d x + e y + f`, and two zeros, `[n, 8]`."""
    angle, shear_x, shear_y, scale_x, scale_y, shift_x, shift_y = tf.unstack(components, axis=-1)
    cos, sin = tf.cos(angle), tf.sin(angle)
    # The forward matrix: turned, of what was sheared, of what was scaled.
    a, b = scale_x * (cos - sin * shear_y), scale_y * (cos * shear_x - sin)
    d, e = scale_x * (sin + cos * shear_y), scale_y * (sin * shear_x + cos)
    determinant = a * e - b * d
    a, b, d, e = e / determinant, -b / determinant, -d / determinant, a / determinant
    from_x, from_y = middle_x + shift_x, middle_y + shift_y
    c, f = middle_x - a * from_x - b * from_y, middle_y - d * from_x - e * from_y
    return tf.stack([a, b, c, d, e, f, tf.zeros_like(a), tf.zeros_like(a)], axis=-1)
