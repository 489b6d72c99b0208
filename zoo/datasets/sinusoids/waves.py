"""Waves: every task is y = A sin(x - phi), seen at a few points.

C. Finn, P. Abbeel, S. Levine, "Model-agnostic meta-learning for fast adaptation of deep networks", 2017, in the setting of
T. Wu et al., "Meta-learning autoencoders for few-shot prediction", 2018: A ~ U[0.1, 5], phi ~ U[0, pi], x ~ U[-5, 5].
"""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from zoo.datasets.benchmark import Condition, Questions, Tasks

AMPLITUDE, PHASE, X = (0.1, 5.0), (0.0, float(np.pi)), (-5.0, 5.0)
Y = (-AMPLITUDE[1], AMPLITUDE[1])
KNOWS = f"sine waves A sin(x - phi) of amplitude A up to {AMPLITUDE[1]:g} and phase phi from 0 to pi, x from {X[0]:g} to {X[1]:g}"
ORACLE = 0.025  # factor on amplitude and phase where an oracle sees them: a scale constant of the authors' code, kept
POINTS = 10  # support points, and query points, of a task as published
BLOCK = 50  # steps drawn at once
METRIC, TEST_TASKS = "mean squared error over query points", 20_000

# Streams that share a seed must never share a random number: each adds its own constant to the first word of the seed.
TRAINING_STREAM, SPLIT_STREAM, SIZES_STREAM, FIXED_STREAM, _EVALUATION, _QUESTIONS = (word << 40 for word in range(6))


def sinusoids(
    shape: Sequence[int], points: int, seed: tf.Tensor | Sequence[int], oracle: bool = False
) -> tuple[tf.Tensor, tf.Tensor]:
    """Draw tasks and points of them.

    Args:
        shape: leading shape, one task each.
        points: points of each task.
        seed: int64 `[2]`; the same seed gives the same tasks on every machine.
        oracle: if true, every x is followed by amplitude and phase of its task, each times `ORACLE`.

    Returns:
        x and y, each float32 `[*shape, points, 1]`; x `[*shape, points, 3]` for an oracle.
    """
    u = tf.random.stateless_uniform([*shape, points + 2], seed)
    amplitude = AMPLITUDE[0] + (AMPLITUDE[1] - AMPLITUDE[0]) * u[..., :1]
    phase = PHASE[0] + (PHASE[1] - PHASE[0]) * u[..., 1:2]
    x = X[0] + (X[1] - X[0]) * u[..., 2:]
    y = amplitude * tf.sin(x - phase)
    parts = [x, *(ORACLE * known + tf.zeros_like(x) for known in (amplitude, phase) if oracle)]
    return tf.stack(parts, axis=-1), tf.expand_dims(y, -1)


def draw_tasks(tasks: int, seed: int, support: int = POINTS, noise: float = 0.0, oracle: bool = False) -> Tasks:
    """Draw tasks for evaluation, which no training stream gives.

    Args:
        tasks: how many.
        seed: the same seed, the same tasks.
        support: support points of each task.
        noise: standard deviation of what is added to the support labels; query labels have none.
        oracle: as for `sinusoids`.
    """
    word = tf.constant([_EVALUATION + seed, 0], tf.int64)
    x, y = sinusoids([tasks], POINTS + support, word, oracle)
    support_y = y[:, POINTS:] + noise * tf.random.stateless_normal([tasks, support, 1], word + 1)
    size = np.full([tasks], support, np.int32)
    return Tasks(x[:, POINTS:].numpy(), support_y.numpy(), size, x[:, :POINTS].numpy(), y[:, :POINTS].numpy())


def draw_questions(tasks: int, seed: int, support: int = 2, candidates: int = 8) -> Questions:
    """Draw tasks with `support` known points; candidates and target are drawn as all points are."""
    x, y = sinusoids([tasks], support + candidates + 1, tf.constant([_QUESTIONS + seed, 0], tf.int64))
    (known_x, other_x, at), (known_y, other_y, there) = (tf.split(part, [support, candidates, 1], axis=1) for part in (x, y))
    size = np.full([tasks], support, np.int32)
    parts = (known_x, known_y, size, other_x, other_y, tf.squeeze(at, 1), tf.squeeze(there, 1))
    return Questions(*(np.asarray(part) for part in parts))


def squared_errors(answers: np.ndarray, query_y: np.ndarray) -> list[tuple[Condition, np.ndarray]]:
    """Mean squared error of every task over its queries, `[B, M, 1]` twice -> `[B]`."""
    return [({}, np.square(answers - query_y).mean(axis=(1, 2), dtype=np.float64))]
