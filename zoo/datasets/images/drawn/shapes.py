"""Kinds of pictures made of forms: plain shapes, icons, emblems, signs, blocks, rings."""

import numpy as np

from zoo.datasets.images.drawn import colours
from zoo.datasets.images.drawn.artist import Artist, Sheet, painted
from zoo.datasets.images.drawn.forms import FORMS, blob, form, motif


def _outlined(sheet: Sheet, distance: np.ndarray, wide: float) -> np.ndarray:
    return sheet.covered(np.abs(distance + wide) - wide)


def plain(artist: Artist) -> np.ndarray:
    """One form in one colour, solid or as an outline, and of some classes now this, now that."""
    solid, paints, sheet = form(artist), artist.paints(2), artist.sheet(turn=artist.once(0.05, 0.5))
    distance = solid(sheet.x, sheet.y)
    style, wide = artist.number(0, 3), artist.once(0.04, 0.12)
    line = artist.each(0, 1) < 0.5 if style == 2 else style == 1
    covered = np.where(line, _outlined(sheet, distance, wide), sheet.covered(distance))
    return painted(artist.ground(paints[:, 0]), covered, paints[:, 1])


def coloured(artist: Artist) -> np.ndarray:
    """One of the simplest forms, so that classes differ in the colours of form and rim."""
    artist.own_colours = True
    solid = FORMS[artist.number(0, 2)](artist)
    paints, sheet = artist.paints(3), artist.sheet()
    distance = solid(sheet.x, sheet.y)
    picture = painted(artist.ground(paints[:, 0]), sheet.covered(distance), paints[:, 1])
    return painted(picture, sheet.covered(distance + artist.once(0.15, 0.3)), paints[:, 2])


def icons(artist: Artist) -> np.ndarray:
    """A motif in one colour; of some classes the colours of motif and ground change places."""
    drawn, paints, sheet = motif(artist, artist.number(2, 4)), artist.paints(2), artist.sheet(turn=0.1)
    if artist.chance(0.3):
        swap = artist.each(0, 1) < 0.5
        paints = np.where(swap, paints[:, ::-1], paints)
    return painted(artist.ground(paints[:, 0]), sheet.covered(drawn(sheet.x, sheet.y)), paints[:, 1])


def emblems(artist: Artist) -> np.ndarray:
    """Layers of motifs, each in a colour of its own, some with a dark rim."""
    layers = artist.number(2, 4)
    paints, sheet = artist.paints(layers + 1), artist.sheet(turn=0.12)
    picture, rim = artist.ground(paints[:, 0]), artist.chance(0.3)
    for layer in range(layers):
        drawn = motif(artist, artist.number(1, 2))
        part = sheet if not layer else sheet.moved(artist.about(artist.once(-0.3, 0.3), 0.03), scale=artist.once(0.3, 0.75))
        distance = drawn(part.x, part.y)
        if rim:
            picture = painted(picture, part.covered(distance - 0.08), np.full([artist.examples, 3], 0.1))
        picture = painted(picture, part.covered(distance), paints[:, layer + 1])
    return picture


def signs(artist: Artist) -> np.ndarray:
    """A shield with a rim and a motif, in front of anything, seen a little from the side."""
    artist.calm, artist.light = artist.chance(0.2), 2
    shield = FORMS[artist.number(0, 2)](artist) if artist.chance(0.7) else blob(artist)
    drawn, sheet = motif(artist, artist.number(1, 3)), artist.sheet((0.6, 1.0), turn=0.1)
    paints = np.concatenate([artist.paints(1, own=False), artist.paints(4, own=artist.chance(0.8), ground=False)], axis=1)
    distance = shield(sheet.x, sheet.y)
    picture = painted(artist.ground(paints[:, 0]), sheet.covered(distance), paints[:, 1])
    picture = painted(picture, sheet.covered(distance + artist.once(0.05, 0.2)), paints[:, 2])
    inner = sheet.moved(scale=artist.once(0.4, 0.6))
    return painted(picture, inner.covered(drawn(inner.x, inner.y)), paints[:, 3])


