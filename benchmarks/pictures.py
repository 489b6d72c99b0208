"""A training step of a prototypical network beside PyTorch's, in one run: ratios of rounds in which all take turns.

    .venv/bin/python benchmarks/pictures.py [--rounds 9] [--seconds 3] [--precision float32 bfloat16]

The step of the published network on Omniglot: 60 classes of 5 examples and 5 queries, 600 pictures of 28 x 28, Conv-4 of 64
filters; forward, loss, backward, Adam, with all processors and the same pictures each time. Each way lives in a process of its
own, which waits while the others are measured; so whatever else the machine does meets all of them, and ratios are taken round by
round. PyTorch is measured where it can be imported (`pip install torch`, or its folder on PYTHONPATH); bfloat16 where the
processor computes in it.
"""

import argparse
import importlib.util
import statistics
from pathlib import Path

from side_by_side import Program, measured

WAYS_OF = {  # name: module, way
    "ours, `fit` as users call it": ("pictures_keras", "fit"),
    "ours, one step per call": ("pictures_keras", "ours"),
    "ours, published graph": ("pictures_keras", "published"),
    "stock Keras layers": ("pictures_keras", "stock"),
    "PyTorch, channels first": ("pictures_torch", "channels_first"),
    "PyTorch, channels last": ("pictures_torch", "channels_last"),
    "PyTorch, its layers in our order": ("pictures_torch", "late"),
    "PyTorch, folded by hand as ours": ("pictures_torch", "folded"),
    "PyTorch, folded and compiled": ("pictures_torch", "compiled"),
}
OURS = "ours, one step per call"
SAME_LAYERS, SAME_SUMS = "PyTorch, its layers in our order", "PyTorch, folded by hand as ours"
COMPUTES_BFLOAT16 = {"avx512_bf16", "amx_bf16", "avx_ne_convert", "bf16"}  # flags of processors, x86 and ARM


def main() -> None:
    """Parse, measure, print."""
    parser = argparse.ArgumentParser("benchmarks/pictures.py", description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=3.0, help="measured time of one way in one round")
    parser.add_argument(
        "--precision", nargs="*", choices=("float32", "bfloat16"), help="by default what the processor computes in"
    )
    parser.add_argument("--ways", nargs="*", default=list(WAYS_OF), metavar="WAY", help="by default all")
    options = parser.parse_args()
    names = [name for name in WAYS_OF if name in options.ways]
    if not importlib.util.find_spec("torch"):
        print("PyTorch cannot be imported here, so Keras is measured alone; install it, or put its folder on PYTHONPATH.\n")
        names = [name for name in names if WAYS_OF[name][0] != "pictures_torch"]
    precisions = options.precision or ["float32", *(["bfloat16"] if _computes_bfloat16() else [])]
    if "bfloat16" not in precisions:
        print(f"bfloat16 is left out: this processor has none of {', '.join(sorted(COMPUTES_BFLOAT16))}.\n")
    for precision in precisions:
        _print(precision, _measured(names, precision, options.rounds, options.seconds))


def _computes_bfloat16() -> bool:
    try:
        return bool(COMPUTES_BFLOAT16 & set(Path("/proc/cpuinfo").read_text().split()))
    except OSError:
        return False


def _measured(names: list[str], precision: str, rounds: int, seconds: float) -> dict[str, list[float]]:
    """Milliseconds of a step of every way in every round."""
    found = measured({name: Program(*WAYS_OF[name], precision) for name in names}, rounds, seconds)
    return {name: spent.wall for name, spent in found.items()}


def _print(precision: str, found: dict[str, list[float]]) -> None:
    from zoo.utils import machine

    print(", ".join(f"{key} {value}" for key, value in machine.description().items()))
    print(
        f"a step of 600 pictures in {precision}: median milliseconds of {len(next(iter(found.values())))} rounds, and times ours"
    )
    print(f"{'':36}{'ms':>8}{'times ours':>12}   lowest and highest of the rounds")
    for name, spent in found.items():
        ratios = [one / ours for one, ours in zip(spent, found.get(OURS, spent), strict=True)]
        lowest, highest = min(ratios), max(ratios)
        print(f"{name:36}{statistics.median(spent):>8.0f}{statistics.median(ratios):>11.2f}×   {lowest:.2f} to {highest:.2f}")
    peers = [name for name in found if name.startswith("PyTorch")]
    if OURS in found and peers:
        best = [min(times) / ours for ours, *times in zip(found[OURS], *(found[name] for name in peers), strict=True)]
        for name, what in ((SAME_LAYERS, "the same layers in the same order"), (SAME_SUMS, "the same sums written by hand")):
            if name in found:
                like = [one / ours for one, ours in zip(found[name], found[OURS], strict=True)]
                print(f"like for like, {what}: {statistics.median(like):.2f}×")
        print(f"best of PyTorch: {statistics.median(best):.2f}×\n")


if __name__ == "__main__":
    main()
