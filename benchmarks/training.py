"""Meta-training MeLA on sinusoids: tasks per second of `fit` as users call it, beside other ways to run the same step."""

import importlib
import importlib.util
import time

import keras
import tensorflow as tf

from zoo.datasets import FreshSinusoids
from zoo.datasets.sinusoids.waves import sinusoids
from zoo.models.mela import MeLA

LEARNING_RATE = 5e-4
FUSED = 20


def fit(tasks: int, seconds: float) -> float:
    """Keras' `fit`, compiled, many steps in one call, episodes from the zoo's own stream: as users call it."""
    learner = MeLA()
    learner.compile(keras.optimizers.Adam(LEARNING_RATE), "mse", jit_compile=True, steps_per_execution=50)
    episodes = FreshSinusoids().stream(tasks, seed=1)
    for _ in range(2):  # the first compiles
        learner.fit(episodes, steps_per_epoch=200, verbose=0, shuffle=False)
    steps = max(100, int(seconds * 40_000 / tasks) // 50 * 50)
    start = time.perf_counter()
    learner.fit(episodes, steps_per_epoch=steps, verbose=0, shuffle=False)
    return steps * tasks / (time.perf_counter() - start)


def fused_loop(tasks: int, seconds: float) -> float:
    """Twenty steps and their data in one XLA program, by hand: what `fit` could reach if it cost nothing."""
    learner = MeLA()
    optimizer = keras.optimizers.Adam(LEARNING_RATE)
    optimizer.build(learner.trainable_variables)

    @tf.function(jit_compile=True)
    def steps(number):
        for inner in tf.range(FUSED):
            x, y = sinusoids([tasks], 20, tf.stack([number, tf.cast(inner, tf.int64)]))
            with tf.GradientTape() as tape:
                task = learner.adapt(x[:, :10], y[:, :10], tf.fill([tasks], 10))
                loss = tf.reduce_mean(tf.square(learner.apply(task, x[:, 10:]) - y[:, 10:]))
            optimizer.apply(tape.gradient(loss, learner.trainable_variables))
        return loss

    return _repeat(lambda number: steps(tf.constant(number, tf.int64)).numpy(), FUSED * tasks, seconds)


def task_by_task(tasks: int, seconds: float) -> float:
    """One optimiser step per task in a Python loop, as the original code of the paper runs; each step is compiled."""
    learner = MeLA()
    learner.compile(keras.optimizers.Adam(LEARNING_RATE), "mse", jit_compile=True)
    episodes = iter(FreshSinusoids().stream(1, seed=1))

    def one_pass(_):
        for _ in range(tasks):
            learner.train_on_batch(*next(episodes))

    return _repeat(one_pass, tasks, seconds)


def peers() -> dict:
    """PyTorch and JAX, where they are installed."""
    modules = {"PyTorch": ("torch", "peers_torch"), "JAX": ("jax", "peers_jax")}
    found = {name: file for name, (package, file) in modules.items() if importlib.util.find_spec(package)}
    return {f"{name}, batched by hand": importlib.import_module(file).tasks_per_second for name, file in found.items()}


def _repeat(call, tasks: int, seconds: float) -> float:
    call(0)
    done, number, start = 0, 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        number += 1
        call(number)
        done += tasks
    return done / (time.perf_counter() - start)


WAYS = {"`fit` as users call it": fit, "fused loop by hand": fused_loop, "task by task": task_by_task}
