"""Muon for networks of pictures: a kernel of a convolution takes the step of the matrix that it is, from patches to filters.

K. Jordan et al., "Muon: an optimizer for hidden layers in neural networks", 2024: the update is the momentum with its singular
values set to one, and kernels are flattened to matrices. Keras' own Muon leaves kernels to AdamW.
"""

import keras
import tensorflow as tf
from keras import ops

WIDEST = 1_000  # outputs of a matrix that takes Muon's step


@keras.saving.register_keras_serializable("zoo")
class KernelMuon(keras.optimizers.Muon):
    """Keras' Muon, for everything that has two axes or more; the last one is that of the outputs.

    A softmax over very many classes is left to Adam, as the author does: its step would cost more than all the rest.
    """

    def _should_use_adamw(self, variable: keras.Variable) -> bool:
        return len(variable.shape) < 2 or variable.shape[-1] > WIDEST

    def zeropower_via_newtonschulz5(self, x: tf.Tensor, steps: int) -> tf.Tensor:
        """Singular values to one, of a kernel `[height, width, in, out]` as of the matrix `[height * width * in, out]`."""
        return ops.reshape(super().zeropower_via_newtonschulz5(_matrix(x), steps), x.shape)

    def lr_adjust(self, x: tf.Tensor) -> tf.Tensor:
        """Steps of a size that does not depend on the kernel's, so that vectors and matrices share a learning rate."""
        return ops.reshape(super().lr_adjust(_matrix(x)), x.shape)


def _matrix(x: tf.Tensor) -> tf.Tensor:
    return ops.reshape(x, (-1, x.shape[-1]))
