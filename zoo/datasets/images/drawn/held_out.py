"""Kinds of pictures that training never sees: faces, flags, vessels, houses, stamps for the test, trees for validation."""

import numpy as np

from zoo.datasets.images.drawn import colours
from zoo.datasets.images.drawn.artist import Artist, Sheet, painted
from zoo.datasets.images.drawn.forms import motif
from zoo.datasets.images.drawn.glyphs import polyline


def faces(artist: Artist) -> np.ndarray:
    """A head with hair, eyes, brows, nose and mouth, whose expression and pose change."""
    paints, sheet = artist.paints(5), artist.sheet((0.65, 0.95), turn=0.12)
    look = artist.about(0.0, 0.06)
    wide, high = artist.once(0.55, 0.8), artist.once(0.75, 0.95)
    picture = artist.ground(paints[:, 0])
    hair = np.maximum(
        np.hypot(sheet.x / (wide + artist.once(0.05, 0.2)), (sheet.y + 0.12) / high) - 1, sheet.y - artist.once(-0.5, 0.8)
    )
    head = np.hypot(sheet.x / wide, sheet.y / high) ** artist.once(1, 1.4) - 1
    picture = painted(picture, sheet.covered(hair * 0.6), paints[:, 2])
    fringe = np.maximum(head, artist.once(-0.65, -0.3) + artist.once(-0.5, 0.5) * sheet.x - sheet.y)
    picture = painted(picture, sheet.covered(fringe * 0.6), paints[:, 1])
    away, level, large = artist.once(0.2, 0.35), artist.once(-0.25, 0.05), artist.once(0.05, 0.14)
    narrow = artist.once(1.0, 1.8)
    tilt, dark = artist.about(artist.once(-0.4, 0.4), 0.15), np.full([artist.examples, 3], 0.08)
    for side in (-1, 1):
        eye = np.hypot(sheet.x - look - side * away, (sheet.y - level) * narrow) - large
        picture = painted(picture, sheet.covered(eye), np.ones([artist.examples, 3]))
        pupil = np.hypot(sheet.x - 1.3 * look - side * away, sheet.y - level) - large * 0.5
        picture = painted(picture, sheet.covered(pupil), paints[:, 4])
        brow = sheet.moved(look + side * away, level - large - 0.1, side * tilt, 1.0)
        picture = painted(picture, brow.covered(np.maximum(np.abs(brow.x) - 0.15, np.abs(brow.y) - 0.03)), paints[:, 2])
    nose = sheet.moved(look, 0.15)
    nose_form = np.maximum(np.abs(nose.x) - 0.1 * (nose.y + 0.2), np.abs(nose.y) - artist.once(0.08, 0.2))
    picture = painted(picture, nose.covered(nose_form), paints[:, 1] * 0.75)
    smile, mouth = artist.about(artist.once(-1, 1.2), 0.4), sheet.moved(look, artist.once(0.4, 0.6))
    lips = np.abs(mouth.y + smile * (mouth.x**2 - 0.03)) - artist.once(0.02, 0.09)
    line = np.maximum(lips, np.abs(mouth.x) - artist.once(0.15, 0.35))
    return painted(picture, mouth.covered(line), paints[:, 3] if artist.chance(0.6) else dark)


def flags(artist: Artist) -> np.ndarray:
    """Bands, a field in the corner or at the pole, and a motif; the cloth waves."""
    artist.own_colours = artist.chance(0.85)
    bands, way = artist.number(1, 5), artist.number(0, 2)
    paints, sheet = artist.paints(5), artist.sheet((0.75, 1.0), turn=0.05)
    height = artist.once(0.5, 0.75)
    wave = sheet.y + artist.about(0.05, 0.05) * np.sin(artist.each(2, 5) * sheet.x + artist.each(0, 6.28))
    along = {0: wave / height, 1: sheet.x, 2: (sheet.x + wave / height) * 0.7}[way]
    band = np.clip(np.floor((along + 1) / 2 * bands), 0, bands - 1).astype(int)
    pattern = artist.rng.permutation(3)[np.arange(bands) % artist.number(2, 3)] + 1
    cloth = paints[np.arange(artist.examples)[:, None, None], pattern[band]]
    kind = artist.number(0, 3)
    if kind == 1:
        corner = np.maximum(sheet.x + artist.once(0, 0.3), wave - artist.once(-0.1, 0.2))
        cloth = painted(cloth, sheet.covered(corner), paints[:, 4])
    elif kind == 2:
        cloth = painted(cloth, sheet.covered((sheet.x + 1) * artist.once(0.6, 1.2) + np.abs(wave) - height), paints[:, 4])
    if artist.chance(0.7):
        where = artist.once(-0.6, 0.2) if kind != 1 else -0.6
        part = Sheet(sheet.x, wave, sheet.pixel).moved(where, 0.0 if kind != 1 else -0.25, 0.0, artist.once(0.2, 0.4))
        cloth = painted(
            cloth, part.covered(motif(artist, artist.number(1, 2))(part.x, part.y)), paints[:, 1 + artist.number(0, 2)]
        )
    shade = 1 + 0.5 * artist.about(0.1, 0.1)[..., None] * np.sin(artist.each(2, 5) * sheet.x)[..., None]
    edge = sheet.covered(np.maximum(np.abs(sheet.x) - 0.97, np.abs(wave) - height))
    return painted(artist.ground(paints[:, 0]), edge, np.clip(cloth * shade, 0, 1))


