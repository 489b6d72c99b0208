"""MAML on fresh sinusoids with a learned input beside every example, which the gradient step moves too.

C. Finn, T. Yu, T. Zhang, P. Abbeel, S. Levine, "One-shot visual imitation learning via meta-learning", 2017, section 4.2: ten
numbers, zeros to begin with, and one step. The paper has no sinusoids. The step leaves a squared error of 0.456 where
`maml_one_step_sinusoid`, trained alike but without the input, has 0.672 (see their cards).
    zoo train maml_context_sinusoid
"""

import dataclasses

from zoo.entries.sinusoids.maml_one_step_sinusoid import ENTRY as WITHOUT

ENTRY = dataclasses.replace(WITHOUT, config=dataclasses.replace(WITHOUT.config, context=10))
