"""What Reptile gains by each further inner gradient: four trainings on waves, by the mean of the first 1, 2, 3 and 4 of them.

A. Nichol, J. Achiam, J. Schulman, "On first-order meta-learning algorithms", 2018, figure 3, there on Omniglot. The first
gradient alone is ordinary training on all tasks at once.
"""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from zoo.datasets import FreshSinusoids
from zoo.datasets.sinusoids.waves import sinusoids
from zoo.evaluation.scores import measured, score
from zoo.figures import style
from zoo.figures.style import Picture
from zoo.hub import registry
from zoo.learners.gradient_learner import GradientLearner
from zoo.learners.towards import half_squared_distance

REPTILE = "reptile_sinusoid"  # whose network and inner rate all trainings have
GRADIENTS, ROWS = 4, 10  # inner steps, each on so many points of a wave
BLOCKS, BLOCK = 10, 1_000  # of training, between two points of a curve
TASKS, RATE = 10, 0.05  # of a step of training; the rate falls to 0
TESTED, TAKEN, SEED = 200, 32, 41  # waves, gradient steps before their error is measured, seed of both


def picture(bar: Callable[[Any, str], Any]) -> Picture:
    """Train with each sum, and draw the error along training."""
    figure, part = style.axes(7.5, 4.2)
    colours = (style.PRETRAINED, style.OTHER, style.MAML, style.LEARNED)
    rows: list[tuple[Any, ...]] = []
    for kept in bar(range(1, GRADIENTS + 1), "sums of inner gradients"):
        found = trained(kept)
        steps, means, halves = np.array(found).T
        label = " + ".join(f"g{number}" for number in range(1, kept + 1))
        part.plot(steps, means, "o-", markersize=3, color=colours[(kept - 1) % len(colours)], label=label)
        part.fill_between(steps, means - halves, means + halves, color=colours[(kept - 1) % len(colours)], alpha=0.2, linewidth=0)
        rows += [(label, int(step), mean, half) for step, mean, half in found]
    part.set(xlabel="steps of training", ylabel=f"mean squared error after {TAKEN} steps", yscale="log")
    part.legend(frameon=False, fontsize=8)
    caption = f"Reptile on waves by the mean of the first 1 to {GRADIENTS} inner gradients. Bands: 95 % over {TESTED} waves."
    return Picture("inner_gradients", caption, figure, ("kept", "steps", "mean squared error", "95 % half-width"), rows)


def trained(kept: int) -> list[tuple[int, float, float]]:
    """Steps of training, error and the half-width of its interval, before training and after every block of it."""
    keras.utils.set_random_seed(SEED)
    learner, benchmark = registry.entry(REPTILE).build(), FreshSinusoids()
    variables = learner.trainable_variables
    optimizer = keras.optimizers.SGD(keras.optimizers.schedules.PolynomialDecay(RATE, BLOCKS * BLOCK, 0.0))
    optimizer.build(variables)

    @tf.function(jit_compile=True, autograph=False)
    def block(number: tf.Tensor) -> tf.Tensor:
        def step(at: tf.Tensor) -> list[tf.Tensor]:
            x, y = sinusoids([TASKS], GRADIENTS * ROWS, tf.stack([SEED, number * BLOCK + at]))
            with tf.GradientTape() as tape:
                value = direction_loss(learner, x, y, kept)
            optimizer.apply(tape.gradient(value, variables))
            return [at + 1]

        return tf.while_loop(lambda at: at < BLOCK, step, [tf.constant(0, tf.int64)])[0]

    drawn = benchmark.draw(TESTED, SEED)
    variant: list[tuple[dict[str, Any], dict[str, Any]]] = [({}, {"on": "inner", "steps": TAKEN})]
    found = []
    for number in range(BLOCKS + 1):
        one = score(benchmark, *measured(learner, benchmark, drawn, variant)[0])
        found.append((number * BLOCK, one.mean, one.interval))
        if number < BLOCKS:
            block(tf.constant(number, tf.int64))
    return found


def direction_loss(learner: GradientLearner, x: tf.Tensor, y: tf.Tensor, kept: int) -> tf.Tensor:
    """A loss whose gradient is the mean over tasks and over the first so many inner gradients; x and y are `[B, rows, 1]`."""
    inner, start = learner.inner_loop(), learner.task_network.initial(y)
    state, rows = dict(start), y.shape[1] // GRADIENTS
    size = tf.fill([tf.shape(x)[0]], rows)
    for number in range(kept):
        batch = slice(number * rows, (number + 1) * rows)
        state = inner.step(state, x[:, batch], y[:, batch], size)
    ways = {name: value - tf.stop_gradient(state[name]) for name, value in start.items()}
    return half_squared_distance(ways, y) / (kept * learner.config.inner_rate)
