"""Convolution and pooling with weights of their own for every task, whose gradients of every order convert everywhere.

C. Finn, P. Abbeel, S. Levine, "Model-agnostic meta-learning for fast adaptation of deep networks", 2017, section 5.2, takes
gradient steps on the weights of a convolutional network. A convolution is written as patches, of which one batched product for
all tasks makes the maps: no runtime but TensorFlow has the gradients of its convolutions, and none a convolution whose kernels
differ within a batch.
"""

import tensorflow as tf

from zoo.layers.differentiable import ValueAndGradient, choose, task_dense

KERNEL = 3  # side of a kernel


def task_convolution(x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor, stride: int = 1) -> tf.Tensor:
    """Convolve the pictures of every task with its own kernels of 3 x 3, zero-padded at the border as Keras' "same".

    Args:
        x: `[B, M, H, W, C]`, with H, W and C known.
        kernel: `[B, 9 C, F]`; row by row of the kernel, then column by column, then by channel.
        bias: `[B, F]`.
        stride: of the convolution.

    Returns:
        `[B, M, ceil(H / stride), ceil(W / stride), F]`.
    """
    tasks, pictures = tf.shape(x)[0], tf.shape(x)[1]
    _, _, height, width, channels = x.shape
    patches = _patches(tf.reshape(x, [-1, height, width, channels]), stride)  # [B M, H', W', 9 C]
    _, high, wide, _ = patches.shape
    rows = tf.reshape(patches, [tasks, -1, KERNEL**2 * channels])  # [B, M H' W', 9 C]
    maps = task_dense(rows, kernel, bias)  # [B, M H' W', F]
    return tf.reshape(maps, [tasks, pictures, high, wide, kernel.shape[-1]])


def task_pooling(x: tf.Tensor) -> tf.Tensor:
    """Take the largest of every 2 x 2 places, `[B, M, H, W, C] -> [B, M, H // 2, W // 2, C]`; an odd row or column is dropped.

    Of equal places the first one gets the gradient.
    """
    tasks, pictures = tf.shape(x)[0], tf.shape(x)[1]
    _, _, height, width, channels = x.shape
    high, wide = height // 2, width // 2
    corners = _corners(tf.reshape(x, [-1, height, width, channels]))  # 4 of [B M, H', W', C]
    best = corners[0]
    for other in corners[1:]:
        best = choose(best >= other, best, other)
    return tf.reshape(best, [tasks, pictures, high, wide, channels])


def _patches(x: tf.Tensor, stride: int) -> tf.Tensor:
    """Every place with its neighbours, `[P, H, W, C] -> [P, H', W', 9 C]`."""
    _, height, width, channels = x.shape
    (high, above, below), (wide, left, right) = _padding(height, stride), _padding(width, stride)

    @tf.custom_gradient
    def taken(x: tf.Tensor) -> ValueAndGradient:
        padded = tf.pad(x, [[0, 0], [above, below], [left, right], [0, 0]])
        slices = [
            padded[:, top : top + stride * (high - 1) + 1 : stride, begin : begin + stride * (wide - 1) + 1 : stride]
            for top in range(KERNEL)
            for begin in range(KERNEL)
        ]
        return tf.concat(slices, axis=-1), given_back

    @tf.custom_gradient
    def given_back(patches: tf.Tensor) -> ValueAndGradient:
        """The adjoint of `taken`: every number of a patch is added to the place that it came from."""
        parts = tf.split(patches, KERNEL**2, axis=-1)  # 9 of [P, H', W', C]
        further = (KERNEL - 1) // stride  # how many places of a coarse grid a kernel reaches on
        planes = []
        for phase in range(stride * stride):
            row, column = divmod(phase, stride)
            plane = [
                tf.pad(parts[top * KERNEL + begin], _shift(top // stride, begin // stride, further))
                for top in range(row, KERNEL, stride)
                for begin in range(column, KERNEL, stride)
            ]
            planes.append(tf.add_n(plane))  # [P, H' + further, W' + further, C]
        placed = _interleaved(planes, stride, (high + further, wide + further, channels))
        short = [max(0, above + height - placed.shape[1]), max(0, left + width - placed.shape[2])]
        if any(short):  # places that no patch reaches
            placed = tf.pad(placed, [[0, 0], [0, short[0]], [0, short[1]], [0, 0]])
        return placed[:, above : above + height, left : left + width], taken

    return taken(x)


def _padding(size: int, stride: int) -> tuple[int, int, int]:
    """Size of the output, and zeros before and after, as TensorFlow's "SAME"."""
    out = -(-size // stride)
    total = max((out - 1) * stride + KERNEL - size, 0)
    return out, total // 2, total - total // 2


def _shift(down: int, right: int, further: int) -> list[list[int]]:
    return [[0, 0], [down, further - down], [right, further - right], [0, 0]]


def _interleaved(planes: list[tf.Tensor], stride: int, sizes: tuple[int, int, int]) -> tf.Tensor:
    """Planes of every `stride`-th row and column, `[P, H, W, C]` each, as one of `[P, stride H, stride W, C]`."""
    if stride == 1:
        return planes[0]
    height, width, channels = sizes
    lines = []
    for row in range(stride):
        line = tf.concat(planes[row * stride : (row + 1) * stride], axis=-1)  # [P, H, W, stride C]
        lines.append(tf.reshape(line, [-1, height, width * stride * channels]))
    whole = tf.concat(lines, axis=-1)  # [P, H, stride * (W stride C)]
    return tf.reshape(whole, [-1, height * stride, width * stride, channels])


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
        whole = _interleaved(list(corners), 2, (high, wide, channels))
        return tf.pad(whole, [[0, 0], [0, height - 2 * high], [0, width - 2 * wide], [0, 0]]), cut

    return cut(x)
