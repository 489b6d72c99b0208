"""RL^2 in unknown worlds of ten states, for ten episodes: an LSTM remembers what it has learned of each.

Y. Duan et al., "RL^2: fast reinforcement learning via slow reinforcement learning", 2016, section 3.2, with the LSTM of N. Mishra
et al., "A simple neural attentive meta-learner", 2018. Departures, so that minutes of one core are enough: 128 units in place of
256, that begin with memories of 1 to 100 steps; rewards are shown in the columns of their action and of their state and action,
and actions and values are read by a map of the state; values from the same network; proximal policy optimisation in place of a
trust region, a discount of 0.95 in training, as an episode is ten steps long, and 15 million steps of it.
    zoo train lstm_mdp
"""

from zoo.datasets import TabularMDPs
from zoo.hub.entry import Entry, Published, Recipe
from zoo.models.lstm_policy import LSTMPolicy, LSTMPolicyConfig

ENTRY = Entry(
    learner=LSTMPolicy,
    config=LSTMPolicyConfig(states=10, units=128, chrono=True, by_state=True, discount=0.95, entropy=0.02, passes=3),
    benchmark=TabularMDPs(),
    recipe=Recipe(
        steps=3_456,
        tasks_per_step=128,
        learning_rate=3e-3,
        schedule="linear",
        clip_norm=0.5,
        loss=None,
        steps_per_execution=12,
        jit=False,
        epochs=16,
    ),
    published=(Published({"episodes": 10}, 0.752, "Mishra et al., section 5.2"),),
)
