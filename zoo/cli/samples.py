"""Command `samples`: tables and pictures to try the zoo on, made by this file: the same in every run and on every machine."""

import argparse
import itertools
import math
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from zoo.cli.output import say
from zoo.utils import files

if TYPE_CHECKING:
    from PIL import Image

# y = 3 sin(x - 1), seen at ten places that are no grid, as measurements are not.
AMPLITUDE, PHASE = 3.0, 1.0
POINTS = (-4.6, -3.7, -2.9, -1.5, -0.8, 0.4, 1.3, 2.6, 3.5, 4.7)
MORE_POINTS = (-2.2, 1.9, 4.1)
NEW_POINTS = (-4.0, -2.0, 0.0, 1.0, 2.0, 3.0, 4.0)

Point = tuple[float, float]
Stroke = tuple[Point, ...]

# Each kind of picture as strokes on a sheet from 0 to 1, y downwards.
KINDS: dict[str, tuple[Stroke, ...]] = {
    "fish": (
        (
            (0.78, 0.30),
            (0.60, 0.62),
            (0.42, 0.70),
            (0.24, 0.62),
            (0.12, 0.48),
            (0.24, 0.34),
            (0.42, 0.27),
            (0.60, 0.36),
            (0.82, 0.68),
        ),
        ((0.82, 0.68), (0.78, 0.30)),
    ),
    "house": (
        ((0.22, 0.46), (0.22, 0.84), (0.78, 0.84), (0.78, 0.46)),
        ((0.12, 0.50), (0.50, 0.14), (0.88, 0.50)),
        ((0.44, 0.84), (0.44, 0.62), (0.58, 0.62), (0.58, 0.84)),
    ),
    "star": (((0.26, 0.86), (0.50, 0.12), (0.74, 0.86), (0.12, 0.40), (0.88, 0.40), (0.26, 0.86)),),
}
# A new picture of none of the kinds, which its out-of-distribution score gives away.
STRANGER: dict[str, tuple[Stroke, ...]] = {
    "umbrella": (
        ((0.10, 0.48), (0.20, 0.27), (0.36, 0.16), (0.50, 0.13), (0.64, 0.16), (0.80, 0.27), (0.90, 0.48), (0.10, 0.48)),
        ((0.50, 0.13), (0.50, 0.80), (0.44, 0.88), (0.35, 0.87), (0.32, 0.78)),
    )
}
PICTURES_OF_EACH = 3
SIDE, FINER = 96, 3  # pixels of a side; drawn so many times finer and then shrunk, so that lines are smooth
PAPER, INK = (252, 250, 244), (38, 42, 66)

# Flowers that nobody measured: of each kind how high they grow and how much that varies, the same of leaves, and where they grow.
FLOWERS = {
    "bellflower": ((32.0, 7.0), (9.0, 2.5), ("wall", "wall", "meadow")),
    "clover": ((16.0, 5.0), (21.0, 5.0), ("meadow", "meadow", "wood")),
    "foxglove": ((78.0, 18.0), (14.0, 4.0), ("wood", "wood", "wall")),
}
KNOWN_FLOWERS, NEW_FLOWERS, GAP = 36, 6, 0.08

WAVES = ("waves.csv", "waves_more.csv", "waves_new.csv")
TABLES = (*WAVES, "flowers.csv", "flowers_new.csv")
OTHERS = files.other_than(*TABLES, "pictures", "pictures/*", "pictures/*/*.png", "new_pictures", "new_pictures/*.png")


def run_samples(options: argparse.Namespace) -> None:
    """Write sample tables and pictures into a folder, and say what to type next."""
    out = Path(options.out)
    with files.written_aside(out, options.force, OTHERS) as aside:
        aside.mkdir()
        _write_waves(aside)
        _write_flowers(aside)
        names = [str(path.relative_to(aside)) for path in _write_pictures(aside)]
    say(
        options,
        {"folder": options.out, "tables": list(TABLES), "pictures": names},
        f"wrote {len(TABLES)} tables and {len(names)} pictures into {out}; try:\n"
        f"  zoo learn tabular --support {out / 'flowers.csv'} --out flowers\n"
        f"  zoo predict flowers --query {out / 'flowers_new.csv'}\n"
        f"  zoo learn mela_sinusoid --support {out / WAVES[0]} --out wave\n"
        f"  zoo predict wave --query {out / WAVES[-1]}\n"
        f"  zoo learn protonet_omniglot --support {out / 'pictures'} --out shapes\n"
        f"  zoo predict shapes --query {out / 'new_pictures'}",
    )


