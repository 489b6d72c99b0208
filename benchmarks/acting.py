"""What acting costs: steps a second of the environments, and of a policy at the first and at the hundredth step of a trial.

    .venv/bin/python benchmarks/acting.py

One process, one thread, warm; medians of five runs. Environments are played by random actions, a thousand trials at once, in one
graph, drawing of the worlds included. The policy is SNAIL of the paper's widths, untrained, one trial at a time.
"""

import os
import statistics
import time
from collections.abc import Callable
from typing import Any

for threads in ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
    os.environ.setdefault(threads, "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import tensorflow as tf  # noqa: E402

from zoo.datasets import Bandits, TabularMDPs  # noqa: E402
from zoo.models.snail_policy import SnailPolicy  # noqa: E402

TRIALS, RUNS, CALLS = 1_000, 5, 200


def random_play(worlds: Any) -> Callable[[tf.Tensor], tf.Tensor]:
    """The total reward of random actions in worlds of a seed."""

    @tf.function(autograph=False)
    def play(seed: tf.Tensor) -> tf.Tensor:
        trials = worlds.trials(TRIALS, seed)
        action = tf.cast(trials["choice"] * worlds.actions, tf.int32)

        def body(at: tf.Tensor, state: tf.Tensor, total: tf.Tensor) -> tuple[tf.Tensor, ...]:
            after = worlds.step(trials, at, state, tf.gather(action, at, axis=1))
            return at + 1, tf.ensure_shape(after.state, [TRIALS]), total + tf.reduce_sum(after.reward)

        start = (tf.constant(0), tf.zeros([TRIALS], tf.int32), tf.constant(0.0))
        return tf.while_loop(lambda at, *_: at < worlds.length, body, start)[2]

    return play


def median_seconds(call: Callable[[], Any], runs: int = RUNS) -> float:
    """The median time of a call, after one that is not counted; processor time, as other work may share the core."""
    call()
    spent = []
    for _ in range(runs):
        start = time.process_time()
        call()
        spent.append(time.process_time() - start)
    return statistics.median(spent)


def main() -> None:
    for worlds in (Bandits(), TabularMDPs()):
        play, seed = random_play(worlds), tf.constant([1, 2], tf.int64)
        steps = TRIALS * worlds.length / median_seconds(lambda play=play, seed=seed: play(seed).numpy())
        print(f"{type(worlds).__name__}: {steps:,.0f} steps per second of processor time")
    policy = SnailPolicy()
    agent, spent = policy.agent(0), {}
    for step in range(100):
        agent.act()
        agent.observe(1.0)
        if step in (0, 98):
            told = [tf.constant([0]), *(tf.constant([1.0]) for _ in range(3))]
            memory = list(agent._memory.values())
            spent[step + 2] = median_seconds(lambda told=told, memory=memory: repeated(policy, told, memory)) / CALLS
    for step, seconds in spent.items():
        print(f"SNAIL of the paper's widths acts at step {step}: {1e6 * seconds:,.0f} microseconds")


def repeated(policy: SnailPolicy, told: list, memory: list) -> None:
    for _ in range(CALLS):
        policy.graphs.act(*told, *memory)


if __name__ == "__main__":
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    main()
