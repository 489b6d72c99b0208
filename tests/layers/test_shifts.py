import numpy as np

from zoo.layers import over_shifts


def test_averages_over_a_picture_and_four_shifts():
    pictures = np.random.default_rng(0).uniform(size=[2, 5, 4, 1]).astype(np.float32)
    position = np.arange(20, dtype=np.float32).reshape(1, 5, 4, 1)  # so that features depend on where the ink is

    def encode(x):
        return (x * position).numpy().reshape(-1, 20) if hasattr(x, "numpy") else (x * position).reshape(-1, 20)

    empty = np.zeros_like(pictures)
    down, up, right, left = (empty.copy() for _ in range(4))
    down[:, 2:], up[:, :-2] = pictures[:, :-2], pictures[:, 2:]
    right[:, :, 2:], left[:, :, :-2] = pictures[:, :, :-2], pictures[:, :, 2:]
    want = np.mean([encode(each) for each in (pictures, down, up, right, left)], axis=0)
    np.testing.assert_allclose(over_shifts(encode, pictures, 2), want, rtol=1e-5)
    np.testing.assert_array_equal(over_shifts(encode, pictures, 0), encode(pictures))
