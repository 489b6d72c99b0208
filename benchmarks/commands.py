"""CPU seconds of commands on a user's own task, with a prepared learner and live on TensorFlow, taking turns in one run.

    .venv/bin/python benchmarks/commands.py [--rounds 5]

Live is what a command does the first time, without what it then prepares. The median over the rounds is shown, and the ratio.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HEIGHTS = (1.9, 1.5, -0.3, -1.8, -1.7, 0.0, 1.7)  # of a wave, from t = -4 on
TABLE = "t,height\n" + "".join(f"{t - 4},{height}\n" for t, height in enumerate(HEIGHTS))
LIVE = """
import sys
from zoo.utils import silence
silence.start_tensorflow()
from zoo.cli import engine, main
from zoo.hub import prepared, task_folder
prepared.load = task_folder.load_light = lambda *names: None
prepared.prepare = lambda *names: None
main(sys.argv[1:])
"""
COMMANDS = {
    "learn a table": ("learn", "mela_sinusoid", "--support", "points.csv", "--out", "wave", "--force"),
    "predict a table": ("predict", "wave", "--query", "points.csv"),
    "update a table": ("update", "wave", "--support", "points.csv", "--out", "more", "--force"),
    "learn pictures": ("learn", "protonet_omniglot", "--support", "pictures", "--out", "shapes", "--force"),
    "predict pictures": ("predict", "shapes", "--query", "pictures"),
    "update pictures": ("update", "shapes", "--support", "pictures", "--out", "more shapes", "--force"),
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    from zoo.utils import machine

    print(", ".join(f"{key} {value}" for key, value in machine.description().items()))
    spent: dict[tuple[str, bool], list[float]] = {}
    with tempfile.TemporaryDirectory() as place:
        _examples(Path(place))
        for command in COMMANDS.values():  # which prepares the learners
            _seconds(place, command, live=False)
        for _ in range(rounds):
            for name, command in COMMANDS.items():
                for live in (True, False):
                    spent.setdefault((name, live), []).append(_seconds(place, command, live))
    print(f"{'CPU seconds':20}{'live':>8}{'prepared':>10}{'ratio':>8}")
    for name in COMMANDS:
        live, prepared = (statistics.median(spent[name, way]) for way in (True, False))
        print(f"{name:20}{live:8.2f}{prepared:10.2f}{live / prepared:7.1f}×")


def _seconds(place: str, command: tuple[str, ...], live: bool) -> float:
    how = ["-c", LIVE] if live else ["-m", "zoo"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = os.environ | {"XDG_CACHE_HOME": f"{place}/cache"}
    subprocess.run([sys.executable, *how, *command], cwd=place, check=True, capture_output=True, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _examples(place: Path) -> None:
    """A table, and a folder of pictures of two classes."""
    from PIL import Image, ImageDraw

    (place / "points.csv").write_text(TABLE)
    for name, box in (("ring", (4, 4, 23, 23)), ("dot", (11, 11, 16, 16))):
        (place / "pictures" / name).mkdir(parents=True)
        for number in range(3):
            picture = Image.new("L", (28, 28), 255)
            ImageDraw.Draw(picture).ellipse([side + number for side in box], outline=0, width=2)
            picture.save(place / "pictures" / name / f"{number}.png")


if __name__ == "__main__":
    main()
