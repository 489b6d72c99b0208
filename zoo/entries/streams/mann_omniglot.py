"""MANN on 20 x 20 pixels: a stream of five new characters, each answered before its label is told.

A. Santoro, S. Bartunov, M. Botvinick, D. Wierstra, T. Lillicrap, "Meta-learning with memory-augmented neural networks", 2016.
Departures: those of `mann`; heads write vectors of their own and read what was written before, ten times as sharply
(`LeastRecentlyUsedMemory`), and inputs are balanced (`MannConfig.balanced`); no distortions; streams of 20 steps first, then of
50; Adam with a cosine schedule; the average of the weights over the last steps is shipped. It learns from training characters;
its recipe was chosen on validation characters.
    zoo train mann_omniglot
"""

import dataclasses

from zoo.datasets import ClassStreams, Omniglot
from zoo.entries.omniglot._shared import recipe
from zoo.entries.streams._shared import published
from zoo.hub.entry import Entry
from zoo.models.mann import Mann, MannConfig

STREAMS = ClassStreams(Omniglot("vinyals", size=20), rotations=True)

ENTRY = Entry(
    learner=Mann,
    config=MannConfig(sharpness=10.0, reads_first=True, adds=True, balanced=True),
    benchmark=STREAMS,
    recipe=recipe(
        9_000,
        tasks_per_step=16,
        optimizer="adam",
        learning_rate=2e-3,
        clip_norm=10.0,
        steps_per_execution=30,
        epochs=60,
        jit=True,
    ),
    published=published((36.4, 82.8, 94.9, 98.1), "table 1"),
    curriculum=((dataclasses.replace(STREAMS, length=20), 50),),
)
