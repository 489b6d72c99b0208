"""One network given the corners of the room: the error that is left when the room need not be learned.

Published 0.016, 0.058 and 0.111 at distances 0.1, 0.3 and 0.5; here 0.00784, 0.025 and 0.0477 (see its card).

T. Wu, J. Peurifoy, I. L. Chuang, M. Tegmark, "Meta-learning autoencoders for few-shot prediction", 2018, the baseline called
"oracle", with the episodes, coordinates and task network of `mela_bouncing_ball`.
    zoo train oracle_bouncing_ball
"""

from zoo.datasets import BouncingBall
from zoo.hub.entry import Entry, Recipe, series
from zoo.models.no_adaptation import NoAdaptation, NoAdaptationConfig

SOURCE = "stored figure of the authors' code"

ENTRY = Entry(
    learner=NoAdaptation,
    config=NoAdaptationConfig(inputs=14, outputs=2, task_widths=(40, 40, 40), history=3, inertial=True),
    benchmark=BouncingBall(oracle=True),
    recipe=Recipe(steps=10_000, tasks_per_step=16, learning_rate=3e-3, clip_norm=10.0, epochs=20),
    published=(
        *series(
            {"support": 100, "split": "window", "steps": 0},
            "distance",
            {0.1: 0.016, 0.2: 0.035, 0.3: 0.058, 0.4: 0.084, 0.5: 0.111},
            SOURCE,
        ),
        *series(
            {"support": 100, "split": "window", "steps": 5, "on": "weights"},
            "distance",
            {0.1: 0.012, 0.2: 0.025, 0.3: 0.040, 0.4: 0.058, 0.5: 0.077},
            SOURCE,
        ),
    ),
)
