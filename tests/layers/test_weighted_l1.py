import numpy as np

from zoo.layers import WeightedL1


def test_log_odds_are_the_weighted_sum_of_differences_and_the_bias():
    generator = np.random.default_rng(0)
    one, other = (generator.normal(size=[2, rows, 3]).astype(np.float32) for rows in (4, 5))
    layer = WeightedL1()
    layer.build(one.shape)
    alpha = np.array([[1.0], [-2.0], [0.5]], np.float32)
    layer.set_weights([alpha, np.float32(0.25)])
    apart = np.abs(one[:, :, None] - other[:, None])
    np.testing.assert_allclose(layer(one, other), (apart @ alpha)[..., 0] + 0.25, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(layer(one, other), np.swapaxes(layer(other, one), 1, 2), rtol=1e-5, atol=1e-5)


def test_initial_log_odds_fall_with_the_distance():
    odds = WeightedL1()(np.zeros([1, 1, 4], np.float32), np.array([[[0.0] * 4, [0.5] * 4, [1.0] * 4]], np.float32))
    np.testing.assert_allclose(odds, [[[22.0, -58.0, -138.0]]])
