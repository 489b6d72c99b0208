"""A folder of pictures learned and a thousand predicted through an encoder: ours, from the cache, and the bare Keras model.

    .venv/bin/python benchmarks/encoders.py [--learner photos] [--pictures 1000] [--rounds 1]

Ten classes of ten pictures are learned, and others predicted, by `zoo learn` and `zoo predict`. The bare model is the same
network called by Keras on the same files, read and shrunk in the same way, and class means by hand. Every way is a process of its
own, and they take turns; CPU seconds and the most memory are those of the process. The second run finds every picture in the
cache of embeddings. Pictures are drawn here: shapes and noise of 256 x 256, since speed does not ask what they show.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

CLASSES, EACH, SIDE = 10, 10, 256
# Runs a command and prints the CPU seconds and the most kilobytes of it and of what it starts.
TIMED = """
import json, resource, subprocess, sys
done = subprocess.run(sys.argv[1:], capture_output=True, text=True)
if done.returncode:
    sys.exit(done.stderr[-2000:])
spent = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([spent.ru_utime + spent.ru_stime, spent.ru_maxrss]))
"""
BARE = """
import sys
from pathlib import Path
import numpy as np
import zoo
from zoo.datasets import read_pictures

learner = zoo.load(sys.argv[1])
side, channels = learner.example.sizes[0], learner.example.sizes[-1]
encoder = learner.encoder_only().learner.encoder
scale, offset = (np.float32(each) for each in (learner.config.scale, learner.config.offset))

def embedded(paths):
    parts = []
    for at in range(0, len(paths), 32):
        x, *_ = read_pictures(paths[at : at + 32], side, channels)
        parts.append(encoder.predict_on_batch(np.float32(x) / 255 * scale + offset))
    rows = np.concatenate(parts)
    rows = rows.reshape(len(rows), -1, rows.shape[-1]).mean(axis=1)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)

folders = sorted(Path("pictures").iterdir())
means = np.stack([embedded(sorted(folder.iterdir())).mean(axis=0) for folder in folders])
rows = embedded(sorted(Path("new").iterdir()))
print([folders[at].name for at in (rows @ means.T).argmax(axis=1)])
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--learner", default="photos", help="an entry, or a model.keras of zoo.encoded (default: %(default)s)")
    parser.add_argument("--pictures", type=int, default=1_000, help="that are predicted (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()
    found: dict[str, list[list[float]]] = {}
    with tempfile.TemporaryDirectory() as place:
        _draw(Path(place), options.pictures)
        for number in range(options.rounds):
            for way, spent in _round(Path(place), options.learner, number).items():
                found.setdefault(way, []).append(spent)
        head = Path(place, "head.tflite").stat().st_size, Path(place, "encoder.tflite").stat().st_size
    from zoo.utils import machine

    print(", ".join(f"{key} {value}" for key, value in machine.description().items()))
    print(f"{options.learner}: {CLASSES * EACH} pictures learned, {options.pictures:,} predicted, {options.rounds} rounds")
    print(f"{'':44}{'CPU seconds':>12}{'times bare':>12}{'most MB':>9}")
    bare = statistics.median(spent[0] for spent in found["bare Keras model"])
    for way, rounds in found.items():
        seconds, most = (statistics.median(column) for column in zip(*rounds, strict=True))
        print(f"{way:44}{seconds:12.2f}{seconds / bare:12.2f}{most / 1024:9.0f}")
    print(f"head alone as LiteRT {head[0]:,} bytes, encoder {head[1]:,} bytes")


def _round(place: Path, learner: str, number: int) -> dict[str, list[float]]:
    """CPU seconds and the most kilobytes of every way."""
    cache = {"XDG_CACHE_HOME": str(place / f"cache {number}")}
    zoo = [sys.executable, "-m", "zoo"]
    learn = [*zoo, "learn", learner, "--support", "pictures", "--out", "task", "--force"]
    predict = [*zoo, "predict", "task", "--query", "new", "--out", "found.csv", "--force"]
    few = [*zoo, "predict", "task", "--query", "few", "--out", "found.csv", "--force"]
    found = {"bare Keras model": _spent(place, [sys.executable, "-c", BARE, learner], cache)}
    learned, predicted = _spent(place, learn, cache), _spent(place, predict, cache)
    found["zoo learn and zoo predict"] = [learned[0] + predicted[0], max(learned[1], predicted[1])]
    learned, again = _spent(place, learn, cache), _spent(place, predict, cache)
    found["both again, from the cache"] = [learned[0] + again[0], max(learned[1], again[1])]
    found["zoo predict, first"], found["zoo predict, from the cache"] = predicted, again
    found["zoo predict of a tenth of them, first"] = _spent(
        place, few, cache | {"XDG_CACHE_HOME": str(place / f"other {number}")}
    )
    for what, half in (("--head-only", "head"), ("--encoder-only", "encoder")):
        _spent(place, [*zoo, "export", "task", what, "--format", "litert", "--to", f"{half}.tflite", "--force"], cache)
    return found


def _spent(place: Path, command: list[str], environment: dict[str, str]) -> list[float]:
    done = subprocess.run(
        [sys.executable, "-c", TIMED, *command], cwd=place, env=os.environ | environment, capture_output=True, text=True
    )
    if done.returncode:
        sys.exit(done.stderr)
    return json.loads(done.stdout)


def _draw(place: Path, count: int) -> None:
    """Pictures of classes, those to be predicted, and a tenth of these."""
    from PIL import Image, ImageDraw

    generator = np.random.default_rng(0)

    def draw(path: Path, kind: int) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        picture = Image.fromarray(generator.integers(0, 60, (SIDE, SIDE, 3), dtype=np.uint8))
        at = [float(each) for each in generator.uniform(20, 60, 2)]
        shape = ImageDraw.Draw(picture).ellipse if kind % 2 else ImageDraw.Draw(picture).rectangle
        shape([*at, at[0] + 60 + 10 * kind, at[1] + 160 - 10 * kind], fill=(25 * kind, 255 - 20 * kind, 128))
        picture.save(path)

    for number in range(CLASSES * EACH):
        draw(place / "pictures" / f"kind {number % CLASSES}" / f"{number}.png", number % CLASSES)
    for number in range(count):
        draw(place / "new" / f"{number:04}.png", number % CLASSES)
        if number % 10 == 0:
            draw(place / "few" / f"{number:04}.png", number % CLASSES)


if __name__ == "__main__":
    main()
