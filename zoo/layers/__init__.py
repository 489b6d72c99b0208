"""Keras layers for learning from small sets. They know nothing of episodes, entries or files."""

from zoo.layers.hyper_dense import HyperDense, task_dense
from zoo.layers.mlp import MLP
from zoo.layers.set_encoder import SetEncoder
from zoo.layers.set_pooling import SetPooling, clear_padding, real_rows

__all__ = ["MLP", "HyperDense", "SetEncoder", "SetPooling", "clear_padding", "real_rows", "task_dense"]
