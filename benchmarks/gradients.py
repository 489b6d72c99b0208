"""Learning by gradients beside PyTorch and JAX, in one run: programs that compute the same take turns.

    python benchmarks/gradients.py [maml optimizer growth one_task] [--torch PYTHON] [--jax PYTHON] [--rounds 5] [--seconds 3]

maml: a meta-step of MAML, second order, 32 tasks of 5 ways and 1 shot, Conv-4 of 64 filters. optimizer: a training step of the
LSTM optimizer, a segment of 20 steps of a network of digits. growth: how our meta-step grows with inner steps, ways and tasks.
one_task: adapt and predict of one task in each runtime. Every program starts from the same weights and data, and the loss of its
first step and the norm of the gradient are compared with ours before any is timed. PyTorch and JAX may live in interpreters of
their own.
"""

import argparse
import json
import os
import sys

import gradients_one_task
from side_by_side import Program, measured, table

TOLERANCE = 5e-4  # of a loss and of the norm of a gradient of the second order, in single precision
MAML = {  # ours first, beside which the others are put
    "zoo, `fit`'s step under XLA": ("gradients_zoo", "maml"),
    "zoo, first order": ("gradients_zoo", "maml_first_order"),
    "zoo, plain graph": ("gradients_zoo", "maml_graph"),
    "PyTorch, vmap over its convolutions": ("gradients_torch", "maml"),
    "PyTorch, vmap over unfold and a product": ("gradients_torch", "maml_patches"),
    "PyTorch, vmap over slices and a product": ("gradients_torch", "maml_slices"),
    "PyTorch, the same compiled": ("gradients_torch", "maml_compiled"),
    "JAX, vmap over slices and a product": ("gradients_jax", "maml"),
}
OPTIMIZER = {
    "zoo, `fit`'s step without XLA": ("gradients_zoo", "optimizer_graph"),
    "zoo, under XLA": ("gradients_zoo", "optimizer"),
    "PyTorch, by hand": ("gradients_torch", "optimizer"),
    "PyTorch, compiled": ("gradients_torch", "optimizer_compiled"),
    "JAX": ("gradients_jax", "optimizer"),
}
GROWTH = (
    ("inner steps", "steps", (1, 2, 3, 5)),
    ("ways", "ways", (5, 10, 20)),
    ("tasks", "tasks", (32, 16, 8, 4)),
)
ORDERS = ("zoo, first order",)  # another gradient, whose norm is not compared


def main() -> None:
    """Parse, measure, print."""
    parser = argparse.ArgumentParser("benchmarks/gradients.py", description=__doc__.partition("\n")[0])
    parser.add_argument("what", nargs="*", default=[], metavar="WHAT", help="maml, optimizer, growth, one_task; by default all")
    parser.add_argument("--torch", default=sys.executable, metavar="PYTHON", help="an interpreter that can import PyTorch")
    parser.add_argument("--jax", default=sys.executable, metavar="PYTHON", help="an interpreter that can import JAX")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0, help="measured time of one program in one round")
    parser.add_argument("--cores", type=int, nargs="*", help="that every program may use; by default all")
    parser.add_argument("--without", nargs="*", default=["compiled"], metavar="WORD", help="leave out ways with such a word")
    options = parser.parse_args()
    from zoo.utils import machine

    print(", ".join(f"{key} {value}" for key, value in machine.description().items()))
    print(f"load of the last minute: {os.getloadavg()[0]:.1f}\n")
    for what, run in {"maml": _maml, "optimizer": _optimizer, "growth": _growth, "one_task": _one_task}.items():
        if what in options.what or not options.what:
            run(options)


def _maml(options: argparse.Namespace) -> None:
    print("a meta-step of MAML: 32 tasks of 5 ways and 1 shot, Conv-4 of 64 filters, one inner step, second order")
    _side_by_side(MAML, options)


def _optimizer(options: argparse.Namespace) -> None:
    print("a training step of the LSTM optimizer: 20 steps of a network of 15,910 weights on digits")
    _side_by_side(OPTIMIZER, options)


def _side_by_side(ways: dict[str, tuple[str, str]], options: argparse.Namespace) -> None:
    pythons = {"gradients_torch": options.torch, "gradients_jax": options.jax}
    programs = {
        name: Program(module, way, "{}", pythons.get(module, sys.executable))
        for name, (module, way) in ways.items()
        if not any(word in name for word in options.without)
    }
    found = measured(programs, options.rounds, options.seconds, TOLERANCE, options.cores, ORDERS)
    print("\n".join(table(found, next(iter(programs)))), "\n")


def _growth(options: argparse.Namespace) -> None:
    for told, name, sizes in GROWTH:
        programs = {f"{size} {told}": Program("gradients_zoo", "maml", json.dumps({name: size})) for size in sizes}
        print(f"our meta-step of MAML by {told}, all else as above")
        found = measured(programs, options.rounds, options.seconds, cores=options.cores)
        print("\n".join(table(found, f"{sizes[0]} {told}")), "\n")


def _one_task(options: argparse.Namespace) -> None:
    print("one task of 5 ways and 1 shot, 5 queries: adapt and predict, milliseconds of the processor, on one core")
    print("\n".join(gradients_one_task.table(gradients_one_task.names())), "\n")


if __name__ == "__main__":
    main()
