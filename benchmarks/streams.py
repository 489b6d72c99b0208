"""A training step of MANN beside PyTorch, in one run: programs that compute the same take turns.

    python benchmarks/streams.py [--torch PYTHON] [--rounds 5] [--seconds 3]

16 streams of 50 steps of 20 x 20 pixels, the paper's sizes: a controller of 200 units, 128 slots of 40 numbers, 4 heads. Every
program starts from the same weights and data; loss and norm of the gradient of its first step are compared with ours first.
"""

import argparse
import os
import sys

from side_by_side import Program, measured, table

TOLERANCE = 1e-3  # of a loss and of the norm of a gradient, after fifty steps in single precision
PROGRAMS = {  # ours first, beside which the others are put
    "zoo, `fit`'s step under XLA": ("streams_zoo", "mann"),
    "zoo, plain graph": ("streams_zoo", "mann_graph"),
    "PyTorch": ("streams_torch", "mann"),
    "PyTorch, compiled": ("streams_torch", "mann_compiled"),
}


def main() -> None:
    """Parse, measure, print."""
    parser = argparse.ArgumentParser("benchmarks/streams.py", description=__doc__.partition("\n")[0])
    parser.add_argument("--torch", default=sys.executable, metavar="PYTHON", help="an interpreter that can import PyTorch")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0, help="measured time of one program in one round")
    parser.add_argument("--cores", type=int, nargs="*", help="that every program may use; by default all")
    parser.add_argument("--without", nargs="*", default=["compiled"], metavar="WORD", help="leave out ways with such a word")
    options = parser.parse_args()
    from zoo.utils import machine

    print(", ".join(f"{key} {value}" for key, value in machine.description().items()))
    print(f"load of the last minute: {os.getloadavg()[0]:.1f}\n")
    programs = {
        name: Program(module, way, "{}", options.torch if module == "streams_torch" else sys.executable)
        for name, (module, way) in PROGRAMS.items()
        if not any(word in name for word in options.without)
    }
    found = measured(programs, options.rounds, options.seconds, TOLERANCE, options.cores)
    print("\n".join(table(found, next(iter(programs)))))


if __name__ == "__main__":
    main()
