"""The video learner without adaptation, on the same rooms as `mela_video`: what is known of every room before any frame of it.

Published 0.043, 0.240 and 0.272 at distances 0.1, 0.3 and 0.5.

T. Wu, J. Peurifoy, I. L. Chuang, M. Tegmark, "Meta-learning autoencoders for few-shot prediction", 2018. Departures as in
`mela_video`; of the support, which is not read, training episodes hold one window only.
    zoo train pretrained_video
"""

from zoo.datasets import BallVideo
from zoo.entry import Entry, Published, Recipe
from zoo.models.latent_video import LatentVideoConfig
from zoo.models.pretrained_video import PretrainedVideo

SOURCE = "stored figure of the authors' code"

ENTRY = Entry(
    learner=PretrainedVideo,
    config=LatentVideoConfig(),
    episodes=BallVideo(support=1, queries=16),
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
    published=tuple(
        Published({"support": 100, "split": "window", "distance": distance, "steps": steps}, value, SOURCE)
        for steps, values in ((0, (0.043, 0.184, 0.240, 0.271, 0.272)), (5, (0.043, 0.179, 0.232, 0.259, 0.259)))
        for distance, value in zip((0.1, 0.2, 0.3, 0.4, 0.5), values, strict=True)
    ),
)
