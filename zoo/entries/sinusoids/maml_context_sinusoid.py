"""MAML on fresh sinusoids with a learned input beside every example, which a gradient step moves too (bias transformation).

C. Finn, T. Yu, T. Zhang, P. Abbeel, S. Levine, "One-shot visual imitation learning via meta-learning", 2017, section 4.2: ten
numbers, zeros to begin with, and one step. The paper has no sinusoids; compare it with `maml_one_step_sinusoid`, trained alike.
    zoo train maml_context_sinusoid
"""

import dataclasses

from zoo.entries.sinusoids.maml_one_step_sinusoid import ENTRY as WITHOUT

ENTRY = dataclasses.replace(WITHOUT, config=dataclasses.replace(WITHOUT.config, context=10))