def _write_waves(folder: Path) -> None:
    """Ten points of a wave; and new points beside their true values, which `zoo predict` gives back next to its own."""
    from zoo.utils import tables

    for name, label, places in zip(WAVES, ("y", "y", "truth"), (POINTS, MORE_POINTS, NEW_POINTS), strict=True):
        tables.write(folder / name, ["x", label], ((x, _wave(x)) for x in places))


def _write_flowers(folder: Path) -> None:
    """Rows with numbers, gaps and a word, and new ones beside their kinds."""
    from zoo.utils import tables

    garden = random.Random("flowers")
    rows = []
    for place in range(KNOWN_FLOWERS + NEW_FLOWERS):
        kind = list(FLOWERS)[place % len(FLOWERS)]
        high, leaves, grows = FLOWERS[kind]
        numbers = [f"{max(1.0, garden.gauss(*high)):.1f}", str(max(1, round(garden.gauss(*leaves))))]
        shown = [number if garden.random() > GAP else "" for number in numbers]
        rows.append([*shown, garden.choice(grows), kind])
    names = ["height_cm", "leaves", "place"]
    tables.write(folder / "flowers.csv", [*names, "kind"], rows[:KNOWN_FLOWERS])
    tables.write(folder / "flowers_new.csv", [*names, "truth"], rows[KNOWN_FLOWERS:])


def _wave(x: float) -> float:
    return round(AMPLITUDE * math.sin(x - PHASE), 4)


def _write_pictures(folder: Path) -> list[Path]:
    """A few drawings of each kind to learn from, and a new one of each and of the stranger; no two are alike."""
    written = []
    for name, strokes in (KINDS | STRANGER).items():
        known = range(1, PICTURES_OF_EACH + 1) if name in KINDS else ()
        places = [folder / "pictures" / name / f"{number}.png" for number in known] + [folder / "new_pictures" / f"{name}.png"]
        hand = random.Random(name)
        for place in places:
            place.parent.mkdir(parents=True, exist_ok=True)
            _drawn(strokes, hand).save(place)
        written += places
    return written


def _drawn(strokes: Sequence[Stroke], hand: random.Random) -> "Image.Image":
    """Strokes on paper as a hand draws them: a little turned, larger or smaller, off the middle, and never quite straight."""
    from PIL import Image, ImageDraw

    angle, scale = math.radians(hand.uniform(-6, 6)), hand.uniform(0.82, 0.98)
    across, down = hand.uniform(-0.03, 0.03), hand.uniform(-0.03, 0.03)
    pixels = SIDE * FINER
    width = round(pixels * hand.uniform(0.035, 0.05))

    def placed(x: float, y: float) -> Point:
        u, v = scale * (x + hand.gauss(0, 0.012) - 0.5), scale * (y + hand.gauss(0, 0.012) - 0.5)
        turned = u * math.cos(angle) - v * math.sin(angle), u * math.sin(angle) + v * math.cos(angle)
        return pixels * (0.5 + across + turned[0]), pixels * (0.5 + down + turned[1])

    sheet = Image.new("RGB", (pixels, pixels), PAPER)
    pen = ImageDraw.Draw(sheet)
    for stroke in strokes:
        pen.line([placed(x, y) for x, y in _bowed(stroke, hand)], fill=INK, width=width, joint="curve")
    return sheet.resize((SIDE, SIDE), Image.Resampling.BOX)


def _bowed(stroke: Stroke, hand: random.Random) -> Iterator[Point]:
    """The points of a stroke, and between each two one that lies a little to a side of the straight line."""
    yield stroke[0]
    for (x0, y0), (x1, y1) in itertools.pairwise(stroke):
        bow = hand.uniform(-0.04, 0.04)
        yield (x0 + x1) / 2 + bow * (y1 - y0), (y0 + y1) / 2 - bow * (x1 - x0)
        yield x1, y1
