"""One network for all rooms, on video: what is known of every room before any frame of it.

Published 0.043, 0.240 and 0.272 at distances 0.1, 0.3 and 0.5, trained on 100 fixed rooms; here 0.0369, 0.116 and 0.18 (see its
card).

T. Wu, J. Peurifoy, I. L. Chuang, M. Tegmark, "Meta-learning autoencoders for few-shot prediction", 2018. Departures as in
`mela_video`; of the support, which is not read, training episodes hold one window only.
    zoo train pretrained_video
"""

from zoo.datasets import BallVideo
from zoo.hub.entry import Entry, Recipe, series
from zoo.learners.networks.latent_video import LatentVideoConfig
from zoo.models.no_adaptation_video import NoAdaptationVideo

SOURCE = "stored figure of the authors' code"

ENTRY = Entry(
    learner=NoAdaptationVideo,
    config=LatentVideoConfig(),
    benchmark=BallVideo(support=1, queries=16),
    recipe=Recipe(
        steps=4_000,
        tasks_per_step=8,
        learning_rate=1e-2,
        optimizer="muon",
        warmup=100,
        clip_norm=10.0,
        steps_per_execution=10,
        epochs=10,
        jit=False,
    ),
    published=(
        *series(
            {"support": 100, "split": "window", "steps": 0},
            "distance",
            {0.1: 0.043, 0.2: 0.184, 0.3: 0.240, 0.4: 0.271, 0.5: 0.272},
            SOURCE,
        ),
        *series(
            {"support": 100, "split": "window", "steps": 5, "on": "weights"},
            "distance",
            {0.1: 0.043, 0.2: 0.179, 0.3: 0.232, 0.4: 0.259, 0.5: 0.259},
            SOURCE,
        ),
    ),
)
