"""Keras layers for learning from small sets. They know nothing of episodes, entries or files."""

from zoo.layers.determinant import size_of_determinant
from zoo.layers.differentiable import dense, joined, scaled, task_dense
from zoo.layers.frame_coder import FrameDecoder, FrameEncoder
from zoo.layers.hyper_dense import HyperDense, generate_network
from zoo.layers.mlp import MLP
from zoo.layers.set_encoder import SetEncoder
from zoo.layers.set_pooling import SetPooling, clear_padding, is_among, real_rows
from zoo.layers.task_network import run_task_network, same_network

__all__ = [
    "MLP",
    "FrameDecoder",
    "FrameEncoder",
    "HyperDense",
    "SetEncoder",
    "SetPooling",
    "clear_padding",
    "dense",
    "generate_network",
    "is_among",
    "joined",
    "real_rows",
    "run_task_network",
    "same_network",
    "scaled",
    "size_of_determinant",
    "task_dense",
]
