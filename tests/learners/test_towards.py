"""Reptile's training step as functions: the way that a pass over batches goes; its equations are tested with Reptile."""

import numpy as np
import pytest

from zoo.learners import made
from zoo.learners.towards import half_squared_distance, passed_over, way_to_adapted
from zoo.models.reptile import Reptile, ReptileConfig
from zoo.models.reptile_pictures import PictureReptile, PictureReptileConfig


def test_the_way_is_start_minus_adapted_and_moves_nothing_itself():
    learner = Reptile(ReptileConfig(task_widths=(3,), training_steps=2))
    episode = made.episode(learner, (4, 1))
    start = learner.task_network.initial(episode["support_y"])
    way = way_to_adapted(learner, episode, batches=2)
    assert set(way) == set(start)
    short = way_to_adapted(learner, {name: part[1:] for name, part in episode.items()}, batches=3)  # one row, two empty batches
    assert all(np.isfinite(part).all() for part in short.values())
    first = (episode[f"support_{part}"][:, :1] for part in "xy")
    once = learner.inner_loop().step(start, *first, np.int32([1, 1]))
    for name, part in short.items():
        np.testing.assert_allclose(part[0], start[name][1] - once[name][1], rtol=1e-4, atol=1e-6, err_msg=name)


def test_what_the_rule_keeps_is_that_after_the_last_batch():
    learner = PictureReptile(PictureReptileConfig(size=9, filters=(4,), training_steps=2))
    episode = made.episode(learner, (6, 6), seed=0)
    way, kept = passed_over(learner, episode, batches=2)
    assert kept.keys() == {f"second_{name}" for name in way}
    assert (kept["second_kernel_0"] < 1.0).numpy().any()  # they began at one


def test_its_loss_is_half_the_mean_square():
    ways = {"a": np.float32([[3.0], [0.0]]), "b": np.float32([[[4.0]], [[1.0]]])}
    assert float(half_squared_distance(ways, np.zeros((2, 5)))) == pytest.approx((25.0 + 1.0) / 4.0)
