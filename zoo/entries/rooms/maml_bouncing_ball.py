"""MAML on the bouncing ball: weights from which five gradient steps on the windows of a room learn that room.

Here 0.0145, 0.0448 and 0.0774 at distances 0.1, 0.3 and 0.5 (see its card); the published curve is of other episodes.

C. Finn, P. Abbeel, S. Levine, "Model-agnostic meta-learning for fast adaptation of deep networks", 2017, with the episodes,
coordinates and task network of `mela_bouncing_ball`. The inner rate is large because errors are measured in a room's size.
    zoo train maml_bouncing_ball
"""

from zoo.datasets import BouncingBall
from zoo.hub.entry import Entry, Recipe
from zoo.models.maml import MAML, MAMLConfig

ENTRY = Entry(
    learner=MAML,
    config=MAMLConfig(
        inputs=6, outputs=2, task_widths=(40, 40, 40), activation="leaky_relu", inner_rate=2.0, history=3, inertial=True
    ),
    benchmark=BouncingBall(),
    recipe=Recipe(steps=10_000, tasks_per_step=16, learning_rate=3e-3, clip_norm=10.0, epochs=20),
)
