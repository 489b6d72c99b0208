"""`./dev fuzz [INPUTS] [--kind NAME] [--seed N]`: many inputs at random, how many were answered and refused, and what failed."""

import argparse
import os
import random
import resource
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import hypothesis  # noqa: E402

from fuzz import KINDS, Kind, held  # noqa: E402

RUNAWAY = 8 * 2**30  # bytes beyond those at the start, where an input fails before it takes the machine
NEXT_LINE = 2.0  # seconds between lines of progress


def main() -> int:
    """Fuzz; 1 where an input broke the property."""
    parser = argparse.ArgumentParser(prog="./dev fuzz", description=__doc__)
    parser.add_argument("inputs", nargs="?", type=int, default=10_000, help="how many in all")
    parser.add_argument("--kind", action="append", choices=[kind.name for kind in KINDS], help="this kind only; may be repeated")
    parser.add_argument("--seed", type=int, default=random.randrange(2**32), help="by which the same inputs come again")
    options = parser.parse_args()
    kinds = [kind for kind in KINDS if kind.name in (options.kind or [kind.name])]
    print(f"seed {options.seed}", flush=True)
    failed = 0
    for kind in kinds:
        share = -(-options.inputs * kind.inputs // sum(each.inputs for each in kinds))
        failed += _fuzz(kind, share, options.seed)
    return 1 if failed else 0


def _fuzz(kind: Kind, inputs: int, seed: int) -> bool:
    """Fuzz one kind, and say how it went; whether an input failed."""
    counts, began, printed = Counter[str](), time.monotonic(), time.monotonic()

    def line() -> str:
        shown = ", ".join(f"{count:,} {what}" for what, count in sorted(counts.items()))
        return f"{kind.name}: {shown}, {time.monotonic() - began:.0f} s"

    with tempfile.TemporaryDirectory(prefix="zoo-fuzz-") as folder:
        assert held(kind, kind.valid, Path(folder)), f"{kind.name}: the valid input is refused"
        size = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
        resource.setrlimit(resource.RLIMIT_AS, (size + RUNAWAY, resource.RLIM_INFINITY))

        @hypothesis.seed(seed)
        @hypothesis.settings(
            max_examples=inputs,
            deadline=None,
            database=None,
            derandomize=False,
            suppress_health_check=list(hypothesis.HealthCheck),
        )
        @hypothesis.given(kind.drawn)
        def hold(given: object) -> None:
            nonlocal printed
            if time.monotonic() - printed > NEXT_LINE:
                printed = time.monotonic()
                print(line(), file=sys.stderr, flush=True)
            counts["answered" if held(kind, given, Path(folder)) else "refused"] += 1

        try:
            hold()
        except BaseException as error:
            if not counts and isinstance(error, KeyboardInterrupt):
                raise
            sys.excepthook(type(error), error, error.__traceback__)
            kept = tempfile.mkdtemp(prefix="zoo-fuzz-failed-")
            shutil.copytree(folder, kept, dirs_exist_ok=True)  # the last input that was opened is the smallest that fails
            print(f"{line()}: FAILED; its files are in {kept}", flush=True)
            return True
    print(line(), flush=True)
    return False


if __name__ == "__main__":
    sys.exit(main())
