"""MeLA on fresh sinusoids with 1 to 20 support points: our best few-shot learner of one-dimensional waves.

Published 0.208 at ten points, trained on 100 fixed tasks; here 0.000117 (see its card).

T. Wu, J. Peurifoy, I. L. Chuang, M. Tegmark, "Meta-learning autoencoders for few-shot prediction", 2018. Departures: fresh
tasks at every step, a code of 16 numbers, the pool holds the mean beside the maximum, the task network is smooth, the
generators start from a common base, and Muon (K. Jordan et al., 2024) trains the matrices.
    zoo train mela_sinusoid
"""

from zoo.datasets import FreshSinusoids
from zoo.hub.entry import Entry, Published, Recipe
from zoo.models.mela import MeLA, MeLAConfig

# Half of all tasks show ten points; the other sizes from 1 to 20 share the rest.
SIZES = (1 / 38,) * 9 + (1 / 2,) + (1 / 38,) * 10
# Larger where less error is left, so that the smallest sets, whose error cannot fall far, do not drown the rest.
WEIGHTS = (1e-3, 2e-3, 1e-2, 3e-2, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0) + (1.0,) * 10

ENTRY = Entry(
    learner=MeLA,
    config=MeLAConfig(
        row_widths=(128, 128),
        pool=256,
        pooling="max+mean",
        code_widths=(128, 128),
        code=16,
        generator_widths=(64, 64),
        task_activation="tanh",
        input_scale=5.0,
        output_scale=5.0,
        output_gain=0.3,
        base=True,
    ),
    benchmark=FreshSinusoids(sizes=SIZES, weights=WEIGHTS),
    recipe=Recipe(
        steps=90_000,
        tasks_per_step=64,
        learning_rate=1e-2,
        optimizer="muon",
        clip_norm=10.0,
        epochs=60,
    ),
    published=(Published({"support": 10, "noise": 0.0, "steps": 0}, 0.208, "figure 2a; the paper trains on 100 fixed tasks"),),
)
