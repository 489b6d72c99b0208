"""MeLA on the bouncing ball with fresh rooms: sees a ball fly in a room, and predicts how the next one will.

Published 0.026, 0.084 and 0.139 at distances 0.1, 0.3 and 0.5, trained on 100 fixed rooms; here 0.00392, 0.0137 and 0.0263 (see
its card).

T. Wu, J. Peurifoy, I. L. Chuang, M. Tegmark, "Meta-learning autoencoders for few-shot prediction", 2018. Departures: fresh
rooms at every step, 10 to 100 windows of each, networks that see displacements and predict the deviation from straight flight,
a code of 16 numbers, generators that start from a common base, and Muon (K. Jordan et al., 2024) trains the matrices.
    zoo train mela_bouncing_ball
"""

from zoo.datasets import BouncingBall
from zoo.hub.entry import Entry, Recipe, series
from zoo.models.mela import MeLA, MeLAConfig

SOURCE = "stored figure of the authors' code"

ENTRY = Entry(
    learner=MeLA,
    config=MeLAConfig(
        inputs=6,
        outputs=2,
        row_widths=(128, 128),
        pool=256,
        code_widths=(128, 128),
        code=16,
        generator_widths=(64, 64),
        task_widths=(40, 40, 40),
        output_gain=0.3,
        base=True,
        history=3,
        inertial=True,
    ),
    benchmark=BouncingBall(sizes=(10, 20, 50, 100, 100, 100)),
    recipe=Recipe(
        steps=20_000,
        tasks_per_step=16,
        learning_rate=1e-2,
        optimizer="muon",
        clip_norm=10.0,
        epochs=40,
    ),
    published=(
        *series(
            {"support": 100, "split": "window", "steps": 0},
            "distance",
            {0.1: 0.026, 0.2: 0.055, 0.3: 0.084, 0.4: 0.113, 0.5: 0.139},
            SOURCE,
        ),
        *series(
            {"support": 100, "split": "window", "steps": 5, "on": "weights"},
            "distance",
            {0.1: 0.019, 0.2: 0.038, 0.3: 0.058, 0.4: 0.078, 0.5: 0.099},
            SOURCE,
        ),
    ),
)
