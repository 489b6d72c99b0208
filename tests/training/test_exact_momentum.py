"""Exact momentum descent: the way back ends at the very bits that it began with, however long and at whatever momenta."""

import numpy as np
import pytest

from zoo.training import exact_momentum
from zoo.training.exact_momentum import ExactMomentum, Momentum, Remainders
from zoo.utils.errors import ZooError

G = np.random.default_rng(0)


def there_and_back(steps, momenta, weights=17):
    """A run whose gradient is chaotic enough to need every bit, and its state at each step on both ways."""
    group = np.arange(weights) % momenta.shape[1]
    state = ExactMomentum(G.normal(size=weights))
    rate = G.uniform(0.05, 0.3, weights)
    there = [(state.weights, state.velocity)]
    for step in range(steps):
        state.step(np.sin(5.0 * state.weights), rate, Momentum(momenta[step], group))
        there.append((state.weights, state.velocity))
    back = [(state.weights, state.velocity)]
    for step in reversed(range(steps)):
        state.position_back(rate)
        state.velocity_back(np.sin(5.0 * state.weights), Momentum(momenta[step], group))
        back.append((state.weights, state.velocity))
    return state, there, back[::-1]


@pytest.mark.parametrize("steps", [1, 100, 1_000])
def test_every_state_comes_back_to_the_bit(steps):
    state, there, back = there_and_back(steps, G.uniform(0.02, 0.99, (steps, 3)))
    np.testing.assert_array_equal(np.array(back), np.array(there))
    assert not state.remainders.word.any()
    assert not state.remainders.full
    assert not state.remainders.past


def test_the_buffer_grows_by_the_bits_that_the_momentum_loses():
    bits = []
    for momentum in (0.5, 0.98):
        state = ExactMomentum(G.normal(size=5))
        for _ in range(1_000):
            state.step(np.sin(state.weights), np.full(5, 0.1), Momentum(np.array([momentum]), np.zeros(5, int)))
        bits.append(8 * state.remainders.nbytes / 5 / 1_000)
    assert bits[0] == pytest.approx(1.0, abs=0.1)
    assert bits[1] < 0.15  # whole words of 64 bits, of 0.029 a step


def test_it_is_momentum_descent():
    state = ExactMomentum(np.array([1.0, -2.0]))
    w, v = np.array([1.0, -2.0]), np.zeros(2)
    for _ in range(20):
        state.step(state.weights, np.full(2, 0.3), Momentum(np.array([0.75]), np.zeros(2, int)))
        v = 0.75 * v - 0.25 * w
        w = w + 0.3 * v
    np.testing.assert_allclose(state.weights, w, atol=1e-13)


def test_remainders_are_a_stack_of_any_bases():
    stack, ops = Remainders(4), []
    for _ in range(300):
        bases = G.integers(1, 1_025, 4)
        if G.random() < 0.6:
            digits = G.integers(0, bases)
            stack.push(digits, bases)
            ops.append((True, bases, digits))
        else:
            ops.append((False, bases, stack.pop(bases)))
    assert len(stack.full) > 5
    for pushed, bases, digits in reversed(ops):
        if pushed:
            np.testing.assert_array_equal(stack.push_back(bases), digits)
        else:
            stack.pop_back(digits, bases)
    assert (stack.room, stack.word.any(), stack.full) == (1, False, [])


@pytest.mark.parametrize("momentum", [0.0, 1.0, -0.1, float("nan")])
def test_momenta_that_cannot_be_undone_are_refused(momentum):
    with pytest.raises(ZooError, match="between 0 and 1"):
        Momentum(np.array([momentum]), np.zeros(3, int))


@pytest.mark.parametrize("gradient", [1e6, float("inf"), float("nan")])
def test_a_run_that_diverges_says_so(gradient):
    state = ExactMomentum(np.zeros(1))
    with pytest.raises(ZooError, match="smaller learning rates"):
        state.step(np.array([gradient]), np.ones(1), Momentum(np.array([0.5]), np.zeros(1, int)))
    assert exact_momentum.FAR <= 2**10
