"""Kinds of pictures made of strokes and glyphs; the glyphs are those of the free fonts that come with Matplotlib."""

import functools
import importlib.util
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from zoo.datasets.images.drawn.artist import Artist, Sheet, painted
from zoo.datasets.images.drawn.forms import FORMS
from zoo.utils import extras

MASK = 96  # pixels of a side of a glyph's mask
LETTER_FONTS = ("DejaVuSans", "DejaVuSans-Bold", "DejaVuSerif", "DejaVuSerif-Bold", "DejaVuSansMono", "DejaVuSans-Oblique")
LETTERS = (*range(0x41, 0x5B), *range(0x61, 0x7B), *range(0x30, 0x3A), *range(0x391, 0x3CA), *range(0x410, 0x450))
SYMBOL_FONTS = ("DejaVuSans", "DejaVuSans-Bold")
SYMBOLS = (
    (0x2190, 0x21FF),
    (0x2200, 0x22FF),
    (0x2300, 0x2328),
    (0x25A0, 0x26AA),
    (0x2701, 0x27BE),
    (0x27F0, 0x27FF),
    (0x2900, 0x297F),
)


@functools.cache
def _font(name: str) -> ImageFont.FreeTypeFont:
    found = importlib.util.find_spec("matplotlib")
    if found is None:
        raise extras.missing("train", "drawing letters", "matplotlib")
    folder = Path((found.submodule_search_locations or [""])[0])
    return ImageFont.truetype(str(folder / "mpl-data" / "fonts" / "ttf" / f"{name}.ttf"), 64)


@functools.lru_cache(maxsize=4096)
def mask(text: str, font: str) -> np.ndarray:
    """Ink of a text, from 0 to 1, `[MASK, MASK]`, as large as fits; zeros if there is none."""
    box = _font(font).getbbox(text)
    width, height = int(box[2] - box[0]), int(box[3] - box[1])
    if width < 1 or height < 1:
        return np.zeros([MASK, MASK], np.float32)
    side = max(width, height) + 4
    picture = Image.new("L", (side, side))
    ImageDraw.Draw(picture).text(((side - width) / 2 - box[0], (side - height) / 2 - box[1]), text, 255, _font(font))
    return np.asarray(picture.resize((MASK, MASK), Image.Resampling.BILINEAR), np.float32) / 255


@functools.cache
def symbols() -> tuple[int, ...]:
    """Code points of signs, arrows and small pictures that the font has, no two alike."""
    missing, seen, found = mask("\uffff", SYMBOL_FONTS[0]).tobytes(), set(), []
    for point in (point for low, high in SYMBOLS for point in range(low, high + 1)):
        ink = mask(chr(point), SYMBOL_FONTS[0]).tobytes()
        if ink != missing and ink not in seen:
            seen.add(ink)
            found.append(point)
    return tuple(found)


def sampled(masks: np.ndarray, sheet: Sheet) -> np.ndarray:
    """Ink of masks `[E, MASK, MASK]` at the pixels of a sheet, bilinear, `[E, size, size]`."""
    column, row = ((each + 1) * (MASK / 2) - 0.5 for each in (sheet.x, sheet.y))
    example = np.arange(len(masks))[:, None, None]
    left, top = np.floor(column).astype(int), np.floor(row).astype(int)
    total = np.zeros(column.shape, np.float32)
    for down in (0, 1):
        for right in (0, 1):
            at_row, at_column = top + down, left + right
            inside = (at_row >= 0) & (at_row < MASK) & (at_column >= 0) & (at_column < MASK)
            weight = np.abs(1 - down - (row - top)) * np.abs(1 - right - (column - left))
            total += weight * inside * masks[example, at_row.clip(0, MASK - 1), at_column.clip(0, MASK - 1)]
    return total


