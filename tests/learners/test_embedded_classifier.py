import dataclasses

import numpy as np
import pictures
import pytest
from zoo.evaluation.embedded import embedded
from zoo.evaluation.embeddings import Embeddings

from zoo.datasets import LakeTrials, NWay, Omniglot
from zoo.evaluation.scores import errors
from zoo.models.prototypical import PrototypicalConfig, PrototypicalNetwork

NWAY = NWay(Omniglot(size=8), ways=5, rotations=True)


@pytest.fixture(scope="module")
def embeddings():
    return Embeddings(PrototypicalNetwork(PrototypicalConfig(size=8, filters=(4,), shrink=("pool",))))


@pytest.mark.parametrize(
    "episodes", [NWAY, dataclasses.replace(NWAY, rotations=False), LakeTrials(NWAY)], ids=["turned", "upright", "within"]
)
def test_the_tasks_and_their_errors_are_the_same(embeddings, episodes):
    episodes = pictures.in_place(episodes)
    fast = embedded(episodes, embeddings)
    condition = episodes.conditions()[-1]
    shown, sampled = (each.draw(4, 3, **condition) for each in (episodes, fast))
    for one, other in zip(shown[1:3], sampled[1:3], strict=True):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_allclose(embeddings(shown.query_x), sampled.query_x, rtol=1e-6)
    one, other = (errors(embeddings.learner, episodes, tasks, (), embeddings)[0][1] for tasks in (shown, sampled))
    np.testing.assert_allclose(one, other, atol=1e-12)
    assert one.mean() > 0
