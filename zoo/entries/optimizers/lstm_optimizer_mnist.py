"""The LSTM optimizer on small networks of MNIST's digits; `optimizer()` makes it one of Keras'.

M. Andrychowicz et al., "Learning to learn by gradient descent by gradient descent", 2016, section 3.2, which shows curves and no
numbers. Departures: 60 networks in place of 10,000, Adam at 3e-3 with a cosine schedule, and its gradient clipped at a norm of 1.
After this short training its loss is below that of RMSprop and SGD with their best rates and above that of Adam and momentum, and
it does not carry over to two hidden layers or ReLU; the card has every row.
    zoo train lstm_optimizer_mnist
"""

from zoo.datasets import DigitNetworks
from zoo.hub.entry import Entry, Recipe
from zoo.models.lstm_optimizer import LSTMOptimizer, LSTMOptimizerConfig

ENTRY = Entry(
    learner=LSTMOptimizer,
    config=LSTMOptimizerConfig(),
    benchmark=DigitNetworks(),
    recipe=Recipe(
        steps=300,
        tasks_per_step=1,
        learning_rate=3e-3,
        warmup=20,
        clip_norm=1.0,
        loss=None,
        steps_per_execution=10,
        epochs=6,
    ),
)
