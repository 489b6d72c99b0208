"""MAML on fresh sinusoids with two heads: the gradient step follows the loss of one, and the other answers.

C. Finn, T. Yu, T. Zhang, P. Abbeel, S. Levine, "One-shot visual imitation learning via meta-learning", 2017, section 4.3: the
inner loss is learned by way of its head, while the head that answers is the same for all tasks. With the bias transformation of
`maml_context_sinusoid`, as in the paper, which has no sinusoids. The step leaves a squared error of 0.328, where one head with
the input has 0.456 and one without it 0.672 (see their cards).
    zoo train maml_heads_sinusoid
"""

import dataclasses

from zoo.entries.sinusoids.maml_context_sinusoid import ENTRY as ONE_HEAD

ENTRY = dataclasses.replace(ONE_HEAD, config=dataclasses.replace(ONE_HEAD.config, two_heads=True))
