"""The meta-learner LSTM on fresh sinusoids: learned gates take five steps on ten points.

S. Ravi, H. Larochelle, "Optimization as a model for few-shot learning", 2017, on the network of two hidden layers of 40 that MAML
has for waves; the paper has pictures only. Departures: the network is smooth, gates read their numbers before the sigmoid, as the
authors' code does, and Muon (K. Jordan et al., 2024) trains the matrices.
    zoo train meta_lstm_sinusoid
"""

from zoo.datasets import FreshSinusoids
from zoo.hub.entry import Entry, Recipe
from zoo.models.meta_lstm import MetaLSTM, MetaLSTMConfig

ENTRY = Entry(
    learner=MetaLSTM,
    config=MetaLSTMConfig(activation="tanh", feedback="logit"),
    benchmark=FreshSinusoids(),
    recipe=Recipe(steps=2_000, tasks_per_step=8, learning_rate=1e-2, optimizer="muon", clip_norm=10.0, epochs=10),
)
