"""What tests of learners of video share: frames at random, and a spot that flies."""

import numpy as np
import pytest


@pytest.fixture
def seen():
    """Two tasks of frames at random: five flights to learn from, of the second task three, and five to predict."""
    frames = np.random.default_rng(0).uniform(size=(2, 5, 9, 15, 15)).astype(np.float32)
    return {
        "support_x": frames[:, :, :3],
        "support_y": frames[:, :, 3].reshape(2, 5, 225),
        "support_size": np.array([5, 3], np.int32),
        "query_x": frames[:, :, 4:7],
        "future": frames[:, :, 7:],
    }


@pytest.fixture
def discs():
    """Two tasks of a bright spot that flies straight, as an episode and the frames that follow the queries."""
    generator, pixel = np.random.default_rng(1), np.arange(15)
    start, speed = generator.uniform(4, 8, [2, 8, 1, 2]), generator.uniform(-0.5, 0.5, [2, 8, 1, 2])
    place = start + speed * np.arange(4)[:, None]  # [tasks, flights, moments, 2]
    across, down = (np.exp(-np.square(pixel - place[..., axis, None]) / 4) for axis in (0, 1))
    frames = (down[..., :, None] * across[..., None, :]).astype(np.float32)
    x, y = frames[:, :, :3], frames[:, :, 3].reshape(2, 8, 225)
    episode = {"support_x": x[:, :4], "support_y": y[:, :4], "support_size": np.array([4, 4], np.int32), "query_x": x[:, 4:]}
    return episode | {"future": frames[:, 4:, 3:]}, y[:, 4:]
