"""Kinds of pictures without an object: grain, stripes, tilings, cells, layouts of colours, marble."""

import numpy as np

from zoo.datasets.images.drawn import colours
from zoo.datasets.images.drawn.artist import Artist, painted
from zoo.datasets.images.drawn.forms import form


def _shown(artist: Artist, share: np.ndarray, paints: np.ndarray) -> np.ndarray:
    """A field from 0 to 1, `[E, size, size]`, in the colours of a palette from its first to its last."""
    last = paints.shape[1] - 1
    place = np.clip(share, 0, 1) * last
    low = np.minimum(np.floor(place).astype(int), last - 1)
    example = np.arange(len(paints))[:, None, None]
    rest = (place - low)[..., None]
    return paints[example, low] * (1 - rest) + paints[example, low + 1] * rest


def grain(artist: Artist) -> np.ndarray:
    """Noise of a spectrum, a direction and two or three colours of the class."""
    paints = artist.paints(artist.number(2, 3), own=artist.chance(0.75), ground=False)
    slope = artist.about(artist.once(0.2, 2.2), 0.05)
    turn = artist.about(artist.once(0, np.pi), 0.15)
    field = colours.noise(artist.rng, artist.size, slope, 1, artist.once(1, 10), turn)[..., 0]
    sharp = np.exp(artist.once(-0.7, 2.0))
    return _shown(artist, 1 / (1 + np.exp(-sharp * (field - artist.about(artist.once(-0.6, 0.6), 0.1)))), paints)


def stripes(artist: Artist) -> np.ndarray:
    """Stripes, straight or waving, of a period, an angle and colours of the class; crossed, checks and plaids."""
    paints = artist.paints(4, ground=False)
    sheet = artist.sheet((0.9, 1.1), turn=0.12, shift=1.0)
    wave, beat = artist.once(0, 0.15) * artist.number(0, 1), artist.once(2, 6)
    crossed = artist.number(0, 2)
    picture = np.broadcast_to(paints[:, 0, None, None, :], [*sheet.x.shape, 3])
    base = artist.once(0, np.pi)
    for layer in range(1 if not crossed else 2):
        part = sheet.moved(turn=base + layer * np.pi / 2)
        phase = (part.x + wave * np.sin(beat * part.y)) * artist.about(artist.once(1.5, 7), 0.05) + artist.each(0, 1)
        saw = np.abs(phase % 1 - 0.5) * 2
        edge = 1 / (1 + np.exp(-artist.once(6, 40) * (saw - artist.once(0.25, 0.75))))
        picture = painted(picture, edge * (1 if not crossed or layer == 0 else 0.6), paints[:, layer + 1])
    return picture


def tilings(artist: Artist) -> np.ndarray:
    """A form repeated on a lattice."""
    solid, paints, sheet = form(artist), artist.paints(2), artist.sheet((0.9, 1.1), turn=0.12, shift=1.0)
    count, shear, brick = artist.about(artist.once(1.5, 4), 0.04), artist.once(-0.4, 0.4), artist.number(0, 1) * 0.5
    y = sheet.y * count + artist.each(0, 1)
    row = np.floor(y)
    x = (sheet.x + shear * sheet.y) * count + brick * (row % 2) + artist.each(0, 1)
    scale = artist.once(0.3, 0.55)
    distance = solid((x % 1 - 0.5) / scale, (y % 1 - 0.5) / scale) * scale
    covered = np.clip(0.5 - distance / (sheet.pixel * count), 0, 1)
    return painted(artist.ground(paints[:, 0]), covered, paints[:, 1])


def cells(artist: Artist) -> np.ndarray:
    """Cells about random points: pebbles, giraffes, stained glass; where they lie differs from example to example."""
    number, tones = artist.number(8, 40), artist.number(2, 4)
    paints = artist.paints(tones + 1, own=artist.chance(0.8), ground=False)
    sheet = artist.sheet((0.95, 1.05), turn=0.05, shift=0.0)
    points = artist.rng.uniform(-1.1, 1.1, [artist.examples, number, 2]).astype(np.float32)
    stretch = artist.once(1, 3) if artist.chance(0.4) else 1.0
    distances = np.hypot(
        sheet.x[..., None] - points[:, None, None, :, 0], stretch * (sheet.y[..., None] - points[:, None, None, :, 1])
    )
    near = np.partition(distances, 1, axis=-1)[..., :2]
    owner = distances.argmin(axis=-1) % tones
    picture = paints[np.arange(artist.examples)[:, None, None], owner + 1]
    wide = artist.once(0.0, 0.12)
    joint = np.clip(0.5 - (near[..., 1] - near[..., 0] - wide) / (2 * sheet.pixel), 0, 1) * (wide > 0.02)
    shade = 1 - artist.once(0, 0.6) * near[..., :1] * np.sqrt(number) / 2
    return painted(picture * np.clip(shade, 0.2, 1), joint, paints[:, 0])


def layouts(artist: Artist) -> np.ndarray:
    """Large soft areas of colour, as of a photograph seen without glasses, with a fine grain over them."""
    artist.own_colours = True
    count = artist.number(3, 7)
    paints = artist.paints(count + 1, ground=False)
    sheet = artist.sheet((0.85, 1.15), turn=0.1)
    picture = np.broadcast_to(paints[:, 0, None, None, :], [*sheet.x.shape, 3])
    for area in range(count):
        part = sheet.moved(
            artist.about(artist.once(-0.9, 0.9), 0.08),
            artist.about(artist.once(-0.9, 0.9), 0.08),
            artist.once(0, np.pi),
            artist.about(artist.once(0.3, 0.8), 0.03),
        )
        distance = np.hypot(part.x, part.y * artist.once(1, 3)) - 1
        picture = painted(picture, 1 / (1 + np.exp(artist.once(3, 12) * distance)), paints[:, area + 1])
    rough = colours.noise(artist.rng, artist.size, artist.each(0.5, 1.5), 1)
    return picture + artist.once(0.0, 0.1) * rough


def marble(artist: Artist) -> np.ndarray:
    """Veins: stripes bent by clouds, or clouds in bands."""
    paints = artist.paints(artist.number(3, 5), own=artist.chance(0.75), ground=False)
    slope = np.full([artist.examples, 1, 1], artist.once(1.3, 2.2))
    cloud = colours.noise(artist.rng, artist.size, slope, 2)
    sheet = artist.sheet((0.9, 1.1), turn=0.1, shift=1.0)
    part = sheet.moved(turn=artist.once(0, np.pi))
    bent = part.x * artist.once(0, 5) + artist.once(0.3, 1.5) * cloud[..., 0]
    share = 0.5 + 0.5 * np.sin(bent * artist.once(1, 3) + artist.each(0, 6.28))
    return _shown(artist, share ** artist.once(0.5, 3), paints) * (1 + 0.08 * cloud[..., 1:])
