"""Convolution and pooling with weights of their own for every task, whose gradients of every order convert everywhere.

C. Finn, P. Abbeel, S. Levine, "Model-agnostic meta-learning for fast adaptation of deep networks", 2017, section 5.2, takes
gradient steps on the weights of a convolutional network. A convolution is written as patches, of which one batched product for
all tasks makes the maps: no runtime but TensorFlow has the gradients of its convolutions, and none a convolution whose kernels
differ within a batch.
"""

from dataclasses import dataclass
from typing import final

import tensorflow as tf

from zoo.layers.differentiable import ValueAndGradient, added, choose, scaled, task_dense

KERNEL = 3  # side of a kernel, unless it is said


def task_convolution(
    x: tf.Tensor,
    kernel: tf.Tensor,
    bias: tf.Tensor,
    stride: int | tuple[int, int] = 1,
    sides: tuple[int, int] = (KERNEL, KERNEL),
    padding: str = "same",
) -> tf.Tensor:
    """Convolve the pictures of every task with its own kernels.

    Args:
        x: `[B, M, H, W, C]`, with H, W and C known.
        kernel: `[B, h w C, F]` for kernels of h x w; row by row of the kernel, then column by column, then by channel.
        bias: `[B, F]`.
        stride: of the convolution, of rows and columns alike or of each.
        sides: h and w.
        padding: "same" for zeros around the border, as many as Keras takes, or "valid" for none.

    Returns:
        `[B, M, H', W', F]`, where H' is ceil(H / stride), or of "valid" ceil((H - h + 1) / stride); W' alike.
    """
    tasks, pictures = tf.shape(x)[0], tf.shape(x)[1]
    _, _, height, width, channels = x.shape
    steps = (stride, stride) if isinstance(stride, int) else stride
    down, across = (_Reach.of(*one, padding == "same") for one in zip((height, width), sides, steps, strict=True))
    patches = _patches(tf.reshape(x, [-1, height, width, channels]), down, across)  # [B M, H', W', h w C]
    rows = tf.reshape(patches, [tasks, -1, sides[0] * sides[1] * channels])  # [B, M H' W', h w C]
    maps = task_dense(rows, kernel, bias)  # [B, M H' W', F]
    return tf.reshape(maps, [tasks, pictures, down.out, across.out, kernel.shape[-1]])


def task_pooling(x: tf.Tensor) -> tf.Tensor:
    """Take the largest of every 2 x 2 places, `[B, M, H, W, C] -> [B, M, H // 2, W // 2, C]`; an odd row or column is dropped.

    Of equal places the first one gets the gradient.
    """
    first, *others = _quarters(x)
    for other in others:
        first = choose(first >= other, first, other)
    return _pooled(first, x)


def task_mean_pooling(x: tf.Tensor) -> tf.Tensor:
    """Take the mean of every 2 x 2 places, `[B, M, H, W, C] -> [B, M, H // 2, W // 2, C]`; an odd row or column is dropped."""
    first, *others = _quarters(x)
    for other in others:
        first = added(first, other)
    return _pooled(scaled(first, 0.25), x)


def _quarters(x: tf.Tensor) -> list[tf.Tensor]:
    """The four places of every 2 x 2, `[B, M, H, W, C] -> 4 of [B M, H // 2, W // 2, C]`."""
    return _corners(tf.reshape(x, [-1, *x.shape[2:]]))


def _pooled(places: tf.Tensor, x: tf.Tensor) -> tf.Tensor:
    """`[B M, H', W', C]` with the axes of tasks and pictures that x has."""
    return tf.reshape(places, [tf.shape(x)[0], tf.shape(x)[1], *places.shape[1:]])


