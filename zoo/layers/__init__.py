"""Keras layers for learning from small sets. They know nothing of episodes, entries or files."""

from zoo.layers.determinant import size_of_determinant
from zoo.layers.differentiable import dense, joined, scaled, task_dense
from zoo.layers.hyper_dense import HyperDense
from zoo.layers.mlp import MLP
from zoo.layers.set_encoder import SetEncoder
from zoo.layers.set_pooling import SetPooling, clear_padding, real_rows

__all__ = [
    "MLP",
    "HyperDense",
    "SetEncoder",
    "SetPooling",
    "clear_padding",
    "dense",
    "joined",
    "real_rows",
    "scaled",
    "size_of_determinant",
    "task_dense",
]