def vessels(artist: Artist) -> np.ndarray:
    """Pots, bottles and cups turned on a wheel, glazed in bands, shining."""
    paints, sheet = artist.paints(4), artist.sheet((0.65, 0.95), turn=0.06)
    knots = artist.rng.uniform(0.12, 0.7, 6)
    knots[0] = max(knots[0], 0.25)
    high = artist.once(0.6, 0.95)
    up = np.clip((high - sheet.y) / (2 * high), 0, 1) * 5
    low = np.minimum(up.astype(int), 4)
    rest = up - low
    rest = rest * rest * (3 - 2 * rest)
    radius = (knots[low] * (1 - rest) + knots[low + 1] * rest) * (1 + artist.about(0.0, 0.06))
    body = np.maximum(np.abs(sheet.x) - radius, np.abs(sheet.y) - high)
    picture = artist.ground(paints[:, 0])
    if artist.chance(0.5):
        for side in (-1, 1) if artist.chance(0.5) else (1,):
            grip = sheet.moved(side * artist.once(0.4, 0.6), artist.once(-0.4, 0.2), 0.0, artist.once(0.2, 0.35))
            picture = painted(picture, grip.covered(np.abs(np.hypot(grip.x, grip.y) - 0.85) - 0.15), paints[:, 1])
    bands = artist.rng.random(artist.number(3, 9)) < 0.4
    glaze = bands[np.clip((up / 5.001 * len(bands)).astype(int), 0, len(bands) - 1)]
    surface = np.where(glaze[..., None], paints[:, 2, None, None, :], paints[:, 1, None, None, :])
    across = np.clip(sheet.x / np.maximum(radius, 1e-3), -1, 1)
    light = artist.each(-0.7, 0.7)
    bright = 0.55 + 0.5 * np.sqrt(np.clip(1 - (0.6 * (across - light)) ** 2, 0, 1)) - 0.35 * np.abs(across - light) / 1.7
    shine = np.exp(-(((across - light) / 0.12) ** 2)) * artist.once(0, 0.5)
    return painted(picture, sheet.covered(body), np.clip(surface * bright[..., None] + shine[..., None], 0, 1))


def houses(artist: Artist) -> np.ndarray:
    """A front with a roof, a door and rows of windows, some of them lit."""
    paints, sheet = artist.paints(5), artist.sheet((0.7, 1.0), turn=0.03)
    wide, high = artist.about(artist.once(0.4, 0.9), 0.03), artist.once(-0.3, 0.3)
    picture = artist.ground(paints[:, 0])
    wall = np.maximum(np.abs(sheet.x) - wide, np.abs(sheet.y - (0.9 + high) / 2) - (0.9 - high) / 2)
    picture = painted(picture, sheet.covered(wall), paints[:, 1])
    steep, over = artist.about(artist.once(0.2, 1.2), 0.04), artist.once(0.0, 0.15)
    kind = artist.number(0, 2)
    peak = {0: np.abs(sheet.x), 1: sheet.x + wide, 2: np.maximum(np.abs(sheet.x) - 0.3 * wide, 0)}[kind]
    roof = np.maximum(sheet.y - high, steep * (peak - wide * (2 if kind == 1 else 1) - over) - (sheet.y - high))
    picture = painted(picture, sheet.covered(np.maximum(roof, -1 - sheet.y) * 0.7), paints[:, 2])
    rows, columns = artist.number(1, 4), artist.number(1, 5)
    x, y = (sheet.x / wide + 1) / 2 * columns, (sheet.y - high) / (0.9 - high) * rows
    cell = np.clip(np.floor(np.stack([y, x])).astype(int), 0, [[[[rows - 1]]], [[[columns - 1]]]])
    lit = artist.rng.random([artist.examples, rows, columns]) < 0.3 * artist.unsteady
    glass = np.where(
        lit[np.arange(artist.examples)[:, None, None], cell[0], cell[1]][..., None], 0.95, paints[:, 3, None, None, :]
    )
    size = artist.once(0.15, 0.38), artist.once(0.15, 0.38)
    pane = np.maximum(np.abs(x % 1 - 0.5) - size[0], np.abs(y % 1 - 0.5) - size[1]) * 0.5
    picture = painted(picture, sheet.covered(np.maximum(pane, wall + 0.03)), glass)
    door = sheet.moved(artist.once(-0.3, 0.3), 0.9)
    opening = np.maximum(np.abs(door.x) - artist.once(0.08, 0.16), -door.y - artist.once(0.25, 0.45))
    return painted(picture, door.covered(np.maximum(opening, door.y)), paints[:, 4])