def _written(artist: Artist, texts: list[str], fonts: tuple[str, ...]) -> np.ndarray:
    paints, sheet = artist.paints(2), artist.sheet((0.55, 0.95), turn=0.12)
    one = fonts[artist.number(0, len(fonts) - 1)]
    fixed = artist.chance(0.3)
    names = [one if fixed else fonts[int(artist.rng.integers(len(fonts)))] for _ in texts]
    ink = sampled(np.stack([mask(text, name) for text, name in zip(texts, names, strict=True)]), sheet)
    picture = artist.ground(paints[:, 0])
    return painted(picture, np.clip(ink * 1.2, 0, 1), paints[:, 1])


def letters(artist: Artist) -> np.ndarray:
    """A letter or a digit in several fonts."""
    point = LETTERS[artist.number(0, len(LETTERS) - 1)]
    return _written(artist, [chr(point)] * artist.examples, LETTER_FONTS)


def words(artist: Artist) -> np.ndarray:
    """Two to four letters in a row, as on plates and in logos."""
    text = "".join(chr(LETTERS[artist.number(0, 61)]) for _ in range(artist.number(2, 4)))
    return _written(artist, [text] * artist.examples, LETTER_FONTS)


def badges(artist: Artist) -> np.ndarray:
    """A letter or a sign on a form of another colour."""
    solid, paints, sheet = FORMS[artist.number(0, 2)](artist), artist.paints(3), artist.sheet((0.65, 1.0), turn=0.1)
    point = symbols()[artist.number(0, len(symbols()) - 1)] if artist.chance(0.5) else LETTERS[artist.number(0, 61)]
    picture = painted(artist.ground(paints[:, 0]), sheet.covered(solid(sheet.x, sheet.y)), paints[:, 1])
    ink = mask(chr(point), SYMBOL_FONTS[artist.number(0, 1)])
    part = sheet.moved(scale=artist.once(0.4, 0.65))
    return painted(picture, sampled(np.repeat(ink[None], artist.examples, axis=0), part), paints[:, 2])


def pictograms(artist: Artist) -> np.ndarray:
    """An arrow, a sign or a small picture of a font."""
    point = symbols()[artist.number(0, len(symbols()) - 1)]
    return _written(artist, [chr(point)] * artist.examples, SYMBOL_FONTS)


def strokes(artist: Artist) -> np.ndarray:
    """Curved strokes of a pen, as of a letter of no alphabet; some with a second colour."""
    pens, points = artist.number(2, 5), 8
    paints, sheet = artist.paints(3), artist.sheet(turn=0.12)
    wide = artist.each(0.035, 0.1) if artist.chance(0.6) else artist.about(artist.once(0.04, 0.14), 0.01)
    t = np.linspace(0, 1, points)[:, None]
    weights = np.concatenate([(1 - t) ** 2, 2 * t * (1 - t), t**2], axis=1)
    picture, colourful = artist.ground(paints[:, 0]), artist.chance(0.3)
    nearest: list[np.ndarray] = []
    for _ in range(pens):
        meant = artist.rng.uniform(-0.95, 0.95, [1, 3, 2])
        drawn = meant + artist.rng.normal(0, 0.06 * artist.unsteady, [artist.examples, 3, 2])
        nearest.append(polyline(sheet, weights @ drawn))
    for pen, distance in enumerate(nearest):
        picture = painted(picture, sheet.covered(distance - wide), paints[:, 2 if colourful and pen % 2 else 1])
    return picture


def polyline(sheet: Sheet, points: np.ndarray) -> np.ndarray:
    """Distance `[E, size, size]` from the line through points `[E, n, 2]`."""
    nearest = np.full(sheet.x.shape, np.inf, np.float32)
    points = points.astype(np.float32)
    for at in range(points.shape[1] - 1):
        (ax, ay), (bx, by) = (points[:, each, :, None, None].transpose(1, 0, 2, 3) for each in (at, at + 1))
        dx, dy = bx - ax, by - ay
        along = ((sheet.x - ax) * dx + (sheet.y - ay) * dy) / (dx * dx + dy * dy + 1e-9)
        along = np.clip(along, 0, 1)
        nearest = np.minimum(nearest, np.hypot(sheet.x - ax - along * dx, sheet.y - ay - along * dy))
    return nearest
