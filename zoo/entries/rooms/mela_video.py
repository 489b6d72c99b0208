"""MeLA on video with fresh rooms: sees frames of a ball in a room, and predicts the frames that follow.

Published 0.035, 0.086 and 0.136 at distances 0.1, 0.3 and 0.5, trained on 100 fixed rooms; here 0.0205, 0.0391 and 0.061 (see
its card).

T. Wu, J. Peurifoy, I. L. Chuang, M. Tegmark, "Meta-learning autoencoders for few-shot prediction", 2018. Departures: those
of the learner, fresh rooms at every step, 50 support and 16 query windows of each, and Muon (K. Jordan et al., 2024) trains the
matrices.
    zoo train mela_video
"""

from zoo.datasets import BallVideo
from zoo.hub.entry import Entry, Recipe, series
from zoo.models.mela_video import MeLAVideo, MeLAVideoConfig

SOURCE = "stored figure of the authors' code"

ENTRY = Entry(
    learner=MeLAVideo,
    config=MeLAVideoConfig(),
    benchmark=BallVideo(support=50, queries=16),
    recipe=Recipe(
        steps=8_000,
        tasks_per_step=8,
        learning_rate=1e-2,
        optimizer="muon",
        warmup=100,
        clip_norm=10.0,
        steps_per_execution=10,
        epochs=20,
        jit=False,
    ),
    published=(
        *series(
            {"support": 100, "split": "window", "steps": 0},
            "distance",
            {0.1: 0.035, 0.2: 0.060, 0.3: 0.086, 0.4: 0.112, 0.5: 0.136},
            SOURCE,
        ),
        *series(
            {"support": 100, "split": "window", "steps": 5, "on": "weights"},
            "distance",
            {0.1: 0.029, 0.2: 0.045, 0.3: 0.063, 0.4: 0.082, 0.5: 0.100},
            SOURCE,
        ),
    ),
)