def stamps(artist: Artist) -> np.ndarray:
    """Perforated paper with a frame and a motif printed on it, and on some a postmark."""
    artist.own_colours = artist.chance(0.7)
    paints, sheet = artist.paints(4), artist.sheet((0.7, 0.98), turn=0.08)
    wide, teeth = artist.once(0.65, 0.95), artist.number(8, 12)
    x, y = sheet.x / wide, sheet.y
    bite = 0.05 * np.maximum(np.abs(np.sin(teeth * x * 1.57)), np.abs(np.sin(teeth * y * 1.57)))
    edge = np.maximum(np.abs(x), np.abs(y)) - 0.98 + bite
    paper = np.full([artist.examples, 3], 0.95) - 0.1 * artist.rng.random([artist.examples, 3])
    picture = painted(artist.ground(paints[:, 0]), sheet.covered(edge), paper)
    picture = painted(picture, sheet.covered(np.maximum(np.abs(x), np.abs(y)) - 0.8), paints[:, 1])
    part = sheet.moved(artist.about(0.0, 0.03), artist.about(0.0, 0.03), 0.0, artist.once(0.4, 0.65) * wide)
    picture = painted(picture, part.covered(motif(artist, artist.number(1, 3))(part.x, part.y)), paints[:, 2])
    if artist.chance(0.6):
        value = sheet.moved(artist.once(-0.5, 0.5) * wide, 0.62)
        bar = np.maximum(np.abs(value.x) - artist.once(0.1, 0.3), np.abs(value.y) - 0.07)
        picture = painted(picture, value.covered(bar), paints[:, 3])
    mark = sheet.moved(artist.each(-0.9, 0.9), artist.each(-0.9, 0.9), artist.each(0, 3), 0.7)
    lines = np.minimum(np.abs(np.hypot(mark.x, mark.y) - 0.9), np.abs(np.hypot(mark.x, mark.y) - 0.6)) - 0.03
    struck = (artist.each(0, 1) < 0.4) * 0.7 * mark.covered(lines)
    return painted(picture, struck, np.full([artist.examples, 3], 0.1))


def trees(artist: Artist) -> np.ndarray:
    """A trunk whose branches branch, with leaves at their ends."""
    paints, sheet = artist.paints(3), artist.sheet(turn=0.04)
    spread, shrink, forks = artist.once(0.25, 0.8), artist.once(0.6, 0.8), artist.number(2, 3)
    picture, leaves = artist.ground(paints[:, 0]), artist.chance(0.8)
    first = np.tile([0.0, 0.95, -np.pi / 2], [artist.examples, 1])
    grown, length, wide, ends = [first], artist.once(0.5, 0.75), artist.once(0.04, 0.1), np.zeros([artist.examples, 0, 2])
    lean = artist.once(-0.2, 0.2)
    for _ in range(4):
        further: list[np.ndarray] = []
        for at in grown:
            angle = at[:, 2] + artist.rng.normal(0, 0.08 * artist.unsteady, artist.examples)
            tip = at[:, :2] + length * np.stack([np.cos(angle), np.sin(angle)], axis=1)
            line = polyline(sheet, np.stack([at[:, :2], tip], axis=1))
            picture = painted(picture, sheet.covered(line - wide), paints[:, 1])
            for fork in range(forks):
                bend = lean + spread * (2 * fork / (forks - 1) - 1)
                further.append(np.concatenate([tip, (angle + bend)[:, None]], axis=1))
        grown, length, wide = further[:12], length * shrink, wide * 0.7
        ends = np.stack([at[:, :2] for at in grown], axis=1)
    if leaves:
        large = artist.about(artist.once(0.05, 0.2), 0.01)
        for end in range(ends.shape[1]):
            spot = np.hypot(sheet.x - ends[:, end, 0, None, None], sheet.y - ends[:, end, 1, None, None]) - large
            picture = painted(picture, sheet.covered(spot), paints[:, 2])
    return picture + artist.once(0, 0.05) * colours.noise(artist.rng, artist.size, artist.each(0.5, 1.2), 1)
