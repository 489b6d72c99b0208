"""RL^2 that plays bandits of five arms for a hundred pulls: an LSTM remembers what it has learned of each arm.

Y. Duan et al., "RL^2: fast reinforcement learning via slow reinforcement learning", 2016, with the LSTM of N. Mishra et al., "A
simple neural attentive meta-learner", 2018, section 5.1. Departures, so that minutes of one core are enough: 64 units in place of
256, that begin with memories of 1 to 100 pulls; rewards are shown in the column of their arm; values from the same network;
proximal policy optimisation in place of a trust region, a trace of 0.95, and 37 million pulls of training in place of up to 250
million.
    zoo train lstm_bandit
"""

from zoo.datasets import Bandits
from zoo.hub.entry import Entry, Published, Recipe
from zoo.models.lstm_policy import LSTMPolicy, LSTMPolicyConfig

ENTRY = Entry(
    learner=LSTMPolicy,
    config=LSTMPolicyConfig(units=64, chrono=True, trace=0.95, entropy=0.02, passes=3),
    benchmark=Bandits(),
    recipe=Recipe(
        steps=8_640,
        tasks_per_step=128,
        learning_rate=3e-3,
        schedule="linear",
        clip_norm=0.5,
        loss=None,
        steps_per_execution=12,
        jit=False,
        epochs=40,
    ),
    published=(Published({"arms": 5, "pulls": 100}, 78.7, "Mishra et al., section 5.1"),),
)
