"""An LSTM without a memory on the streams of `mann_omniglot`, by the same updates: what the memory is worth.

A. Santoro, S. Bartunov, M. Botvinick, D. Wierstra, T. Lillicrap, "Meta-learning with memory-augmented neural networks", 2016,
table 1. All else, departures included, is as in `mann_omniglot`.
    zoo train lstm_omniglot
"""

import dataclasses

from zoo.entries.streams._shared import published
from zoo.entries.streams.mann_omniglot import ENTRY as WITH_MEMORY

ENTRY = dataclasses.replace(
    WITH_MEMORY,
    config=dataclasses.replace(WITH_MEMORY.config, memory=0),
    published=published((24.4, 49.5, 63.6, 62.5), "table 1"),
)
