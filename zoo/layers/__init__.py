"""Keras layers for learning from small sets, independent of episodes, entries and files."""

from zoo.layers.attention_kernel import AttentionKernel, attention
from zoo.layers.causal import CausalAttention, CausalConvolution, DenseBlock, TCBlock
from zoo.layers.causal_stack import CausalStack
from zoo.layers.convolutional_encoder import ConvolutionalEncoder
from zoo.layers.coordinatewise_gates import CoordinatewiseGates
from zoo.layers.coordinatewise_lstm import CoordinatewiseLSTM
from zoo.layers.determinant import absolute_determinant
from zoo.layers.differentiable import concatenated, dense, scaled, task_dense
from zoo.layers.exchangeable import ExchangeableBlock
from zoo.layers.frame_coder import FrameDecoder, FrameEncoder
from zoo.layers.full_context import QueryContext, SupportContext, canonical_order
from zoo.layers.fused_batch_normalization import FusedBatchNormalization
from zoo.layers.gradient_preprocessing import log_and_sign
from zoo.layers.hallucinator import Hallucinator, LearnedShift
from zoo.layers.hyper_dense import HyperDense, generate_network
from zoo.layers.least_recently_used_memory import LeastRecentlyUsedMemory
from zoo.layers.lstm_stack import LSTMStack
from zoo.layers.mlp import MLP
from zoo.layers.prototypes import (
    PrototypeLogits,
    class_means,
    class_spreads,
    merge_means,
    merge_spreads,
    unit_rows,
    without_empty,
)
from zoo.layers.set_encoder import SetEncoder
from zoo.layers.set_pooling import SetPooling, clear_padding, is_among, real_rows
from zoo.layers.shifts import over_shifts
from zoo.layers.table_encoder import TableEncoder
from zoo.layers.task_batch_normalization import task_moments, task_normalization
from zoo.layers.task_convnet import TaskConvnet
from zoo.layers.task_convolutions import task_convolution, task_mean_pooling, task_pooling
from zoo.layers.task_network import run_task_network, same_network
from zoo.layers.unlabelled import DistractorCluster, SoftAssignment, SoftMask, squared_distances
from zoo.layers.weighted_l1 import WeightedL1

__all__ = [
    "MLP",
    "AttentionKernel",
    "CausalAttention",
    "CausalConvolution",
    "CausalStack",
    "ConvolutionalEncoder",
    "CoordinatewiseGates",
    "CoordinatewiseLSTM",
    "DenseBlock",
    "DistractorCluster",
    "ExchangeableBlock",
    "FrameDecoder",
    "FrameEncoder",
    "FusedBatchNormalization",
    "Hallucinator",
    "HyperDense",
    "LSTMStack",
    "LearnedShift",
    "LeastRecentlyUsedMemory",
    "PrototypeLogits",
    "QueryContext",
    "SetEncoder",
    "SetPooling",
    "SoftAssignment",
    "SoftMask",
    "SupportContext",
    "TCBlock",
    "TableEncoder",
    "TaskConvnet",
    "WeightedL1",
    "absolute_determinant",
    "attention",
    "canonical_order",
    "class_means",
    "class_spreads",
    "clear_padding",
    "concatenated",
    "dense",
    "generate_network",
    "is_among",
    "log_and_sign",
    "merge_means",
    "merge_spreads",
    "over_shifts",
    "real_rows",
    "run_task_network",
    "same_network",
    "scaled",
    "squared_distances",
    "task_convolution",
    "task_dense",
    "task_mean_pooling",
    "task_moments",
    "task_normalization",
    "task_pooling",
    "unit_rows",
    "without_empty",
]
