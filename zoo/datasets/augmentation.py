"""Small affine distortions of images inside a `tf.data` graph, drawn anew for every image or for every class of an episode.

The ranges that are the default here are those of G. Koch, R. Zemel, R. Salakhutdinov, "Siamese neural networks for one-shot image
recognition", 2015: each of the seven components is switched on with probability one half.
"""

from dataclasses import dataclass

import tensorflow as tf

from zoo.errors import ZooError

_COMPONENTS = 7  # angle; shear along x, along y; scale along x, along y; shift along x, along y


@dataclass(frozen=True)
class Augmentation:
    """Distort images about their middle; what comes in from outside is empty (0).

    Attributes:
        rotation: largest angle, degrees, either way.
        shear: largest shear along each axis, a factor, either way.
        scale: smallest and largest factor of size along each axis.
        shift: largest shift along each axis, pixels, either way.
        probability: of each of the seven components, independently, to be switched on.
        per_class: whether all images of a class in an episode share one distortion, which makes new classes of old ones;
            else every image has its own, which teaches what a class may look like.
    """

    rotation: float = 10.0
    shear: float = 0.3
    scale: tuple[float, float] = (0.8, 1.2)
    shift: float = 2.0
    probability: float = 0.5
    per_class: bool = False

    def __post_init__(self):
        if not 0 < self.scale[0] <= self.scale[1] or not 0 <= self.shear < 1 or min(self.rotation, self.shift) < 0:
            raise ZooError(f"{self}: give rotation and shift of 0 or more, a shear from 0 to below 1, positive scales in order.")
        if not 0 <= self.probability <= 1:
            raise ZooError(f"probability={self.probability}: choose from 0 to 1.")

    def components(self, shape, seed) -> tf.Tensor:
        """Draw distortions.

        Args:
            shape: leading shape, one distortion each.
            seed: int64 `[2]`.

        Returns:
            angle (radians), shear along x and y, scale along x and y, shift along x and y: float32 `[*shape, 7]`.
        """
        u = tf.random.stateless_uniform(tf.concat([shape, [2, _COMPONENTS]], 0), seed)
        angle = self.rotation * 3.141592653589793 / 180
        low = tf.constant([-angle, -self.shear, -self.shear, self.scale[0], self.scale[0], -self.shift, -self.shift])
        high = tf.constant([angle, self.shear, self.shear, self.scale[1], self.scale[1], self.shift, self.shift])
        off = tf.constant([0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0])
        return tf.where(u[..., 0, :] < self.probability, low + (high - low) * u[..., 1, :], off)

    def distort(self, images: tf.Tensor, components: tf.Tensor) -> tf.Tensor:
        """Distort images `[n, height, width, channels]`, each by its own components `[n, 7]`; bilinear, same shape and type."""
        return moved(images, components, "CONSTANT")


def moved(images: tf.Tensor, components: tf.Tensor, outside: str) -> tf.Tensor:
    """Distort images; what comes in is 0 if `outside` is "CONSTANT", and the nearest pixel of the rim if it is "NEAREST"."""
    height, width = images.shape[1:3]
    return tf.raw_ops.ImageProjectiveTransformV3(
        images=images,
        transforms=_inverse(components, (width - 1) / 2, (height - 1) / 2),
        output_shape=[height, width],
        fill_value=0.0,
        interpolation="BILINEAR",
        fill_mode=outside,
    )


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
