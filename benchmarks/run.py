"""Every benchmark in one run, printed as ratios measured side by side:  ./dev benchmark [--seconds 5] [--rounds 3].

Each cell of the training table is measured in a process of its own, the ways taking turns, and the median over rounds is shown.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

TASKS = (100, 1024)


def main() -> None:
    """Parse, measure, print."""
    parser = argparse.ArgumentParser("./dev benchmark", description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=5.0, help="measured time of one cell in one round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--cell", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.cell:
        print(json.dumps(_cell(*json.loads(options.cell))))
        return
    print(_machine(), "\n")
    _print_training(options.seconds, options.rounds)
    _print_one_task()


def _cell(kind: str, way: str, tasks: int, seconds: float):
    if kind == "one_task":
        import one_task

        return one_task.microseconds()
    import training

    return {**training.WAYS, **training.peers()}[way](tasks, seconds)


def _print_training(seconds: float, rounds: int) -> None:
    import training

    names = [*training.WAYS, *training.peers()]
    speed: dict = {(name, tasks): [] for name in names for tasks in TASKS}
    for _ in range(rounds):
        for name, tasks in speed:
            speed[name, tasks].append(_in_a_process("training", name, tasks, seconds))
    print("meta-training MeLA (166,003 parameters), tasks per second; in brackets relative to `fit`")
    print(f"{'':28}" + "".join(f"{f'{tasks} tasks a step':>26}" for tasks in TASKS))
    for name in names:
        cells = []
        for tasks in TASKS:
            value, ours = statistics.median(speed[name, tasks]), statistics.median(speed[names[0], tasks])
            cells.append(f"{value:>16,.0f} ({value / ours:5.2f}×)")
        print(f"{name:28}" + "  ".join(cells))


def _print_one_task() -> None:
    print("\none new task, adapt and predict, median microseconds; in brackets relative to the first (TensorFlow on one thread)")
    spent = _in_a_process("one_task", "", 0, 0)
    first = next(iter(spent.values()))
    for name, value in spent.items():
        print(f"{name:28}{value:>12,.1f} ({value / first:.4f}×)")


def _in_a_process(*cell):
    command = [sys.executable, __file__, "--cell", json.dumps(cell)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{cell}: {done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def _machine() -> str:
    from zoo.utils import machine

    return ", ".join(f"{key} {value}" for key, value in machine.description().items())


if __name__ == "__main__":
    main()