@final
@dataclass(frozen=True)
class _Reach:
    """What a convolution reads along one axis.

    Attributes:
        size: of the picture.
        side: of the kernel.
        stride: of the convolution.
        out: size of the maps.
        before, after: zeros at either end.
    """

    size: int
    side: int
    stride: int
    out: int
    before: int = 0
    after: int = 0

    @classmethod
    def of(cls, size: int, side: int, stride: int, padded: bool) -> "_Reach":
        """As TensorFlow's "SAME" if padded, and "VALID" otherwise."""
        if not padded:
            return cls(size, side, stride, max(0, (size - side) // stride + 1))
        out = -(-size // stride)
        total = max((out - 1) * stride + side - size, 0)
        return cls(size, side, stride, out, total // 2, total - total // 2)

    @property
    def further(self) -> int:
        """How many places of a coarse grid a kernel reaches on."""
        return (self.side - 1) // self.stride

    def slice(self, place: int) -> slice:
        """What the number at a place of the kernel reads of the padded picture."""
        return slice(place, place + self.stride * (self.out - 1) + 1, self.stride)

    def shift(self, place: int) -> list[int]:
        """Zeros around the maps, so that they lie where a number of the kernel read, on the coarse grid."""
        return [place // self.stride, self.further - place // self.stride]


def _patches(x: tf.Tensor, down: _Reach, across: _Reach) -> tf.Tensor:
    """Every place with its neighbours, `[P, H, W, C] -> [P, H', W', h w C]`."""
    channels = x.shape[-1]

    @tf.custom_gradient
    def taken(x: tf.Tensor) -> ValueAndGradient:
        padded = tf.pad(x, [[0, 0], [down.before, down.after], [across.before, across.after], [0, 0]])
        slices = [padded[:, down.slice(row), across.slice(column)] for row in range(down.side) for column in range(across.side)]
        return tf.concat(slices, axis=-1), given_back

    @tf.custom_gradient
    def given_back(patches: tf.Tensor) -> ValueAndGradient:
        """The adjoint of `taken`: every number of a patch is added to the place that it came from."""
        parts = tf.split(patches, down.side * across.side, axis=-1)  # h w of [P, H', W', C]
        planes = []
        for phase in range(down.stride * across.stride):
            first = divmod(phase, across.stride)
            plane = [
                tf.pad(parts[row * across.side + column], [[0, 0], down.shift(row), across.shift(column), [0, 0]])
                for row in range(first[0], down.side, down.stride)
                for column in range(first[1], across.side, across.stride)
            ]
            planes.append(tf.add_n(plane) if plane else None)  # [P, H' + further, W' + further, C]
        nothing = tf.zeros_like(planes[0])  # where a stride steps over places
        planes = [nothing if plane is None else plane for plane in planes]
        sizes = down.out + down.further, across.out + across.further, channels
        placed = _interleaved(planes, (down.stride, across.stride), sizes)
        short = [max(0, reach.before + reach.size - placed.shape[axis]) for axis, reach in ((1, down), (2, across))]
        if any(short):  # places that no patch reaches
            placed = tf.pad(placed, [[0, 0], [0, short[0]], [0, short[1]], [0, 0]])
        kept = (slice(reach.before, reach.before + reach.size) for reach in (down, across))
        return placed[:, next(kept), next(kept)], taken

    return taken(x)


def _interleaved(planes: list[tf.Tensor], strides: tuple[int, int], sizes: tuple[int, int, int]) -> tf.Tensor:
    """Planes of every so many rows and columns, `[P, H, W, C]` each, as one of `[P, H strides, W strides, C]`."""
    if strides == (1, 1):
        return planes[0]
    down, across = strides
    height, width, channels = sizes
    lines = []
    for row in range(down):
        line = tf.concat(planes[row * across : (row + 1) * across], axis=-1)  # [P, H, W, across C]
        lines.append(tf.reshape(line, [-1, height, width * across * channels]))
    whole = tf.concat(lines, axis=-1)  # [P, H, down * (W across C)]
    return tf.reshape(whole, [-1, height * down, width * across, channels])


def _corners(x: tf.Tensor) -> list[tf.Tensor]:
    """The four places of every 2 x 2, `[P, H, W, C] -> 4 of [P, H // 2, W // 2, C]`."""
    _, height, width, channels = x.shape
    high, wide = height // 2, width // 2

    @tf.custom_gradient
    def cut(x: tf.Tensor) -> ValueAndGradient:
        corners = [x[:, top : 2 * high : 2, left : 2 * wide : 2] for top in (0, 1) for left in (0, 1)]
        return corners, put

    @tf.custom_gradient
    def put(*corners: tf.Tensor) -> ValueAndGradient:
        whole = _interleaved(list(corners), (2, 2), (high, wide, channels))
        return tf.pad(whole, [[0, 0], [0, height - 2 * high], [0, width - 2 * wide], [0, 0]]), cut

    return cut(x)
