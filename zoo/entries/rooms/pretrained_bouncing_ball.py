"""One network for all rooms of the bouncing ball: the baseline that never looks at its support.

Published 0.030, 0.139 and 0.238 at distances 0.1, 0.3 and 0.5; here 0.0257, 0.13 and 0.219 (see its card).

T. Wu, J. Peurifoy, I. L. Chuang, M. Tegmark, "Meta-learning autoencoders for few-shot prediction", 2018, the baseline called
"pretrained", with the episodes, coordinates and task network of `mela_bouncing_ball`.
    zoo train pretrained_bouncing_ball
"""

from zoo.datasets import BouncingBall
from zoo.hub.entry import Entry, Recipe, series
from zoo.models.no_adaptation import NoAdaptation, NoAdaptationConfig

SOURCE = "stored figure of the authors' code"

ENTRY = Entry(
    learner=NoAdaptation,
    config=NoAdaptationConfig(inputs=6, outputs=2, task_widths=(40, 40, 40), history=3, inertial=True),
    benchmark=BouncingBall(),
    recipe=Recipe(steps=10_000, tasks_per_step=16, learning_rate=3e-3, clip_norm=10.0, epochs=20),
    published=(
        *series(
            {"support": 100, "split": "window", "steps": 0},
            "distance",
            {0.1: 0.030, 0.2: 0.081, 0.3: 0.139, 0.4: 0.194, 0.5: 0.238},
            SOURCE,
        ),
        *series(
            {"support": 100, "split": "window", "steps": 5, "on": "weights"},
            "distance",
            {0.1: 0.028, 0.2: 0.068, 0.3: 0.110, 0.4: 0.150, 0.5: 0.184},
            SOURCE,
        ),
    ),
)