def blocks(artist: Artist) -> np.ndarray:
    """A few squares of a coarse grid, mirrored or not, as in small icons made of pixels."""
    cells, tones = artist.number(4, 9), artist.number(1, 3)
    grid = artist.rng.integers(0, tones + 1, [cells, cells]) * (artist.rng.random([cells, cells]) < 0.75)
    if artist.chance(0.6):
        grid = np.where(np.arange(cells) < cells / 2, grid, grid[:, ::-1])
    paints, sheet = artist.paints(tones + 1), artist.sheet((0.65, 0.95), turn=0.08)
    column, row = (np.floor((each + 0.95) * cells / 1.9).astype(int) for each in (sheet.x, sheet.y))
    inside = (column >= 0) & (column < cells) & (row >= 0) & (row < cells)
    found = np.where(inside, grid[row.clip(0, cells - 1), column.clip(0, cells - 1)], 0)
    lost = artist.rng.random([artist.examples, cells, cells]) < 0.04 * artist.unsteady  # some cells fail
    failed = lost[np.arange(artist.examples)[:, None, None], row.clip(0, cells - 1), column.clip(0, cells - 1)]
    picture = artist.ground(paints[:, 0])
    for tone in range(1, tones + 1):
        picture = painted(picture, ((found == tone) & ~failed).astype(np.float32), paints[:, tone])
    return picture


def rings(artist: Artist) -> np.ndarray:
    """Rings and sectors about the middle, as of targets, dials and pies."""
    count, cuts = artist.number(2, 4), artist.number(0, 6)
    paints, sheet = artist.paints(count + 2), artist.sheet(turn=artist.once(0.0, 0.3))
    radius, angle = np.hypot(sheet.x, sheet.y), np.arctan2(sheet.x, -sheet.y) + np.pi
    edges = np.sort(artist.rng.uniform(0.15, 0.95, count))[::-1]
    picture = artist.ground(paints[:, 0])
    for ring, edge in enumerate(edges):
        picture = painted(picture, sheet.covered(radius - artist.about(edge, 0.03)), paints[:, ring + 1])
    for _ in range(cuts):
        start, wide = artist.about(artist.once(0, 2 * np.pi), 0.05), artist.once(0.1, 0.8)
        off = np.abs((angle - start + np.pi) % (2 * np.pi) - np.pi)
        covered = sheet.covered(np.maximum((off - wide / 2) * radius, np.abs(radius - 0.55) - artist.once(0.1, 0.38)))
        picture = painted(picture, covered, paints[:, -1])
    return picture


def textured(artist: Artist) -> np.ndarray:
    """A blob or motif with a grain of its own, lit from a side, in front of anything: the nearest to a photograph."""
    artist.calm = artist.chance(0.3)
    drawn = blob(artist) if artist.chance(0.5) else motif(artist, artist.number(1, 3))
    paints, sheet = artist.paints(3, own=artist.chance(0.8)), artist.sheet((0.5, 0.95), turn=artist.once(0.1, 0.8))
    distance = drawn(sheet.x, sheet.y)
    slope = np.full([artist.examples, 1, 1], artist.once(0.2, 2.0))
    grain = colours.noise(artist.rng, artist.size, slope, 1, artist.once(1, 5), artist.once(0, np.pi))
    share = 1 / (1 + np.exp(-3 * (grain - artist.once(-0.7, 0.7))))
    surface = paints[:, 1, None, None, :] * (1 - share) + paints[:, 2, None, None, :] * share
    height = np.sqrt(np.clip(-distance, 0, 0.4) / 0.4)
    slope_x, slope_y = np.gradient(height, axis=2), np.gradient(height, axis=1)
    angle = artist.each(0, 2 * np.pi)
    light = 1 + 2.5 * artist.each(0.2, 1) * (np.cos(angle) * slope_x + np.sin(angle) * slope_y)
    return np.clip(painted(artist.ground(paints[:, 0]), sheet.covered(distance), surface * light[..., None]), 0, 1)
