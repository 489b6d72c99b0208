"""The LSTM optimizer on random quadratics of ten dimensions.

M. Andrychowicz et al., "Learning to learn by gradient descent by gradient descent", 2016, section 3.1, which shows a curve and no
number. As there, gradients are read as they are, and 128 functions are in a batch. Departures: Adam at 3e-3 with a cosine
schedule in place of a search, and its gradient clipped at a norm of 1; 600 batches of functions in place of 10,000. Its mean loss
is 0.70 times that of Adam with the best of eleven learning rates, where the paper's curve ends about ten times lower.
    zoo train lstm_optimizer_quadratic
"""

from zoo.datasets import Quadratics
from zoo.hub.entry import Entry, Recipe
from zoo.models.lstm_optimizer import LSTMOptimizer, LSTMOptimizerConfig

ENTRY = Entry(
    learner=LSTMOptimizer,
    config=LSTMOptimizerConfig(preprocessing=None, scale=1.0),
    benchmark=Quadratics(),
    recipe=Recipe(steps=3_000, tasks_per_step=128, learning_rate=3e-3, clip_norm=1.0, loss=None, epochs=10),
)
